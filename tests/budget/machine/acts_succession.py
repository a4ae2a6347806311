"""The NHS body is succeeded in mid-year; after that only what comes late for it is posted, by who succeeded it."""

import uuid
from dataclasses import replace
from typing import Any

from shared.caller import DRIVE, Errand
from tests.budget.machine.invariants import require
from tests.budget.machine.site import POSTER_SCOPES, Site
from tests.stack import a_caller

DAY, BEFORE, LATE = "2015-10-01", "2015-09-10", "2015-09-20"
KNOWN = ("budget_approved", "budget_adjusted", "actual", "contributions_due")
PLAIN = ("contributions_received_pence", "committed_pence")


async def succeed(site: Site) -> None:
    """Another body takes its place on 1 October, with all that it had."""
    held = await _closing(site)
    before = await _totals(site, "pcc")
    before["contributions_due None"] = (before["contributions_due None"] or 0) + _due_before(site)
    site.heir = str(uuid.uuid4())
    place, nhs = site.place.partnership, uuid.UUID(site.model.nhs)
    path = f"/v1/succession-parts/{uuid.uuid4()}"
    organisations = (uuid.UUID(site.heir), nhs)
    caller = a_caller(uuid.uuid4(), organisations=organisations, commissioner=place, host=place)
    driven = replace(caller, scopes=frozenset({DRIVE}), errand=Errand("applyBudgetSuccession", path))
    gateway = await site.make_client("budget", driven)
    body = {
        "effective_date": DAY,
        "kind": "transfer",
        "instrument": "Health and Care Act 2022",
        "moves": [{"predecessor_id": site.model.nhs, "successor_id": site.heir, "share": "1"}],
    }
    answer = await gateway.put(path, json=body)
    assert answer.status_code == 201, answer.text
    again = await gateway.put(path, json=body)
    assert (again.status_code, again.content) == (201, answer.content)
    acting = a_caller(organisations[0], POSTER_SCOPES, organisations=organisations, commissioner=place)
    site.clients["heir"] = await site.make_client("budget", acting)
    site.succession = {"held": held, "before": before, "answer": answer.json(), "late": 0}
    site.happened["succeeded"] += 1
    await look_after(site)


async def late(site: Site, pence: int) -> None:
    """An invoice for the time before, on the body's own books: its successor posts it, and it is labelled so."""
    line = next(
        each
        for each in site.model.lines.values()
        if (each.arrangement, each.owner) == ("aligned", site.model.nhs)
    )
    fund = site.own[f"aligned {site.model.nhs}"]
    entries = [
        {"account_id": await site.cost(line.id), "amount_pence": pence},
        {"account_id": fund, "amount_pence": -pence},
    ]
    body = {"kind": "expenditure", "effective_date": LATE, "narrative": "Late", "entries": entries}
    answer = await site.clients["heir"].request("PUT", f"/v1/journals/{uuid.uuid4()}", json=body)
    if line.ended_on is not None and answer.status_code == 409:
        return
    assert answer.status_code == 201, answer.text
    site.succession["labels"] = answer.json()
    site.succession["held"][fund] -= pence
    site.succession["late"] += pence
    after = {**body, "effective_date": DAY}
    refused = await site.clients["heir"].request("PUT", f"/v1/journals/{uuid.uuid4()}", json=after)
    assert refused.json()["code"] == "journal_after_succession", refused.text
    stopped = await site.clients["ccg"].request("PUT", f"/v1/journals/{uuid.uuid4()}", json=body)
    assert stopped.json()["code"] == "journal_by_predecessor", stopped.text
    site.happened["late entry"] += 1


async def look_after(site: Site) -> None:
    """Read the books again, and hold them against what was there before."""
    require("succession", await gather_after(site))
    site.happened["looked after succession"] += 1


async def gather_after(site: Site) -> dict[str, Any]:
    params = {"partnership_id": str(site.place.partnership), "limit": "200"}
    items = (await site.clients["heir"].get("/v1/succeeded-things", params=params)).json()["items"]
    position = (await site.position("pcc")).json()
    folded = (await site.position("heir", under="successors")).json()
    kept = [
        (
            str(question),
            first.decode(),
            (await site.position(question["client"], **question["asked"])).content.decode(),
        )
        for question, first in site.kept[-3:]
    ]
    return {
        "succession": site.succession,
        "rows": await site.rows(),
        "items": items,
        "totals": await _totals(site, "pcc"),
        "position": position,
        "folded": folded,
        "nhs": site.model.nhs,
        "heir": site.heir,
        "closed": site.closed,
        "kept": kept,
    }


def _due_before(site: Site) -> int:
    """What of promises that are to be confirmed was due by then all the same, and is known as the predecessor's."""
    found = 0
    for each in site.model.promises.values():
        if each.owner == site.model.nhs and each.replaced_by is None and each.amount is None:
            due = [pence for day, pence in each.instalments if day < DAY]
            found += 0 if None in due else sum(pence or 0 for pence in due)
    return found


async def _closing(site: Site) -> dict[str, int]:
    """What stands on the accounts that hold the body's money."""
    mine = [site.own[f"aligned {site.model.nhs}"], *(each["kept nhs"] for each in site.funds.values())]
    return {each: site.model.sums("actual", {each}) or 0 for each in mine}


async def _totals(site: Site, client: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for day in (None, BEFORE):
        answer = (await site.position(client, as_at=day)).json()["totals"]["whole"]
        found |= {f"{name} {day}": answer[name]["known_pence"] for name in KNOWN}
        found |= {f"{name} {day}": answer[name] for name in PLAIN}
    return found
