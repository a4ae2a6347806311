"""`make bench`: measures the rows, each beside its limit, prints the table and writes it. Name rows to measure only those.

BENCH_ROUNDS (at least 5), BENCH_SECONDS (of each run), BENCH_ENTRIES (of the largest ledger), BENCH_ROWS (of an imported
file), BENCH_FIGURES, BENCH_OBSERVATIONS, BENCH_CONTRACTS, BENCH_PLACEMENTS, BENCH_REGISTER_ROWS and BENCH_IMPORT_ROUNDS
change how long it takes.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.performance import (
    flooding,
    importing,
    measures,
    overview,
    passing,
    posting,
    reading,
    registers,
    starting,
)
from tests.performance.load import CLIENTS, ROUNDS, SECONDS, CannotMeasure
from tests.performance.table import Row, machine, render
from tests.stack import ROOT, Stack, running_stack

WRITTEN = ROOT / "build" / "bench.md"

ROWS: dict[str, Callable[[Stack], Iterator[Row]]] = {
    "P1": reading.measure,
    "P2": passing.measure,
    "P3": posting.measure,
    "P4": registers.measure,
    "P5": overview.measure,
    "P6": importing.measure,
    "P7": measures.measure_bulk,
    "P8": measures.measure_reading,
    "P9": flooding.measure,
    "P10": starting.measure,
}


def main(asked: list[str]) -> int:
    """Measure the rows asked for; 0 if each has its limit and reaches what it must."""
    unknown = set(asked) - set(ROWS)
    if unknown:
        print(f"There is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        server = stack.cluster.psql("select split_part(version(), ' on ', 1)")
        facts = [
            machine(),
            f"{server}, durable (fsync, full_page_writes, synchronous_commit on)",
            f"{ROUNDS} rounds of {SECONDS} s, {CLIENTS} clients, one worker a process, unless the row says otherwise",
        ]
        for name in asked or ROWS:
            print(f"Measuring {name} ...", flush=True)
            try:
                for row in ROWS[name](stack):
                    print(row.line(), flush=True)
                    rows.append(row)
            except CannotMeasure as why:
                rows.append(Row(name, "not measured", "its limit", goal=1, must=1, notes=[str(why)]))
            WRITTEN.parent.mkdir(exist_ok=True)
            WRITTEN.write_text(render(rows, facts))
    failing = [row for row in rows if row.fails]
    print(f"\n{WRITTEN.read_text()}\nWritten to {WRITTEN.relative_to(ROOT)}.")
    print(f"{len(rows) - len(failing)} of {len(rows)} rows pass.")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
