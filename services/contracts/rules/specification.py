"""Specifications: versions of what a service has to be, which never overlap, and which of them a contract names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.contracts.rules.contract import Contract
from shared.errors import Kind, reason

SPECIFICATION_ENDS_EARLY = reason(
    "specification_ends_before_start",
    Kind.INVALID,
    "A version holds from a day and at least to the same day.",
)
SPECIFICATION_NUMBER_USED = reason(
    "specification_number_used",
    Kind.CONFLICT,
    "Your organisation has a version of this specification under this number. Give the new one the next number.",
)
SPECIFICATION_OVERLAPS = reason(
    "specification_overlaps",
    Kind.CONFLICT,
    "Another version of this specification holds on some of these days. Let this one begin after its last day.",
)
SPECIFICATION_OUT_OF_ORDER = reason(
    "specification_out_of_order",
    Kind.CONFLICT,
    "Versions are numbered in the order in which they hold: a later one has a higher number.",
)
SPECIFICATION_NAMED_LATER = reason(
    "specification_named_later",
    Kind.CONFLICT,
    "Contracts go by the version before from a day on which it would not hold any more. Let the new version begin after"
    " the last of these days.",
)
NAMED_CONTRACT_UNKNOWN = reason(
    "specification_contract_unknown",
    Kind.INVALID,
    "There is no such contract that your organisation leads. Its lead commissioner names the specification.",
)
NAMED_SPECIFICATION_UNKNOWN = reason(
    "specification_unknown",
    Kind.INVALID,
    "There is no such version of a specification in the contract's partnership.",
)
NAMED_NOT_IN_FORCE = reason(
    "specification_not_in_force",
    Kind.INVALID,
    "This version does not hold on that day. Name the one that does, or another day.",
)
NAMED_OUTSIDE_TERM = reason(
    "specification_outside_term",
    Kind.INVALID,
    "The day lies outside the contract's term.",
)
NAMED_TWICE = reason(
    "specification_named_twice",
    Kind.CONFLICT,
    "The contract names a version of this specification from that day already.",
)

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Specification:
    """One version of a specification. `holds_until` None: until the next one begins. `sha256` is of the document."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    code: str
    number: int
    title: str
    holds_from: date
    holds_until: date | None = None
    url: str | None = None
    sha256: str | None = None
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContractSpecification:
    """From a day on a contract goes by this version, until it names the next version of the same code."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    specification_id: UUID
    code: str
    number: int
    title: str
    holds_from: date
    recorded_at: datetime | None = None


def take_up(
    version: Specification, before: Sequence[Specification]
) -> tuple[Specification, Specification | None]:
    """The version as it is recorded, and the one before it that ends the day before; or a refusal.

    `before`: all versions of the same code of the same owner in the same partnership. Only one without an end gives way.
    """
    if version.holds_until is not None and version.holds_until < version.holds_from:
        raise SPECIFICATION_ENDS_EARLY("/holds_until")
    ended = None
    for each in before:
        if each.number == version.number:
            raise SPECIFICATION_NUMBER_USED("/number", specification_id=str(each.id))
        if each.holds_until is None and each.holds_from < version.holds_from:
            ended = replace(each, holds_until=version.holds_from - timedelta(days=1))
        elif _together(each, version):
            raise SPECIFICATION_OVERLAPS(
                "/holds_from",
                number=each.number,
                holds_from=each.holds_from.isoformat(),
                holds_until=None if each.holds_until is None else each.holds_until.isoformat(),
            )
        if (each.holds_from < version.holds_from) is not (each.number < version.number):
            raise SPECIFICATION_OUT_OF_ORDER(
                "/number", number=each.number, holds_from=each.holds_from.isoformat()
            )
    return version, ended


def end(version: Specification, named: Sequence[ContractSpecification]) -> Specification:
    """The version with its last day, unless a contract in `named` goes by it from a later one."""
    later = [each for each in named if each.holds_from > (version.holds_until or date.max)]
    if later:
        raise SPECIFICATION_NAMED_LATER(
            "/holds_from",
            number=version.number,
            contract_ids=sorted(str(each.contract_id) for each in later)[:MOST_TOLD],
            last_named_from=max(each.holds_from for each in later).isoformat(),
        )
    return version


def _together(one: Specification, other: Specification) -> bool:
    return one.holds_from <= (other.holds_until or date.max) and other.holds_from <= (
        one.holds_until or date.max
    )


def name(
    asked: tuple[UUID, date],
    contract: Contract | None,
    version: Specification | None,
    own: Iterable[UUID],
) -> ContractSpecification:
    """What a contract names from a day, or a refusal. `asked`: the new record's id, and the day."""
    made_id, on = asked
    if contract is None or contract.owner_organisation_id not in tuple(own):
        raise NAMED_CONTRACT_UNKNOWN("/contract_id")
    if version is None or version.partnership_id != contract.partnership_id:
        raise NAMED_SPECIFICATION_UNKNOWN("/specification_id")
    if not version.holds_from <= on <= (version.holds_until or date.max):
        raise NAMED_NOT_IN_FORCE(
            "/holds_from",
            holds_from=version.holds_from.isoformat(),
            holds_until=None if version.holds_until is None else version.holds_until.isoformat(),
        )
    if not (contract.start_date or date.min) <= on <= (contract.runs_until or date.max):
        raise NAMED_OUTSIDE_TERM("/holds_from")
    return ContractSpecification(
        id=made_id,
        contract_id=contract.id,
        partnership_id=version.partnership_id,
        owner_organisation_id=contract.owner_organisation_id,
        specification_id=version.id,
        code=version.code,
        number=version.number,
        title=version.title,
        holds_from=on,
    )
