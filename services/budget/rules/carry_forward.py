"""What becomes of a pool's balance when its year ends: by partner, by funding source, and by the rule of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.budget.rules.section_75 import BodyKind
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, allocate

CONTRIBUTIONS_UNKNOWN = reason(
    "year_end_contributions_unknown",
    Kind.CONFLICT,
    "The balance is shared in proportion to the year's contributions, and some of them are missing or to be confirmed.",
)


class Treatment(StrEnum):
    """What is done with a share. A deficit is the mirror image of each: it is made good instead of returned."""

    RETURNED = "returned"
    SPENT_BY_AGREEMENT = "spent_by_agreement"
    RESERVE = "reserve"
    GRANT_CONDITIONS = "grant_conditions"


@dataclass(frozen=True, slots=True)
class CarryForwardRule:
    """What a kind of body, or a grant whoever holds it, may do with what is left at the end of a year.

    `source` is a funding source's code; None stands for money under no grant's conditions. The first of `treatments`
    is what happens unless the partners say otherwise; those in `by_agreement` name the agreement or condition that
    allows them. `from_year` and `to_year` are financial years' first calendar years, both inclusive.
    """

    body_kind: BodyKind | None
    source: str | None
    treatments: tuple[Treatment, ...]
    by_agreement: frozenset[Treatment]
    duty: str
    from_year: int = 1948
    to_year: int = 2199


_GRANT = (Treatment.GRANT_CONDITIONS, Treatment.RETURNED)
_ON_CONDITION = frozenset({Treatment.GRANT_CONDITIONS})

# Data with dates, so that a change of the law is a row and not code. The first row that fits holds.
RULES: tuple[CarryForwardRule, ...] = (
    *(
        CarryForwardRule(None, source, _GRANT, _ON_CONDITION, duty, from_year)
        for source, duty, from_year in (
            (
                "bcf",
                "Better Care Fund planning requirements: carried within the pool on the fund's conditions.",
                2015,
            ),
            (
                "ibcf",
                "Grant under section 31 of the Local Government Act 2003: spent on its conditions.",
                2017,
            ),
            (
                "dfg",
                "Disabled facilities grant under section 31 of the Local Government Act 2003: capital only.",
                2008,
            ),
        )
    ),
    CarryForwardRule(
        BodyKind.NHS_BODY,
        None,
        (Treatment.RETURNED, Treatment.SPENT_BY_AGREEMENT),
        frozenset({Treatment.SPENT_BY_AGREEMENT}),
        "An NHS body's resource duty is of one year (National Health Service Act 2006, part 11): what is left is"
        " returned, or spent by agreement and shown as a prepayment.",
    ),
    CarryForwardRule(
        BodyKind.LOCAL_AUTHORITY,
        None,
        (Treatment.RESERVE, Treatment.RETURNED),
        frozenset(),
        "A council may carry a balance in a reserve (Local Government Finance Act 1992, sections 31A and 42A).",
    ),
    CarryForwardRule(
        BodyKind.OTHER,
        None,
        (Treatment.RETURNED, Treatment.RESERVE),
        frozenset({Treatment.RESERVE}),
        "What is left is returned unless the agreement lets it be kept.",
    ),
)


@dataclass(frozen=True, slots=True)
class Contributed:
    """What one partner put into the pool for the year from one source."""

    organisation_id: UUID
    funding_source: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """One partner's share of the balance from one source, and what may be done with it. Negative is a deficit.

    `prepayment` flags money of an annual allocation that stays in the pool beyond its year. `agreed_in` names the
    agreement or condition, and `account_id` the account that takes the share, once it is posted.
    """

    organisation_id: UUID
    body_kind: BodyKind
    funding_source: str
    contributed_pence: int
    amount_pence: int
    treatments: tuple[Treatment, ...]
    treatment: Treatment
    prepayment: bool
    duty: str
    agreed_in: str | None = None
    account_id: UUID | None = None


def rule_of(body_kind: BodyKind, source: str, financial_year: str) -> CarryForwardRule:
    """The rule for one share. A grant's own comes before that of the body that holds it."""
    start = read_financial_year(financial_year).start_year
    return next(
        rule
        for rule in RULES
        if rule.from_year <= start <= rule.to_year
        and (rule.source == source if rule.source else rule.body_kind is body_kind)
    )


def shares_of(
    balance_pence: int,
    contributed: Iterable[Contributed],
    kinds: Mapping[UUID, BodyKind],
    financial_year: str,
) -> tuple[Share, ...]:
    """The balance shared over partners and sources in proportion to what each contributed, to the penny.

    `kinds` are the parties of the pool's agreement. Each of them must have contributed a known amount, which may be
    nil: a share of an unknown contribution would be a guess.
    """
    ordered = sorted(contributed, key=lambda each: (str(each.organisation_id), each.funding_source))
    unknown = {each.organisation_id for each in ordered if not each.amount.known}
    missing = unknown | (set(kinds) - {each.organisation_id for each in ordered})
    if missing:
        raise CONTRIBUTIONS_UNKNOWN(missing_contributors=sorted(map(str, missing)))
    weights = [each.amount.amount_pence or 0 for each in ordered]
    found = []
    for each, weight, part in zip(ordered, weights, allocate(balance_pence, weights), strict=True):
        kind = kinds.get(each.organisation_id, BodyKind.OTHER)
        rule = rule_of(kind, each.funding_source, financial_year)
        found.append(
            Share(
                each.organisation_id,
                kind,
                each.funding_source,
                weight,
                part,
                rule.treatments,
                rule.treatments[0],
                prepayment=False,
                duty=rule.duty,
            )
        )
    return tuple(found)
