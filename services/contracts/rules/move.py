"""Moves in a contract's life that are made through the doors: award, activation, notice; and changes between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.contracts.rules.classification import Regime
from services.contracts.rules.contract import VALUE_NEGATIVE, Contract, EndStatus, checked
from services.contracts.rules.notice import Notice, check_notice
from services.contracts.rules.state import TERMS_OPEN, State, move
from shared.errors import Fault, Kind, Reason, reason

STANDSTILL_RUNS = reason(
    "standstill_runs", Kind.CONFLICT, "The standstill period has not ended on the day of the award."
)
STANDSTILL_MISSING = reason(
    "standstill_missing",
    Kind.CONFLICT,
    "Record the last day of the standstill period: this contract is in standstill.",
)
ACTIVATION_INCOMPLETE = reason(
    "activation_incomplete", Kind.CONFLICT, "The contract cannot become active yet; see what is missing."
)
START_MISSING = reason(
    "activation_start_missing", Kind.CONFLICT, "Record the day on which the contract starts."
)
END_MISSING = reason(
    "activation_end_missing",
    Kind.CONFLICT,
    "Record the day on which the contract ends, or that it is open-ended.",
)
ACTIVE_BEFORE_START = reason(
    "activation_before_start",
    Kind.CONFLICT,
    "The contract cannot be active before the day on which it starts.",
)
ACTIVE_AFTER_END = reason("activation_after_end", Kind.CONFLICT, "The contract has ended before that day.")
ACTIVATION_HELD = reason(
    "activation_held",
    Kind.CONFLICT,
    "The contract is suspended or under notice. Resume it or withdraw the notice; it needs no activation.",
)
FUNDING_MISSING = reason(
    "activation_funding_missing",
    Kind.CONFLICT,
    "Record the pools that fund the contract, with shares of 100 percent.",
)
INDICATOR_MISSING = reason(
    "activation_indicator_missing",
    Kind.CONFLICT,
    "Link at least one outcome indicator to the contract, or record the reason why there is none.",
)
NEEDS_VARIATION = reason(
    "contract_needs_variation",
    Kind.CONFLICT,
    "Terms that are in force are changed by a variation, which both sides agree.",
)

TERMS = frozenset(
    {
        "start_date",
        "end_date",
        "end_status",
        "max_end_date",
        "value",
        "value_basis",
        "irrecoverable_vat",
        "parties",
        "funding",
        "notice_period",
        "agreement_form",
        "award_regime",
        "award_basis",
        "modification_regime",
        "tender_type",
        "extension_options",
        "scope",
        "activity_plan",
    }
)


@dataclass(frozen=True, slots=True)
class Award:
    """The decision to award: when, under which rules, and when its standstill ended if it had one."""

    awarded_on: date
    award_regime: Regime
    award_basis: str | None = None
    standstill_ends_on: date | None = None


def amend(contract: Contract, changes: Mapping[str, Any]) -> Contract:
    """The contract with these fields changed. Terms of a contract in force are refused (a variation changes them)."""
    changed = {name: value for name, value in changes.items() if getattr(contract, name) != value}
    if contract.state not in TERMS_OPEN and (closed := TERMS & changed.keys()):
        raise NEEDS_VARIATION(f"/{min(closed)}", fields=sorted(closed), state=contract.state.value)
    value = changed.get("value")
    if value is not None and (value.amount_pence or 0) < 0:
        raise VALUE_NEGATIVE("/value")
    return checked(replace(contract, **changed)) if changed else contract


def award(contract: Contract, decision: Award) -> Contract:
    """Award a contract that was planned or procured. A standstill that runs holds the award back."""
    state = move(contract.state, State.AWARDED)
    ends = decision.standstill_ends_on or contract.standstill_ends_on
    if ends is None and contract.state is State.STANDSTILL:
        raise STANDSTILL_MISSING("/standstill_ends_on")
    if ends is not None and decision.awarded_on <= ends:
        raise STANDSTILL_RUNS("/awarded_on", standstill_ends_on=ends.isoformat())
    return checked(
        replace(
            contract,
            state=state,
            awarded_on=decision.awarded_on,
            award_regime=decision.award_regime,
            award_basis=decision.award_basis or contract.award_basis,
            standstill_ends_on=ends,
        )
    )


def activate(contract: Contract, active_from: date) -> Contract:
    """Bring a contract into force. Refused with everything that is missing, each at its place (S5-C01, S1-C06)."""
    state = move(contract.state, State.ACTIVE)
    if contract.state not in (State.AWARDED, State.RECORDED_AS_ACTIVE):
        raise ACTIVATION_HELD(state=contract.state.value)
    faults = tuple(_missing(contract, active_from))
    if faults:
        raise ACTIVATION_INCOMPLETE(faults=faults)
    return checked(replace(contract, state=state, active_from=active_from))


def _missing(contract: Contract, active_from: date) -> Iterator[Fault]:
    def fault(pointer: str, found: Reason) -> Fault:
        return Fault(pointer, found.code, found.sentence)

    if contract.start_date is None:
        yield fault("/start_date", START_MISSING)
    elif active_from < contract.start_date:
        yield fault("/active_from", ACTIVE_BEFORE_START)
    if contract.end_status not in (EndStatus.STATED, EndStatus.OPEN_ENDED):
        yield fault("/end_date", END_MISSING)
    elif contract.end_date is not None and active_from > contract.end_date:
        yield fault("/active_from", ACTIVE_AFTER_END)
    if not contract.funding:
        yield fault("/funding", FUNDING_MISSING)
    if not contract.indicator_ids and contract.no_indicator_reason is None:
        yield fault("/indicator_ids", INDICATOR_MISSING)


def give_notice(contract: Contract, notice: Notice) -> Contract:
    """Record a notice that was served: the contract will end on the day that the notice names (S1-C07)."""
    state = move(contract.state, State.NOTICE_GIVEN)
    term_ends = None if contract.state is State.HELD_OVER else contract.end_date
    check_notice(notice, contract.notice_period, term_ends)
    return replace(contract, state=state, notice=notice)
