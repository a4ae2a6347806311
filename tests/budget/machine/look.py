"""A look at the books: everything that the invariants need, read through the doors and from the rows."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from tests.budget.machine.invariants import require
from tests.budget.machine.model_ledger import LAST_DAY
from tests.budget.machine.site import Site

AT_FIRST = 1_000_00 + 500_00 + 300_01 + 200_00 + 40_00 + 10_00 + 30_00 + 70_00
COLLECTIONS = ("journals", "commitments", "virements", "contributions", "lines", "accounts", "pools")


async def look(site: Site, day: str, pick: int) -> None:
    """Read it all and hold it against the model. `day` is asked about as well; `pick` says which lists are read."""
    site.seen = await gather(site, day, pick)
    require("look", site.seen)
    site.happened["looked"] += 1


async def gather(site: Site, day: str, pick: int) -> dict[str, Any]:
    model = site.model
    pool = list(model.pools)[pick % len(model.pools)]
    own = "pcc" if pick % 2 else "ccg"
    return {
        "rows": await site.rows(),
        "model": model,
        "day": day,
        "at_first": AT_FIRST,
        "position": (await site.position("pcc")).json(),
        "theirs": (await site.position("ccg")).json(),
        "observed": await _observed(site),
        "at": (await site.position("pcc", as_at=day)).json(),
        "pool": (await site.position("pcc", pool_id=pool)).json(),
        "parts": {
            "position": model.parts(LAST_DAY),
            "theirs": model.parts(LAST_DAY),
            "at": model.parts(day),
            "pool": model.parts(LAST_DAY, pool),
        },
        "recorded": await _recorded(site, own, day, pick),
        "batches": site.batches,
        "closed": site.closed,
        "moves": site.moves,
        "commitments": await _all(
            site, "commitments", _commitment_reader(site), list(model.commitments)[-3:]
        ),
        "settlements": await _all(site, "settlements", lambda _: "pcc", list(site.settlements)),
        "foretold": {
            id_: (each["variance"], each["weights"], each["reserve"])
            for id_, each in site.settlements.items()
        },
        "year_ends": await _all(site, "year-ends", lambda _: "ccg", list(site.year_ends)),
        "promises": await _all(site, "contributions", lambda _: "pcc", list(model.promises)[-3:]),
        "lists": await _lists(site, pick),
        "foreign": await _foreign(site, pick),
    }


async def _observed(site: Site) -> dict[str, Any]:
    asked = {"partnership_id": str(site.place.partnership), "financial_year": "2015-16"}
    found: dict[str, Any] = (await site.observer.get("/v1/positions", params=asked)).json()
    return found


def _commitment_reader(site: Site) -> Callable[[str], str]:
    def reader(id_: str) -> str:
        return "pcc" if site.model.commitments[id_].maker == site.model.council else "ccg"

    return reader


async def _all(site: Site, collection: str, reader: Callable[[str], str], ids: list[str]) -> list[dict]:
    found = []
    for id_ in ids:
        answer = await site.read(reader(id_), f"/v1/{collection}/{id_}")
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


async def _recorded(site: Site, own: str, day: str, pick: int) -> list[tuple[str, str, str]]:
    """Two questions asked before, asked again; and one more as recorded at this instant, for later."""
    found = []
    for at in sorted({pick % len(site.kept), len(site.kept) - 1} if site.kept else ()):
        question, first = site.kept[at]
        now = await site.position(question["client"], **question["asked"])
        found.append((str(question), first.decode(), now.content.decode()))
    instant = await site.connection.fetchval("select clock_timestamp()")
    asked = {"as_recorded": instant.isoformat(), "as_at": day if pick % 3 else LAST_DAY}
    answer = await settled(site, own, asked)
    assert answer.status_code == 200, answer.text
    site.kept.append(({"client": own, "asked": asked}, answer.content))
    return found


async def settled(site: Site, client: str, asked: dict[str, Any]) -> httpx.Response:
    """The answer once the instant is settled: a transaction of anybody in the database may still be open then."""
    while True:
        answer = await site.position(client, **asked)
        if answer.status_code != 409 or answer.json()["code"] != "as_recorded_not_settled":
            return answer
        await asyncio.sleep(0.01)


def possible_lists(site: Site) -> list[tuple[str, dict[str, Any], list[str]]]:
    """Lists with their filters, and the ids that the council should find in each."""
    return [*_journal_lists(site), *_other_lists(site)]


def _journal_lists(site: Site) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    model = site.model
    visible = [
        each
        for each in model.journals.values()
        if each.arrangement != "aligned" or model.accounts[each.entries[0][0]].owner == model.council
    ]
    yield "journals", {}, [each.id for each in visible]
    yield "journals", {"limit": 3}, [each.id for each in visible]
    for kind in ("expenditure", "contribution", "reversal", "virement", "in_kind"):
        yield "journals", {"kind": kind}, [each.id for each in visible if each.kind == kind]
    for book in ("actual", "budget"):
        yield "journals", {"book": book, "limit": 4}, [each.id for each in visible if each.book == book]
    for period in ("2015-16-M01", "2015-16-M06", "2015-16-M13", "2016-17-M01"):
        yield "journals", {"posting_period": period}, [each.id for each in visible if each.period == period]
    for since, until in (("2015-05-01", None), (None, "2015-09-10"), ("2015-06-30", "2015-06-30")):
        wanted = [each.id for each in visible if (since or "") <= each.day <= (until or "9999")]
        yield "journals", {"effective_from": since, "effective_to": until}, wanted
    for pool in site.funds:
        fund = site.funds[pool]["fund"]
        wanted = [each.id for each in visible if any(account == fund for account, _ in each.entries)]
        yield "journals", {"account_id": fund}, wanted


def _other_lists(site: Site) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    model, own = site.model, site.model.council

    def open_to(line: str) -> bool:
        return model.lines[line].arrangement != "aligned" or model.lines[line].owner == own

    lines = [each for each in model.lines.values() if open_to(each.id)]
    yield "lines", {"limit": 4}, [each.id for each in lines]
    held = [each for each in model.commitments.values() if open_to(each.line)]
    yield "commitments", {"limit": 2}, [each.id for each in held]
    for line in list(model.lines)[:4]:
        yield "commitments", {"line_id": line}, [each.id for each in held if each.line == line]
    virements = [each for each in model.virements.values() if open_to(each.source)]
    yield "virements", {"limit": 2}, [each.id for each in virements]
    for state in ("proposed", "posted", "refused", "withdrawn"):
        yield "virements", {"state": state}, [each.id for each in virements if each.state == state]
    first = next(iter(model.lines))
    yield (
        "virements",
        {"line_id": first},
        [each.id for each in virements if first in {each.source, each.target}],
    )
    yield "contributions", {"limit": 2}, list(model.promises)
    for pool in model.pools:
        yield (
            "contributions",
            {"pool_id": pool},
            [each.id for each in model.promises.values() if each.pool == pool],
        )
        yield "lines", {"pool_id": pool}, [each.id for each in lines if each.pool == pool]
        yield (
            "accounts",
            {"pool_id": pool},
            [each.id for each in model.accounts.values() if each.pool == pool],
        )
        of_pool = [id_ for id_, each in site.settlements.items() if each["pool_id"] == pool]
        yield "settlements", {"pool_id": pool}, of_pool
        yield (
            "year-ends",
            {"pool_id": pool},
            [id_ for id_, each in site.year_ends.items() if each["pool"] == pool],
        )
    for state in ("open", "soft_closed", "closed", "reopened"):
        yield "periods", {"state": state}, [each.id for each in model.periods.values() if each.state == state]
    for state in ("proposed", "approved", "posted", "withdrawn"):
        of_state = [id_ for id_, each in site.settlements.items() if each["state"] == state]
        yield "settlements", {"state": state}, of_state
    posted_batches = [batch for batch, (_, posted) in site.batches.items() if posted]
    yield "journal-batches", {}, [*posted_batches, *site.undoing_batches]


async def _lists(site: Site, pick: int, every: bool = False) -> list[tuple[str, list[str], list[str]]]:
    possible = possible_lists(site)
    some = possible if every else [possible[(pick + 7 * at) % len(possible)] for at in range(3)]
    found = []
    for collection, filters, wanted in some:
        got, cursor = [], None
        asked = {"partnership_id": site.place.partnership, "limit": 200, **filters}
        while True:
            if cursor is None:
                answer = await site.read("pcc", f"/v1/{collection}", **asked)
            else:
                answer = await site.clients["pcc"].get(cursor)
            assert answer.status_code == 200, answer.text
            got += [each["id"] for each in answer.json()["items"]]
            cursor = answer.json()["next"]
            if cursor is None:
                break
        found.append((f"{collection} {filters}", got, wanted))
    return found


async def _foreign(site: Site, pick: int) -> list[tuple[str, int, Any]]:
    """What another organisation gets for a list, for a thing of this partnership, and for its position."""
    collection = COLLECTIONS[pick % len(COLLECTIONS)]
    asked = {"partnership_id": str(site.place.partnership)}
    listed = await site.foreign.get(f"/v1/{collection}", params=asked)
    things: dict[str, dict[str, Any]] = {
        "journals": site.model.journals,
        "lines": site.model.lines,
        "commitments": site.model.commitments,
        "virements": site.model.virements,
        "contributions": site.model.promises,
        "accounts": site.model.accounts,
        "pools": site.model.pools,
    }
    id_ = (
        list(things[collection])[pick % len(things[collection])] if things[collection] else str(uuid.uuid4())
    )
    one = await site.foreign.get(f"/v1/{collection}/{id_}")
    position = await site.foreign.get("/v1/positions", params={**asked, "financial_year": "2015-16"})
    return [
        (f"/v1/{collection}", listed.status_code, listed.json().get("items")),
        (f"/v1/{collection}/{id_}", one.status_code, one.json().get("id")),
        ("/v1/positions", position.status_code, position.json().get("totals")),
    ]
