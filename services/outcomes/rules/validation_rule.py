"""Validation rules of a return, as data: two expressions, what must hold between them, and how much it matters.

After DHIS2's validation rules (left and right side, operator, missing-value strategy, compulsory and exclusive pairs), save
that what is missing is never taken for 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.expression import (
    Expression,
    Facet,
    Figure,
    evaluate,
    figures_in,
    read_expression,
)
from services.outcomes.rules.kpi_return import ReturnValue
from services.outcomes.rules.submission import SUBMISSION_BLOCKED, AskedValue, Warned
from shared.errors import Fault, Kind, reason

RULE_UNKNOWN_CODE = reason(
    "validation_rule_unknown_code",
    Kind.INVALID,
    "The return does not ask for an indicator of this code. A rule speaks of figures of one return.",
)
RULE_NO_FIGURE = reason(
    "validation_rule_no_figure", Kind.INVALID, "A rule speaks of at least one figure of the return."
)
RULE_REPLACED = reason(
    "validation_rule_replaced",
    Kind.CONFLICT,
    "This rule was replaced already. Read the one that holds and replace that.",
)
RULE_TO_REPLACE_UNKNOWN = reason(
    "validation_rule_to_replace_unknown", Kind.INVALID, "There is no such rule of this obligation to replace."
)
RULE_BROKEN = reason(
    "return_validation_rule_broken",
    Kind.INVALID,
    "The figures break a rule of this return. Its words stand beside this sentence.",
)


class Operator(StrEnum):
    """What must hold between the two sides."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    LESS = "less"
    AT_MOST = "at_most"
    MORE = "more"
    AT_LEAST = "at_least"
    COMPULSORY_PAIR = "compulsory_pair"
    EXCLUSIVE_PAIR = "exclusive_pair"


class RuleSeverity(StrEnum):
    """An error blocks; a warning passes with an explanation; `off` withdraws the rule that it replaces."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class MissingPolicy(StrEnum):
    """What a side that is not known does to a comparison."""

    SKIP_IF_ANY_MISSING = "skip_if_any_missing"
    SKIP_IF_ALL_MISSING = "skip_if_all_missing"
    NEVER_SKIP = "never_skip"


_HOLDS: Mapping[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.EQUAL: lambda left, right: left == right,
    Operator.NOT_EQUAL: lambda left, right: left != right,
    Operator.LESS: lambda left, right: left < right,
    Operator.AT_MOST: lambda left, right: left <= right,
    Operator.MORE: lambda left, right: left > right,
    Operator.AT_LEAST: lambda left, right: left >= right,
}


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule of one obligation. It stays as it was set; another may replace it. `words` say what must be."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    obligation_id: UUID
    replaces_id: UUID | None
    words: str
    left: str
    operator: Operator
    right: str
    severity: RuleSeverity
    missing: MissingPolicy
    recorded_at: datetime | None = None


def check_rule(rule: ValidationRule, codes: Collection[str]) -> None:
    """Refuse a rule that cannot be read, or that speaks of figures for which the return does not ask."""
    found = 0
    for pointer, text in (("/left", rule.left), ("/right", rule.right)):
        for figure in figures_in(read_expression(text, pointer)):
            found += 1
            if figure.code not in codes:
                raise RULE_UNKNOWN_CODE(pointer, unknown=figure.code, codes=sorted(codes))
    if not found:
        raise RULE_NO_FIGURE("/left")


def check_rules(
    rules: Iterable[ValidationRule], form: Mapping[UUID, AskedValue], values: Mapping[UUID, ReturnValue]
) -> tuple[Warned, ...]:
    """The explained warnings of the rules; refuses with every broken rule at once. A rule points at its first figure."""
    by_code = {each.indicator.code: (indicator_id, each) for indicator_id, each in form.items()}

    def known(figure: Figure) -> Decimal | None:
        indicator_id, asked = by_code[figure.code]
        if figure.facet is Facet.PREVIOUS:
            return asked.previous
        given = values.get(indicator_id, ReturnValue())
        return {Facet.NUMERATOR: given.numerator, Facet.DENOMINATOR: given.denominator}.get(
            figure.facet, given.value
        )

    faults, warned = [], []
    for rule in rules:
        left, right = read_expression(rule.left, "/left"), read_expression(rule.right, "/right")
        if rule.severity is RuleSeverity.OFF or holds(rule, left, right, known):
            continue
        ids = [by_code[each.code][0] for side in (left, right) for each in figures_in(side)]
        said = next((text for each in ids if (text := values.get(each, ReturnValue()).explanation)), None)
        pointer = f"/values/{ids[0]}"
        if rule.severity is RuleSeverity.WARNING and said is not None:
            warned.append(Warned(pointer, RULE_BROKEN.code, rule.words, said))
        else:
            faults.append((rule, Fault(pointer, RULE_BROKEN.code, RULE_BROKEN.sentence)))
    if faults:
        raise SUBMISSION_BLOCKED(
            faults=[fault for _, fault in faults], validation_rules=list(_told(rule for rule, _ in faults))
        )
    return tuple(warned)


def _told(rules: Iterable[ValidationRule]) -> Iterator[dict[str, str]]:
    for rule in rules:
        yield {"id": str(rule.id), "severity": rule.severity.value, "words": rule.words}


def holds(
    rule: ValidationRule, left: Expression, right: Expression, known: Callable[[Figure], Decimal | None]
) -> bool:
    """Whether a rule holds for the figures. Pairs look at whether both sides are known, the others at what they are."""
    one, other = evaluate(left, known), evaluate(right, known)
    if rule.operator is Operator.COMPULSORY_PAIR:
        return (one is None) is (other is None)
    if rule.operator is Operator.EXCLUSIVE_PAIR:
        return one is None or other is None
    if one is None or other is None:
        if rule.missing is MissingPolicy.SKIP_IF_ANY_MISSING:
            return True
        return rule.missing is MissingPolicy.SKIP_IF_ALL_MISSING and one is other
    return _HOLDS[rule.operator](one, other)
