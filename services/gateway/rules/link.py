"""Links between records of two services: ids in a body that the caller must itself be able to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import Kind, reason

MOST_LINKS = 100

LINK_UNKNOWN = reason(
    "link_unknown", Kind.INVALID, "There is no such record to refer to, or it is not yours to see."
)
LINKS_TOO_MANY = reason("links_too_many", Kind.INVALID, "One request can refer to at most 100 other records.")


@dataclass(frozen=True, slots=True)
class Link:
    """Where ids of another service's records stand in a body, and the operation that reads such a record.

    In `pointer` (RFC 6901) a step of `*` stands for every item of a list.
    """

    pointer: str
    operation_id: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One id that was found, and exactly where."""

    pointer: str
    operation_id: str
    id: UUID


def references(links: tuple[Link, ...], body: Any) -> list[Reference]:
    """The ids that stand where the links say. What is no id is left for the service to refuse."""
    found = [
        Reference(pointer, link.operation_id, UUID(value))
        for link in links
        for pointer, value in _values(link.pointer.split("/")[1:], body, "")
        if isinstance(value, str) and _is_id(value)
    ]
    if len({(each.operation_id, each.id) for each in found}) > MOST_LINKS:
        raise LINKS_TOO_MANY()
    return found


def _values(steps: list[str], node: Any, at: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield at, node
    elif steps[0] == "*" and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _values(steps[1:], item, f"{at}/{index}")
    elif isinstance(node, dict) and steps[0] in node:
        yield from _values(steps[1:], node[steps[0]], f"{at}/{steps[0]}")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
