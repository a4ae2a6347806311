"""`make bench`: measures the rows, each beside its limit, prints the table and writes it. Name rows to measure only those.

BENCH_ROUNDS (at least 5), BENCH_SECONDS (of each run) and BENCH_ENTRIES (of the largest ledger) change how long it takes.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.performance import overview, passing, posting, reading, starting
from tests.performance.load import CLIENTS, ROUNDS, SECONDS
from tests.performance.table import WRITTEN, Row, machine, render
from tests.stack import ROOT, Stack, running_stack

ROWS: dict[str, Callable[[Stack], Iterator[Row]]] = {
    "P1": reading.measure,
    "P2": passing.measure,
    "P3": posting.measure,
    "P5": overview.measure,
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
        for name in asked or ROWS:
            print(f"Measuring {name} ...", flush=True)
            for row in ROWS[name](stack):
                print(row.line(), flush=True)
                rows.append(row)
        server = stack.cluster.psql("select split_part(version(), ' on ', 1)")
    facts = [
        machine(),
        f"{server}, durable (fsync, full_page_writes, synchronous_commit on)",
        f"{ROUNDS} rounds of {SECONDS} s, {CLIENTS} clients, one worker a process, unless the row says otherwise",
    ]
    written = ROOT / WRITTEN
    written.parent.mkdir(exist_ok=True)
    written.write_text(render(rows, facts))
    failing = [row for row in rows if row.fails]
    print(
        f"\n{written.read_text()}\nWritten to {WRITTEN}; {len(rows) - len(failing)} of {len(rows)} rows pass."
    )
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
