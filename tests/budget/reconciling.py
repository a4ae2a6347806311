"""A ledger with one of everything that the reconciliation proves, made through the doors, for tests that break it."""

import uuid
from typing import Any

from tests.budget import committing, moving
from tests.budget.closing import close_year, closed, keeper
from tests.budget.closing import move as move_period
from tests.budget.place import Place, key, made
from tests.budget.settling import Overspent
from tests.budget.succeeding import succeed
from tests.budget.years import real_year

YEAR = {"financial_year": "2015/16"}


async def whole_ledger(client_for) -> dict[str, str]:
    """Journals, an accrual, a sealed period, commitments, a virement, a split, a settlement, a year-end: their ids."""
    return {name: id_ for life in LIVES for name, id_ in (await life(client_for)).items()}


async def journals(client_for) -> dict[str, str]:
    place = await Place().enter(client_for)
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.pcc, pool, "pooled", **YEAR)
    journal = await place.spend(
        place.pcc, line, 90_00, pool=pool, arrangement="pooled", effective_date="2015-04-15"
    )
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "Sent twice"}
    made(await place.pcc.post(f"/v1/journals/{journal['id']}/reversal", json=undo, key=key()))
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line)
    fund = await place.account(place.pcc, "reserve", "pooled", pool_id=pool)
    accrual = await place.post(place.pcc, cost, fund, 7_00, kind="accrual", effective_date="2015-04-30")
    sides = [
        {"account_id": str(account), "amount_pence": pence} for account, pence in ((cost, 5), (fund, -5))
    ]
    item = {"id": str(uuid.uuid4()), "kind": "expenditure", "effective_date": "2015-06-01"}
    batch = {
        "id": str(uuid.uuid4()),
        "partnership_id": str(place.partnership),
        "mode": "all_or_nothing",
        "journals": [{**item, "narrative": "In a batch", "entries": sides}],
    }
    made(await place.pcc.post("/v1/journal-batches", json=batch, key=key()))
    host = await keeper(client_for, place.partnership, place.council)
    await closed(host, place.partnership)
    return {
        "journal": journal["id"],
        "reversal": undo["id"],
        "accrual": accrual["id"],
        "in_batch": item["id"],
        "agreement": str(place.agreement),
        "line": str(line),
    }


async def moved(client_for) -> dict[str, str]:
    """Budget committed, paid and released; moved from a line to another's; and a line in two."""
    place = await Place().enter(client_for)
    pool, lines, fund = await real_year(place)
    reserved = made(await committing.reserve(place.pcc, place, lines["pcc"], 300_00))
    varied = made(
        await committing.move(
            place.pcc,
            reserved,
            "variation",
            amount_pence=250_00,
            effective_date="2015-05-01",
            reason="Agreed",
        )
    )
    paid = await committing.pay(place, pool, lines["pcc"], fund, 80_00)
    drawn = made(
        await committing.move(place.pcc, varied, "draw-down", journal_id=paid["id"], amount_pence=80_00)
    )
    made(
        await committing.move(
            place.pcc, drawn, "release", amount_pence=20_00, effective_date="2015-07-01", reason="Not needed"
        )
    )
    proposed = made(await moving.propose(place.pcc, place, lines["pcc"], lines["ccg"], 125_01))
    for approver in reversed(await moving.approvers(place)):
        proposed = made(await moving.move(approver, proposed, "approval"))
    assert proposed["state"] == "posted"
    whole = await place.line(place.pcc, pool, "pooled", pence=100_00, **YEAR)
    split: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "split_on": "2015-04-01",
        "reason": "Disaggregation of existing resources",
        "parts": [
            {"line_id": str(uuid.uuid4()), "name": f"Part {pence}", "budget_pence": pence}
            for pence in (40_00, 60_00)
        ],
    }
    made(await place.pcc.post(f"/v1/lines/{whole}/split", json=split, key=key(), version=1))
    return {
        "commitment": reserved["id"],
        "committed_line": str(lines["pcc"]),
        "payment": paid["id"],
        "virement": proposed["id"],
        "virement_journal": proposed["journal_id"],
        "part": split["parts"][0]["line_id"],
    }


async def settled(client_for) -> dict[str, str]:
    place = await Overspent().prepare(client_for)
    made(await place.record())
    approved = await place.approved()
    posting = place.posting()
    made(await place.act(place.pcc, approved, "posting", posting))
    return {"settlement": approved["id"], "settlement_journal": posting["journal_id"]}


async def carried(client_for) -> dict[str, str]:
    place = await Place().enter(client_for)
    host = await keeper(client_for, place.partnership, place.council)
    pool, _, fund = await real_year(place)
    reserves = {
        str(party): await place.account(host, "reserve", "pooled", pool_id=pool, organisation_id=party)
        for party in (place.council, place.nhs)
    }
    first, *_ = await close_year(host, place.partnership)
    deputy = await keeper(client_for, place.partnership, place.council)
    because = {"reason": "An invoice of April came late."}
    again = made(await move_period(deputy, first, "reopening", 2, because))
    made(await move_period(host, first, "closure", again["version"]))
    proposed = made(
        await host.put(
            f"/v1/year-ends/{uuid.uuid4()}", json={"account_id": str(fund), "financial_year": "2015/16"}
        )
    )
    shares = [
        {
            **{name: each[name] for name in ("organisation_id", "funding_source")},
            "treatment": "spent_by_agreement"
            if "spent_by_agreement" in each["treatments"]
            else each["treatment"],
            "agreed_in": "Finance group, 14 April 2016",
            "account_id": str(reserves[each["organisation_id"]]),
        }
        for each in proposed["shares"]
    ]
    for share in shares:
        if share["treatment"] != "spent_by_agreement":
            del share["agreed_in"]
    body = {"journal_id": str(uuid.uuid4()), "narrative": "Carried forward", "shares": shares}
    made(await host.post(f"/v1/year-ends/{proposed['id']}/posting", json=body, key=key(), version=1))
    return {"year_end": proposed["id"], "carried": body["journal_id"], "period": first}


async def succeeded(client_for) -> dict[str, str]:
    """A body whose own books went to another."""
    place = await Place().enter(client_for)
    fund = await place.account(place.ccg, "fund", "aligned")
    reserve = await place.account(place.ccg, "reserve", "aligned")
    await place.post(place.ccg, reserve, fund, 12_34, kind="prepayment", effective_date="2018-05-01")
    rows = ((place.nhs, uuid.uuid4(), 1),)
    made(await succeed(client_for, rows, [place.partnership], kind="transfer"))
    return {"succeeded": str(reserve)}


# Each makes a partnership of its own.
LIVES = (journals, moved, settled, carried, succeeded)
