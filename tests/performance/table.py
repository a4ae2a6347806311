"""The table that `make bench` writes: what ran, the limit, both figures, the ratio and the goal."""

import platform
import statistics
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

WRITTEN = Path("build/bench.md")


@dataclass
class Figure:
    """Several measurements of one thing, in one unit."""

    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.4g} {self.unit} ({low:,.4g} to {high:,.4g})"


@dataclass
class Row:
    """One comparison. `floor` is the ratio below (or, for times, above) which the row fails."""

    id: str
    what: str
    limit_name: str
    ours: Figure | None = None
    limit: Figure | None = None
    goal: float = 0.0
    must: float = 0.0
    at_most: bool = False
    note: str = ""
    pairs: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """The median of the ratios pair by pair where they were taken in turn, else of the medians."""
        if self.pairs:
            return statistics.median(self.pairs)
        if self.ours is None or self.limit is None:
            return None
        return self.ours.median / self.limit.median

    @property
    def state(self) -> str:
        if self.ratio is None:
            return "not measured"
        reached = self.ratio <= self.goal if self.at_most else self.ratio >= self.goal
        enough = self.ratio <= self.must if self.at_most else self.ratio >= self.must
        return "goal reached" if reached else "enough" if enough else "TOO SLOW"


PACKAGES = ("fastapi", "starlette", "uvicorn", "asyncpg", "sqlalchemy", "msgspec", "aiohttp", "joserfc")


def machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{cpu}, Python {platform.python_version()}, {packages}"


def render(rows: list[Row], head: str) -> str:
    """The table as Markdown."""
    lines = [
        "# Speed, each row beside its limit in the same run",
        "",
        head,
        "",
        "| row | what | ours | limit | limit's figure | ratio | goal | must | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        sign = "at most" if row.at_most else "at least"
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(
            f"| {row.id} | {row.what} | {row.ours or '-'} | {row.limit_name} | {row.limit or '-'} | {ratio} "
            f"| {sign} {row.goal:g} | {sign} {row.must:g} | {row.state}{'; ' + row.note if row.note else ''} |"
        )
    return "\n".join(lines) + "\n"
