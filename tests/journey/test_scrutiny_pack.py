"""The pack for scrutiny on real figures: what it holds is what the committee itself may read, and it does not change."""

import pytest

from tests.journey.party import new_id, new_key
from tests.journey.watched import watched

AS_AT = "2016-03-31"


@pytest.fixture(scope="module")
def place(system, document, operator):
    made = watched(system.url, document, operator)
    yield made
    for each in made.party.values():
        each.close()


@pytest.fixture(scope="module")
def pack(place):
    """Drawn up by the CCG, which sees more than the committee does."""
    body = {"id": new_id(), "financial_year": "2015-16"}
    address = f"/v1/partnerships/{place.partnership}/scrutiny-pack"
    made = place["ccg"].post(address, json=body, key=new_key())
    assert made.status_code == 201, made.text
    return place["scrutiny"].read(address, pack_id=body["id"])


@pytest.mark.row("S5-G06", "S3-G06")
def test_it_holds_what_the_committee_may_read_and_no_more(place, pack):
    content, committee = pack["content"], place["scrutiny"]
    assert {each["status"] for each in content["sources"]} == {"ok"}
    position = committee.read("/v1/positions", partnership_id=place.partnership, financial_year="2015-16")
    assert content["fund"]["whole"]["budget_adjusted"] == position["totals"]["whole"]["budget_adjusted"]
    assert content["fund"]["whole"]["budget_adjusted"]["known_pence"] == 340_00
    summary = committee.read("/v1/contract-summaries", partnership_id=place.partnership, as_at=AS_AT)
    assert content["contracts"] == {name: summary[name] for name in content["contracts"]}
    assert len(content["contracts"]["ends_next"]) == 2
    card = committee.read("/v1/scorecards", partnership_id=place.partnership, as_at=AS_AT)
    mine = {
        (each["code"], each["latest"] and each["latest"]["value"]) for each in content["scorecard"]["lines"]
    }
    theirs = {(each["code"], each["latest"] and each["latest"]["value"]) for each in card["lines"]}
    assert mine == theirs
    # The CCG, as a commissioner, reads that there were three; what is published of it is suppressed.
    assert ("people", None) in mine
    whole = place["ccg"].read("/v1/scorecards", partnership_id=place.partnership, as_at=AS_AT)
    assert ("people", "3") in {
        (each["code"], each["latest"] and each["latest"]["value"]) for each in whole["lines"]
    }


@pytest.mark.row("S1-G04")
def test_published_decisions_are_in_it(place, pack):
    # Both bodies decided on the agreement before the year began; one more is made in it, and a later pack has that.
    assert pack["content"]["decisions"] == []
    address = f"/v1/partnerships/{place.partnership}/scrutiny-pack"
    agreement = place["council"].items("/v1/agreements", partnership_id=place.partnership)[0]
    for part, exemption in (("part_1", None), ("part_2", 3)):
        noted = {
            "outcome": "noted",
            "decided_on": "2015-09-30",
            "part": part,
            "exemption_paragraph": exemption,
        }
        place.decide("council", agreement, **noted)
    body = {"id": new_id(), "financial_year": "2015-16"}
    assert place["council"].post(address, json=body, key=new_key()).status_code == 201
    content = place["scrutiny"].read(address)["content"]
    assert [(each["decided_on"], each["outcome"]) for each in content["decisions"]] == [
        ("2015-09-30", "noted")
    ]
    assert content["exempt_decisions"] == [{"exemption_paragraph": 3, "decisions": 1}]
    # What was drawn up before is still what it was.
    assert place["scrutiny"].read(address, pack_id=pack["id"]) == pack
