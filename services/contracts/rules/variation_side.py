"""Who answers a variation: the lead for the commissioners, and every provider of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from shared.errors import Kind, reason

NOT_A_SIDE = reason(
    "variation_not_a_side",
    Kind.INVALID,
    "A variation is answered by the lead commissioner and by providers of the contract.",
)
ANSWER_OF_OTHERS = reason(
    "variation_answer_of_others",
    Kind.INVALID,
    "A provider answers for itself. The lead records a provider's answer from its signed letter: say in the note"
    " where that is kept.",
)


class VariationSide(StrEnum):
    COMMISSIONER = "commissioner"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer. `organisation_id` is whose answer it is, None for a provider that is not in the directory;
    `recorded_by_organisation_id` who put it on record: a lead may record a provider's signed letter."""

    side: VariationSide
    organisation_id: UUID | None
    agreed: bool
    on: date
    note: str | None
    recorded_by_organisation_id: UUID
    client_id: UUID
    person: str | None = None
    recorded_at: datetime | None = None


def both_agreed(answers: Sequence[Answered], providers: Sequence[UUID]) -> bool:
    """Whether the lead has agreed, and every provider in the directory; where there is none, the provider side."""
    agreed = [each for each in answers if each.agreed]
    of_providers = {each.organisation_id for each in agreed if each.side is VariationSide.PROVIDER}
    led = any(each.side is VariationSide.COMMISSIONER for each in agreed)
    return led and (set(providers) <= of_providers if providers else bool(of_providers))


def side_of(
    contract: Contract, ours: Sequence[UUID], of: UUID | None, by_letter: bool, note: str | None
) -> tuple[VariationSide, UUID | None]:
    """Whose answer this is, or a refusal. `by_letter`: the lead records what a provider signed."""
    leads = contract.owner_organisation_id in ours
    if by_letter:
        if not leads or note is None or (of is None and contract.provider_ids):
            raise ANSWER_OF_OTHERS("/provider_organisation_id" if of is None else "/note")
        if of is not None and of not in contract.provider_ids:
            raise NOT_A_SIDE("/provider_organisation_id")
        return VariationSide.PROVIDER, of
    if of is not None and of not in ours:
        raise ANSWER_OF_OTHERS("/by_letter")
    if leads:
        return VariationSide.COMMISSIONER, contract.owner_organisation_id
    mine = [each for each in contract.provider_ids if each in ours]
    if not mine:
        raise NOT_A_SIDE()
    return VariationSide.PROVIDER, mine[0]
