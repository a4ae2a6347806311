"""The table that `make bench` writes: what ran, the limit, both figures, the ratio and the goal."""

import os
import platform
import statistics
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "asyncpg",
    "sqlalchemy",
    "msgspec",
    "aiohttp",
    "joserfc",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Several measurements of one thing, in one unit."""

    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{self.median:,.4g} {self.unit} ({min(self.values):,.4g} to {max(self.values):,.4g})"


class Judged(StrEnum):
    """What of a row is held against its goal."""

    RATIO = "ratio"  # ours by theirs, round by round
    ADDED = "added"  # ours less theirs, round by round, in their unit
    ITSELF = "itself"  # ours, in its unit; theirs stands beside it to be read


@dataclass(slots=True)
class Row:
    """One comparison: with the limit, the least that could do the same, or with a peer that does it another way.

    `goal` is what is aimed at, `must` the least (or, with `at_most`, the most) with which the row passes.
    """

    id: str
    what: str
    beside: str
    goal: float
    must: float
    at_most: bool = False
    judged: Judged = Judged.RATIO
    peer: bool = False
    ours: Figure | None = None
    theirs: Figure | None = None
    notes: list[str] = field(default_factory=list)

    def take(self, unit: str, ours: list[float], theirs: list[float]) -> "Row":
        """Give the row its measurements, taken in turn."""
        self.ours, self.theirs = Figure(unit, ours), Figure(unit, theirs)
        return self

    @property
    def ratio(self) -> float | None:
        """The median of the ratios round by round."""
        if self.ours is None or self.theirs is None:
            return None
        return statistics.median(a / b for a, b in zip(self.ours.values, self.theirs.values, strict=True))

    @property
    def score(self) -> float | None:
        """What is held against the goal."""
        if self.ours is None or self.theirs is None:
            return None
        if self.judged is Judged.ADDED:
            return statistics.median(a - b for a, b in zip(self.ours.values, self.theirs.values, strict=True))
        return self.ratio if self.judged is Judged.RATIO else self.ours.median

    @property
    def state(self) -> str:
        if self.score is None:
            return "not measured"
        sign = -1 if self.at_most else 1
        reached = sign * self.score >= sign * self.goal
        enough = sign * self.score >= sign * self.must
        return "goal reached" if reached else "enough" if enough else "TOO SLOW"

    @property
    def fails(self) -> bool:
        """Too slow; or measured without its limit, which says nothing. A peer may be missing."""
        return self.state == "TOO SLOW" or (self.state == "not measured" and not self.peer)

    def _with_unit(self, number: float) -> str:
        if self.judged is Judged.RATIO or self.ours is None:
            return f"{number:.3g}"
        return f"{number:.3g} {self.ours.unit}"

    def line(self) -> str:
        """The row as a line of Markdown."""
        sign = "at most" if self.at_most else "at least"
        cells = (
            self.id,
            self.what,
            str(self.ours or "-"),
            ("peer: " if self.peer else "") + self.beside,
            str(self.theirs or "-"),
            "-" if self.ratio is None else f"{self.ratio:.3g}",
            "-" if self.score is None else f"{self.judged} {self._with_unit(self.score)}",
            f"{sign} {self._with_unit(self.goal)} (must {self._with_unit(self.must)})",
            "; ".join([self.state, *self.notes]),
        )
        return "| " + " | ".join(cells) + " |"


def machine() -> str:
    """What it ran on and with."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor() or platform.machine(),
    )
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{cpu}, {os.cpu_count()} cores; Python {platform.python_version()}; {packages}"


def render(rows: list[Row], facts: list[str]) -> str:
    """The table as Markdown."""
    head = ("row", "what ran", "ours", "beside it", "its figure", "ours by it", "judged", "goal", "")
    lines = [
        "# Speed, each row beside its limit in the same run",
        "",
        "Figures are the median (least to most) of rounds taken in turn; only ratios mean something elsewhere.",
        "",
        *(f"- {fact}" for fact in facts),
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *(row.line() for row in rows),
    ]
    return "\n".join(lines) + "\n"
