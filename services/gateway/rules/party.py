"""Organisations that a body names as parties: they must be commissioners of the partnership, now or to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.gateway.rules.link import values_at
from services.gateway.rules.partnership import Member, Role
from shared.errors import Fault, Kind, reason

PARTY_NO_MEMBER = reason(
    "party_no_member",
    Kind.INVALID,
    "Each party must be a commissioner of the partnership. Have the organisation entered as a member first.",
)
_COMMISSIONING = frozenset({Role.COMMISSIONER, Role.HOST})


@dataclass(frozen=True, slots=True)
class Parties:
    """Where in a body the parties stand, and the partnership: in the body, or in the record that `read` answers.

    `read` is the operation that reads the record whose id is the first one of the address.
    """

    pointer: str
    partnership: str = "/partnership_id"
    read: str | None = None


def commissioners_of(members: Iterable[Member], today: date) -> frozenset[UUID]:
    """Who commissions in the partnership today or will; who has left does not."""
    return frozenset(
        each.organisation_id
        for each in members
        if each.role in _COMMISSIONING and (each.to_date is None or each.to_date >= today)
    )


def partnership_in(parties: Parties, holder: Any) -> UUID | None:
    """The partnership that the body or record names, or None where it names none that could be one."""
    for _, value in values_at(parties.partnership, holder):
        try:
            return UUID(value)
        except (ValueError, TypeError, AttributeError):
            return None
    return None


def check_parties(parties: Parties, body: Any, commissioners: Collection[UUID]) -> None:
    """Refuse a body that names a party which commissions nothing here, naming each place."""
    known = {str(each) for each in commissioners}
    faults = [
        Fault(pointer, PARTY_NO_MEMBER.code, PARTY_NO_MEMBER.sentence)
        for pointer, value in values_at(parties.pointer, body)
        if isinstance(value, str) and value.lower() not in known
    ]
    if faults:
        raise PARTY_NO_MEMBER(faults=faults)
