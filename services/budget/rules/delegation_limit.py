"""How much each body or officer of an organisation may decide: limits as dated data, and who must decide a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from uuid import UUID

from services.budget.rules.body_type import BodyType
from shared.errors import Kind, reason

LIMIT_OF_MEETING = reason(
    "delegation_limit_of_meeting",
    Kind.INVALID,
    "An executive meeting has no power of its own. Record the limit of each member's own organisation.",
)
LIMIT_ENDS_BEFORE = reason(
    "delegation_limit_ends_before_it_begins",
    Kind.INVALID,
    "A limit is in force to the day on which it began or to a later one.",
)
LIMIT_ENDED = reason(
    "delegation_limit_ended",
    Kind.CONFLICT,
    "This limit has an end. Record a new limit for the days after it.",
)
LIMIT_OF_ANOTHER = reason(
    "delegation_limit_of_another",
    Kind.CONFLICT,
    "Each organisation keeps its own scheme of delegation. Ask it to change its limit.",
)
PERCENT_OF_UNKNOWN = reason(
    "delegation_percent_of_unknown",
    Kind.CONFLICT,
    "A limit is a percentage of the line's budget, and that budget is not known yet. Record the budget first.",
)
BEYOND_EVERY_LIMIT = reason(
    "delegation_beyond_every_limit",
    Kind.CONFLICT,
    "No body of the organisation may decide on so much by its limits. Record who may, or lower the amount.",
)


class LimitSubject(StrEnum):
    """What a limit is about."""

    VIREMENT = "virement"
    SUPPLEMENTARY_ESTIMATE = "supplementary_estimate"
    CONTRACT = "contract"
    CONTRACT_VARIATION = "contract_variation"
    SETTLEMENT = "settlement"
    COMMITMENT = "commitment"


class Nature(StrEnum):
    REVENUE = "revenue"
    CAPITAL = "capital"


class Permanence(StrEnum):
    RECURRENT = "recurrent"
    ONE_OFF = "one_off"


class CountedOver(StrEnum):
    """Whether each case is held against a limit alone, or with all of the financial year before it."""

    EACH = "each"
    FINANCIAL_YEAR = "financial_year"


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to how much one body or officer may decide. Neither amount nor percentage: without limit.

    `nature`, `permanence` and `budget_type` of None are for all. `percent_limit` is of the adjusted budget of the
    line concerned. UK schemes band by amount (West Lancashire), by share (Blackpool) and by kind (Oxfordshire).
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    subject: LimitSubject
    decider: str
    decider_type: BodyType
    amount_limit_pence: int | None
    percent_limit: Decimal | None
    nature: Nature | None
    permanence: Permanence | None
    budget_type: str | None
    counted_over: CountedOver
    in_force_from: date
    in_force_to: date | None = None
    source: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be decided. `before_pence` is what was moved before it in the same financial year.

    `budget_pence` is the adjusted budget of the line concerned, None where it is not known; `line_types` are the types
    of budget that the lines themselves bear, whatever the proposer says.
    """

    subject: LimitSubject
    amount_pence: int
    day: date
    nature: Nature | None = None
    permanence: Permanence | None = None
    budget_type: str | None = None
    before_pence: int = 0
    budget_pence: int | None = None
    line_types: frozenset[str] = frozenset()

    @property
    def types(self) -> frozenset[str]:
        return self.line_types | ({self.budget_type} if self.budget_type is not None else frozenset())


@dataclass(frozen=True, slots=True)
class Decider:
    """Who may decide a case, and what was held against the limit."""

    decider: str
    decider_type: BodyType
    limit_id: UUID
    limit_pence: int | None
    counted_pence: int


@dataclass(frozen=True, slots=True)
class Needed:
    """Whose decision an organisation's limits ask for: the lowest that may take it, and those above.

    `within_officer_limit` says that an officer may decide and no body needs to.
    """

    organisation_id: UUID
    lowest: Decider
    may_decide: tuple[Decider, ...]
    within_officer_limit: bool


def keep_limit(limit: Limit) -> Limit:
    """The limit, if it holds together."""
    if limit.decider_type is BodyType.EXECUTIVE_MEETING:
        raise LIMIT_OF_MEETING("/decider_type")
    if limit.in_force_to is not None and limit.in_force_to < limit.in_force_from:
        raise LIMIT_ENDS_BEFORE("/in_force_to", in_force_from=limit.in_force_from)
    return limit


def end_limit(limit: Limit, last_day: date, organisation_id: UUID) -> Limit:
    """The limit with its last day. What was decided under it stays as it was."""
    if limit.owner_organisation_id != organisation_id:
        raise LIMIT_OF_ANOTHER()
    if limit.in_force_to is not None:
        raise LIMIT_ENDED("/in_force_to", in_force_to=limit.in_force_to)
    return keep_limit(replace(limit, in_force_to=last_day, version=limit.version + 1))


def who_decides(limits: Iterable[Limit], case: Case) -> tuple[Needed, ...]:
    """For each organisation with a limit on the case, who of it may decide (S4-B11, S3-G03).

    Limits for the case's own budget type stand before those for all. A limit counted over the year is held
    against everything moved before it too, so that splitting does not get round it.
    """
    applying: dict[UUID, list[Limit]] = {}
    for limit in limits:
        if _applies(limit, case):
            applying.setdefault(limit.owner_organisation_id, []).append(limit)
    return tuple(_needed(owner, applying[owner], case) for owner in sorted(applying))


def _applies(limit: Limit, case: Case) -> bool:
    return (
        limit.subject is case.subject
        and limit.in_force_from <= case.day
        and (limit.in_force_to is None or case.day <= limit.in_force_to)
        and limit.nature in {None, case.nature}
        and limit.permanence in {None, case.permanence}
        and (limit.budget_type is None or limit.budget_type in case.types)
    )


def _needed(owner: UUID, limits: list[Limit], case: Case) -> Needed:
    own_type = [each for each in limits if each.budget_type is not None]
    tiers = [(_cap(each, case), each) for each in own_type or limits]
    # The lowest first; without limit comes last.
    tiers.sort(key=lambda tier: (tier[0] is None, tier[0] or 0, tier[1].decider, tier[1].id))
    able = tuple(
        Decider(limit.decider, limit.decider_type, limit.id, cap, _counted(limit, case))
        for cap, limit in tiers
        if cap is None or _counted(limit, case) <= cap
    )
    if not able:
        raise BEYOND_EVERY_LIMIT(
            "/amount_pence",
            organisation_id=str(owner),
            highest_limit_pence=tiers[-1][0],
            before_pence=case.before_pence,
        )
    return Needed(owner, able[0], able, able[0].decider_type is BodyType.OFFICER)


def _counted(limit: Limit, case: Case) -> int:
    over_year = limit.counted_over is CountedOver.FINANCIAL_YEAR
    return case.amount_pence + (case.before_pence if over_year else 0)


def _cap(limit: Limit, case: Case) -> int | None:
    """The most that the limit lets through, in pence: the lower of its amount and its share of the budget."""
    if limit.percent_limit is None:
        return limit.amount_limit_pence
    if case.budget_pence is None:
        raise PERCENT_OF_UNKNOWN("/amount_pence", limit_id=str(limit.id))
    share = Decimal(max(case.budget_pence, 0)) * limit.percent_limit / 100
    pence = int(share.to_integral_value(ROUND_FLOOR))
    return pence if limit.amount_limit_pence is None else min(pence, limit.amount_limit_pence)
