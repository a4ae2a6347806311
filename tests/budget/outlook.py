"""What tests of forecasts and commitments send, through the doors, and the line that they look at."""

import uuid

from tests.budget.place import made

YEAR = {"financial_year": "2015/16"}


def pointer_of(answer):
    return answer.json()["errors"][0]["pointer"]


def body(place, line, months, **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "line_id": str(line),
        "made_on": "2015-09-30",
        "basis": "trend",
        "base_pence": months,
        **changes,
    }


async def forecast(client, place, line, months, **changes):
    return await client.put(f"/v1/forecasts/{uuid.uuid4()}", json=body(place, line, months, **changes))


async def threshold(client, place, **changes):
    asked = {
        "partnership_id": str(place.partnership),
        "severity": "red",
        "percent_over": "5",
        "action_plan": True,
        "in_force_from": "2015-04-01",
        **changes,
    }
    return await client.put(f"/v1/warning-thresholds/{uuid.uuid4()}", json=asked)


async def line_figures(place, client, line, **asked) -> dict:
    lines = made(await place.position(client, "2015-16", **asked))["lines"]
    return next(each for each in lines if each["line_id"] == str(line))


def factor(direction, percent, from_month=1):
    return {"direction": direction, "percent": percent, "from_month": from_month, "source": "CCG plan"}


async def commit(place, client, line, pence, **changes):
    asked = {
        "partnership_id": str(place.partnership),
        "line_id": str(line),
        "level": "service",
        "description": "Care",
        "amount_pence": pence,
        "effective_date": "2015-06-10",
        **changes,
    }
    return made(await client.put(f"/v1/commitments/{uuid.uuid4()}", json=asked))
