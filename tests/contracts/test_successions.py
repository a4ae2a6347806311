"""A succession in the register: the record stays, roles that become one are merged, a preview counts the same."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.contracts.rules.funding import FundingLine
from services.contracts.rules.party import Party, Role
from services.contracts.rules.succession import DIVIDED, OF_ANOTHER_LEAD, refunded, stepped_in
from tests.contracts.register import SCOPES, Place, registered
from tests.contracts.test_contract_life import history, moved
from tests.stack import a_caller

OLD, OTHER, NEW, THIRD = (uuid.UUID(int=number) for number in range(11, 15))


@pytest.mark.row("S3-G01")
def test_two_roles_that_become_one_body_merge_their_shares() -> None:
    parties = (
        Party(Role.ASSOCIATE_COMMISSIONER, OTHER, share_percent=Decimal("12.5")),
        Party(Role.LEAD_COMMISSIONER, OLD, share_percent=Decimal(50)),
        Party(Role.ASSOCIATE_COMMISSIONER, THIRD, share_percent=Decimal("37.5")),
        Party(Role.PROVIDER, uuid.UUID(int=20), name="P"),
    )
    made = stepped_in(parties, {OLD: NEW, OTHER: NEW})
    assert [(each.role, each.organisation_id, each.share_percent) for each in made] == [
        (Role.LEAD_COMMISSIONER, NEW, Decimal("62.5")), (Role.ASSOCIATE_COMMISSIONER, THIRD, Decimal("37.5")),
        (Role.PROVIDER, uuid.UUID(int=20), None),
    ]  # fmt: skip
    pool = uuid.UUID(int=30)
    lines = [
        FundingLine(pool, OLD, Decimal(40)),
        FundingLine(pool, OTHER, Decimal(35)),
        FundingLine(pool, THIRD, Decimal(25)),
    ]
    assert refunded(lines, {OLD: NEW, OTHER: NEW}) == (
        FundingLine(pool, NEW, Decimal(75)), FundingLine(pool, THIRD, Decimal(25)),
    )  # fmt: skip


class Merger:
    """Two commissioners of one partnership that become a third, and the gateway on its errand."""

    def __init__(self, client_for) -> None:
        self.place, self.client_for, self.new = Place(), client_for, uuid.uuid4()
        self.client = uuid.uuid4()

    def successor(self, **more: Any):
        organisations = (self.new, self.place.ccg, self.place.kernow)
        return a_caller(
            self.new, SCOPES, organisations=organisations, commissioner=self.place.partnership, **more
        )

    def body(self, **changes: Any) -> dict[str, Any]:
        moves = [
            {"predecessor_id": str(each), "successor_id": str(self.new), "share": "1"}
            for each in (self.place.ccg, self.place.kernow)
        ]
        return {
            "effective_date": "2015-04-01", "kind": "merger", "instrument": "Order of 1 April 2015", "moves": moves,
            **changes,
        }  # fmt: skip

    async def gateway(self):
        return await self.client_for("contracts", replace(self.successor(), client_id=self.client))

    async def part(self, id_: str, **changes: Any):
        return await (await self.gateway()).put(f"/v1/succession-parts/{id_}", json=self.body(**changes))

    async def preview(self, **changes: Any):
        return await (await self.gateway()).post("/v1/succession-previews", json=self.body(**changes))


async def test_the_record_stays_and_the_successor_leads_it(client_for):
    merger = Merger(client_for)
    place = merger.place
    ccg, council = [await client_for("contracts", place.caller(role)) for role in ("ccg", "council")]
    kernow = await client_for("contracts", a_caller(place.kernow, SCOPES, commissioner=place.partnership))
    joint: dict[str, Any] = {"parties": [
        {"role": "lead_commissioner", "organisation_id": str(place.ccg), "share_percent": "62.5"},
        {"role": "associate_commissioner", "organisation_id": str(place.kernow), "share_percent": "37.5"},
        {"role": "provider", "organisation_id": str(place.pch)},
    ]}  # fmt: skip
    running = await registered(ccg, place.contract(state="recorded_as_active", reference="ONE", **joint))
    same = await registered(kernow, place.contract("kernow", state="recorded_as_active", reference="ONE"))
    ended = await registered(ccg, place.contract(state="recorded_as_active"))
    await moved(ccg, ended, "termination", on="2014-03-31", reason="agreed")
    councils = await registered(council, place.contract("council", parties=[
        {"role": "lead_commissioner", "organisation_id": str(place.council)},
        {"role": "associate_commissioner", "organisation_id": str(place.kernow)},
        {"role": "provider", "organisation_id": str(place.pch)},
    ]))  # fmt: skip
    id_ = str(uuid.uuid4())
    preview = await merger.preview()
    assert (preview.status_code, preview.json()["succession_id"]) == (200, None), preview.text
    assert (await ccg.get(f"/v1/contracts/{running['id']}")).json()["version"] == 1
    done = await merger.part(id_)
    assert done.status_code == 201, done.text
    assert done.json() == {**preview.json(), "succession_id": id_}
    assert done.json()["counts"] == {"contracts": 2, "merged": 1, "left": 1}
    [remark] = done.json()["remarks"]
    assert (remark["thing"], remark["thing_id"], remark["detail"]) == (
        "contract", councils["id"], OF_ANOTHER_LEAD,
    )  # fmt: skip
    assert (await merger.part(id_)).content == done.content
    again = await merger.part(str(uuid.uuid4()))
    assert again.json()["counts"] == {"contracts": 0, "merged": 0, "left": 1}
    successor = await client_for("contracts", merger.successor())
    now = (await successor.get(f"/v1/contracts/{running['id']}")).json()
    assert (now["owner_organisation_id"], now["state"]) == (str(merger.new), "recorded_as_active")
    assert [(each["role"], each["share_percent"]) for each in now["parties"]] == [
        ("lead_commissioner", "100.0"), ("provider", None),
    ]  # fmt: skip
    both = [(await successor.get(f"/v1/contracts/{each['id']}")).json() for each in (running, same)]
    assert sorted(each["occurrence"] for each in both) == [1, 2]
    steps = await history(successor, running)
    assert [(each["move"], each["owner_organisation_id"]) for each in steps] == [
        ("registration", str(place.ccg)), ("statutory_transfer", str(merger.new)),
    ]  # fmt: skip
    assert [each["share_percent"] for each in steps[1]["terms_before"]["parties"]] == ["62.5", "37.5", None]
    assert (await successor.get(f"/v1/contracts/{ended['id']}")).json()["owner_organisation_id"] == str(
        place.ccg
    )
    amended = await successor.patch(f"/v1/contracts/{running['id']}", json={"title": "Ours"}, version=2)
    assert amended.status_code == 200, amended.text


@pytest.mark.row("S3-G01")
async def test_a_division_leaves_who_takes_a_contract_to_its_scheme(client_for):
    merger = Merger(client_for)
    ccg = await client_for("contracts", merger.place.caller("ccg"))
    running = await registered(ccg, merger.place.contract(state="recorded_as_active"))
    other = uuid.uuid4()
    moves = [
        {"predecessor_id": str(merger.place.ccg), "successor_id": str(each), "share": share}
        for each, share in ((other, "0.375"), (merger.new, "0.625"))
    ]
    divided = {"kind": "division", "moves": moves}
    preview = await merger.preview(**divided)
    done = await merger.part(id_ := str(uuid.uuid4()), **divided)
    assert done.status_code == 201, done.text
    assert done.json() == {
        "succession_id": id_,
        "counts": {"contracts": 0, "merged": 0, "left": 1},
        "remarks": [{"thing": "contract", "thing_id": running["id"], "detail": DIVIDED}],
    }
    assert {**done.json(), "succession_id": None} == preview.json()
    now = (await ccg.get(f"/v1/contracts/{running['id']}")).json()
    assert (now["version"], now["owner_organisation_id"]) == (1, str(merger.place.ccg))


async def test_only_the_gateway_on_its_errand_opens_the_door(client_for):
    """The same organisation's own client, with its own assertion, is turned away."""
    merger = Merger(client_for)
    client = await client_for("contracts", merger.successor())
    refused = await client.request("GET", f"/v1/contracts/{uuid.uuid4()}")
    assert refused.status_code == 404
    own = {"X-Caller-Assertion": client.headers["X-Caller-Assertion"]}
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as bare:
        part = await bare.put(f"/v1/succession-parts/{uuid.uuid4()}", json=merger.body(), headers=own)
        preview = await bare.post("/v1/succession-previews", json=merger.body(), headers=own)
    assert (part.status_code, preview.status_code) == (403, 403)
