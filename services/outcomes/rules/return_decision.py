"""What the lead commissioner decides about a return: send it back, accept it, lock it, reopen it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.kpi_return import (
    MOVE_NOT_POSSIBLE,
    MOVES,
    FieldReason,
    Return,
    ReturnState,
    ReturnValue,
    move,
)
from shared.errors import Kind, reason

VALUE_FIELDS = ("value", "status", "numerator", "denominator", "explanation")

REASONS_MISSING = reason(
    "return_reasons_missing", Kind.INVALID, "Say for at least one field why the return goes back."
)
REASON_NOWHERE = reason(
    "return_reason_nowhere",
    Kind.INVALID,
    "The pointer of this reason leads to no field of the return. Point at a value, such as /values/{id}/value.",
)
WARNINGS_UNREAD = reason(
    "return_warnings_unread",
    Kind.CONFLICT,
    "The provider explained figures that stand out. Read the explanations and accept them expressly.",
)


def send_back(found: Return, reasons: tuple[FieldReason, ...], values: Mapping[UUID, ReturnValue]) -> Return:
    """The return with the provider again, with a reason for each field named."""
    if found.state in {ReturnState.ACCEPTED, ReturnState.LOCKED}:
        raise MOVE_NOT_POSSIBLE(
            state=found.state.value,
            asked=ReturnState.RETURNED.value,
            possible=["locked", "reopened"] if found.state is ReturnState.ACCEPTED else ["reopened"],
        )
    return _back(found, reasons, values)


def reopen(found: Return, reasons: tuple[FieldReason, ...], values: Mapping[UUID, ReturnValue]) -> Return:
    """An accepted or locked return with the provider again; what was accepted holds until the next acceptance."""
    if found.state not in {ReturnState.ACCEPTED, ReturnState.LOCKED}:
        possible = sorted(each.value for each in MOVES[found.state])
        raise MOVE_NOT_POSSIBLE(state=found.state.value, asked="reopened", possible=possible)
    return _back(found, reasons, values)


def _back(found: Return, reasons: tuple[FieldReason, ...], values: Mapping[UUID, ReturnValue]) -> Return:
    state = move(found, ReturnState.RETURNED)
    if not reasons:
        raise REASONS_MISSING("/reasons")
    for index, each in enumerate(reasons):
        if not _leads_somewhere(each.pointer, values):
            raise REASON_NOWHERE(f"/reasons/{index}/pointer")
    return replace(found, state=state, version=found.version + 1, reasons=reasons)


def _leads_somewhere(pointer: str, values: Mapping[UUID, ReturnValue]) -> bool:
    """Whether a pointer names the values, one of them, or a field of one."""
    parts = pointer.split("/")
    if parts[:2] != ["", "values"] or len(parts) > 4:
        return False
    known = {str(each) for each in values}
    return (len(parts) < 3 or parts[2] in known) and (len(parts) < 4 or parts[3] in VALUE_FIELDS)


def accept(found: Return, explanations_accepted: bool) -> tuple[ReturnState, ...]:
    """The states through which acceptance takes the return; a submitted one is validated on the way.

    A revision with explained figures is accepted only where the lead accepts the explanations expressly.
    """
    if found.state is ReturnState.SUBMITTED:
        if found.explained and not explanations_accepted:
            raise WARNINGS_UNREAD("/explanations_accepted")
        validated = replace(found, state=move(found, ReturnState.VALIDATED))
        return (ReturnState.VALIDATED, move(validated, ReturnState.ACCEPTED))
    return (move(found, ReturnState.ACCEPTED),)


def accepted(found: Return) -> Return:
    """The return after acceptance: its last revision is the one that holds."""
    return replace(
        found,
        state=ReturnState.ACCEPTED,
        accepted_revision=found.revision,
        version=found.version + 1,
        reasons=(),
    )


def lock(found: Return) -> Return:
    """The return when its figures have gone into a report: only reopening moves it again."""
    return replace(found, state=move(found, ReturnState.LOCKED), version=found.version + 1)
