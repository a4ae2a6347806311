"""Each party signs, and says from when, for itself: nobody records another's signature."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.terms import NOT_A_PARTY, Terms
from shared.errors import Kind, reason

SIGNED_BEFORE_APPROVAL = reason(
    "agreement_signed_before_approval",
    Kind.CONFLICT,
    "The agreement cannot have been signed before the last body's approval counted.",
)
SIGNED_ALREADY = reason(
    "agreement_signed_already", Kind.CONFLICT, "Your organisation's signature is on record already."
)
DAY_TO_COME = reason("agreement_day_to_come", Kind.INVALID, "Record this once the day has come, not before.")
COMMENCES_BEFORE_BEGIN = reason(
    "agreement_commences_before_begin",
    Kind.INVALID,
    "An agreement cannot commence before the day on which its approved terms begin.",
)
COMMENCES_AFTER_END = reason(
    "agreement_commences_after_end", Kind.INVALID, "The agreement cannot commence after its own end."
)
COMMENCEMENT_DIFFERS = reason(
    "agreement_commencement_differs",
    Kind.CONFLICT,
    "Another party has said another day. Agree on one: all parties record the same day of commencement.",
)


@dataclass(frozen=True, slots=True)
class Signatory:
    """For whom, in which office and on which day a text was signed. Never a person's name."""

    organisation_id: UUID
    office: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class Commencing:
    """From which day one party says that a text holds."""

    organisation_id: UUID
    commenced_on: date


def with_signature(
    signed: Sequence[Signatory],
    parties: Collection[UUID],
    signature: Signatory,
    approved_from: date | None,
    today: date,
) -> tuple[Signatory, ...]:
    """The signatures with one more, on or after the day from which every approval counts."""
    if signature.organisation_id not in parties:
        raise NOT_A_PARTY(organisation_id=str(signature.organisation_id))
    if signature.organisation_id in {each.organisation_id for each in signed}:
        raise SIGNED_ALREADY()
    require_past(signature.signed_on, today, "/signed_on")
    if approved_from is None or signature.signed_on < approved_from:
        raise SIGNED_BEFORE_APPROVAL("/signed_on", approved_from=approved_from)
    return (*signed, signature)


def agreed_day(
    heard: Sequence[Commencing], terms: Terms, said: Commencing, today: date
) -> tuple[Commencing, ...]:
    """What the parties have said of the day, with one more of them. A party may correct itself until it holds."""
    require_past(said.commenced_on, today, "/commenced_on")
    if terms.begins_on is not None and said.commenced_on < terms.begins_on:
        raise COMMENCES_BEFORE_BEGIN("/commenced_on", begins_on=terms.begins_on)
    if terms.ends_on is not None and said.commenced_on > terms.ends_on:
        raise COMMENCES_AFTER_END("/commenced_on", ends_on=terms.ends_on)
    others = tuple(each for each in heard if each.organisation_id != said.organisation_id)
    if any(each.commenced_on != said.commenced_on for each in others):
        raise COMMENCEMENT_DIFFERS("/commenced_on", said_by_others=others[0].commenced_on)
    return (*others, said)


def is_settled(heard: Sequence[Commencing], terms: Terms, parties: Collection[UUID]) -> bool:
    """Whether the day holds: it is the one that every body approved in the text, or every party has said it."""
    return heard[-1].commenced_on == terms.begins_on or {each.organisation_id for each in heard} >= set(
        parties
    )


def require_past(day: date, today: date, pointer: str) -> None:
    if day > today:
        raise DAY_TO_COME(pointer, today=today)
