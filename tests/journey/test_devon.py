"""Wider Devon 2019, played by its commissioners: a merger, a new name, two contracts into one, Mayflower, an associate."""

import pytest

from tests.journey import devon as devon_journey
from tests.journey.devon import CARE_PENCE, HEALTH_PENCE, INSTRUMENT, MERGER, TOGETHER, Devon
from tests.journey.partnership import enter_partnership
from tests.journey.party import new_id, new_key


@pytest.fixture(scope="module")
def place(system, document, operator):
    members, since = devon_journey.MEMBERS, devon_journey.FROM
    entered = enter_partnership(system.url, document, operator, "Wider Devon", since, members)
    yield Devon(entered)
    entered.close()


@pytest.fixture(scope="module")
def together(place):
    """The two contracts with the community provider, and the one that they became."""
    health = place.register(
        "new_devon", "lwsw", "Community health services", value={"amount_pence": HEALTH_PENCE}
    )
    care = place.register(
        "new_devon", "lwsw", "Adult social care services", value={"amount_pence": CARE_PENCE}
    )
    made = place.of["new_devon"].put_new(
        f"/v1/consolidations/{new_id()}",
        {
            "source_contract_ids": [health["id"], care["id"]],
            "contract_id": new_id(),
            "reference": f"LWSW {new_id()[:8]}",
            "title": "Integrated community health and social care",
            "effective_on": TOGETHER,
            "reason": "Two separate contracts are brought together in a single integrated one",
        },
    )
    return health, care, made


@pytest.mark.row("S3-C01", "S1-C09")
def test_two_contracts_with_the_community_provider_become_one(place, together):
    health, care, made = together
    commissioner, provider = place.of["new_devon"], place.of["lwsw"]
    [one] = made["contract_ids"]
    now = commissioner.read(f"/v1/contracts/{one}")
    ended = [commissioner.read(f"/v1/contracts/{each['id']}") for each in (health, care)]
    assert [each["state"] for each in ended] == ["consolidated"] * 2
    assert sum(each["value"]["amount_pence"] for each in (now, *ended)) == HEALTH_PENCE + CARE_PENCE
    assert made["value_before_pence"] == made["value_after_pence"] == now["value"]["amount_pence"]
    assert sum(each["amount_pence"] for each in made["ended"] + made["going_on"]) == HEALTH_PENCE + CARE_PENCE
    assert {each["contract_id"] for each in now["related"]} == {health["id"], care["id"]}
    mine = {each["id"] for each in provider.items("/v1/contracts")}
    assert {one, health["id"], care["id"]} <= mine
    assert provider.read(f"/v1/consolidations/{made['id']}") == made


@pytest.mark.row("S3-C04")
def test_the_provider_has_a_new_name_and_is_the_same_body(place, operator):
    id_ = place.of.organisation["lwsw"]
    before = operator.get(f"/v1/organisations/{id_}")
    names = [
        {"name": "Plymouth Community Healthcare", "kind": "former", "to_date": "2015-03-31"},
        {"name": "LWSW", "kind": "short"},
        {"name": "LSW", "kind": "short"},
    ]
    renamed = operator.patch(
        f"/v1/organisations/{id_}",
        json={"name": "Livewell Southwest", "names": names},
        version=before.headers["ETag"].strip('"'),
    )
    assert renamed.status_code == 200, renamed.text
    assert renamed.json()["id"] == id_
    assert {each["name"] for each in renamed.json()["names"]} == {each["name"] for each in names}
    contracts = place.of["new_devon"].items("/v1/contracts", provider_id=id_)
    assert all(id_ in {each["organisation_id"] for each in one["providers"]} for one in contracts)


@pytest.mark.row("S5-C03")
def test_on_the_day_of_the_merger_the_new_group_takes_over(place, together):
    _, _, made = together
    [one] = made["contract_ids"]
    outgoing, incoming = place.of["new_devon"], place.of["devon"]
    before = outgoing.read(f"/v1/contracts/{one}")
    url, new = f"/v1/statutory-transfers/{new_id()}", new_id()
    moved = outgoing.put_new(url, {
        "contract_id": one, "new_contract_id": new, "role": "commissioner", "effective_on": MERGER,
        "outgoing_organisation_id": place.of.organisation["new_devon"],
        "incoming_organisation_id": place.of.organisation["devon"],
        "reason": "The groups are merged by law", "instrument": INSTRUMENT,
    })  # fmt: skip
    assert (moved["state"], moved["needed"]) == ("ready", [])
    assert outgoing.post(f"{url}/completion", key=new_key(), version=1).json()["state"] == "handed_over"
    taken = incoming.post(
        f"{url}/take-over", json={"reference": f"DEVON {new[:8]}"}, key=new_key(), version=2
    )
    assert taken.status_code == 201, taken.text
    now, old = incoming.read(f"/v1/contracts/{new}"), outgoing.read(f"/v1/contracts/{one}")
    assert (old["state"], old["ended_on"]) == ("novated", "2019-03-31")
    assert (now["owner_organisation_id"], now["start_date"]) == (place.of.organisation["devon"], MERGER)
    assert now["value"]["amount_pence"] + old["value"]["amount_pence"] == before["value"]["amount_pence"]
    assert now["related"] == [{"relation": "transferred_from", "contract_id": one}]
    steps = incoming.items("/v1/contract-steps", contract_id=new)
    assert [(each["move"], each["on"]) for each in steps] == [("statutory_transfer", MERGER)]
    leads = [each["organisation_id"] for each in now["parties"] if each["role"] == "lead_commissioner"]
    assert leads == [place.of.organisation["devon"]]


@pytest.mark.row("S3-C02", "S3-C03")
def test_mayflower_is_procured_again_by_nhs_england(place):
    """After a process that found nobody; by another commissioner; in time with a procurement of the CCG's."""
    ours, theirs = place.of["new_devon"], place.of["nhse"]
    failed = place.register("nhse", "lwsw", "Mayflower practice, long-term provider", state="procurement")
    over = theirs.post(
        f"/v1/contracts/{failed['id']}/abandonment",
        json={"on": "2018-06-30", "reason": "no_suitable_tender"}, key=new_key(), version=1,
    )  # fmt: skip
    assert over.json()["state"] == "abandoned"
    ulcers = place.register("new_devon", "lwsw", "Leg ulcer care", state="pipeline", start_date="2019-10-01")
    links = [
        {"relation": "unsuccessful_process", "contract_id": failed["id"]},
        {"relation": "timed_with", "contract_id": ulcers["id"]},
    ]
    again = place.register(
        "nhse", "lwsw", "Mayflower practice", state="pipeline", related=links, start_date="2019-10-01"
    )
    assert again["related"] == links
    assert again["owner_organisation_id"] == place.of.organisation["nhse"]
    back = theirs.patch(
        f"/v1/contracts/{failed['id']}",
        json={"related": [{"relation": "replaces", "contract_id": again["id"]}]}, version=2,
    )  # fmt: skip
    assert (back.status_code, back.json()["code"]) == (422, "lineage_cycle")
    assert ours.get(f"/v1/contracts/{again['id']}").status_code == 200
    assert place.of["lwsw"].get(f"/v1/contracts/{again['id']}").status_code == 404


@pytest.mark.row("S1-C01")
def test_an_associate_sees_the_whole_of_its_contract_and_nothing_of_the_next(place):
    kernow = place.of["kernow"]
    parties = [
        {"role": "lead_commissioner", "organisation_id": place.of.organisation["new_devon"], "share_percent": "80"},
        {"role": "associate_commissioner", "organisation_id": place.of.organisation["kernow"], "share_percent": "20"},
        {"role": "provider", "organisation_id": place.of.organisation["uhp"]},
    ]  # fmt: skip
    joint = place.register("new_devon", "uhp", "Acute services at Derriford", parties=parties)
    other = place.register("new_devon", "uhp", "Renal satellite unit")
    varied = place.of["new_devon"].put_new(f"/v1/variations/{new_id()}", {
        "contract_id": joint["id"], "reason": "scope", "description": "Acute services are no longer integrated",
        "effective_on": "2018-04-01", "after": {"scope": "Acute services, not integrated"},
        "ground": "not_substantial", "different_in_character": False,
    })  # fmt: skip
    seen = kernow.read(f"/v1/contracts/{joint['id']}")
    assert (seen["view"], seen["parties"][1]["share_percent"]) == ("whole", "20")
    assert kernow.read(f"/v1/variations/{varied['id']}")["after"]["scope"] == "Acute services, not integrated"
    for url in (f"/v1/contracts/{other['id']}", f"/v1/contracts/{new_id()}"):
        assert kernow.get(url).status_code == 404
    assert {each["id"] for each in kernow.items("/v1/contracts")} == {joint["id"]}
    assert kernow.items("/v1/contract-steps", contract_id=other["id"]) == []
