"""A settlement of a year's over- or underspend: proposed, approved by each party, disputed in part, posted, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.risk_share import StepKind
from services.budget.rules.settled import Facts, Outcome, Worked
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.text import fold_key

INCOMPLETE = reason(
    "settlement_incomplete",
    Kind.CONFLICT,
    "The settlement rests on figures not known yet. Wait, or use a forecast.",
)
NOTHING_TO_SETTLE = reason(
    "settlement_of_nothing",
    Kind.CONFLICT,
    "There is nothing to settle: spending is on budget, or settlements of other pools took what was left.",
)
SHADOW_SETTLES_NOTHING = reason(
    "settlement_of_a_shadow", Kind.CONFLICT, "A shadow pool moves no money. Simulate instead."
)
SETTLED_ALREADY = reason(
    "settlement_stands_already", Kind.CONFLICT, "That year of the pool has a settlement. Withdraw it first."
)
NOT_A_PARTY = reason(
    "settlement_not_a_party", Kind.CONFLICT, "Only the parties to the pool's agreement settle it."
)
MAKER_APPROVES = reason(
    "settlement_maker_approves",
    Kind.CONFLICT,
    "Whoever proposed does not approve. Let another client and person.",
)
APPROVED_ALREADY = reason(
    "settlement_approved_already", Kind.CONFLICT, "Your organisation has approved this settlement before."
)
NO_SUCH_MOVE = reason("settlement_move_refused", Kind.CONFLICT, "The settlement cannot move that way now.")
NOT_APPROVED_BY_ALL = reason(
    "settlement_not_approved_by_all", Kind.CONFLICT, "Every party approves a settlement before it is posted."
)
ALL_DISPUTED = reason(
    "settlement_nothing_undisputed", Kind.CONFLICT, "Every step that is left moves no money or is disputed."
)
NOT_OF_THE_YEAR = reason(
    "settlement_of_part_of_a_year",
    Kind.INVALID,
    "A year is settled as at its last day. Leave as_at out; on another day, simulate.",
)
UNDERSPEND_TAKEN = reason(
    "settlement_underspend_taken",
    Kind.CONFLICT,
    "Another settlement has taken what this one rests on. Withdraw this one and propose it anew.",
)
STILL_IN_THE_BOOKS = reason(
    "settlement_still_in_books", Kind.CONFLICT, "Reverse its journals before you withdraw it."
)


class SettlementState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    PART_POSTED = "part_posted"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """What the variance comes from: the position in the books, or somebody's forecast."""

    POSITION = "position"
    FORECAST = "forecast"


class SettlementDisputeOutcome(StrEnum):
    """Whether the contested steps are settled as proposed, or fall away."""

    STEPS_STAND = "steps_stand"
    STEPS_FALL = "steps_fall"


@dataclass(frozen=True, slots=True)
class Maker:
    """Which client acted, and for which person it said it did."""

    client_id: UUID
    person: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    organisation_id: UUID
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A partner contests some steps. The others go on; `answer_due_on` is the clock."""

    id: UUID
    organisation_id: UUID
    steps: tuple[int, ...]
    grounds: str
    answer_due_on: date
    outcome: SettlementDisputeOutcome | None = None
    explanation: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Posting:
    journal_id: UUID
    steps: tuple[int, ...]
    reversed_by_journal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement with everything that the partners approve: the figures it rests on and each step worked."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    risk_share_id: UUID
    agreement_id: UUID
    financial_year: str
    source: Source
    as_at: date | None
    facts: Facts
    outcome: Outcome
    party_ids: tuple[UUID, ...]
    state: SettlementState = SettlementState.PROPOSED
    approvals: tuple[Approval, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    postings: tuple[Posting, ...] = ()
    withdrawn_because: str | None = None
    version: int = 1


def propose(settlement: Settlement, arrangement: str) -> Settlement:
    """The settlement, if it is of real money, by a party, and rests on known figures (S1-B11)."""
    require_party(settlement, settlement.owner_organisation_id)
    if arrangement != "pooled":
        raise SHADOW_SETTLES_NOTHING("/pool_id")
    last_day = read_financial_year(settlement.financial_year).last_day
    if settlement.source is Source.POSITION and settlement.as_at != last_day:
        raise NOT_OF_THE_YEAR("/as_at", last_day=last_day)
    _require_complete(settlement)
    if settlement.outcome.variance_pence == 0:
        raise NOTHING_TO_SETTLE()
    return settlement


def _require_complete(settlement: Settlement) -> None:
    if not settlement.outcome.complete:
        whose = {each.organisation_id: each.fact.value for each in settlement.outcome.missing}
        raise INCOMPLETE(
            missing=[{"fact": fact, "organisation_id": who and str(who)} for who, fact in whose.items()]
        )


def approve(settlement: Settlement, organisation: UUID, maker: Maker, approver: Maker) -> Settlement:
    """One party's approval. With the last one the settlement is approved."""
    require_party(settlement, organisation)
    if settlement.state is not SettlementState.PROPOSED:
        raise NO_SUCH_MOVE(state=settlement.state)
    if organisation in {each.organisation_id for each in settlement.approvals}:
        raise APPROVED_ALREADY()
    if maker.client_id == approver.client_id or _same_person(maker.person, approver.person):
        raise MAKER_APPROVES()
    approvals = (*settlement.approvals, Approval(organisation))
    everyone = {each.organisation_id for each in approvals} == set(settlement.party_ids)
    return moved(
        replace(settlement, approvals=approvals),
        SettlementState.APPROVED if everyone else SettlementState.PROPOSED,
    )


def withdraw(settlement: Settlement, organisation: UUID, because: str, standing_journals: int) -> Settlement:
    """Any party withdraws it, as long as none of its journals stands in the books."""
    require_party(settlement, organisation)
    if settlement.state is SettlementState.WITHDRAWN:
        raise NO_SUCH_MOVE(state=settlement.state)
    if standing_journals:
        raise STILL_IN_THE_BOOKS(journals=standing_journals)
    return moved(replace(settlement, withdrawn_because=because), SettlementState.WITHDRAWN)


def _same_person(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and fold_key(one) == fold_key(other)


def posted_steps(settlement: Settlement) -> frozenset[int]:
    """The steps whose journal stands in the books."""
    return frozenset(
        step for each in settlement.postings if each.reversed_by_journal_id is None for step in each.steps
    )


def _disputed(settlement: Settlement, outcomes: frozenset[SettlementDisputeOutcome | None]) -> frozenset[int]:
    return frozenset(step for each in settlement.disputes if each.outcome in outcomes for step in each.steps)


def _moving(settlement: Settlement) -> list[Worked]:
    """Steps that move money between accounts: what is retained or to be agreed stays where it is."""
    still = {StepKind.RETAINED, StepKind.TO_BE_AGREED}
    return [each for each in settlement.outcome.steps if each.kind not in still and each.taken_pence]


def waiting(settlement: Settlement) -> list[Worked]:
    """Steps that still have to be posted, disputed or not."""
    gone = posted_steps(settlement) | _disputed(settlement, frozenset({SettlementDisputeOutcome.STEPS_FALL}))
    return [each for each in _moving(settlement) if each.number not in gone]


def to_post(settlement: Settlement, organisation: UUID) -> list[Worked]:
    """The undisputed steps that are to be posted now; refuses before every party has approved."""
    require_party(settlement, organisation)
    if settlement.state is SettlementState.PROPOSED:
        approved = {each.organisation_id for each in settlement.approvals}
        raise NOT_APPROVED_BY_ALL(
            awaiting=[str(each) for each in settlement.party_ids if each not in approved]
        )
    if settlement.state not in {SettlementState.APPROVED, SettlementState.PART_POSTED}:
        raise NO_SUCH_MOVE(state=settlement.state)
    _require_complete(settlement)
    contested = _disputed(settlement, frozenset({None}))
    undisputed = [each for each in waiting(settlement) if each.number not in contested]
    if not undisputed:
        raise ALL_DISPUTED(disputed_steps=sorted(contested))
    return undisputed


def post(settlement: Settlement, journal_id: UUID, steps: Iterable[Worked]) -> Settlement:
    """The settlement with these steps in the books; posted when no other waits."""
    posting = Posting(journal_id, tuple(each.number for each in steps))
    after = replace(settlement, postings=(*settlement.postings, posting))
    return moved(after, SettlementState.PART_POSTED if waiting(after) else SettlementState.POSTED)


def reverse(settlement: Settlement, journal_id: UUID, reversal_id: UUID) -> Settlement:
    """The settlement whose journal was reversed: its steps wait again, to be posted anew, disputed or withdrawn."""
    postings = tuple(
        replace(each, reversed_by_journal_id=reversal_id) if each.journal_id == journal_id else each
        for each in settlement.postings
    )
    after = replace(settlement, postings=postings)
    return moved(after, SettlementState.PART_POSTED if posted_steps(after) else SettlementState.APPROVED)


def require_party(settlement: Settlement, organisation: UUID) -> None:
    """Refuses whoever is no party to the pool's agreement."""
    if organisation not in settlement.party_ids:
        raise NOT_A_PARTY()


def moved(settlement: Settlement, to: SettlementState) -> Settlement:
    """The next version of it, in that state."""
    return replace(settlement, state=to, version=settlement.version + 1)
