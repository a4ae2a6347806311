"""Data-sharing agreements: which kinds of records the members of a partnership open to each other, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.identifier import DATES_CROSSED, crossed
from shared.caller import Caller
from shared.errors import Kind, reason


class SharedCategory(StrEnum):
    """What only a data-sharing agreement opens (domain, section 2). Pooled money needs none: its agreement opens it."""

    PLACEMENTS = "placements"
    PERSONAL_DATA = "personal_data"
    ALIGNED_LINE_DETAIL = "aligned_line_detail"


class SharingState(StrEnum):
    """Where an agreement stands on a day. It opens something only while it is in force."""

    AWAITING_SIGNATURES = "awaiting_signatures"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    ENDED = "ended"


SHARING_PARTNERSHIP_UNKNOWN = reason(
    "sharing_partnership_unknown",
    Kind.INVALID,
    "There is no such partnership, or your organisation is no member of it.",
)
SHARING_NEEDS_TWO = reason(
    "sharing_needs_two",
    Kind.INVALID,
    "A data-sharing agreement has at least two parties, and your own organisation is one of them.",
)
SHARING_PARTY_UNKNOWN = reason(
    "sharing_party_unknown",
    Kind.INVALID,
    "Every party must be a member of the partnership on the first day of the agreement.",
)
SHARING_REFERENCE_TAKEN = reason(
    "sharing_reference_taken",
    Kind.CONFLICT,
    "Your organisation has a data-sharing agreement of this reference. Choose another.",
)
SIGNED_ALREADY = reason(
    "sharing_signed_already",
    Kind.CONFLICT,
    "Your organisation has signed this data-sharing agreement already.",
)
SIGNED_IN_FUTURE = reason(
    "sharing_signed_in_future", Kind.INVALID, "A signature cannot be dated later than today."
)
SHARING_ENDED = reason(
    "sharing_ended", Kind.CONFLICT, "The data-sharing agreement has ended. Draw up a new one."
)
SHARING_END_LATER = reason(
    "sharing_end_later",
    Kind.INVALID,
    "The last day can be brought forward, to the first day at the earliest, and never put off.",
)


@dataclass(frozen=True, slots=True)
class SharingSignature:
    """One party's signature. `signatory` is the post that signed, not a person's name."""

    organisation_id: UUID
    signed_on: date
    signatory: str


@dataclass(frozen=True, slots=True)
class DataSharingAgreement:
    """What its parties share with each other, from a first to a last day (inclusive, null: until it is ended).

    `state` is as at the day on which it was read.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    purpose: str
    legal_basis: str
    categories: tuple[SharedCategory, ...]
    party_ids: tuple[UUID, ...]
    from_date: date
    to_date: date | None
    end_reason: str | None = None
    signatures: tuple[SharingSignature, ...] = ()
    state: SharingState = SharingState.AWAITING_SIGNATURES
    version: int = 1


def state_on(agreement: DataSharingAgreement, day: date) -> SharingState:
    """Where the agreement stands on a day."""
    if agreement.to_date is not None and agreement.to_date < day:
        return SharingState.ENDED
    if {each.organisation_id for each in agreement.signatures} != set(agreement.party_ids):
        return SharingState.AWAITING_SIGNATURES
    return SharingState.IN_FORCE if agreement.from_date <= day else SharingState.SIGNED


def draw_up(
    agreement: DataSharingAgreement, members: Collection[UUID] | None, today: date
) -> DataSharingAgreement:
    """Check a new agreement. `members` are the partnership's on its first day; None where there is no such one."""
    if members is None:
        raise SHARING_PARTNERSHIP_UNKNOWN("/partnership_id")
    if crossed(agreement.from_date, agreement.to_date):
        raise DATES_CROSSED("/to_date")
    if len(agreement.party_ids) < 2 or agreement.owner_organisation_id not in agreement.party_ids:
        raise SHARING_NEEDS_TWO("/party_ids")
    for index, party in enumerate(agreement.party_ids):
        if party not in members:
            raise SHARING_PARTY_UNKNOWN(f"/party_ids/{index}")
    return replace(agreement, state=state_on(agreement, today))


def sign(agreement: DataSharingAgreement, signature: SharingSignature, today: date) -> DataSharingAgreement:
    """Add a party's signature. The agreement comes into force with the last one, on its first day at the earliest."""
    if state_on(agreement, today) is SharingState.ENDED:
        raise SHARING_ENDED()
    if any(each.organisation_id == signature.organisation_id for each in agreement.signatures):
        raise SIGNED_ALREADY()
    if signature.signed_on > today:
        raise SIGNED_IN_FUTURE("/signed_on")
    signed = replace(agreement, signatures=(*agreement.signatures, signature), version=agreement.version + 1)
    return replace(signed, state=state_on(signed, today))


def end(agreement: DataSharingAgreement, to_date: date, reason: str, today: date) -> DataSharingAgreement:
    """Bring the last day forward. Any party may: nobody is held to sharing."""
    if state_on(agreement, today) is SharingState.ENDED:
        raise SHARING_ENDED()
    put_off = agreement.to_date is not None and to_date > agreement.to_date
    if put_off or to_date < agreement.from_date:
        raise SHARING_END_LATER("/to_date", from_date=agreement.from_date, to_date=agreement.to_date)
    ended = replace(agreement, to_date=to_date, end_reason=reason, version=agreement.version + 1)
    return replace(ended, state=state_on(ended, today))


def readers_of(agreement: DataSharingAgreement, caller: Caller) -> Sequence[UUID]:
    """The other parties, who hear of a change."""
    return tuple(each for each in agreement.party_ids if each != caller.organisation_id)
