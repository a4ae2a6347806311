"""The modification test: whether the rules under which a contract is changed permit a change without a new procurement."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from services.contracts.rules.classification import Regime
from services.contracts.rules.modification import (
    Declared,
    Ground,
    Measured,
    Modification,
    ModificationOutcome,
    NoticeDue,
    shown,
)

PSR_VALUE_PENCE = 50_000_000
PSR_PERCENT = 25
HALF, TENTH = 50, 10


def run_test(regime: Regime | None, declared: Declared, size: Measured) -> Modification:
    """Run the test of a regime. Sources:

    - Public Contracts Regulations 2015 reg 72: (1)(a) to (f), (2) each change against 50 percent, (3) notice,
      (5) net cumulative value below the threshold and 10 percent for services.
    - Procurement Act 2023 s74 and Schedule 8: permitted, not substantial (term by 10 percent of the longest),
      below threshold (10 percent, in the aggregate); s75 notice. Light-touch contracts: s74 does not bind, s75(6)(b).
    - Health Care Services (Provider Selection Regime) Regulations 2023 reg 13: health contracts of any date.
    - Contracts of the 2006 and 2013 rules: no test is written down; a material change is a new award
      (pressetext, C-454/06).
    """
    outcome, because, notice = _TESTS.get(regime, _no_regime)(declared, size)
    return Modification(
        regime=regime,
        declared=declared,
        outcome=outcome,
        because=because,
        source=_SOURCES.get(regime, ""),
        original_value_pence=size.original_value_pence,
        change_pence=size.change_pence,
        cumulative_change_pence=size.cumulative_change_pence,
        cumulative_change_percent=shown(size.cumulative_percent),
        term_change_percent=shown(size.term_change_percent),
        notice=notice,
    )


_Answer = tuple[ModificationOutcome, tuple[str, ...], NoticeDue]
_CHARACTER = "The change makes it a different contract."
_CHARACTER_UNSAID = "Say whether the change makes it a different contract."
_NO_GROUND = "Name the ground on which the contract is changed without a new procurement."
_FOREIGN = "The rules of this contract do not know this ground."
_VALUE_UNKNOWN = "The value of the contract, or of the change, is not known."
_OVER_HALF = "The change adds more than 50 percent of the value at the award."
_CHARACTERLESS = frozenset({Ground.PROVIDER_SUCCESSION, Ground.URGENT, Ground.KNOWN_RISK})


def _answer(faults: list[str], missing: list[str], notice: NoticeDue) -> _Answer:
    if faults:
        return ModificationOutcome.NOT_PERMITTED, tuple(faults), NoticeDue.NONE
    if missing:
        return ModificationOutcome.UNDECIDED, tuple(missing), notice
    return ModificationOutcome.PERMITTED, (), notice


def _pcr2015(declared: Declared, size: Measured) -> _Answer:
    ground = declared.ground
    known = {
        Ground.PROVIDED_FOR, Ground.ADDITIONAL_NEEDED, Ground.UNFORESEEN, Ground.PROVIDER_SUCCESSION,
        Ground.NOT_SUBSTANTIAL, Ground.BELOW_THRESHOLD_CHANGE,
    }  # fmt: skip
    if ground is None or ground not in known:
        return _without(ground)
    faults, missing = _character(declared)
    if ground in (Ground.ADDITIONAL_NEEDED, Ground.UNFORESEEN):
        _within_half(size, faults, missing)
    if ground is Ground.BELOW_THRESHOLD_CHANGE:
        _below_threshold(declared, size, faults, missing, by_value_alone=False)
    notice = ground in (Ground.ADDITIONAL_NEEDED, Ground.UNFORESEEN)
    return _answer(faults, missing, NoticeDue.MODIFICATION_NOTICE if notice else NoticeDue.NONE)


def _pa2023(declared: Declared, size: Measured) -> _Answer:
    ground = declared.ground
    known = {
        Ground.PROVIDED_FOR, Ground.ADDITIONAL_NEEDED, Ground.UNFORESEEN, Ground.KNOWN_RISK, Ground.URGENT,
        Ground.PROVIDER_SUCCESSION, Ground.NOT_SUBSTANTIAL, Ground.BELOW_THRESHOLD_CHANGE,
    }  # fmt: skip
    if ground is None or ground not in known:
        return _without(ground)
    faults, missing = _character(declared)
    if ground in (Ground.ADDITIONAL_NEEDED, Ground.UNFORESEEN, Ground.KNOWN_RISK):
        _within_half(size, faults, missing)
    if ground is Ground.BELOW_THRESHOLD_CHANGE:
        _below_threshold(declared, size, faults, missing, by_value_alone=True)
    if ground is Ground.NOT_SUBSTANTIAL:
        if size.term_change_percent is None:
            missing.append("The term of the contract is not known.")
        elif abs(size.term_change_percent) > TENTH:
            faults.append("The term changes by more than 10 percent of the longest term at the award.")
    small = _small(size.change_percent) or _small(size.term_change_percent)
    notice = ground is Ground.PROVIDER_SUCCESSION or not small
    return _answer(faults, missing, NoticeDue.CONTRACT_CHANGE_NOTICE if notice else NoticeDue.NONE)


def _psr(declared: Declared, size: Measured) -> _Answer:
    ground = declared.ground
    known = {
        Ground.PROVIDED_FOR, Ground.PROVIDER_SUCCESSION, Ground.EXTERNAL_FACTORS, Ground.COMMISSIONER_DECISION,
        Ground.DIRECT_AWARD_A_OR_B, Ground.URGENT,
    }  # fmt: skip
    if ground is None or ground not in known:
        return _without(ground)
    free = ground in (Ground.PROVIDED_FOR, Ground.PROVIDER_SUCCESSION, Ground.URGENT)
    faults, missing = ([], []) if free else _character(declared)
    change = size.cumulative_change_pence
    large = change is not None and abs(change) >= PSR_VALUE_PENCE
    if ground is Ground.COMMISSIONER_DECISION:
        percent = size.cumulative_percent
        if change is None or (large and percent is None):
            missing.append(_VALUE_UNKNOWN)
        elif large and percent is not None and abs(percent) >= PSR_PERCENT:
            faults.append(
                "All changes together come to £500,000 or more and to 25 percent or more of the value at the award."
            )
    return _answer(faults, missing, NoticeDue.PSR_MODIFICATION_NOTICE if large else NoticeDue.NONE)


def _pressetext(declared: Declared, _: Measured) -> _Answer:
    faults, missing = _character(declared)
    return _answer(faults, missing, NoticeDue.NONE)


def _below(declared: Declared, size: Measured) -> _Answer:
    """A contract below the threshold is changed freely while it stays below: beyond it becomes a public contract."""
    if declared.threshold_pence is None or size.value_after_pence is None:
        return (
            ModificationOutcome.NO_TEST,
            ("See that the contract stays below the threshold.",),
            NoticeDue.NONE,
        )
    if size.value_after_pence < declared.threshold_pence:
        return ModificationOutcome.NO_TEST, (), NoticeDue.NONE
    said = "The change takes the contract over the threshold: the rules of public contracts now hold."
    return ModificationOutcome.NOT_PERMITTED, (said,), NoticeDue.NONE


def _freely(_: Declared, __: Measured) -> _Answer:
    return ModificationOutcome.NO_TEST, (), NoticeDue.NONE


def _exempt(declared: Declared, _: Measured) -> _Answer:
    if declared.different_in_character:
        said = "The change makes it a different contract: see anew whether it is exempt."
        return ModificationOutcome.NOT_PERMITTED, (said,), NoticeDue.NONE
    return ModificationOutcome.NO_TEST, (), NoticeDue.NONE


def _no_regime(_: Declared, __: Measured) -> _Answer:
    said = "Record under which rules the contract is changed (modification_regime)."
    return ModificationOutcome.UNDECIDED, (said,), NoticeDue.NONE


_TESTS: dict[Regime | None, Callable[[Declared, Measured], _Answer]] = {
    Regime.PCR2015: _pcr2015,
    Regime.PA2023: _pa2023,
    Regime.PA2023_LIGHT_TOUCH: _freely,
    Regime.PSR: _psr,
    Regime.PCR2006_PART_B: _pressetext,
    Regime.NHS2013: _pressetext,
    Regime.BELOW_THRESHOLD: _below,
    Regime.EXEMPT_HORIZONTAL: _exempt,
    Regime.EXEMPT_VERTICAL: _exempt,
}
_SOURCES: dict[Regime | None, str] = {
    Regime.PCR2015: "Public Contracts Regulations 2015 reg 72",
    Regime.PA2023: "Procurement Act 2023 ss 74 and 75, Schedule 8",
    Regime.PA2023_LIGHT_TOUCH: "Procurement Act 2023 ss 74 and 75(6)(b)",
    Regime.PSR: "Provider Selection Regime Regulations 2023 reg 13",
    Regime.PCR2006_PART_B: "pressetext (C-454/06)",
    Regime.NHS2013: "pressetext (C-454/06)",
    Regime.BELOW_THRESHOLD: "Procurement Act 2023 s74",
    Regime.EXEMPT_HORIZONTAL: "Procurement Act 2023 Schedule 2",
    Regime.EXEMPT_VERTICAL: "Procurement Act 2023 Schedule 2",
}


def _without(ground: Ground | None) -> _Answer:
    if ground is None:
        return ModificationOutcome.UNDECIDED, (_NO_GROUND,), NoticeDue.NONE
    return ModificationOutcome.NOT_PERMITTED, (_FOREIGN,), NoticeDue.NONE


def _character(declared: Declared) -> tuple[list[str], list[str]]:
    if declared.ground in _CHARACTERLESS:
        return [], []
    if declared.different_in_character is None:
        return [], [_CHARACTER_UNSAID]
    return ([_CHARACTER], []) if declared.different_in_character else ([], [])


def _within_half(size: Measured, faults: list[str], missing: list[str]) -> None:
    """Each change for itself: PCR 2015 reg 72(2), and Schedule 8 paras 4, 5 and 8."""
    if size.change_percent is None:
        if size.change_pence is None or size.change_pence > 0:
            missing.append(_VALUE_UNKNOWN)
    elif size.change_percent > HALF:
        faults.append(_OVER_HALF)


def _below_threshold(
    declared: Declared, size: Measured, faults: list[str], missing: list[str], by_value_alone: bool
) -> None:
    """All changes together, net: below 10 percent (2015), at most 10 percent (2023), and below the threshold."""
    percent, change = size.cumulative_percent, size.cumulative_change_pence
    if percent is None or change is None:
        missing.append(_VALUE_UNKNOWN)
        return
    if abs(percent) > TENTH or (abs(percent) == TENTH and not by_value_alone):
        faults.append("All changes together come to 10 percent of the value at the award, or more.")
    if declared.threshold_pence is None:
        missing.append("Say which threshold applied: all changes together must stay below it.")
    elif abs(change) >= declared.threshold_pence:
        faults.append("All changes together are not below the threshold.")


def _small(percent: Fraction | None) -> bool:
    """Whether value or term is increased or decreased, and by 10 percent or less: s75(2)."""
    return percent is not None and 0 < abs(percent) <= TENTH
