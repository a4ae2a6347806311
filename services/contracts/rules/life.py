"""The rest of a contract's life: procurement, standstill, suspension, withdrawal of a notice, and its ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum

from services.contracts.rules.contract import Contract, EndStatus
from services.contracts.rules.state import RUNNING, State, move
from shared.errors import Kind, reason
from shared.money import Money

STANDSTILL_BACKWARDS = reason(
    "standstill_ends_before_start", Kind.INVALID, "The standstill period ends before it begins."
)
END_THAT_FIRST = reason(
    "contract_paused",
    Kind.CONFLICT,
    "A suspension or a notice runs. End it first: resume the contract, or withdraw the notice.",
)
OUTSIDE_TERM = reason(
    "move_outside_term", Kind.INVALID, "Choose a day within the term of the contract, as it stands."
)
WITHDRAWN_TOO_LATE = reason(
    "notice_withdrawn_too_late",
    Kind.INVALID,
    "A notice can be withdrawn from the day on which it was served until the contract ends by it.",
)
NO_NOTICE_RUNS = reason("no_notice_runs", Kind.CONFLICT, "No notice runs on this contract.")
NOT_SUSPENDED = reason("contract_not_suspended", Kind.CONFLICT, "This contract is not suspended.")
VALUE_GROWS = reason(
    "part_termination_adds_value",
    Kind.INVALID,
    "What is left of a contract cannot be worth more than the whole was. To add value, agree a variation.",
)
NOTICE_STILL_RUNS = reason(
    "notice_still_runs",
    Kind.CONFLICT,
    "The notice has not run out on that day. Give another reason, or a day from the end of the notice on.",
)
NO_END_KNOWN = reason(
    "contract_end_unknown",
    Kind.CONFLICT,
    "The contract has no end date, so it does not expire. Terminate it, or agree an end by a variation.",
)
TERM_STILL_RUNS = reason(
    "contract_term_runs",
    Kind.INVALID,
    "The term has not ended on that day. To end the contract earlier, terminate it.",
)
TERMINATION_REASON = reason(
    "termination_reason_unknown",
    Kind.INVALID,
    "A contract is not terminated for that reason; see the reasons.",
)
HELD_WITHIN_TERM = reason(
    "held_over_within_term",
    Kind.INVALID,
    "A contract is held over only after its last day: choose a day after its end.",
)


class SuspensionReason(StrEnum):
    QUALITY = "quality"
    SAFEGUARDING = "safeguarding"
    INSOLVENCY_RISK = "insolvency_risk"
    FORCE_MAJEURE = "force_majeure"
    AGREED = "agreed"
    OTHER = "other"


class TerminationReason(StrEnum):
    """Why a contract ends before its term. `notice`: a notice ran out. `rules`: procurement law demands it
    (PCR 2015 reg 73, Procurement Act 2023 s78, PSR reg 22)."""

    NOTICE = "notice"
    AGREED = "agreed"
    PROVIDER_DEFAULT = "provider_default"
    PROVIDER_INSOLVENCY = "provider_insolvency"
    COMMISSIONER_DEFAULT = "commissioner_default"
    FORCE_MAJEURE = "force_majeure"
    RULES = "rules"
    REPLACED = "replaced"
    OTHER = "other"


class CompletionReason(StrEnum):
    TERM_ENDED = "term_ended"
    DELIVERED = "delivered"
    NOT_STARTED = "not_started"


class HoldOverReason(StrEnum):
    PROCUREMENT_LATE = "procurement_late"
    NEGOTIATION_LATE = "negotiation_late"
    NO_DECISION = "no_decision"
    OTHER = "other"


class AbandonmentReason(StrEnum):
    NO_TENDERS = "no_tenders"
    NO_SUITABLE_TENDER = "no_suitable_tender"
    NO_BUDGET = "no_budget"
    NO_LONGER_NEEDED = "no_longer_needed"
    CHALLENGED = "challenged"
    OTHER = "other"


def start_procurement(contract: Contract) -> Contract:
    """Go out to procurement with what was planned."""
    return replace(contract, state=move(contract.state, State.PROCUREMENT))


def start_standstill(contract: Contract, begins_on: date, ends_on: date) -> Contract:
    """Hold the award back until a day has passed. How long the rules ask for is the commissioner's to know."""
    state = move(contract.state, State.STANDSTILL)
    if ends_on < begins_on:
        raise STANDSTILL_BACKWARDS("/ends_on", begins_on=begins_on.isoformat())
    return replace(contract, state=state, standstill_ends_on=ends_on)


def suspend(contract: Contract, on: date) -> Contract:
    """Suspend a contract that runs; its term goes on."""
    state = move(contract.state, State.SUSPENDED)
    _nothing_paused(contract)
    _within_term(contract, on)
    return replace(contract, state=state)


def resume(contract: Contract, before: State, on: date) -> Contract:
    """End a suspension: the contract stands again as it stood before."""
    if contract.state is not State.SUSPENDED:
        raise NOT_SUSPENDED(state=contract.state.value)
    _within_term(contract, on)
    return replace(contract, state=move(contract.state, before))


def withdraw_notice(contract: Contract, before: State, on: date) -> Contract:
    """Take a notice back, which needs the other side's consent: the contract stands again as it stood before."""
    if contract.state is not State.NOTICE_GIVEN or contract.notice is None:
        raise NO_NOTICE_RUNS(state=contract.state.value)
    notice = contract.notice
    if not notice.served_on <= on <= notice.ends_on:
        raise WITHDRAWN_TOO_LATE(
            "/on", served_on=notice.served_on.isoformat(), ends_on=notice.ends_on.isoformat()
        )
    return replace(contract, state=move(contract.state, before), notice=None)


def part_terminate(contract: Contract, on: date, value: Money | None) -> Contract:
    """End a part of a contract. `value` is what all of it is worth from then on; left out, the value stays."""
    state = move(contract.state, State.PART_TERMINATED)
    _nothing_paused(contract)
    _within_term(contract, on)
    before, after = contract.value.amount_pence, value.amount_pence if value is not None else None
    if after is not None and (after < 0 or (before is not None and after > before)):
        raise VALUE_GROWS("/value", value_before_pence=before)
    return replace(contract, state=state, value=contract.value if value is None else value)


def terminate(contract: Contract, on: date, why: TerminationReason) -> Contract:
    """End a contract before its term, on a day within it. By notice not before the notice has run out."""
    state = move(contract.state, State.TERMINATED)
    if contract.state is not State.HELD_OVER:
        _within_term(contract, on)
    elif contract.end_date is not None and on < contract.end_date:
        raise OUTSIDE_TERM("/on", ends_on=contract.end_date.isoformat())
    if why is TerminationReason.NOTICE:
        if contract.notice is None:
            raise NO_NOTICE_RUNS("/reason")
        if on < contract.notice.ends_on:
            raise NOTICE_STILL_RUNS("/on", notice_ends_on=contract.notice.ends_on.isoformat())
    return replace(contract, state=state, ended_on=on)


def complete(contract: Contract, on: date) -> Contract:
    """End a contract whose term is over, `on` its last day or, where it was held over, a later one."""
    state = move(contract.state, State.EXPIRED)
    ends_on = contract.ends_on
    if ends_on is None:
        raise NO_END_KNOWN()
    if on < ends_on:
        raise TERM_STILL_RUNS("/on", ends_on=ends_on.isoformat())
    return replace(contract, state=state, ended_on=on if contract.state is State.HELD_OVER else ends_on)


def hold_over(contract: Contract, since: date) -> Contract:
    """Record that a contract goes on being delivered after its last day: a finding, not a right."""
    state = move(contract.state, State.HELD_OVER)
    ends_on = contract.ends_on
    if ends_on is None:
        raise NO_END_KNOWN()
    if since <= ends_on:
        raise HELD_WITHIN_TERM("/on", ends_on=ends_on.isoformat())
    return replace(contract, state=state, ended_on=None, notice=None)


def abandon(contract: Contract) -> Contract:
    """Give up a contract that never came into force."""
    return replace(contract, state=move(contract.state, State.ABANDONED))


def expire(contract: Contract, as_at: date) -> Contract:
    """What a contract has become by a day: over by its term or by its notice, or as it is where it still runs."""
    ends_on = contract.ends_on
    if ends_on is None or ends_on >= as_at or contract.state not in RUNNING - {State.HELD_OVER}:
        return contract
    if contract.notice is not None:
        return terminate(contract, ends_on, TerminationReason.NOTICE)
    return complete(contract, ends_on)


def _nothing_paused(contract: Contract) -> None:
    """Ways back to a state are open to the end of a notice or suspension; a new move does not take them."""
    if contract.state in (State.SUSPENDED, State.NOTICE_GIVEN):
        raise END_THAT_FIRST(state=contract.state.value)


def _within_term(contract: Contract, on: date) -> None:
    ends_on = contract.ends_on if contract.end_status is not EndStatus.OPEN_ENDED or contract.notice else None
    if (contract.start_date is not None and on < contract.start_date) or (
        ends_on is not None and on > ends_on
    ):
        raise OUTSIDE_TERM(
            "/on",
            start_date=None if contract.start_date is None else contract.start_date.isoformat(),
            ends_on=None if ends_on is None else ends_on.isoformat(),
        )
