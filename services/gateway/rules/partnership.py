"""Partnerships: who belongs to one, in which role and when. Memberships end, and are not deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.rules.identifier import DATES_CROSSED, crossed, overlap
from services.gateway.rules.organisation import Organisation, OrganisationKind
from shared.calendar import read_financial_year
from shared.errors import Kind, Refusal, reason


class Role(StrEnum):
    """What an organisation is in a partnership. A host is a commissioner that hosts the pooled fund."""

    COMMISSIONER = "commissioner"
    HOST = "host"
    ASSOCIATE = "associate"
    PROVIDER = "provider"
    OBSERVER = "observer"
    AUDITOR = "auditor"


MEMBER_UNKNOWN = reason("member_unknown", Kind.INVALID, "This organisation is not in the directory.")
MEMBER_IS_UNIT = reason(
    "member_is_sub_unit",
    Kind.INVALID,
    "A body is the member, not a sub-unit of it. A client of the unit then sees only that unit's records.",
)
MEMBER_IS_OPERATOR = reason(
    "member_is_operator", Kind.INVALID, "The operator of the system belongs to no partnership."
)
MEMBER_TWICE = reason(
    "member_twice",
    Kind.CONFLICT,
    "The organisation holds this role already on some of these days.",
)
AUDIT_NEEDED = reason(
    "auditor_appointment",
    Kind.INVALID,
    "An auditor is appointed to named bodies and years, and nobody else is. Name them, or leave them out.",
)
AUDIT_BODY_UNKNOWN = reason(
    "auditor_body_unknown",
    Kind.INVALID,
    "An auditor can only be appointed to a body that belongs to the partnership.",
)


@dataclass(frozen=True, slots=True)
class Partnership:
    """Bodies that commission together for an area. All its money is in one currency."""

    id: UUID
    name: str
    area: str | None
    from_date: date
    to_date: date | None
    currency: str = "GBP"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One role of one organisation in a partnership, from a first to a last day (inclusive, null: open).

    `audited_organisation_ids` and `financial_years` (`2014/15`) say what an auditor was appointed to.
    """

    id: UUID
    partnership_id: UUID
    organisation_id: UUID
    role: Role
    from_date: date
    to_date: date | None
    audited_organisation_ids: tuple[UUID, ...] = ()
    financial_years: tuple[str, ...] = ()
    version: int = 1

    def counts_on(self, day: date) -> bool:
        """Whether the membership holds on a day."""
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


def create_partnership(partnership: Partnership) -> Partnership:
    if crossed(partnership.from_date, partnership.to_date):
        raise DATES_CROSSED("/to_date")
    return partnership


def change_partnership(before: Partnership, changes: dict[str, Any]) -> Partnership:
    """Take over a new name, area or last day."""
    return create_partnership(replace(before, **changes, version=before.version + 1))


def add_member(member: Member, organisation: Organisation | None, others: Sequence[Member]) -> Member:
    """Check a new membership. `others` are all of the partnership, `organisation` whom the new one names."""
    if organisation is None:
        raise MEMBER_UNKNOWN("/organisation_id")
    if organisation.kind is OrganisationKind.OPERATOR:
        raise MEMBER_IS_OPERATOR("/organisation_id")
    if organisation.parent_id is not None:
        raise MEMBER_IS_UNIT("/organisation_id", parent_id=organisation.parent_id)
    if crossed(member.from_date, member.to_date):
        raise DATES_CROSSED("/to_date")
    _check_overlap(member, others)
    _check_audit(member, {each.organisation_id for each in others})
    for index, year in enumerate(member.financial_years):
        _check_year(year, index)
    return member


def end_member(before: Member, to_date: date | None, others: Sequence[Member]) -> Member:
    """Give a membership its last day, or take it away again."""
    after = replace(before, to_date=to_date, version=before.version + 1)
    if crossed(after.from_date, after.to_date):
        raise DATES_CROSSED("/to_date")
    _check_overlap(after, [each for each in others if each.id != after.id])
    return after


def _check_overlap(member: Member, others: Sequence[Member]) -> None:
    for other in others:
        if (other.organisation_id, other.role) != (member.organisation_id, member.role):
            continue
        both_audit = member.role is Role.AUDITOR
        if both_audit and not set(member.audited_organisation_ids) & set(other.audited_organisation_ids):
            continue
        if overlap(member.from_date, member.to_date, other.from_date, other.to_date):
            raise MEMBER_TWICE("/organisation_id", member_id=other.id)


def _check_audit(member: Member, bodies: Collection[UUID]) -> None:
    named = bool(member.audited_organisation_ids) and bool(member.financial_years)
    anything = bool(member.audited_organisation_ids) or bool(member.financial_years)
    if (member.role is Role.AUDITOR and not named) or (member.role is not Role.AUDITOR and anything):
        raise AUDIT_NEEDED("/audited_organisation_ids")
    for index, body in enumerate(member.audited_organisation_ids):
        if body not in bodies:
            raise AUDIT_BODY_UNKNOWN(f"/audited_organisation_ids/{index}")


def _check_year(year: str, index: int) -> None:
    try:
        read_financial_year(year)
    except Refusal as refusal:
        raise refusal.reason(f"/financial_years/{index}", **refusal.facts) from None
