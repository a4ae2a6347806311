"""P5: one partnership's overview at ten thousand, a million and ten million entries, and beside its slowest source."""

import asyncio
import os
from collections.abc import Callable, Iterator

import httpx

from tests.performance.gate import BEHIND, Gate, gateway
from tests.performance.ledger import fill
from tests.performance.load import compare, in_turn, wrk
from tests.performance.place import Place
from tests.performance.table import Row
from tests.stack import Stack

FULL_SIZE = 10_000_000
LARGEST = int(os.environ.get("BENCH_ENTRIES", FULL_SIZE))
SIZES = (10_000, 1_000_000, LARGEST) if LARGEST > 1_000_000 else (10_000, LARGEST)
OVERVIEW = "/v1/partnerships/{id}/overview?financial_year=2014-15"
POSITION = "/v1/positions?partnership_id={id}&financial_year=2014-15"
DAYS = (("", "for a whole year"), ("&as_at=2014-11-16", "as at a day within a month"))


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P5: partnerships of one council in the same database, read in turn by one client."""
    first = Place()
    places = {entries: first if number == 0 else first.another() for number, entries in enumerate(SIZES)}
    asyncio.run(_fill(stack, places))
    with gateway(stack, *places.values(), services=BEHIND) as gate:
        for query, when in DAYS:
            small, *others = in_turn(*(_reader(gate, OVERVIEW + query, place) for place in places.values()))
            for entries, times in zip(SIZES[1:], others, strict=True):
                row = _row(f"{when}, at {entries:,} entries", f"the same at {SIZES[0]:,} entries", 1.2)
                yield row.take("ms", times, small)
        place = places[LARGEST]
        row = _row(
            f"{DAYS[0][1]}, at {LARGEST:,} entries", "the slowest of its calls, the budget's position", 3
        )
        url = gate.direct + POSITION.format(id=place.partnership)
        yield compare(
            row,
            "ms",
            _reader(gate, OVERVIEW, place),
            lambda: wrk(url, clients=1, headers=place.assertion(stack)).p50_ms,
        )


def _row(what: str, beside: str, goal: float) -> Row:
    notes = [] if LARGEST == FULL_SIZE else ["not at full size"]
    what = f"one partnership's overview {what}; p50, one client"
    return Row("P5", what, beside, goal, goal * 2, at_most=True, notes=notes)


def _reader(gate: Gate, path: str, place: Place) -> Callable[[], float]:
    url = gate.base + path.format(id=place.partnership)
    answer = httpx.get(url, headers=gate.headers(), timeout=30)
    assert answer.status_code == 200, answer.text
    assert {each["status"] for each in answer.json()["sources"]} == {"ok"}, answer.text
    return lambda: wrk(url, clients=1, headers=gate.headers()).p50_ms


async def _fill(stack: Stack, places: dict[int, Place]) -> None:
    for place in places.values():
        await place.put(stack)
    seconds = await fill(stack, places)
    print(f"  {sum(places):,} entries in {seconds:.0f} s", flush=True)
