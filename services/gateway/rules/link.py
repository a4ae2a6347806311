"""Links between records of two services: ids in a body that the caller must itself be able to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import Kind, reason

MOST_LINKS = 100

LINK_UNKNOWN = reason(
    "link_unknown", Kind.INVALID, "There is no such record to refer to, or it is not yours to see."
)
ORGANISATION_UNKNOWN = reason(
    "organisation_unknown",
    Kind.INVALID,
    "This organisation is not in your directory. Have it entered as a member of the partnership, or name it without an id.",
)
LINKS_TOO_MANY = reason("links_too_many", Kind.INVALID, "One request can refer to at most 100 other records.")
LINK_DISAGREES = reason(
    "link_disagrees",
    Kind.INVALID,
    "The record that you refer to says something else here. Read it and take over what it says.",
)


@dataclass(frozen=True, slots=True)
class Agrees:
    """What a body says of the record it refers to, and where the record says it.

    `pointer` stands in the body, `record` in the record read. With a role, `record` names a list of parties, and
    the organisation must be one of them in that role.
    """

    pointer: str
    record: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """An amount that a body gives and that is no less than the record's, where the record says `value` at `where`."""

    pointer: str
    record: str
    where: str
    value: str


@dataclass(frozen=True, slots=True)
class Requires:
    """What a body must say, and not leave out, where the record says `value` at `where`."""

    pointer: str
    said: bool
    where: str
    value: str


Agreement = Agrees | AtLeast | Requires


@dataclass(frozen=True, slots=True)
class Link:
    """Where ids of another service's records stand in a body, and the operation that reads such a record.

    In `pointer` (RFC 6901) a step of `*` stands for every item of a list. What the body repeats of the record
    must be as the record has it.
    """

    pointer: str
    operation_id: str
    agrees: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One id that was found, exactly where, and what must agree with its record."""

    pointer: str
    operation_id: str
    id: UUID
    agrees: tuple[Agreement, ...] = ()


def references(links: tuple[Link, ...], body: Any) -> list[Reference]:
    """The ids that stand where the links say. What is no id is left for the service to refuse."""
    found = [
        Reference(pointer, link.operation_id, UUID(value), link.agrees)
        for link in links
        for pointer, value in _values(link.pointer.split("/")[1:], body, "")
        if isinstance(value, str) and is_id(value)
    ]
    if len({(each.operation_id, each.id) for each in found}) > MOST_LINKS:
        raise LINKS_TOO_MANY()
    return found


def named_at(pointers: Iterable[str], body: Any) -> dict[str, UUID]:
    """The ids of bodies that stand where the pointers lead, by their exact place."""
    found = {
        at: UUID(value)
        for pointer in pointers
        for at, value in values_at(pointer, body)
        if isinstance(value, str) and is_id(value)
    }
    if len(set(found.values())) > MOST_LINKS:
        raise LINKS_TOO_MANY()
    return found


def disagreements(reference: Reference, body: Any, record: Any) -> list[str]:
    """Pointers to what the body says otherwise than the record. What the body leaves out says nothing, unless required."""
    return [pointer for each in reference.agrees for pointer in _otherwise(each, body, record)]


def _otherwise(agrees: Agreement, body: Any, record: Any) -> Iterator[str]:
    said = list(values_at(agrees.pointer, body))
    if isinstance(agrees, Agrees):
        yield from (
            at for at, each in said if each is not None and not _says(agrees, str(each).lower(), record)
        )
    elif agrees.value in {value for _, value in values_at(agrees.where, record)}:
        if isinstance(agrees, Requires):
            if [value for _, value in said] != [agrees.said]:
                yield agrees.pointer
        else:
            kept = [value for _, value in values_at(agrees.record, record) if isinstance(value, int)]
            yield from (
                at for at, each in said if isinstance(each, int) and any(each < value for value in kept)
            )


def _says(agrees: Agrees, said: str, record: Any) -> bool:
    found = [value for _, value in _values(agrees.record.split("/")[1:], record, "")]
    if agrees.role is not None:
        found = [
            party.get("organisation_id")
            for party in found
            if isinstance(party, dict) and party.get("role") == agrees.role
        ]
    return said in {str(value).lower() for value in found if value is not None}


def values_at(pointer: str, body: Any) -> Iterator[tuple[str, Any]]:
    """What stands where a pointer leads, with its exact place; `*` stands for every item of a list."""
    return _values(pointer.split("/")[1:], body, "")


def _values(steps: list[str], node: Any, at: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield at, node
    elif steps[0] == "*" and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _values(steps[1:], item, f"{at}/{index}")
    elif isinstance(node, dict) and steps[0] in node:
        yield from _values(steps[1:], node[steps[0]], f"{at}/{steps[0]}")


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
