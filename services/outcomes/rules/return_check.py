"""What would happen if a return were submitted now: whether it could be, every fault, and what stands out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from services.outcomes.rules.input_window import InputReason
from services.outcomes.rules.kpi_return import Return, ReturnValue
from services.outcomes.rules.submission import AskedValue, Warned, check_submission
from services.outcomes.rules.validation_rule import ValidationRule, check_rules
from shared.errors import Fault, Refusal

CAN_SUBMIT = frozenset({InputReason.OPEN, InputReason.OPEN_BY_EXCEPTION})


@dataclass(frozen=True, slots=True)
class ReturnCheck:
    """`submittable`: no fault, and input is open. `warned` are figures that stand out and are explained."""

    return_id: UUID
    version: int
    submittable: bool
    input: InputReason
    faults: tuple[Fault, ...]
    warned: tuple[Warned, ...]


def check_return(
    found: Return, form: Mapping[UUID, AskedValue], rules: Sequence[ValidationRule], because: InputReason
) -> ReturnCheck:
    """Try the checks of a submission, and write nothing."""
    values = found.values or {}
    faults, warned = _tried(form, rules, values)
    able = not faults and because in CAN_SUBMIT
    return ReturnCheck(found.id, found.version, able, because, faults, warned)


def _tried(
    form: Mapping[UUID, AskedValue], rules: Sequence[ValidationRule], values: Mapping[UUID, ReturnValue]
) -> tuple[tuple[Fault, ...], tuple[Warned, ...]]:
    faults: tuple[Fault, ...] = ()
    warned: tuple[Warned, ...] = ()
    checks: tuple[Callable[[], tuple[Warned, ...]], ...] = (
        partial(check_submission, form, values),
        partial(check_rules, rules, form, values),
    )
    for check in checks:
        try:
            warned += check()
        except Refusal as refusal:
            faults += refusal.faults
    return faults, warned
