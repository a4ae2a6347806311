"""How a variation moves: proposed, answered by both sides, withdrawn, in effect; and what it may change when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.contracts.rules.contract import VALUE_NEGATIVE, Contract, EndStatus, checked
from services.contracts.rules.modification import ModificationOutcome
from services.contracts.rules.party import Party, Role, of_role
from services.contracts.rules.state import BEFORE_AWARD, State
from services.contracts.rules.terms import NAMES, Terms
from services.contracts.rules.variation import OPEN, Variation, VariationKind, VariationState, Version
from services.contracts.rules.variation_side import Answered, VariationSide, both_agreed
from shared.errors import Kind, reason

VARIATION_EMPTY = reason(
    "variation_empty", Kind.INVALID, "A variation changes something: name what is otherwise than before."
)
VARIATION_NOT_IN_FORCE = reason(
    "variation_not_in_force",
    Kind.CONFLICT,
    "Only a contract that is in force, or has ended and is being settled, is varied. Before that, amend it.",
)
VARIATION_AFTER_END = reason(
    "variation_after_end",
    Kind.INVALID,
    "A variation takes effect within the term of the contract, at the latest on its last day.",
)
VARIATION_BEFORE_START = reason(
    "variation_before_start", Kind.INVALID, "A variation takes effect no earlier than the contract starts."
)
SETTLEMENT_ONLY = reason(
    "variation_settlement_only",
    Kind.CONFLICT,
    "The contract has ended. What can still be agreed is its value; everything else is over.",
)
PARTIES_FIXED = reason(
    "variation_changes_parties",
    Kind.INVALID,
    "A variation can add, remove or weigh associates and subcontractors. Another lead or provider needs a novation.",
)
VARIATIONS_OVERLAP = reason(
    "variations_overlap",
    Kind.CONFLICT,
    "Another variation of the same terms takes effect on or after that day. Two versions cannot hold at one time.",
)
VARIATION_STALE = reason(
    "variation_stale",
    Kind.CONFLICT,
    "The contract no longer stands as it did when this was proposed. Withdraw it and propose it anew.",
)
VARIATION_NOT_OPEN = reason(
    "variation_not_open", Kind.CONFLICT, "The variation is not in a state in which this can be done."
)
VARIATION_NOT_AGREED = reason(
    "variation_not_agreed", Kind.CONFLICT, "A variation takes effect once both sides have agreed to it."
)
VARIATION_NOT_YET = reason(
    "variation_not_yet",
    Kind.CONFLICT,
    "The variation takes effect on a later day. Until then the contract stands as it is.",
)
MODIFICATION_NOT_PERMITTED = reason(
    "modification_not_permitted",
    Kind.CONFLICT,
    "The rules of the contract do not permit this change without a new procurement; see why. To go on all the same,"
    " record the advice on which you do.",
)

ENDED = frozenset({State.EXPIRED, State.TERMINATED})


def propose(contract: Contract, variation: Variation, others: Sequence[Version]) -> Variation:
    """The variation with what stood before, or a refusal. The change itself is tried, so that it can take effect."""
    changes = {name: value for name in NAMES if (value := getattr(variation.after, name)) is not None}
    if variation.funding_after is not None:
        changes["funding"] = variation.funding_after
    changes = {name: value for name, value in changes.items() if getattr(contract, name) != value}
    if not changes and not variation.rates:
        raise VARIATION_EMPTY("/after")
    kept = {name: changes.get(name) for name in NAMES}
    made = replace(
        variation,
        before=Terms(**{name: getattr(contract, name) for name in NAMES if name in changes}),
        after=Terms(**kept),
        funding_before=contract.funding if "funding" in changes else None,
        funding_after=changes.get("funding"),
    )
    changed(contract, made)
    check_overlap(made, others)
    return made


def changed(contract: Contract, variation: Variation) -> Contract:
    """The contract with the variation in effect, or a refusal of what does not fit."""
    if contract.state in {*BEFORE_AWARD, State.AWARDED, State.ABANDONED, State.NOVATED, State.CONSOLIDATED}:
        raise VARIATION_NOT_IN_FORCE(state=contract.state.value)
    changes: dict[str, Any] = {
        name: value for name in NAMES if (value := getattr(variation.after, name)) is not None
    }
    if variation.funding_after is not None:
        changes["funding"] = variation.funding_after
    if contract.state in ENDED and changes.keys() - {"value", "funding"}:
        raise SETTLEMENT_ONLY(fields=sorted(changes.keys() - {"value", "funding"}))
    _check_day(contract, variation)
    if variation.after.value is not None and (variation.after.value.amount_pence or 0) < 0:
        raise VALUE_NEGATIVE("/after/value")
    if variation.after.parties is not None:
        _check_parties(contract, variation.after.parties)
    if "end_date" in changes and "end_status" not in changes:
        changes["end_status"] = EndStatus.STATED
    return checked(replace(contract, **changes))


def check_overlap(variation: Variation, others: Sequence[Version]) -> None:
    """Refuse two versions of the same terms at one time: a later one begins after the one before it."""
    for other in others:
        same = set(other.fields) & set(variation.fields)
        if same and other.id != variation.id and other.effective_on >= variation.effective_on:
            raise VARIATIONS_OVERLAP(
                "/effective_on",
                variation_id=str(other.id),
                effective_on=other.effective_on.isoformat(),
                fields=sorted(same),
            )


def answer(variation: Variation, answered: Answered, providers: Sequence[UUID]) -> Variation:
    """The variation with the answer of one side. The last agreement agrees it; one refusal ends it."""
    if variation.state is not VariationState.PROPOSED:
        raise VARIATION_NOT_OPEN(state=variation.state.value)
    if answered.side is VariationSide.COMMISSIONER and answered.agreed:
        check_permitted(variation)
    kept = [each for each in variation.answers if each.organisation_id != answered.organisation_id]
    made = replace(variation, answers=(*kept, answered))
    if not answered.agreed:
        national = variation.kind is VariationKind.NATIONAL
        return replace(made, state=VariationState.NOT_ACCEPTED if national else VariationState.DECLINED)
    return replace(made, state=VariationState.AGREED) if both_agreed(made.answers, providers) else made


def check_permitted(variation: Variation) -> None:
    test = variation.modification
    if (
        test is not None
        and test.outcome is ModificationOutcome.NOT_PERMITTED
        and variation.despite_test is None
    ):
        raise MODIFICATION_NOT_PERMITTED(because=list(test.because), source=test.source)


def withdraw(variation: Variation) -> Variation:
    """Take back what has not taken effect."""
    if variation.state not in OPEN:
        raise VARIATION_NOT_OPEN(state=variation.state.value)
    return replace(variation, state=VariationState.WITHDRAWN)


def take_effect(
    contract: Contract, variation: Variation, others: Sequence[Version], today: date
) -> tuple[Contract, Variation]:
    """The contract as varied, and the variation in effect. A day that has not come holds nothing yet."""
    if variation.state is not VariationState.AGREED:
        raise VARIATION_NOT_AGREED(state=variation.state.value)
    if variation.effective_on > today:
        raise VARIATION_NOT_YET(effective_on=variation.effective_on.isoformat())
    stands = [getattr(contract, name) == getattr(variation.before, name) for name in NAMES
              if getattr(variation.after, name) is not None]  # fmt: skip
    if not all(stands) or (
        variation.funding_after is not None and contract.funding != variation.funding_before
    ):
        raise VARIATION_STALE()
    check_overlap(variation, others)
    return changed(contract, variation), replace(variation, state=VariationState.IN_EFFECT)


def original(contract: Contract, in_effect: Sequence[Variation]) -> Contract:
    """The contract as it was awarded: what the variations in effect changed, taken back from the last to the first.

    A term that a variation set and that was not there before is taken away again.
    """
    for each in sorted(in_effect, key=lambda one: one.effective_on, reverse=True):
        names = [name for name in NAMES if getattr(each.after, name) is not None]
        contract = replace(contract, **{name: getattr(each.before, name) for name in names})
    return contract


def _check_day(contract: Contract, variation: Variation) -> None:
    on, start = variation.effective_on, contract.start_date
    if start is not None and on < start:
        raise VARIATION_BEFORE_START("/effective_on", start_date=start.isoformat())
    last = contract.ends_on
    if contract.state is State.HELD_OVER and contract.notice is None:
        last = None
    if last is not None and on > last:
        raise VARIATION_AFTER_END("/effective_on", ends_on=last.isoformat())


def _check_parties(contract: Contract, parties: Sequence[Party]) -> None:
    """Lead and providers stay: only who joins beside them, and the shares of the commissioners, can change."""
    for role in (Role.LEAD_COMMISSIONER, Role.PROVIDER):
        old, new = (
            sorted((str(each.organisation_id), each.name or "") for each in of_role(of, role))
            for of in (contract.parties, parties)
        )
        if old != new:
            raise PARTIES_FIXED("/after/parties", role=role.value)
