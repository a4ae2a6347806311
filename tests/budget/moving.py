"""What tests of virements send: limits, proposals and moves, through the doors."""

import uuid

from tests.budget.place import key, made

YEAR = {"financial_year": "2015/16"}


def pointer_of(answer):
    return answer.json()["errors"][0]["pointer"]


def limit(place, decider="Service head", pence=None, type_="officer", **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "subject": "virement",
        "decider": decider,
        "decider_type": type_,
        "amount_limit_pence": pence,
        "counted_over": "financial_year",
        "in_force_from": "2015-04-01",
        **changes,
    }


async def set_limit(client, place, *args, **changes) -> dict:
    return made(await client.put(f"/v1/delegations/{uuid.uuid4()}", json=limit(place, *args, **changes)))


def body(place, source, target, pence, **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "from_line_id": source and str(source),
        "to_line_id": str(target),
        "amount_pence": pence,
        "permanence": "one_off",
        "reason": "refocused_on_need",
        "outcome": "Those most in need are seen first",
        "effective_date": "2015-09-01",
        **changes,
    }


async def propose(client, place, source, target, pence, **changes):
    sent = {key_: changes.pop(key_) for key_ in ("headers",) if key_ in changes}
    return await client.put(
        f"/v1/virements/{uuid.uuid4()}", json=body(place, source, target, pence, **changes), **sent
    )


async def move(client, virement, act, version=None, body=None, **sent):
    return await client.post(
        f"/v1/virements/{virement['id']}/{act}",
        json=body or {},
        key=key(),
        version=virement["version"] if version is None else version,
        **sent,
    )


async def approvers(place):
    """A second client of each partner."""
    return (
        await place.client(place.council, commissioner=place.partnership, host=place.partnership),
        await place.client(place.nhs, commissioner=place.partnership),
    )


async def budgets(place) -> dict[str, int]:
    lines = made(await place.position(place.pcc, "2015-16"))["lines"]
    return {each["line_id"]: each["budget_adjusted_pence"] for each in lines}
