"""The report of a reconciliation: which proofs were tried, and what broke them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Check:
    """One proof: how many breaks it found, and the first of them in words."""

    name: str
    breaks: int
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All proofs of one run."""

    service: str
    breaks: int
    checks: tuple[Check, ...]


def report(checks: Sequence[Check]) -> Report:
    return Report("budget", sum(check.breaks for check in checks), tuple(checks))
