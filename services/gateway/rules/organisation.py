"""Organisations: bodies with codes, dated names, and places within a body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.rules.identifier import (
    DATES_CROSSED,
    Identifier,
    check_identifiers,
    check_kept,
    crossed,
)
from shared.errors import Kind, reason


class OrganisationKind(StrEnum):
    """What sort of body it is."""

    LOCAL_AUTHORITY = "local_authority"
    NHS_COMMISSIONER = "nhs_commissioner"
    NHS_PROVIDER = "nhs_provider"
    INDEPENDENT_PROVIDER = "independent_provider"
    VOLUNTARY_PROVIDER = "voluntary_provider"
    SCHOOL = "school"
    POLICE = "police"
    AUDIT_FIRM = "audit_firm"
    OTHER_PUBLIC_BODY = "other_public_body"
    SUB_UNIT = "sub_unit"
    OPERATOR = "operator"


class NameKind(StrEnum):
    """How another name is used: by law before or after today's, or in everyday speech."""

    FORMER = "former"
    ALIAS = "alias"
    SHORT = "short"


OPERATOR_ONCE = reason(
    "operator_not_made_here",
    Kind.INVALID,
    "An operator is made by a command on the machine that runs the system, never over the network.",
)
OPERATOR_EXISTS = reason(
    "operator_exists",
    Kind.CONFLICT,
    "The operator has been made before. With --renew it gets a new client, and its other clients are disabled.",
)
PARENT_NEEDED = reason(
    "sub_unit_parent",
    Kind.INVALID,
    "A sub-unit needs the body that it is part of, and only a sub-unit has one.",
)
PARENT_IS_UNIT = reason(
    "sub_unit_of_sub_unit",
    Kind.INVALID,
    "A sub-unit is part of a body, not of another sub-unit. Name the body.",
)
PARENT_UNKNOWN = reason(
    "parent_unknown", Kind.INVALID, "The body that this should be part of is not in the directory."
)


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """Another name of a body, and the days on which it bore that name (inclusive, null: open)."""

    name: str
    kind: NameKind
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body of the directory, or with `parent_id` a place or department within one."""

    id: UUID
    name: str
    kind: OrganisationKind
    parent_id: UUID | None
    identifiers: tuple[Identifier, ...]
    names: tuple[OrganisationName, ...]
    version: int = 1


def create_organisation(organisation: Organisation, parent: Organisation | None) -> Organisation:
    """Check a new body. `parent` is what its parent id names, or None where there is no such body."""
    if organisation.kind is OrganisationKind.OPERATOR:
        raise OPERATOR_ONCE("/kind")
    if (organisation.kind is OrganisationKind.SUB_UNIT) != (organisation.parent_id is not None):
        raise PARENT_NEEDED("/parent_id")
    if organisation.parent_id is not None:
        if parent is None:
            raise PARENT_UNKNOWN("/parent_id")
        if parent.parent_id is not None or parent.kind is OrganisationKind.OPERATOR:
            raise PARENT_IS_UNIT("/parent_id")
    check_identifiers(organisation.identifiers)
    _check_names(organisation.names)
    return organisation


def change_organisation(before: Organisation, changes: dict[str, Any]) -> Organisation:
    """Take over a new name, codes or other names. Kind and parent do not change; codes are never lost.

    A changed name is not history by itself: whoever renames a body also lists the former name with its dates.
    """
    after = replace(before, **changes, version=before.version + 1)
    check_identifiers(after.identifiers)
    check_kept(before.identifiers, after.identifiers)
    _check_names(after.names)
    return after


def _check_names(names: Sequence[OrganisationName]) -> None:
    for index, each in enumerate(names):
        if crossed(each.from_date, each.to_date):
            raise DATES_CROSSED(f"/names/{index}/to_date")
