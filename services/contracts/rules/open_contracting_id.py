"""Ids of open contracting processes, and which of them this service gives: its prefix and the id of a contract."""

from __future__ import annotations

from uuid import UUID


def is_own(prefix: str, ocid: str) -> bool:
    """Whether an id is one that this service gave. A register that says it states nothing: it was written from here."""
    told = ocid.removeprefix(f"{prefix}-")
    try:
        return told != ocid and str(UUID(told)) == told.lower()
    except ValueError:
        return False
