"""A framework of indicators in one edition, such as ASCOF 2013-18: the edition is part of every code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import Kind, reason

DOMAIN_TWICE = reason(
    "framework_domain_twice",
    Kind.INVALID,
    "Two domains of the framework have the same code. Give each its own.",
)

FRAMEWORK_TAKEN = reason(
    "framework_taken",
    Kind.CONFLICT,
    "Your organisation has this edition of the framework on record in the partnership already.",
)
FRAMEWORK_DATES = reason(
    "framework_dates_crossed", Kind.INVALID, "A framework cannot end before it begins. Check the two dates."
)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of a framework, such as «Enhancing quality of life»: indicators stand in it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Framework:
    """Published frameworks (ASCOF, PHOF, NHSOF, Better Care Fund) and local ones, by edition."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    edition: str
    publisher: str | None
    in_force_from: date | None
    in_force_until: date | None
    domains: tuple[Domain, ...] = ()
    recorded_at: datetime | None = None


def check_framework(framework: Framework) -> Framework:
    """Give the framework back, or refuse dates that cross and domains of one code."""
    first, last = framework.in_force_from, framework.in_force_until
    if first is not None and last is not None and last < first:
        raise FRAMEWORK_DATES("/in_force_until")
    codes = [each.code for each in framework.domains]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            raise DOMAIN_TWICE(f"/domains/{index}/code", domain=code)
    return framework
