"""P3: a journal of two entries posted through the gateway, durable; beside pgbench, and beside the plain way."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.performance import plain
from tests.performance.conversation import posting_script
from tests.performance.gate import Gate, gateway
from tests.performance.load import CannotMeasure, compare, pgbench, wrk
from tests.performance.place import POOLS, Place
from tests.performance.table import Row
from tests.stack import Stack

WHAT = "a journal of two entries posted through the gateway, durable, 8 clients, {where}"
SEALED_WITHIN_SECONDS = 120
SPREAD, ONE = f"{POOLS} funds by turns", "all to one fund"

# A new id for each request; bodies by turns.
_LUA = """
math.randomseed({seed})
local function part(digits) return string.format("%0" .. digits .. "x", math.random(0, 16 ^ digits - 1)) end
local bodies = {{ {bodies} }}
local sent = 0
wrk.headers["Content-Type"] = "application/json"
function request()
  sent = sent + 1
  local id = part(4) .. part(4) .. "-" .. part(4) .. "-4" .. part(3) .. "-a" .. part(3) .. "-" .. part(6) .. part(6)
  return wrk.format("PUT", "/v1/journals/" .. id, nil, bodies[sent % #bodies + 1])
end
"""


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P3."""
    place = asyncio.run(Place().put(stack))
    # A second service beside the gateway would seal too, at the cost of what is measured.
    with gateway(stack, place, beside=False) as gate:
        for where, pools in ((SPREAD, range(POOLS)), (ONE, range(1))):
            script = posting_script(stack, place, len(pools))
            row = Row("P3", WHAT.format(where=where), "pgbench, the same statements", goal=0.4, must=0.2)
            yield compare(row, "/s", _posting(gate, place, pools), _pgbench(stack, script))
        yield _beside_plain(stack, place, gate)
    _books_add_up(stack)


def _beside_plain(stack: Stack, place: Place, gate: Gate) -> Row:
    row = Row("P3", WHAT.format(where=SPREAD), "FastAPI + httpx + ORM, no walls", goal=4, must=2, peer=True)
    with ExitStack() as running:
        try:
            peer = running.enter_context(plain.house(stack, place))
        except CannotMeasure as why:
            row.notes.append(str(why))
            return row
        ours, theirs = (_posting(each, place, range(POOLS)) for each in (gate, peer))
        return compare(row, "/s", _sealed_first(stack, ours), _sealed_first(stack, theirs))


def _sealed_first(stack: Stack, post: Callable[[], float]) -> Callable[[], float]:
    """Each run begins with nothing to seal: the service seals what pgbench wrote too, and whoever runs next would pay."""

    def measured() -> float:
        until = time.monotonic() + SEALED_WITHIN_SECONDS
        while stack.cluster.psql("select budget.count_unsealed('0 seconds')") != "0":
            if time.monotonic() > until:
                raise CannotMeasure(f"not everything is sealed after {SEALED_WITHIN_SECONDS} s")
            time.sleep(0.5)
        return post()

    return measured


def _posting(gate: Gate, place: Place, pools: range) -> Callable[[], float]:
    bodies = ", ".join(f"[=[{json.dumps(place.journal(pool))}]=]" for pool in pools)

    def post() -> float:
        script = _LUA.format(seed=random.getrandbits(31), bodies=bodies)
        before = gate.journals()
        load = wrk(gate.base + "/", headers=gate.headers(), script=script)
        kept = gate.journals() - before
        assert kept >= load.requests, (
            f"{load.requests} journals were acknowledged and {kept} are in the ledger"
        )
        return load.per_second

    return post


def _pgbench(stack: Stack, script: str) -> Callable[[], float]:
    program = stack.cluster.bin_dir / "pgbench"
    return lambda: pgbench(program, stack.url("budget"), script, schema="budget")


def _books_add_up(stack: Stack) -> None:
    """After all that posting the balances are the sums of the entries."""
    differ = stack.cluster.psql(
        "select count(*) from (select account_id, book, sum(amount_pence) as pence, count(*) as n"
        " from budget.entries group by 1, 2) e full join (select account_id, book, sum(amount_pence) as pence,"
        " sum(entries) as n from budget.balances group by 1, 2) b using (account_id, book)"
        " where (e.pence, e.n) is distinct from (b.pence, b.n)"
    )
    assert differ == "0", f"{differ} accounts have balances that are not the sums of their entries"
