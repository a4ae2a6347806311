"""A batch of logged reads as text: what its hash in the audit is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID


class Logged(Protocol):
    """What counts of a read."""

    @property
    def owner_organisation_id(self) -> UUID: ...
    @property
    def client_id(self) -> UUID: ...
    @property
    def on_behalf_of(self) -> str | None: ...
    @property
    def operation(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def request_id(self) -> UUID: ...


def lines_of(batch: Iterable[Logged]) -> str:
    """One line for each read, tab-separated and in the order of the text, so that no order need be kept."""
    return "".join(sorted(map(_line, batch)))


def _line(read: Logged) -> str:
    parts = (
        read.owner_organisation_id,
        read.client_id,
        read.on_behalf_of or "",
        read.operation,
        read.target,
        read.status,
        read.request_id,
    )
    return "\t".join(map(str, parts)) + "\n"
