"""The pipeline with its dates and conflicts, and how complete a register is."""

import pytest

from services.contracts.rules.register_completeness import DETAILS
from tests.contracts.register import Place, registered
from tests.contracts.world import ROLES


@pytest.mark.row("S1-C02", "S2-C01", "S3-C08")
async def test_the_pipeline_shows_target_dates_and_where_documents_do_not_agree(client_for):
    place = Place()
    ccg, pch = [await client_for("contracts", place.caller(role)) for role in ("ccg", "pch")]
    stated = [
        {
            "kind": "recommission_by",
            "on": "2016-03-01",
            "precision": "month",
            "source": "Case for change, 2014",
        },
        {"kind": "recommission_by", "on": "2016-04-01", "precision": "month", "source": "Strategy, 2014"},
    ]
    ends = await registered(
        ccg, place.contract(state="recorded_as_active", title="Community services", stated_dates=stated)
    )
    ulcers = await registered(
        ccg, place.contract(state="pipeline", title="Leg ulcer care", start_date="2015-10-01")
    )
    await registered(ccg, place.contract(state="recorded_as_active"))
    asked = {"partnership_id": str(place.partnership), "limit": "1"}
    first = (await ccg.get("/v1/pipeline", params=asked)).json()
    second = (await ccg.get(first["next"])).json()
    found = first["items"] + second["items"]
    assert [(each["contract_id"], each["kind"], each["target_on"]) for each in found] == [
        (ulcers["id"], "planned", "2015-10-01"), (ends["id"], "to_recommission", "2016-03-31"),
    ]  # fmt: skip
    [conflict] = found[1]["date_conflicts"]
    assert (conflict["earliest"], len(conflict["stated"])) == ("2016-03-31", 2)
    assert second["next"] is None
    assert (await pch.get("/v1/pipeline", params={"partnership_id": str(place.partnership)})).json()[
        "items"
    ] == []


async def test_the_pipeline_is_for_commissioners(world):
    for role in ROLES:
        items = (await world.clients[role].get("/v1/pipeline")).json()["items"]
        seen = world.names(each["contract_id"] for each in items)
        assert seen == ({"planned"} if role in {"council", "ccg"} else set()), role


@pytest.mark.row("S5-C09", "S4-C01")
async def test_the_register_says_how_complete_it_is(client_for):
    place = Place()
    ccg, pch = [await client_for("contracts", place.caller(role)) for role in ("ccg", "pch")]
    url, asked = "/v1/register-completeness", {"partnership_id": str(place.partnership)}
    empty = (await ccg.get(url, params=asked)).json()
    assert (empty["contracts"], empty["areas"]["costs"], empty["details"][0]["percent"]) == (0, None, None)
    parties = [
        {"role": "lead_commissioner", "organisation_id": str(place.ccg)},
        {
            "role": "provider",
            "organisation_id": str(place.pch),
            "identifiers": [{"scheme": "GB-COH", "id": "07584107"}],
        },
    ]
    await registered(ccg, place.contract(
        state="recorded_as_active", parties=parties, responsible_post="Head of commissioning", review_date="2015-01-01",
        modification_regime="psr",
    ))  # fmt: skip
    await registered(ccg, place.contract(
        state="recorded_as_active", parties=[parties[0], {"role": "provider", "name": "Acme"}], funding=[], indicator_ids=[],
        value={"amount_pence": None, "status": "tbc"}, notice_period=None, category=None, end_date=None, start_date=None,
    ))  # fmt: skip
    await registered(ccg, place.contract(state="pipeline"))
    made = (await ccg.get(url, params=asked)).json()
    assert (made["contracts"], made["complete"]) == (2, 1)
    assert {each["name"]: each["known"] for each in made["details"]} == dict.fromkeys(DETAILS, 1)
    assert made["areas"] == dict.fromkeys(("staffing", "contracts", "costs", "systems"), "50.0")
    assert (await pch.get(url, params=asked)).status_code == 404
