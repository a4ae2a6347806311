"""Who sees which contract and how much of it; an absent one looks like a foreign one."""

import uuid

import pytest

from tests.contracts.world import ROLES, SEEN_BY, as_app

CHILDREN = (
    "contract_terms",
    "contract_plans",
    "contract_parties",
    "contract_funding",
    "due_dates",
    "notices",
)


async def listed(client, **parameters) -> set[str]:
    page = (await client.get("/v1/contracts", params={"limit": 200, **parameters})).json()
    assert page["next"] is None
    return {each["id"] for each in page["items"]}


def same(answer) -> bytes:
    """A refusal without what is each request's own."""
    body = answer.json()
    return answer.content.replace(body["request_id"].encode(), b"").replace(body["instance"].encode(), b"")


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_lists_and_reads_exactly_what_is_its_own(world, role):
    client = world.clients[role]
    readable = {
        name for name in SEEN_BY if (await client.get(f"/v1/contracts/{world.id(name)}")).status_code == 200
    }
    assert readable == world.expected(role)
    assert world.names(await listed(client)) == readable
    assert world.names(await listed(client, sort="changed")) == readable
    here = {name for name in readable if world.made[name]["partnership_id"]}
    assert world.names(await listed(client, partnership_id=world.place.partnership)) == here


@pytest.mark.parametrize("role", ROLES)
async def test_an_absent_contract_and_a_foreign_one_are_the_same_404(world, role):
    client = world.clients[role]
    absent = await client.get(f"/v1/contracts/{uuid.uuid4()}")
    assert (absent.status_code, absent.json()["code"]) == (404, "not_found")
    for name in set(SEEN_BY) - world.expected(role):
        foreign = await client.get(f"/v1/contracts/{world.id(name)}")
        assert same(foreign) == same(absent)


async def test_the_lead_and_its_partner_see_the_whole(world):
    for role in ("ccg", "council"):
        whole = (await world.clients[role].get(f"/v1/contracts/{world.id('joint')}")).json()
        assert whole["view"] == "whole"
        assert [line["share_percent"] for line in whole["funding"]] == ["62.5", "37.5"]


async def test_an_associate_sees_the_whole_with_its_own_funding_only(world):
    whole = (await world.clients["kernow"].get(f"/v1/contracts/{world.id('joint')}")).json()
    assert whole["view"] == "whole"
    assert [line["organisation_id"] for line in whole["funding"]] == [str(world.place.kernow)]
    assert len(whole["parties"]) == 3


async def test_an_auditor_sees_the_funding_of_the_bodies_named(world):
    whole = (await world.clients["auditor"].get(f"/v1/contracts/{world.id('joint')}")).json()
    assert whole["view"] == "whole"
    assert [line["organisation_id"] for line in whole["funding"]] == [str(world.place.ccg)]


async def test_a_provider_sees_the_shares_and_nothing_of_pools_sources_and_plans(world):
    seen = (await world.clients["pch"].get(f"/v1/contracts/{world.id('joint')}")).json()
    assert seen["view"] == "provider"
    assert [party["share_percent"] for party in seen["parties"]] == ["62.5", "37.5", None]
    assert not {"funding", "related", "stated_dates", "award_basis", "no_indicator_reason"} & set(seen)
    assert str(world.place.pool) not in str(seen)
    assert seen["notice_period"] == {"count": 6, "unit": "months"}


async def test_an_observer_sees_published_fields_and_no_name_of_an_individual(world):
    seen = (await world.clients["scrutiny"].get(f"/v1/contracts/{world.id('joint')}")).json()
    assert seen["view"] == "published"
    assert seen["providers"][0]["name"] == "THE LODGE"
    assert not {"parties", "funding", "notice_period", "indicator_ids", "responsible_post", "notice"} & set(
        seen
    )
    assert "BLOGGS" not in str(seen)
    items = (await world.clients["scrutiny"].get("/v1/contracts")).json()["items"]
    assert {tuple(each["associate_organisation_ids"]) for each in items} == {()}
    assert "BLOGGS" not in str(items)


async def test_a_notice_is_not_known_to_an_observer(world, stack):
    await world.give_notice("acute")
    id_ = world.id("acute")
    scrutiny, ccg = world.clients["scrutiny"], world.clients["ccg"]
    assert (await scrutiny.get(f"/v1/contracts/{id_}")).json()["state"] == "active"
    assert (await ccg.get(f"/v1/contracts/{id_}")).json()["state"] == "notice_given"
    assert id_ not in await listed(scrutiny, state="notice_given")
    assert id_ in await listed(scrutiny, state="active")
    assert id_ in await listed(ccg, state="notice_given")
    (item,) = [each for each in (await scrutiny.get("/v1/contracts")).json()["items"] if each["id"] == id_]
    assert item["state"] == "active"
    async with as_app(stack, world.place.caller("scrutiny")) as connection:
        assert await connection.fetchval("select count(*) from notices") == 0


@pytest.mark.row("S1-C08", "S5-C06", "S2-C02")
async def test_a_provider_sees_all_its_contracts_and_commissioners_across_areas(world):
    """One provider under a CCG, a council and a commissioner elsewhere: each contract with who commissions it."""
    place = world.place
    items = (await world.clients["pch"].get("/v1/contracts")).json()["items"]
    found = {
        each["title"]: (
            each["owner_organisation_id"],
            each["associate_organisation_ids"],
            each["partnership_id"],
        )
        for each in items
    }
    assert found == {
        "joint": (str(place.ccg), [str(place.kernow)], str(place.partnership)),
        "councils": (str(place.council), [], str(place.partnership)),
        "elsewhere": (str(place.stranger), [], None),
    }
    by_council = await listed(world.clients["council"], provider_id=place.pch)
    assert world.names(by_council) == {"joint", "councils", "planned"}


async def test_filters_never_show_more(world):
    place = world.place
    for role in ROLES:
        for parameters in (
            {"owner_id": place.ccg},
            {"provider_id": place.pch},
            {"category": "community_intervention"},
            {"state": "pipeline"},
            {"reference": world.made["planned"]["reference"]},
            {"ends_before": "2030-01-01"},
            {"value_below_pence": 10**12},
            {"updated_from": "2000-01-01T00:00:00Z"},
        ):
            found = world.names(await listed(world.clients[role], **parameters))
            assert found <= world.expected(role), (role, parameters)


async def test_a_cursor_of_another_opens_nothing(world):
    page = (await world.clients["ccg"].get("/v1/contracts", params={"limit": 1})).json()
    stranger = world.clients["stranger"]
    following = (await stranger.get(page["next"])).json()
    assert world.names(each["id"] for each in following["items"]) <= {"elsewhere"}
