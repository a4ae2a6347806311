"""P5: one partnership's overview at ten thousand, a million and ten million entries, and beside its slowest source."""

import asyncio
import os
from collections.abc import Callable, Iterator

import httpx

from tests.performance.gate import Gate, deployed, gateway
from tests.performance.ledger import fill
from tests.performance.load import in_turn, wrk
from tests.performance.place import Place
from tests.performance.table import Row
from tests.stack import Stack

SMALLEST, MIDDLE, FULL = 10_000, 1_000_000, 10_000_000
LARGEST = int(os.environ.get("BENCH_ENTRIES", FULL))
OVERVIEW = "/v1/partnerships/{id}/overview?financial_year=2014-15"
POSITION = "/v1/positions?partnership_id={id}&financial_year=2014-15"


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P5: three partnerships of one council in the same database, read by one client in turn."""
    first = Place()
    places = {SMALLEST: first, MIDDLE: first.another(), LARGEST: first.another()}
    notes = asyncio.run(_fill(stack, places))
    with gateway(stack, *places.values(), services=deployed()) as gate:
        what, path = "overview", OVERVIEW
        if (
            httpx.get(gate.base + path.format(id=first.partnership), headers=gate.headers()).status_code
            == 404
        ):
            what, path = "position", POSITION
            notes.append("the position, for want of an overview")
        for query, when in (("", "a whole year"), ("&as_at=2014-11-16", "as at the middle of a month")):
            readers = [_reader(gate, path + query, place) for place in places.values()]
            small, middle, large = in_turn(*readers)
            for entries, times in ((MIDDLE, middle), (LARGEST, large)):
                row = Row(
                    "P5",
                    f"one partnership's {what}, {when}, at {entries:,} entries; p50, one client",
                    f"the same at {SMALLEST:,} entries",
                    goal=1.2,
                    must=2.4,
                    at_most=True,
                    notes=notes,
                )
                yield row.take("ms", times, small)
        yield _beside_slowest(stack, gate, path, places[LARGEST], what, notes)


def _beside_slowest(stack: Stack, gate: Gate, path: str, place: Place, what: str, notes: list[str]) -> Row:
    """Beside the one of its calls that takes longest: the budget's position."""
    url = gate.direct + POSITION.format(id=place.partnership)

    def source() -> float:
        return wrk(url, clients=1, headers=place.assertion(stack)).p50_ms

    row = Row(
        "P5",
        f"one partnership's {what}, a whole year, at {LARGEST:,} entries; p50, one client",
        "the slowest call to a service that it is made of",
        goal=3,
        must=6,
        at_most=True,
        notes=notes,
    )
    return row.take("ms", *in_turn(_reader(gate, path, place), source))


def _reader(gate: Gate, path: str, place: Place) -> Callable[[], float]:
    url = gate.base + path.format(id=place.partnership)
    answer = httpx.get(url, headers=gate.headers(), timeout=30)
    assert answer.status_code == 200, answer.text
    return lambda: wrk(url, clients=1, headers=gate.headers()).p50_ms


async def _fill(stack: Stack, places: dict[int, Place]) -> list[str]:
    """Put the ledgers there; what there is to say about it."""
    for place in places.values():
        await place.put(stack)
    seconds = await fill(stack, places)
    print(f"  {sum(places):,} entries in {seconds:.0f} s", flush=True)
    return [] if LARGEST == FULL else ["not at full size"]
