"""A return of a provider for one period: its life, who may move it, and its revisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.obligation import DueReturn, Obligation, days_late
from shared.errors import Fault, Kind, reason

MOVE_NOT_POSSIBLE = reason(
    "return_move_not_possible",
    Kind.CONFLICT,
    "A return in this state cannot make this move. What was sent, accepted or locked is changed after its lead commissioner "
    "has sent it back or reopened it.",
)
NOT_PROVIDER = reason(
    "return_not_provider", Kind.FORBIDDEN, "Only the provider that owes a return drafts and submits it."
)
NOT_LEAD = reason(
    "return_not_lead",
    Kind.FORBIDDEN,
    "Only the lead commissioner of the contract accepts a return, sends it back, locks or reopens it.",
)
PERIOD_TAKEN = reason(
    "return_period_taken",
    Kind.CONFLICT,
    "There is a return for this period already. Go on with that one, or send it as its next revision.",
)
OBLIGATION_UNKNOWN = reason(
    "return_obligation_unknown", Kind.INVALID, "There is no such obligation, or it is not yours to see."
)
NOT_OWED = reason(
    "return_not_owed", Kind.INVALID, "No return is owed for this period. Look up which periods are due."
)
NOT_ON_FORM = reason(
    "return_value_not_on_form",
    Kind.INVALID,
    "This return does not ask for that indicator. Leave the value out.",
)


class ReturnState(StrEnum):
    """Where a return is. Overdue and late are flags, not states."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VALIDATED = "validated"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LOCKED = "locked"


# Reopening, by the lead and with a reason, is how a correction of an accepted figure begins: it is returned
# and comes again as a new revision, while the accepted one holds until the next is accepted.
MOVES: dict[ReturnState, frozenset[ReturnState]] = {
    ReturnState.DRAFT: frozenset({ReturnState.SUBMITTED}),
    ReturnState.SUBMITTED: frozenset({ReturnState.VALIDATED, ReturnState.RETURNED}),
    ReturnState.VALIDATED: frozenset({ReturnState.ACCEPTED, ReturnState.RETURNED}),
    ReturnState.RETURNED: frozenset({ReturnState.SUBMITTED}),
    ReturnState.ACCEPTED: frozenset({ReturnState.LOCKED, ReturnState.RETURNED}),
    ReturnState.LOCKED: frozenset({ReturnState.RETURNED}),
}
OPEN_TO_PROVIDER = frozenset({ReturnState.DRAFT, ReturnState.RETURNED})


@dataclass(frozen=True, slots=True)
class ReturnValue:
    """What the provider says of one indicator; in a draft anything may still be blank."""

    value: Decimal | None = None
    status: MeasureStatus | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class FieldReason:
    """Why a field was sent back: JSON pointer into the return and words for the provider."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Return:
    """A return for one period of an obligation.

    `revision` counts what was submitted (0: nothing yet), `accepted_revision` is the one that holds. `values`
    are those of the last submitted revision, and for the provider, while it may write, of the one in the making.
    `reasons` say why the last revision was sent back. `days_late` is that of the first submission. `explained`:
    figures of the last revision stood out and the provider explained them. Lists leave `values` out.
    """

    id: UUID
    obligation_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    associate_organisation_ids: tuple[UUID, ...]
    period: str
    financial_year: str
    first_day: date
    last_day: date
    due_on: date
    state: ReturnState
    revision: int
    accepted_revision: int | None
    submitted_at: datetime | None
    days_late: int | None
    explained: bool
    version: int
    reasons: tuple[FieldReason, ...] = ()
    values: dict[UUID, ReturnValue] | None = None
    updated_at: datetime | None = None


def open_draft(
    return_id: UUID, obligation: Obligation, due: DueReturn | None, organisations: Collection[UUID]
) -> Return:
    """An empty draft of what is due, or a refusal: the caller does not owe it, or nobody does."""
    if obligation.provider_organisation_id not in organisations:
        raise NOT_PROVIDER()
    if due is None:
        raise NOT_OWED("/period", **obligation.reach())
    return Return(
        id=return_id,
        obligation_id=obligation.id,
        partnership_id=obligation.partnership_id,
        owner_organisation_id=obligation.provider_organisation_id,
        contract_id=obligation.contract_id,
        lead_organisation_id=obligation.lead_organisation_id,
        provider_organisation_id=obligation.provider_organisation_id,
        associate_organisation_ids=obligation.associate_organisation_ids,
        period=due.period,
        financial_year=due.financial_year,
        first_day=due.first_day,
        last_day=due.last_day,
        due_on=due.due_on,
        state=ReturnState.DRAFT,
        revision=0,
        accepted_revision=None,
        submitted_at=None,
        days_late=None,
        explained=False,
        version=1,
    )


def move(found: Return, to: ReturnState) -> ReturnState:
    """The state after a move, or a refusal that says which moves are possible."""
    if to not in MOVES[found.state]:
        raise MOVE_NOT_POSSIBLE(
            state=found.state.value,
            asked=to.value,
            possible=sorted(each.value for each in MOVES[found.state]),
        )
    return to


def check_provider(found: Return, organisations: Collection[UUID]) -> None:
    """Refuse a caller who is not the provider."""
    if found.provider_organisation_id not in organisations:
        raise NOT_PROVIDER()


def check_lead(found: Return, organisations: Collection[UUID]) -> None:
    """Refuse a caller who is not the lead commissioner."""
    if found.lead_organisation_id not in organisations:
        raise NOT_LEAD()


def check_open(found: Return) -> None:
    """Refuse to change the figures of a return that is not with its provider."""
    if found.state not in OPEN_TO_PROVIDER:
        move(found, ReturnState.SUBMITTED)


def amend(
    values: Mapping[UUID, ReturnValue],
    patch: Mapping[UUID, Mapping[str, Any] | None],
    asked: Mapping[UUID, bool],
) -> dict[UUID, ReturnValue]:
    """Merge a patch into a draft: fields given replace, null clears, an indicator given as null goes.

    `asked` are the indicators of the form. Refuses, all at once, those that the form does not ask for.
    """
    faults = [
        Fault(f"/values/{indicator_id}", NOT_ON_FORM.code, NOT_ON_FORM.sentence)
        for indicator_id in patch
        if indicator_id not in asked
    ]
    if faults:
        raise NOT_ON_FORM(faults=faults)
    merged = dict(values)
    for indicator_id, fields in patch.items():
        if fields is None:
            merged.pop(indicator_id, None)
        else:
            before = merged.get(indicator_id)
            merged[indicator_id] = ReturnValue(**fields) if before is None else replace(before, **fields)
    return merged


def submit(found: Return, submitted_at: datetime, submitted_on: date, explained: bool) -> Return:
    """The return as its next revision: `validated` where nothing stood out, else `submitted` for the lead's eye.

    `explained`: some figure stood out and the provider explained it. Late is flagged and never refused; the
    first submission decides (a correction of a return that was in time is not late).
    """
    state = move(found, ReturnState.SUBMITTED)
    if not explained:
        state = move(replace(found, state=state), ReturnState.VALIDATED)
    first = found.days_late if found.revision else days_late(found.due_on, submitted_on)
    return replace(
        found,
        state=state,
        explained=explained,
        revision=found.revision + 1,
        submitted_at=submitted_at,
        days_late=first,
        version=found.version + 1,
        reasons=(),
    )
