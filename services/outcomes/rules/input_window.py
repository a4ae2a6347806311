"""When figures of a period can be put in, and why they cannot: calendar, closing day, reasoned exception, decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.kpi_return import NOT_OWED, OPEN_TO_PROVIDER, Return, ReturnState
from services.outcomes.rules.obligation import DueReturn, Obligation, ObligationSettings
from shared.errors import Kind, reason

PERIOD_RUNNING = reason(
    "return_period_running",
    Kind.CONFLICT,
    "This period has not ended yet. Its figures can be sent after its last day.",
)
INPUT_CLOSED = reason(
    "return_input_closed",
    Kind.CONFLICT,
    "Input for this period has closed. Ask the lead commissioner for an exception, with the reason for it.",
)
SETTINGS_UNCHANGED = reason(
    "obligation_settings_unchanged", Kind.INVALID, "From this day on the obligation is set like this already."
)
EXCEPTION_POINTLESS = reason(
    "lock_exception_pointless",
    Kind.INVALID,
    "Input for this period closes later than that, or does not close at all. Look at its closing day.",
)
EXCEPTION_PAST = reason(
    "lock_exception_past", Kind.INVALID, "An exception opens input until today or a later day."
)


@dataclass(frozen=True, slots=True)
class LockException:
    """Input for a period of an obligation is open until a day, whatever its closing day, for a reason."""

    id: UUID
    obligation_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    period: str
    open_until: date
    reason: str
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime | None = None


class InputReason(StrEnum):
    """Why figures can or cannot be put in."""

    OPEN = "open"
    OPEN_BY_EXCEPTION = "open_by_exception"
    NOT_OWED = "not_owed"
    PERIOD_RUNNING = "period_running"
    INPUT_CLOSED = "input_closed"
    AWAITING_DECISION = "awaiting_decision"
    ACCEPTED = "accepted"
    LOCKED = "locked"


_WHAT_TO_DO = {
    InputReason.OPEN: "Save and submit the figures.",
    InputReason.OPEN_BY_EXCEPTION: "Save and submit the figures by the day on which the exception ends.",
    InputReason.NOT_OWED: NOT_OWED.sentence,
    InputReason.PERIOD_RUNNING: "Draft figures if you like. They can be submitted after the last day of the period.",
    InputReason.INPUT_CLOSED: "Ask the lead commissioner for an exception, with the reason for it.",
    InputReason.AWAITING_DECISION: "Wait for the lead commissioner to accept the return or send it back.",
    InputReason.ACCEPTED: "To correct it, ask the lead commissioner to reopen the return.",
    InputReason.LOCKED: "Its figures went into a report. To correct it, ask the lead commissioner to reopen it.",
}


@dataclass(frozen=True, slots=True)
class InputStatus:
    """Whether figures of a period can be put in, why, the days that count, and what to do now."""

    obligation_id: UUID
    period: str
    is_open: bool
    reason: InputReason
    what_to_do: str
    opens_on: date | None
    due_on: date | None
    closes_on: date | None
    open_until: date | None
    exception_reason: str | None
    return_id: UUID | None
    state: ReturnState | None


def closing_day(due_on: date, input_days: int | None) -> date | None:
    """The last day on which figures can be put in; None where input never closes."""
    return None if input_days is None else due_on + timedelta(days=input_days)


def change_settings(
    obligation: Obligation, settings: ObligationSettings, before: ObligationSettings | None
) -> Obligation:
    """The obligation under other settings; refuses those that hold from the day already."""
    told = (settings.effective_from, settings.due_days, settings.input_days, settings.silence_days)
    if before is not None and told == (
        before.effective_from,
        before.due_days,
        before.input_days,
        before.silence_days,
    ):
        raise SETTINGS_UNCHANGED("/effective_from")
    return replace(obligation, version=obligation.version + 1)


def check_exception(
    exception: LockException, due: DueReturn | None, closes_on: date | None, today: date
) -> LockException:
    """Give the exception back, or refuse one for nothing, in the past, or that opens no longer than the calendar."""
    if due is None:
        raise NOT_OWED("/period")
    if exception.open_until < today:
        raise EXCEPTION_PAST("/open_until")
    if closes_on is None or exception.open_until <= closes_on:
        raise EXCEPTION_POINTLESS("/open_until", closes_on=closes_on)
    return exception


def why(
    due: DueReturn | None,
    closes_on: date | None,
    open_until: date | None,
    state: ReturnState | None,
    today: date,
) -> InputReason:
    """Why figures can or cannot be put in today. What was decided on the return comes before the calendar."""
    if due is None and state is None:
        return InputReason.NOT_OWED
    if state is ReturnState.LOCKED:
        return InputReason.LOCKED
    if state is ReturnState.ACCEPTED:
        return InputReason.ACCEPTED
    if state is not None and state not in OPEN_TO_PROVIDER:
        return InputReason.AWAITING_DECISION
    # What the lead sent back is open until it comes again: the lead asked for it.
    if state is ReturnState.RETURNED or closes_on is None or today <= closes_on:
        return InputReason.PERIOD_RUNNING if due is not None and today <= due.last_day else InputReason.OPEN
    return InputReason.OPEN_BY_EXCEPTION if open_until and today <= open_until else InputReason.INPUT_CLOSED


def check_input(
    due: DueReturn, closes_on: date | None, open_until: date | None, state: ReturnState | None, today: date
) -> None:
    """Refuse figures for a period whose input has closed, with the day and who can open it."""
    if why(due, closes_on, open_until, state, today) is InputReason.INPUT_CLOSED:
        raise INPUT_CLOSED(closed_on=closes_on, period=due.period)


def due_of(found: Return) -> DueReturn:
    """What a return answers, as it was due."""
    return DueReturn(found.period, found.first_day, found.last_day, found.financial_year, found.due_on)


def check_ended(last_day: date, today: date) -> None:
    """Refuse to submit figures of a period that still runs."""
    if today <= last_day:
        raise PERIOD_RUNNING(last_day=last_day)


def input_status(
    obligation_id: UUID,
    period: str,
    due: DueReturn | None,
    days: tuple[date | None, LockException | None],
    found: tuple[UUID, ReturnState] | None,
    today: date,
) -> InputStatus:
    """The whole answer to «why is this locked». `days` are the closing day and the exception that reaches furthest."""
    closes_on, exception = days
    open_until = None if exception is None else exception.open_until
    because = why(due, closes_on, open_until, None if found is None else found[1], today)
    return InputStatus(
        obligation_id=obligation_id,
        period=period,
        is_open=because in {InputReason.OPEN, InputReason.OPEN_BY_EXCEPTION, InputReason.PERIOD_RUNNING},
        reason=because,
        what_to_do=_WHAT_TO_DO[because],
        opens_on=None if due is None else due.first_day,
        due_on=None if due is None else due.due_on,
        closes_on=closes_on,
        open_until=open_until,
        exception_reason=None if exception is None else exception.reason,
        return_id=None if found is None else found[0],
        state=None if found is None else found[1],
    )
