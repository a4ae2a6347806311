"""Two years of a partnership for tests of positions: one in shadow under a draft, one in force."""

import uuid

from tests.budget.place import made


async def shadow_year(place, consent=True):
    """Plymouth 2014/15: three lines under a draft, PCC's figures and the CCG's `tbc`, and some spend."""
    await place.draft()
    pool = await place.pool()
    ours = await place.line(place.pcc, pool, pence=22_167_000_00)
    theirs = await place.line(place.ccg, pool, pence=None)
    made(await place.promise(place.pcc, pool, 22_167_000_00))
    made(await place.promise(place.ccg, pool, None))
    await place.spend(place.pcc, ours, 1_000_00, pool=pool)
    if consent:
        for client in (place.pcc, place.ccg):
            path = f"/v1/agreements/{place.agreement}/shadow-consent"
            made(await client.post(path, key="consent-to-shadow-" + uuid.uuid4().hex))
    return pool, ours, theirs


async def real_year(place, theirs="cash"):
    """2015/16 in force: a pooled line of each partner, an aligned line of each, contributions paid and spent."""
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    year = {"financial_year": "2015/16"}
    lines = {
        "pcc": await place.line(place.pcc, pool, "pooled", pence=1_000_00, **year),
        "ccg": await place.line(place.ccg, pool, "pooled", pence=500_00, **year),
        "pcc aligned": await place.line(place.pcc, None, "aligned", pence=40_00, **year),
        "ccg aligned": await place.line(place.ccg, None, "aligned", pence=30_00, **year),
        "ccg complex": await place.line(
            place.ccg, None, "aligned", pence=7_00, category="complex_bed_based", **year
        ),
    }
    made(await place.promise(place.pcc, pool, 1_000_00, **year))
    made(await place.promise(place.ccg, pool, 500_00, form=theirs, **year))
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    given = await place.account(
        place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.council
    )
    await place.post(place.pcc, fund, given, 250_00, kind="contribution", effective_date="2015-04-01")
    for name, pence, day in (("pcc", 90_00, "2015-04-15"), ("ccg", 45_00, "2015-06-30")):
        cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines[name])
        await place.post(place.pcc, cost, fund, pence, effective_date=day)
    for name, client, pence in (
        ("pcc aligned", place.pcc, 4_00),
        ("ccg aligned", place.ccg, 3_00),
        ("ccg complex", place.ccg, 1_00),
    ):
        await place.spend(client, lines[name], pence, arrangement="aligned", effective_date="2015-05-10")
    return pool, lines, fund
