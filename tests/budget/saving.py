"""Lines of savings and plans of 2014, as Plymouth's business case prints them, sent through the doors."""

import uuid

from tests.budget.place import key, made

K = 1_000_00
YEARS = ("2014/15", "2015/16", "2016/17")
STAFFING = (("0.02", "0.05"), ("0.05", "0.08"), ("0.07", "0.10"))
OTHER = (("0.01", "0.02"), ("0.03", "0.07"), ("0.08", "0.12"))


def rates(table, effective_from="2014-07-16") -> dict:
    years = [
        {"financial_year": y, "lower": low, "higher": high}
        for y, (low, high) in zip(YEARS, table, strict=True)
    ]
    return {"effective_from": effective_from, "rates": years}


def bases(*pairs) -> list[dict]:
    return [
        {
            "organisation_id": str(who),
            "amount": {"amount_pence": p, "status": "tbc" if p is None else "actual"},
        }
        for who, p in pairs
    ]


def amounts(lower, higher=None, year="2014/15") -> list[dict]:
    ends = {"lower": {"amount_pence": lower}, "higher": {"amount_pence": higher or lower}}
    return [{"financial_year": year, **ends}]


def line(place, **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "benefit_id": f"B-{uuid.uuid4().hex[:8]}",
        "title": "Staffing",
        "programme": "Integrated commissioning",
        "type": "cashable",
        "arises_in": "service",
        "service": "Commissioning",
        **changes,
    }


def by_rates(place, base, table, **changes) -> dict:
    own = {"base_year": "2014/15", "bases": bases((place.council, base)), "assumption": rates(table)}
    return line(place, **{**own, **changes})


async def put(place, body, client=None):
    return await (client or place.pcc).put(f"/v1/savings/{uuid.uuid4()}", json=body)


async def act(client, saving, what, body):
    url = f"/v1/savings/{saving['id']}/{what}"
    return await client.post(url, json=body, key=key(), version=saving["version"])


async def plan(place, client=None, **changes):
    def money(k):
        return {
            "amount_pence": None if k is None else k * K,
            "status": "not_stated" if k is None else "estimate",
        }

    years = zip(YEARS, (1_500, 5_900, 9_500), (325, None, None), strict=True)
    body = {
        "partnership_id": str(place.partnership),
        "title": "Three year balanced budget",
        "programme": "Integrated commissioning",
        "years": [{"financial_year": y, "plan": money(p), "strand": money(s)} for y, p, s in years],
        **changes,
    }
    return await (client or place.pcc).put(f"/v1/saving-plans/{uuid.uuid4()}", json=body)


async def roll_up(place, kept, client=None) -> dict:
    return made(await (client or place.pcc).get(f"/v1/saving-plans/{kept['id']}/roll-up"))
