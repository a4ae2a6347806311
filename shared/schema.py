"""What every schema starts with: context functions for policies, and tables for audit, events and one-time keys."""

from __future__ import annotations

from pathlib import Path

_TEMPLATE = Path(__file__).with_name("schema.sql")


def shared_tables(service: str) -> str:
    """The SQL that a service's first migration runs before its own, for its schema and roles."""
    return _TEMPLATE.read_text(encoding="utf-8").replace("{service}", service)
