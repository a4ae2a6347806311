"""A partnership under test: its clients, its model, and how each write and each look at it is checked."""

import asyncio
import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from tests.budget.machine.invariants import require
from tests.budget.machine.model_funds import FundsModel, Line
from tests.budget.machine.model_ledger import Account
from tests.budget.machine.quick import Quick
from tests.budget.machine.rows import ledger_rows, traces
from tests.budget.place import SCOPES, Place, key, made
from tests.stack import a_caller

POSTER_SCOPES = f"{SCOPES} budget:close"
POOLED = {"arrangement": "pooled"}


@dataclass
class Request:
    """A write that was taken, to be sent again."""

    client: str
    method: str
    path: str
    body: dict | None
    options: dict
    status: int
    content: bytes


@dataclass
class Site:
    """One partnership: a council that hosts and an NHS body, with pools, lines and accounts of 2015/16."""

    place: Place
    clients: dict[str, Any]  # Quick ones, which a place takes as any other
    model: FundsModel
    connection: asyncpg.Connection
    funds: dict[str, dict[str, str]]  # pool -> its accounts by name
    own: dict[str, str]  # reserve accounts of aligned and shadow books by owner and kind
    foreign: Quick
    observer: Any
    taken: list[Request] = field(default_factory=list)
    kept: list[tuple[dict, bytes]] = field(default_factory=list)  # questions as recorded, and their answers
    closed: dict[str, list] = field(default_factory=dict)  # what each closed period held when it was closed
    moves: list[dict] = field(default_factory=list)
    settlements: dict[str, dict] = field(default_factory=dict)
    year_ends: dict[str, dict] = field(default_factory=dict)
    batches: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    undoing_batches: list[str] = field(
        default_factory=list
    )  # a batch that reverses another is listed beside it
    seen: dict[str, Any] = field(default_factory=dict)
    happened: Counter = field(default_factory=Counter)
    trace: dict[str, Any] | None = None
    acts: int = 0  # of the ordinary year
    make_client: Any = None
    heir: str = ""  # who succeeded the NHS body, once somebody did
    succession: dict[str, Any] = field(default_factory=dict)

    def organisation(self, client: str) -> str:
        return self.model.council if client.startswith("pcc") else self.model.nhs

    async def write(
        self,
        client: str,
        method: str,
        path: str,
        body: dict | None = None,
        *,
        version: int | None = None,
        expect: str | None = None,
        journals: int = 0,
        twice: bool = False,
        again: Request | None = None,
    ) -> dict | None:
        """Send a write, once or twice at the same time, and hold what came of it against what was foretold.

        `journals` are those that it posts beside its own audit row. Answers the body of a success, else None.
        """
        options: dict[str, Any] = {} if again is None else again.options
        if again is None and method == "POST":
            options = {"key": key()}
        if again is None and version is not None:
            options["version"] = version
        sent = options if body is None else {**options, "json": body}
        before = self.trace or await self.traced()

        async def send() -> dict:
            answer = await self.clients[client].request(method, path, **sent)
            return {
                "status": answer.status_code,
                "content": answer.content.decode(),
                "replayed": answer.headers.get("Idempotency-Replayed") == "true",
                "code": None if answer.is_success else answer.json().get("code"),
            }

        answers = list(await asyncio.gather(send(), send())) if twice else [await send()]
        self.trace = await self.traced()
        self.seen["write"] = {
            "what": f"{method} {path} {json.dumps(body)}",
            "expected": expect,
            "first": None if again is None else [again.status, again.content.decode()],
            "answers": answers,
            "before": before,
            "after": self.trace,
            "journals": journals,
        }
        require("write", self.seen)
        good = next((each for each in answers if each["code"] is None and expect is None), None)
        self.happened["refused" if expect else "accepted"] += 1
        self.happened[expect or "accepted"] += expect is not None
        if twice:
            self.happened["twice at once"] += 1
        if good is None:
            return None
        if again is None:
            content = good["content"].encode()
            self.taken.append(Request(client, method, path, body, options, good["status"], content))
        return json.loads(good["content"])

    async def traced(self) -> dict[str, list[int]]:
        callers = [each.caller.client_id for each in self.clients.values()]
        return await traces(self.connection, self.place.partnership, callers)

    async def read(self, client: str, path: str, **asked: Any) -> httpx.Response:
        params = {name: str(value) for name, value in asked.items() if value is not None}
        return await self.clients[client].get(path, params=params)

    async def position(self, client: str, **asked: Any) -> httpx.Response:
        whole = {} if "pool_id" in asked else {"partnership_id": self.place.partnership}
        return await self.read(client, "/v1/positions", financial_year="2015-16", **whole, **asked)

    async def rows(self) -> dict[str, Any]:
        return await ledger_rows(self.connection, self.place.partnership)

    async def cost(self, line: str) -> str:
        """The expenditure account of a line; opened, where it has none yet."""
        found = self.model.spent_accounts(line)
        return min(found) if found else await open_cost(self, self.model.lines[line])


async def open_cost(site: Site, line: Line) -> str:
    """Open the expenditure account of a line, in the books that its money is in."""
    who = "pcc" if line.owner == site.model.council or line.arrangement == "pooled" else "ccg"
    id_ = await site.place.account(
        site.clients[who], "expenditure", line.arrangement, pool_id=line.pool, line_id=line.id
    )
    owner = site.organisation(who)
    site.model.accounts[str(id_)] = Account(
        str(id_), "expenditure", line.arrangement, owner, line.pool, line.id
    )
    site.trace = None
    return str(id_)


async def open_site(make_client: Any, connection: asyncpg.Connection) -> Site:
    """A partnership in force through the doors: two pooled funds, a shadow pool, lines of all three kinds."""
    council, nhs = sorted((uuid.uuid4(), uuid.uuid4()), key=str)
    place = await Place(council=council, nhs=nhs).enter(make_client)
    here: dict[str, Any] = {"commissioner": place.partnership}
    clients: dict[str, Any] = {}
    for name, organisation, standing in (
        ("pcc", council, {**here, "host": place.partnership}),
        ("pcc deputy", council, {**here, "host": place.partnership}),
        ("ccg", nhs, here),
        ("ccg deputy", nhs, here),
    ):
        clients[name] = await make_client("budget", a_caller(organisation, POSTER_SCOPES, **standing))
    place.pcc, place.ccg = clients["pcc"], clients["ccg"]
    await place.bring_into_force()
    for client in (place.pcc, place.ccg):
        made(await client.post(f"/v1/agreements/{place.agreement}/shadow-consent", key=key()))
    model = FundsModel(str(council), str(nhs))
    foreign = await make_client("budget", a_caller(None, POSTER_SCOPES, commissioner=uuid.uuid4()))
    observer = await place.client(observer=place.partnership)
    site = Site(place, clients, model, connection, {}, {}, foreign, observer)
    site.make_client = make_client
    await _pools_and_lines(site)
    site.trace = None
    return site


def scheme(place: Place, pool: str) -> dict[str, Any]:
    """How a pool's risk is shared: the reserve and then contributions; of an underspend £20 is retained first."""
    return {
        "partnership_id": str(place.partnership),
        "pool_id": pool,
        "effective_from": "2015-04-01",
        "clause": "Schedule 3",
        "overspend": [{"kind": "risk_reserve"}, {"kind": "contributions"}],
        "underspend": [{"kind": "retained", "limit_pence": 20_00}, {"kind": "contributions"}],
    }


async def _pools_and_lines(site: Site) -> None:
    place, model = site.place, site.model
    pools = []
    for name, arrangement in (("Wellness", "pooled"), ("Other", "pooled"), ("Shadow", "shadow")):
        pools.append(str(await place.pool(name, arrangement=arrangement)))
        model.pools[pools[-1]] = (arrangement, "wellness")
    for pool in pools[:2]:
        site.funds[pool] = {}
        for name, kind, party in (
            ("fund", "fund", None),
            ("risk", "reserve", None),
            ("from council", "contribution", place.council),
            ("from nhs", "contribution", place.nhs),
            ("kept council", "reserve", place.council),
            ("kept nhs", "reserve", place.nhs),
        ):
            id_ = str(await place.account(place.pcc, kind, "pooled", pool_id=pool, organisation_id=party))
            site.funds[pool][name] = id_
            model.accounts[id_] = Account(
                id_, kind, "pooled", model.council, pool, None, None if party is None else str(party)
            )
        made(await place.pcc.put(f"/v1/risk-shares/{uuid.uuid4()}", json=scheme(place, pool)))
    for client, arrangement, at in (
        ("pcc", "aligned", None),
        ("ccg", "aligned", None),
        ("pcc", "shadow", pools[2]),
    ):
        id_ = str(await place.account(site.clients[client], "reserve", arrangement, pool_id=at))
        owner = site.organisation(client)
        site.own[f"{arrangement} {owner}"] = id_
        model.accounts[id_] = Account(id_, "reserve", arrangement, owner, at)
    for client, pool, arrangement, pence, category in (
        ("pcc", pools[0], "pooled", 1_000_00, "wellness"),
        ("ccg", pools[0], "pooled", 500_00, "wellness"),
        ("ccg", pools[0], "pooled", None, "wellness"),
        ("pcc", pools[1], "pooled", 300_01, "wellness"),
        ("ccg", pools[1], "pooled", 200_00, "wellness"),
        ("pcc", None, "aligned", 40_00, "wellness"),
        ("pcc", None, "aligned", 10_00, "wellness"),
        ("ccg", None, "aligned", 30_00, "wellness"),
        ("ccg", None, "aligned", None, "complex_bed_based"),
        ("pcc", pools[2], "shadow", 70_00, "wellness"),
    ):
        more = {"financial_year": "2015/16", "category": category}
        id_ = str(await place.line(site.clients[client], pool, arrangement, pence=pence, **more))
        model.lines[id_] = Line(id_, site.organisation(client), arrangement, category, pence, pool)
        await open_cost(site, model.lines[id_])
