"""Validation rules as data: a closed grammar with limits, and rules that never take what is missing for 0."""

import uuid
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.rules.expression import (
    Facet,
    Figure,
    evaluate,
    figures_in,
    read_expression,
)
from services.outcomes.rules.kpi_return import ReturnValue
from services.outcomes.rules.submission import AskedValue
from services.outcomes.rules.validation_rule import (
    MissingPolicy,
    Operator,
    RuleSeverity,
    ValidationRule,
    check_rule,
    check_rules,
)
from shared.errors import Refusal
from tests.outcomes.figures import OWNER, PARTNERSHIP, an_indicator


def worth(text, **known):
    figures = {
        Figure(name, Facet.VALUE): None if value is None else Decimal(value) for name, value in known.items()
    }
    return evaluate(read_expression(text, "/left"), lambda figure: figures[figure])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 3 - 2", 3),
        ("8 / 4 / 2", 1),
        ("-2 * -3", 6),
        ("#{a} + #{b}", 7),
        ("#{a} / #{none}", None),
        ("#{a} / (#{b} - 4)", None),
        ("0 * #{none}", None),
    ],
)
def test_an_expression_comes_to_what_a_person_works_out(text, value):
    assert worth(text, a="3", b="4", none=None) == (None if value is None else Decimal(value))


def test_a_figure_is_named_by_code_and_facet():
    found = list(figures_in(read_expression("#{a-1:numerator} + #{a-1:previous} - #{b 2}", "/left")))
    assert found == [
        Figure("a-1", Facet.NUMERATOR),
        Figure("a-1", Facet.PREVIOUS),
        Figure("b 2", Facet.VALUE),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "+ 1",
        "1 2",
        "(1",
        "1)",
        "()",
        "a",
        "#{a",
        "#{}",
        "#{a:sum}",
        "1 ** 2",
        "1e3",
        "__import__('os')",
        "1,5",
        "#{a}#{b}",
        "٣",
    ],
)
def test_what_is_outside_the_grammar_is_refused(text):
    with pytest.raises(Refusal) as refused:
        read_expression(text, "/right")
    assert (refused.value.code, refused.value.faults[0].pointer) == ("expression_unreadable", "/right")


@pytest.mark.parametrize(
    "text", ["1" + "+1" * 250, "(" * 22 + "1" + ")" * 22, "-" * 30 + "1", "+".join("1" * 60)]
)
def test_what_is_too_large_is_refused(text):
    with pytest.raises(Refusal) as refused:
        read_expression(text, "/left")
    assert refused.value.code == "expression_too_large"


TREES = st.recursive(
    st.integers(0, 999).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda each: f"({each[0]} {each[1]} {each[2]})"
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_sum_comes_to_what_python_makes_of_it(text):
    with localcontext(prec=60):
        assert worth(text) == Decimal(eval(text))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    code = "readable"
    try:
        read_expression(text, "/left")
    except Refusal as refusal:
        code = refusal.code
    assert code in {"readable", "expression_unreadable", "expression_too_large"}


PART, WHOLE = an_indicator(code="part"), an_indicator(code="whole")
FORM = {PART.id: AskedValue(PART, True, Decimal(4)), WHOLE.id: AskedValue(WHOLE, True)}


def a_rule(left="#{part}", operator=Operator.AT_MOST, right="#{whole}", **changes) -> ValidationRule:
    return ValidationRule(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "obligation_id": uuid.uuid4(),
            "replaces_id": None,
            "words": "The part is within the whole.",
            "left": left,
            "operator": operator,
            "right": right,
            "severity": RuleSeverity.ERROR,
            "missing": MissingPolicy.SKIP_IF_ANY_MISSING,
            **changes,
        }
    )


def passes(rule, part, whole, explanation=None) -> bool:
    values = {
        PART.id: ReturnValue(None if part is None else Decimal(part), explanation=explanation),
        WHOLE.id: ReturnValue(None if whole is None else Decimal(whole)),
    }
    try:
        return check_rules([rule], FORM, values) == ()
    except Refusal as refusal:
        found = refusal
    assert found.code == "return_not_submittable"
    assert found.facts["validation_rules"][0]["words"] == rule.words
    assert found.faults[0].pointer == f"/values/{PART.id}"
    return False


@pytest.mark.parametrize(
    ("operator", "held"),
    [
        (Operator.EQUAL, (False, True, False)),
        (Operator.NOT_EQUAL, (True, False, True)),
        (Operator.LESS, (True, False, False)),
        (Operator.AT_MOST, (True, True, False)),
        (Operator.MORE, (False, False, True)),
        (Operator.AT_LEAST, (False, True, True)),
    ],
)
def test_an_operator_holds_below_at_and_above(operator, held):
    assert tuple(passes(a_rule(operator=operator), part, "5") for part in ("4", "5", "6")) == held


@pytest.mark.parametrize(
    ("operator", "policy", "both", "one", "neither"),
    [
        (Operator.AT_MOST, MissingPolicy.SKIP_IF_ANY_MISSING, True, True, True),
        (Operator.AT_MOST, MissingPolicy.SKIP_IF_ALL_MISSING, True, False, True),
        (Operator.AT_MOST, MissingPolicy.NEVER_SKIP, True, False, False),
        (Operator.COMPULSORY_PAIR, MissingPolicy.NEVER_SKIP, True, False, True),
        (Operator.EXCLUSIVE_PAIR, MissingPolicy.NEVER_SKIP, False, True, True),
    ],
)
def test_what_is_missing_is_never_taken_for_nought(operator, policy, both, one, neither):
    rule = a_rule(operator=operator, missing=policy)
    assert (passes(rule, "1", "5"), passes(rule, None, "5"), passes(rule, None, None)) == (both, one, neither)


def test_a_warning_passes_with_an_explanation_and_an_error_never():
    broken = {"left": "#{part}", "right": "2 * #{part:previous}"}
    assert not passes(a_rule(**broken, severity=RuleSeverity.WARNING), "9", "9")
    values = {PART.id: ReturnValue(Decimal(9), explanation="A ward was opened")}
    (warned,) = check_rules([a_rule(**broken, severity=RuleSeverity.WARNING)], FORM, values)
    assert (warned.detail, warned.explanation) == ("The part is within the whole.", "A ward was opened")
    assert not passes(a_rule(**broken), "9", "9", "A ward was opened")
    assert passes(a_rule(**broken, severity=RuleSeverity.OFF), "9", "9")
    assert passes(a_rule(**broken), "8", "9")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"left": "#{other}"}, "validation_rule_unknown_code", "/left"),
        ({"right": "#{whole} +"}, "expression_unreadable", "/right"),
        ({"left": "1", "right": "2"}, "validation_rule_no_figure", "/left"),
    ],
)
def test_a_rule_that_says_nothing_of_the_return_is_refused(changes, code, pointer):
    with pytest.raises(Refusal) as refused:
        check_rule(a_rule(**changes), {"part", "whole"})
    assert (refused.value.code, refused.value.faults[0].pointer) == (code, pointer)
