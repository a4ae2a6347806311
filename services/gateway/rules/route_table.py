"""Finding the row of an address: an explicit tree of the table's paths, and nothing that is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.gateway.rules.policy import Row
from shared.errors import Kind, reason

LONGEST_PATH = 1024
PATH_NOT_NORMAL = reason(
    "path_not_normal",
    Kind.MALFORMED,
    "Write the address plainly: letters, digits, - . _ ~ : and single slashes, and nothing percent-encoded.",
)

_NORMAL = re.compile(rb"(?:/[A-Za-z0-9._~:-]+)*/?", re.ASCII)
_DOTS = re.compile(rb"/\.{1,2}(?:/|$)", re.ASCII)


def normal_path(raw: bytes) -> str:
    """The path as text, or a refusal.

    Anything that two programs could read differently is refused here, before a row is looked for: percent
    signs (so no encoded dot or slash), empty and dotted steps, backslashes, semicolons, control characters.
    """
    if not 0 < len(raw) <= LONGEST_PATH or not _NORMAL.fullmatch(raw) or _DOTS.search(raw):
        raise PATH_NOT_NORMAL()
    return raw.decode("ascii")


@dataclass(slots=True)
class _Node:
    rows: dict[str, Row] = field(default_factory=dict)
    named: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None


class RouteTable:
    """The paths of all rows. A written step wins over a variable one."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._root = _Node()
        for row in rows:
            node = self._root
            for step in row.path.split("/")[1:]:
                if step.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.named.setdefault(step, _Node())
            node.rows[row.method] = row

    def methods(self, path: str) -> dict[str, Row]:
        """The rows of an address by method; empty where there is nothing at it."""
        node = _walk(self._root, path.split("/"), 1)
        return node.rows if node else {}


def _walk(node: _Node, steps: list[str], at: int) -> _Node | None:
    if at == len(steps):
        return node if node.rows else None
    step = steps[at]
    named = node.named.get(step)
    if named is not None:
        found = _walk(named, steps, at + 1)
        if found is not None:
            return found
    if node.any is not None and step:
        return _walk(node.any, steps, at + 1)
    return None
