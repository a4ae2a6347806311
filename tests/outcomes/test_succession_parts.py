"""Outcomes' part of a succession: nothing is rewritten, it is recorded once, and it says what goes on."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.outcomes.rules.succession import (
    KEEPER_DIVIDED,
    LEAD_DIVIDED,
    ONE_BODY,
    PROVIDER_DIVIDED,
    Aim,
    Duty,
    goes_on,
    going_on,
)
from shared.succession import Succession, SuccessionMove
from tests.outcomes.plymouth import EVERYTHING, Plymouth, drafted, move, put
from tests.stack import a_caller

DAY = date(2019, 4, 1)
OLD, OTHER, NEW, THIRD, TRUST = (uuid.UUID(int=number) for number in range(11, 16))


def succession(*moves: tuple[uuid.UUID, uuid.UUID, str]) -> Succession:
    made = tuple(SuccessionMove(old, new, Decimal(share)) for old, new, share in moves)
    return Succession(uuid.UUID(int=1), DAY, "Order of 1 April 2019", made)


@pytest.mark.parametrize(
    ("period", "ahead"),
    [
        (None, True),
        ("2019Q1", False),
        ("2019Q2", True),
        ("2018April", False),
        ("201904", True),
        ("2019", True),
    ],
)
def test_a_target_goes_on_where_its_period_ends_on_the_day_or_later(period, ahead):
    assert goes_on(Aim(OTHER, OLD, period), DAY) is ahead


def test_who_becomes_both_lead_and_provider_is_told():
    merged = succession((OLD, NEW, "1"), (OTHER, NEW, "1"))
    told = going_on(merged, None, [Duty(THIRD, OLD, OTHER), Duty(TRUST, OLD, TRUST)], 0, [])
    assert [(each.thing_id, each.detail) for each in told.remarks] == [(THIRD, ONE_BODY)]


def test_a_division_says_where_successors_have_to_agree():
    divided = succession((OLD, OTHER, "0.375"), (OLD, NEW, "0.625"))
    assert divided.heir == NEW
    duties = [Duty(THIRD, OLD, TRUST), Duty(TRUST, THIRD, OLD)]
    aims = [Aim(OTHER, OLD, None), Aim(NEW, THIRD, None), Aim(TRUST, OLD, "2018April")]
    told = going_on(divided, None, duties, 3, aims)
    assert told.counts == {"obligations": 2, "open_returns": 3, "targets": 2}
    assert [(each.thing, each.thing_id, each.detail) for each in told.remarks] == [
        ("obligation", THIRD, LEAD_DIVIDED), ("obligation", TRUST, PROVIDER_DIVIDED), ("target", OTHER, KEEPER_DIVIDED),
    ]  # fmt: skip


class Devon:
    """The CCG leads two obligations, one of which ends before the day, and is associate to a third."""

    def __init__(self, client_for) -> None:
        self.p, self.client_for, self.new = Plymouth(), client_for, uuid.uuid4()
        self.client = uuid.uuid4()

    async def settle(self) -> Devon:
        p = self.p
        self.clients = clients = await p.clients(self.client_for)
        ccg, provider = clients["ccg"], clients["community"]
        self.days = (await put(ccg, "indicators", p.indicator("stay")))["id"]
        councils = (await put(clients["council"], "indicators", p.indicator("other")))["id"]
        lead: dict[str, Any] = {
            "lead_organisation_id": str(p.ccg),
            "associate_organisation_ids": [],
            "begins_on": "2018-04-01",
        }
        self.owed = await put(ccg, "obligations", p.obligation(self.days, **lead, ends_on="2020-03-31"))
        ended = await put(ccg, "obligations", p.obligation(self.days, **lead, ends_on="2019-03-31"))
        joined: dict[str, Any] = {
            "associate_organisation_ids": [str(p.ccg)],
            "begins_on": "2019-01-01",
            "ends_on": "2019-04-01",
        }
        await put(clients["council"], "obligations", p.obligation(councils, to="hospital", **joined))
        for of, period, accepted in (
            (self.owed, "2018Q2", True),
            (self.owed, "2018Q3", False),
            (ended, "2018Q2", False),
        ):
            sent = await move(
                provider, await drafted(provider, of, period, {self.days: {"value": "8"}}), "submission"
            )
            if accepted:
                await move(ccg, sent, "acceptance", {})
        await drafted(
            provider, self.owed, "2018Q4", {self.days: {"value": "7"}}
        )  # a provider's own until it is sent
        goals = [
            {"kind": "absolute", "value": "8"},
            {"kind": "absolute", "value": "7", "period": "2019Q1"},
            {"kind": "absolute", "value": "6", "period": "2019Q2"},
        ]
        for goal in goals:
            await put(ccg, "targets", {"indicator_id": self.days, **goal})
        at_home = (await put(ccg, "indicators", p.indicator("at-home")))["id"]
        steps = [{"period": "2018Q4", "value": "5"}, {"period": "2019Q3", "value": "4"}]
        await put(ccg, "targets", {"indicator_id": at_home, "kind": "trajectory", "milestones": steps})
        await put(clients["council"], "targets", {"indicator_id": councils, "kind": "absolute", "value": "1"})
        return self

    def caller(self):
        """The successor as the gateway drives in its name: one client, and the rows of all bodies concerned."""
        bodies = (self.new, self.p.ccg, self.p.kernow)
        made = a_caller(self.new, EVERYTHING, organisations=bodies, commissioner=self.p.partnership)
        return replace(made, client_id=self.client)

    def body(self, **changes):
        moves = [
            {"predecessor_id": str(each), "successor_id": str(self.new), "share": "1"}
            for each in (self.p.ccg, self.p.kernow)
        ]
        return {
            "effective_date": "2019-04-01", "kind": "merger", "instrument": "Order of 1 April 2019", "moves": moves,
            **changes,
        }  # fmt: skip


@pytest.fixture
async def devon(client_for):
    return await Devon(client_for).settle()


@pytest.mark.row("S3-G01")
async def test_it_counts_what_goes_on_is_recorded_once_and_rewrites_nothing(devon, client_for, stack):
    gateway = await client_for("outcomes", devon.caller())
    ccg = devon.clients["ccg"]
    paths = [f"/v1/obligations/{devon.owed['id']}", "/v1/returns", "/v1/obligations"]
    before = [(await ccg.get(path)).content for path in paths]
    counts = {"obligations": 2, "open_returns": 2, "targets": 3}
    preview = await gateway.post("/v1/succession-previews", json=devon.body())
    assert preview.json() == {"succession_id": None, "counts": counts, "remarks": []}
    path = f"/v1/succession-parts/{(id_ := str(uuid.uuid4()))}"
    superuser = await stack.superuser()
    try:

        async def audited():
            asked = "select owner_organisation_id, actor_organisation_id, facts from outcomes.audit_events where thing_id = $1"
            return [tuple(each) for each in await superuser.fetch(asked, uuid.UUID(id_))]

        assert await audited() == []
        done = await gateway.put(path, json=devon.body())
        assert (done.status_code, done.json()) == (201, {**preview.json(), "succession_id": id_}), done.text
        again = await gateway.put(path, json=devon.body())
        assert (again.content, again.headers["Idempotency-Replayed"]) == (done.content, "true")
        other = await gateway.put(path, json=devon.body(effective_date="2019-05-01"))
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        [(owner, actor, facts)] = await audited()
    finally:
        await superuser.close()
    assert (owner, actor) == (devon.new, devon.new)
    for name, count in counts.items():
        assert f'"{name}": {count}' in facts
    assert [(await ccg.get(path)).content for path in paths] == before


@pytest.mark.row("S3-G01")
async def test_a_division_leaves_open_who_leads(devon, client_for):
    gateway = await client_for("outcomes", devon.caller())
    moves = [
        {"predecessor_id": str(devon.p.ccg), "successor_id": str(each), "share": "0.5"}
        for each in (devon.new, devon.p.kernow)
    ]
    divided = devon.body(kind="division", moves=moves)
    told = (await gateway.post("/v1/succession-previews", json=divided)).json()
    assert told["counts"] == {"obligations": 2, "open_returns": 2, "targets": 3}
    of_duties = [each for each in told["remarks"] if each["thing"] == "obligation"]
    assert of_duties == [{"thing": "obligation", "thing_id": devon.owed["id"], "detail": LEAD_DIVIDED}]
    assert len(told["remarks"]) == 1 + 3


async def test_who_carries_no_predecessor_counts_nothing_of_theirs(devon, client_for):
    """Row-level security and scope hold behind the door too: the body names bodies, the caller's rows are its own."""
    stranger = a_caller(devon.new, EVERYTHING, commissioner=uuid.uuid4())
    gateway = await client_for("outcomes", stranger)
    told = (await gateway.post("/v1/succession-previews", json=devon.body())).json()
    assert told["counts"] == {"obligations": 0, "open_returns": 0, "targets": 0}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"moves": []}, "/moves"), ({"kind": "takeover"}, "/kind"), ({"effective_date": "2019-02-29"}, "/effective_date"),
        ({"instrument": ""}, "/instrument"),
    ],
)  # fmt: skip
async def test_bad_input_is_pointed_at(devon, client_for, changes, pointer):
    gateway = await client_for("outcomes", devon.caller())
    refused = await gateway.put(f"/v1/succession-parts/{uuid.uuid4()}", json=devon.body(**changes))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_only_the_gateway_on_its_errand_opens_the_doors(client_for):
    made = Devon(client_for)
    client = await client_for("outcomes", made.caller())
    assert (await client.get(f"/v1/obligations/{uuid.uuid4()}")).status_code == 404
    own = {"X-Caller-Assertion": client.headers["X-Caller-Assertion"]}
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as bare:
        part = await bare.put(f"/v1/succession-parts/{uuid.uuid4()}", json=made.body(), headers=own)
        preview = await bare.post("/v1/succession-previews", json=made.body(), headers=own)
    assert (part.status_code, preview.status_code) == (403, 403)
