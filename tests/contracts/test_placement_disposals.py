"""Disposal: what stands for a person goes, totals stay to the penny, and the certificate says so."""

import uuid

import pytest

from tests.contracts.care import CARE, carer, moved, placed, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app
from tests.stack import a_caller

URL = "/v1/placement-disposals"


@pytest.fixture
async def council(client_for):
    place = Place()
    client = await client_for("contracts", carer(place, "council"))
    client.place = place
    client.contract_id = await running(client, place, "council")
    return client


async def an_ended(council, **changes) -> dict:
    body = {"end_date": None, "keep_until": "2016-01-31", **changes}
    made = await placed(council, council.contract_id, council.place.pch, **body)
    return await moved(council, made, "end", on="2014-12-31", reason="moved")


async def totals(council) -> tuple[int, int, int]:
    items = (await council.get("/v1/placements", params={"limit": 200})).json()["items"]
    known = [each["weekly_cost"]["amount_pence"] for each in items]
    return len(items), sum(pence or 0 for pence in known), sum(pence is None for pence in known)


@pytest.mark.row("S4-C04")
async def test_what_stands_for_a_person_goes_and_every_total_stays(council, stack):
    due = [await an_ended(council), await an_ended(council, unit_rate=None)]
    kept = await an_ended(council, keep_until="2016-02-01")
    runs = await placed(council, council.contract_id, council.place.pch)
    before = await totals(council)
    key, body = a_key(), {"as_at": "2016-02-01"}
    answer = await council.post(URL, json=body, key=key)
    made = answer.json()
    assert (answer.status_code, made["placements"], made["more"]) == (201, 2, False)
    assert set(made["placement_ids"]) == {each["id"] for each in due}
    assert (made["weekly_cost_known_pence"], made["weekly_cost_unknown"]) == (81250, 1)
    assert (await council.post(URL, json=body, key=key)).content == answer.content
    assert await totals(council) == before
    for each in due:
        gone = (await council.get(f"/v1/placements/{each['id']}")).json()
        erased = {
            "reference", "person_reference", "outcomes_expected", "provider_site", "responsible_area_code",
        }  # fmt: skip
        moving = {"disposed_on", "version", "changed_at", "missing"}
        same = each.keys() - erased - moving
        assert {name: gone[name] for name in same} == {name: each[name] for name in same}
        assert (gone["reference"], gone["person_reference"], gone["outcomes_expected"]) == (None, None, [])
        assert gone["provider_site"] == {"name": None, "area_code": None}
        asked = {"person_reference": each["person_reference"]}
        assert (await council.get("/v1/placement-subject-access", params=asked)).status_code == 404
        connection = await stack.superuser()
        try:
            for table in ("placements", "placement_steps", "placement_disposals", "audit_events", "events"):
                found = await connection.fetchval(
                    f"select count(*) from contracts.{table} t where row_to_json(t)::text like $1",
                    f"%{each['person_reference']}%",
                )
                assert found == 0, table
        finally:
            await connection.close()
    for each in (kept, runs):
        assert (await council.get(f"/v1/placements/{each['id']}")).json() == each
    assert (await council.get(f"{URL}/{made['id']}")).json() == made
    assert [each["id"] for each in (await council.get(URL)).json()["items"]] == [made["id"]]
    nothing = await council.post(URL, json=body, key=a_key())
    assert (nothing.status_code, nothing.json()["code"]) == (409, "disposal_nothing_due")


async def test_retention_runs_from_the_end_of_care(council, stack):
    made = await placed(
        council, council.contract_id, council.place.pch, end_date=None, keep_until="2014-12-31"
    )
    for on in ("2015-06-30", "2014-12-31"):
        body = {"on": on, "reason": "died"}
        early = await council.post(
            f"/v1/placements/{made['id']}/end", json=body, key=a_key(), version=made["version"]
        )
        assert (early.status_code, early.json()["code"]) == (422, "placement_retention_at_end"), early.text
        assert (early.json()["keep_until"]) == "2014-12-31"
    assert (await council.get(f"/v1/placements/{made['id']}")).json() == made
    longer = await council.patch(
        f"/v1/placements/{made['id']}", json={"keep_until": "2021-06-30"}, version=made["version"]
    )
    ended = await moved(council, longer.json(), "end", on="2015-06-30", reason="died")
    assert (ended["keep_until"], ended["ended_on"]) == ("2021-06-30", "2015-06-30")
    due = {"as_at": "2015-07-01", "basis": "retention_over"}
    assert (await council.post(URL, json=due, key=a_key())).json()["code"] == "disposal_nothing_due"
    # One that ended before there was this rule, with its retention drawn to the end of care.
    connection = await stack.superuser()
    try:
        change = "update contracts.placements set version = version + 1, keep_until = ended_on where id = $1"
        await connection.execute(change, uuid.UUID(ended["id"]))
        with pytest.raises(Exception, match="beyond the end of care"):
            await connection.execute(
                "update contracts.placements set version = version + 1, state = 'ended', end_reason = 'died', "
                "ended_on = keep_until where id = $1",
                uuid.UUID((await placed(council, council.contract_id, council.place.pch))["id"]),
            )
    finally:
        await connection.close()
    assert (await council.post(URL, json=due, key=a_key())).json()["code"] == "disposal_nothing_due"
    named = {**due, "placement_ids": [ended["id"]]}
    refused = await council.post(URL, json=named, key=a_key())
    assert (refused.status_code, refused.json()["code"]) == (409, "disposal_retention_unset")
    assert (await council.post(URL, json={**named, "basis": "erasure"}, key=a_key())).status_code == 201


async def test_an_erasure_names_what_goes_and_takes_only_what_has_ended(council):
    kept = await an_ended(council, keep_until="2199-01-01")
    runs = await placed(council, council.contract_id, council.place.pch)
    for body, status, code in (
        ({"as_at": "2016-02-01", "basis": "erasure"}, 422, "disposal_erasure_unnamed"),
        ({"as_at": "2016-02-01", "placement_ids": [kept["id"]]}, 409, "disposal_kept_still"),
        (
            {"as_at": "2016-02-01", "basis": "erasure", "placement_ids": [runs["id"]]},
            409,
            "disposal_not_ended",
        ),
        ({"as_at": "2199-12-31"}, 422, "disposal_ahead"),
        (
            {"as_at": "2016-02-01", "basis": "erasure", "placement_ids": [kept["id"], str(uuid.uuid4())]},
            422,
            "disposal_placements_unknown",
        ),
    ):
        answer = await council.post(URL, json=body, key=a_key())
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    body = {"as_at": "2016-02-01", "basis": "erasure", "placement_ids": [kept["id"]]}
    assert (await council.post(URL, json=body, key=a_key())).status_code == 201
    again = await council.post(URL, json=body, key=a_key())
    assert (again.status_code, again.json()["code"]) == (409, "disposal_done")


async def test_nobody_disposes_of_another_s_records(council, client_for):
    kept = await an_ended(council)
    for role in ("ccg", "pch", "stranger"):
        client = await client_for("contracts", carer(council.place, role))
        body = {"as_at": "2016-02-01", "basis": "erasure", "placement_ids": [kept["id"]]}
        answer = await client.post(URL, json=body, key=a_key())
        assert answer.json()["code"] == "disposal_placements_unknown"
        assert (await client.get(URL)).json()["items"] == []


@pytest.mark.row("S3-G01")
async def test_a_successor_disposes_of_what_its_predecessor_placed(council, client_for, stack):
    """Nobody else could: its predecessor's clients write no more. Both go under one certificate, the successor's."""
    old = await an_ended(council)
    new = uuid.uuid4()
    heir = a_caller(
        new, CARE, organisations=(new, council.place.council), commissioner=council.place.partnership
    )
    client = await client_for("contracts", heir)
    contract_id = await running(client, council.place, "council", parties=[
        {"role": "lead_commissioner", "organisation_id": str(new)},
        {"role": "provider", "organisation_id": str(council.place.pch)},
    ], funding=[{"pool_id": str(council.place.pool), "organisation_id": str(new), "share_percent": "100"}])  # fmt: skip
    made = await placed(client, contract_id, council.place.pch, end_date=None, keep_until="2016-01-31")
    own = await moved(client, made, "end", on="2014-12-31", reason="moved")
    erased = await an_ended(council, keep_until="2199-01-01")
    answer = await client.post(URL, json={"as_at": "2016-02-01"}, key=a_key())
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert (made["owner_organisation_id"], made["organisation_id"]) == (str(new), str(new))
    assert set(made["placement_ids"]) == {old["id"], own["id"]}
    gone = (await client.get(f"/v1/placements/{old['id']}")).json()
    assert (gone["person_reference"], gone["disposed_on"]) == (None, "2016-02-01")
    assert gone["owner_organisation_id"] == str(council.place.council), "history stays under the old code"
    body = {"as_at": "2016-02-01", "basis": "erasure", "placement_ids": [erased["id"]]}
    assert (await client.post(URL, json=body, key=a_key())).status_code == 201
    assert len((await client.get(URL)).json()["items"]) == 2
    # Its predecessor, which reads on, is shown no certificate of the successor's.
    assert (await council.get(f"{URL}/{made['id']}")).status_code == 404
    async with as_app(stack, carer(council.place, "council")) as connection:
        assert await connection.fetch("select from placement_disposals") == []
