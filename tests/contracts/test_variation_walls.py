"""Extensions over HTTP, and who sees and moves a variation by each wall; an auditor's years."""

import uuid

from tests.contracts.register import Place, a_key, registered
from tests.contracts.test_contract_life import history, moved
from tests.contracts.test_variations import proposal, proposed, running
from tests.contracts.world import as_app


async def test_extensions_follow_the_options(ccg, place):
    options = [{"months": 12, "decide_by": "2015-09-30"}, {"months": 12}]
    contract = await running(ccg, place, extension_options=options)
    assert contract["max_end_date"] == "2018-03-31"
    far = await moved(ccg, contract, "extensions", 422, decided_on="2015-09-01", ends_on="2017-04-01")
    assert (far["code"], far["errors"][0]["pointer"]) == ("extension_past_maximum", "/ends_on")
    longer = await moved(ccg, contract, "extensions", decided_on="2015-09-01", note="Board of 1 September")
    assert (longer["end_date"], longer["extension_options"][0]["exercised_on"]) == (
        "2017-03-31",
        "2015-09-01",
    )
    step = (await history(ccg, contract))[-1]
    assert (step["move"], step["terms_before"]["end_date"], step["terms_after"]["end_date"]) == (
        "extension", "2016-03-31", "2017-03-31",
    )  # fmt: skip
    due = await ccg.get("/v1/due-dates", params={"partnership_id": str(place.partnership)})
    assert due.status_code == 200, due.text
    mine = {each["kind"]: each["on"] for each in due.json()["items"] if each["contract_id"] == contract["id"]}
    assert mine["ends"] == "2017-03-31", due.text
    twice = await moved(ccg, contract, "extensions", decided_on="2016-09-01", options=1)
    assert twice["end_date"] == twice["max_end_date"] == "2018-03-31"
    over = await moved(ccg, contract, "extensions", 409, decided_on="2016-10-01")
    assert over["code"] == "extension_none_left"


READS = {"ccg": "whole", "council": "whole", "kernow": None, "pch": "part", "phnt": None, "scrutiny": None,
         "auditor": "part", "stranger": None}  # fmt: skip


async def test_who_sees_a_variation_by_each_wall(client_for, stack):
    place = Place()
    clients = {role: await client_for("contracts", place.caller(role)) for role in READS}
    contract = await running(clients["ccg"], place)
    made = await proposed(clients["ccg"], contract, funding_after=[
        {"pool_id": str(uuid.uuid4()), "organisation_id": str(place.ccg), "share_percent": "100"},
    ])  # fmt: skip
    for role, sees in READS.items():
        answer = await clients[role].get(f"/v1/variations/{made['id']}")
        assert answer.status_code == (404 if sees is None else 200), role
        if sees is not None:
            assert (answer.json()["modification"] is not None) == (sees == "whole"), role
            assert (answer.json()["funding_after"] is not None) == (sees == "whole"), role
        listed = await clients[role].get("/v1/variations", params={"contract_id": contract["id"]})
        assert len(listed.json()["items"]) == (sees is not None), role
        async with as_app(stack, place.caller(role)) as connection:
            for table, expected in (("variations", sees is not None), ("variation_plans", sees == "whole")):
                rows = await connection.fetch(
                    f"select 1 from {table} where contract_id = $1", uuid.UUID(contract["id"])
                )
                assert bool(rows) == expected, (role, table)
    for role in ("council", "kernow", "phnt", "stranger", "scrutiny"):
        for id_ in (made["id"], str(uuid.uuid4())):
            answer = await clients[role].post(
                f"/v1/variations/{id_}/agreement", json={"on": "2014-03-20"}, key=a_key(), version=1
            )
            assert answer.status_code == 404, role
        foreign = await clients[role].put(f"/v1/variations/{uuid.uuid4()}", json=proposal(contract))
        assert foreign.status_code == 404
    for door in ("effect", "withdrawal"):
        answer = await clients["pch"].post(f"/v1/variations/{made['id']}/{door}", key=a_key(), version=1)
        assert answer.status_code == 404


async def test_an_auditor_s_years_go_by_the_day_on_which_it_ended(client_for, stack):
    """Ended in the first year, it is none of the next year's; held over, it is of every year since."""
    place = Place()
    ccg, auditor = [await client_for("contracts", place.caller(role)) for role in ("ccg", "auditor")]
    short = await registered(ccg, place.contract(state="recorded_as_active"))
    await moved(ccg, short, "termination", on="2014-03-31", reason="agreed")
    over = await registered(
        ccg, place.contract(state="recorded_as_active", start_date="2010-04-01", end_date="2013-03-31")
    )
    assert (await auditor.get(f"/v1/contracts/{over['id']}")).status_code == 404
    await moved(ccg, over, "hold-over", on="2013-04-01", reason="procurement_late")
    for contract, seen in ((short, False), (over, True)):
        assert (await auditor.get(f"/v1/contracts/{contract['id']}")).status_code == (200 if seen else 404)
        async with as_app(stack, place.caller("auditor")) as connection:
            for table, column in (
                ("contracts", "id"),
                ("contract_parties", "contract_id"),
                ("contract_steps", "contract_id"),
            ):
                rows = await connection.fetch(
                    f"select 1 from {table} where {column} = $1", uuid.UUID(contract["id"])
                )
                assert bool(rows) == seen, table
