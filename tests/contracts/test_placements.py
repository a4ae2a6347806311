"""Placements over HTTP: recorded, amended, moved, listed, of high cost, out of area, and what is refused."""

import asyncio
import uuid

import pytest

from tests.contracts.care import a_placement, carer, joined, moved, placed, running
from tests.contracts.register import Place, a_key


class Care:
    """One contract with an associate and two providers, and who looks on."""

    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id
        self.ccg, self.kernow, self.pch = clients["ccg"], clients["kernow"], clients["pch"]

    async def put(self, who="ccg", **changes) -> dict:
        return await placed(self.clients[who], self.contract_id, self.place.pch, **changes)

    async def try_put(self, **changes):
        body = {**a_placement(self.contract_id, self.place.pch), **changes}
        return await self.ccg.put(f"/v1/placements/{uuid.uuid4()}", json=body)


@pytest.fixture(scope="module")
async def care(client_for):
    place = Place()
    roles = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
    clients = {role: await client_for("contracts", carer(place, role)) for role in roles}
    contract_id = await running(clients["ccg"], place, **joined(place, "pch", "phnt"))
    return Care(place, clients, contract_id)


@pytest.mark.row("S4-C04")
async def test_a_placement_is_recorded_with_its_parts_and_says_which_are_missing(care):
    full = await care.put()
    assert full["weekly_cost"] == {"amount_pence": 81250, "status": "actual", "qualifier": None}
    assert (full["missing"], full["out_of_area"], full["version"]) == ([], False, 1)
    assert full["controller_organisation_id"] == full["owner_organisation_id"] == str(care.place.ccg)
    assert (await care.ccg.get(f"/v1/placements/{full['id']}")).json() == full
    body = a_placement(care.contract_id, care.place.pch, reference=full["reference"])
    bare = {name: body[name] for name in (
        "contract_id", "provider_organisation_id", "person_reference", "service", "unit", "keep_until",
    )}  # fmt: skip
    answer = await care.ccg.put(f"/v1/placements/{uuid.uuid4()}", json={**bare, "reference": "BARE-1"})
    assert answer.json()["missing"] == [
        "unit_rate", "weekly_cost", "funding_type", "start_date", "review_date", "outcomes_expected",
        "provider_site", "responsible_area_code",
    ]  # fmt: skip
    twice = await care.ccg.put(f"/v1/placements/{uuid.uuid4()}", json=body)
    assert (twice.status_code, twice.json()["code"]) == (409, "placement_reference_used")
    lists = {
        complete: (await care.ccg.get("/v1/placements", params={"complete": complete, "limit": 200})).json()
        for complete in ("true", "false")
    }
    assert full["id"] in {each["id"] for each in lists["true"]["items"]}
    assert answer.json()["id"] in {each["id"] for each in lists["false"]["items"]}


@pytest.mark.row("S1-C04")
@pytest.mark.parametrize(
    ("site", "responsible", "out"),
    [
        ("E06000026", "E06000026", False),
        ("E06000027", "E06000026", True),
        ("E10000008", "E06000026", True),
        ("E07000045", "E10000008", None),  # a district may lie in the county
        ("E54000037", "E06000026", None),  # a health body's area beside a council's
        (None, "E06000026", None),
        ("E06000065", "E10000023", None),  # North Yorkshire since 2023 and before
        ("E07000163", "E06000065", None),  # Craven, which became part of it
        ("E06000065", "E06000047", True),
        ("E08000020", "E08000037", None),  # Gateshead before and since 2013
        ("E08000037", "E08000020", None),
        ("E08000020", "E08000021", True),
    ],
)
async def test_out_of_area_follows_from_where_the_site_stands_and_who_is_responsible(
    care, site, responsible, out
):
    made = await care.put(provider_site={"area_code": site}, responsible_area_code=responsible)
    assert made["out_of_area"] is out
    listed = await care.ccg.get("/v1/placements", params={"out_of_area": "true", "limit": 200})
    assert (made["id"] in {each["id"] for each in listed.json()["items"]}) is bool(out)


@pytest.mark.row("S1-C05")
async def test_packages_of_high_cost_are_listed_as_their_reviews_fall_due(care, client_for):
    place = Place()
    council = await client_for("contracts", carer(place, "council"))
    contract_id = await running(council, place, "council")
    costs = {"cheap": "999.99", "dear": "1500", "undated": "2000", "due": "1500.00"}
    dates = {"cheap": "2014-10-07", "dear": "2014-10-07", "undated": None, "due": "2014-05-01"}
    made = {
        name: await placed(council, contract_id, place.pch, unit_rate=rate, review_date=dates[name])
        for name, rate in costs.items()
    }
    gone = await placed(council, contract_id, place.pch, unit_rate="9000")
    await moved(council, gone, "end", on="2014-06-01", reason="moved")
    url = "/v1/high-costs"
    assert (await council.get(url)).json()["items"] == [], "no threshold, no list"
    for day, pence in (("2014-04-01", 150_000), ("2016-04-01", 200_000)):
        put = await council.put(
            f"{url}/thresholds/{uuid.uuid4()}", json={"holds_from": day, "weekly_cost_pence": pence}
        )
        assert put.status_code == 201
    same_day = {"holds_from": "2014-04-01", "weekly_cost_pence": 1}
    again = await council.put(f"{url}/thresholds/{uuid.uuid4()}", json=same_day)
    assert (again.status_code, again.json()["code"]) == (409, "high_cost_threshold_used")
    page = (await council.get(url, params={"as_at": "2014-07-01", "limit": 2})).json()
    rest = (await council.get(page["next"])).json()
    found = [*page["items"], *rest["items"]]
    assert [each["placement_id"] for each in found] == [
        made[name]["id"] for name in ("undated", "due", "dear")
    ]
    assert [(each["review_missing"], each["review_overdue"]) for each in found] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    later = (await council.get(url, params={"as_at": "2016-07-01"})).json()["items"]
    assert [(each["placement_id"], each["threshold_pence"]) for each in later] == [
        (made["undated"]["id"], 200_000)
    ]
    asked = (await council.get(url, params={"as_at": "2014-07-01", "threshold_pence": 99_999})).json()[
        "items"
    ]
    assert len(asked) == 4
    assert len((await council.get(f"{url}/thresholds")).json()["items"]) == 2
    assert (await care.ccg.get(url, params={"threshold_pence": 190_000})).json()["items"] == []


async def test_a_threshold_under_another_organisation_s_id_is_refused(care):
    """The id is nobody else's business: the same refusal as for every other record, and the first one stays."""
    url = f"/v1/high-costs/thresholds/{uuid.uuid4()}"
    first = await care.kernow.put(url, json={"holds_from": "2031-04-01", "weekly_cost_pence": 150_000})
    assert first.status_code == 201
    other = await care.ccg.put(url, json={"holds_from": "2032-04-01", "weekly_cost_pence": 1})
    assert (other.status_code, other.json()["code"]) == (409, "id_unavailable"), other.text
    theirs = (await care.ccg.get("/v1/high-costs/thresholds", params={"limit": 200})).json()["items"]
    assert first.json()["id"] not in {each["id"] for each in theirs}
    mine = (await care.kernow.get("/v1/high-costs/thresholds", params={"limit": 200})).json()["items"]
    assert first.json() in mine


async def test_a_placement_lives_from_plan_to_end(care):
    planned = await care.put(state="planned", start_date=None, review_date=None, end_date=None)
    hidden = await care.pch.get(f"/v1/placements/{planned['id']}")
    assert hidden.status_code == 404, "a provider is told when it begins"
    amended = await care.ccg.patch(
        f"/v1/placements/{planned['id']}", json={"unit": "hour", "unit_rate": "18.335", "units_per_week": "10"},
        version=1,
    )  # fmt: skip
    assert amended.json()["weekly_cost"]["amount_pence"] == 18335
    begun = await moved(care.ccg, amended.json(), "activation", on="2014-04-07")
    assert (await care.pch.get(f"/v1/placements/{planned['id']}")).json() == begun
    reviewed = await moved(
        care.ccg, begun, "review", on="2014-05-01", outcome="continues", next_review="2014-11-01"
    )
    assert (reviewed["state"], reviewed["review_date"]) == ("reviewed", "2014-11-01")
    rests = await moved(care.ccg, reviewed, "suspension", on="2014-06-01", reason="in_hospital")
    back = await moved(care.ccg, rests, "resumption", on="2014-06-15")
    assert back["state"] == "reviewed"
    url = f"/v1/placements/{planned['id']}"
    early = await care.ccg.post(
        f"{url}/end", json={"on": "2014-06-01", "reason": "moved"}, key=a_key(), version=back["version"]
    )
    assert (early.status_code, early.json()["code"]) == (422, "placement_moved_before_last")
    key, ended_body = a_key(), {"on": "2014-09-30", "reason": "outcomes_met"}
    ended = await care.ccg.post(f"{url}/end", json=ended_body, key=key, version=back["version"])
    assert (ended.json()["state"], ended.json()["ended_on"]) == ("ended", "2014-09-30")
    again = await care.ccg.post(f"{url}/end", json=ended_body, key=key, version=back["version"])
    assert (again.content, again.headers["Idempotency-Replayed"]) == (ended.content, "true")
    late = await care.ccg.patch(url, json={"unit_rate": "1"}, version=ended.json()["version"])
    assert (late.status_code, late.json()["code"]) == (409, "placement_over")
    for move, body in (
        ("activation", {"on": "2014-10-01"}),
        ("review", {"on": "2014-10-01", "outcome": "continues", "next_review": "2015-01-01"}),
        ("resumption", {"on": "2014-10-01"}),
    ):
        shut = await care.ccg.post(f"{url}/{move}", json=body, key=a_key(), version=ended.json()["version"])
        assert (shut.status_code, shut.json()["open"]) == (409, [])


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"end_date": "2014-04-06"}, "placement_ends_before_start", "/end_date"),
        ({"review_date": "2014-04-06"}, "placement_review_before_start", "/review_date"),
        ({"keep_until": "2015-04-05"}, "placement_kept_too_short", "/keep_until"),
        ({"unit_rate": "0"}, "placement_rate_not_positive", "/unit_rate"),
        ({"unit_rate": "-812.50"}, "placement_rate_not_positive", "/unit_rate"),
        ({"units_per_week": "0"}, "placement_units_not_positive", "/units_per_week"),
        ({"unit_rate": " 500,000.00 "}, "fields_invalid", "/unit_rate"),
        ({"unit_rate": "(3728)"}, "fields_invalid", "/unit_rate"),
        ({"unit_rate": " -   "}, "fields_invalid", "/unit_rate"),
        ({"unit_rate": "٨١٢"}, "fields_invalid", "/unit_rate"),
        ({"weekly_cost": {"amount_pence": 81249, "status": "actual"}}, "placement_cost_differs", "/weekly_cost"),
        ({"weekly_cost": {"amount_pence": -1}, "unit": "hour"}, "placement_cost_negative", "/weekly_cost"),
        ({"weekly_cost": {"amount_pence": 1, "status": "tbc"}}, "money_status_mismatch", "/weekly_cost"),
        ({"start_date": "2013-03-31", "review_date": None}, "placement_outside_contract", "/start_date"),
        ({"start_date": "2016-04-01", "review_date": None, "end_date": None}, "placement_outside_contract", "/start_date"),
        ({"start_date": None}, "placement_start_missing", "/start_date"),
        ({"start_date": "2015-02-29"}, "fields_invalid", "/start_date"),
        ({"state": "reviewed"}, "placement_first_state", "/state"),
        ({"provider_organisation_id": str(uuid.uuid4())}, "placement_provider_not_of_contract", "/provider_organisation_id"),
        ({"contract_id": str(uuid.uuid4())}, "placement_contract_unknown", "/contract_id"),
        ({"responsible_area_code": "Plymouth"}, "fields_invalid", "/responsible_area_code"),
        ({"person_reference": "Jane Bloggs"}, "fields_invalid", "/person_reference"),
        ({"name": "Jane Bloggs"}, "fields_invalid", "/name"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_at_its_field(care, changes, code, pointer):
    answer = await care.try_put(**changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


@pytest.mark.row("S4-C04")
@pytest.mark.parametrize(
    "words",
    [
        "943 476 5919",
        "\uff19\uff14\uff13 \uff14\uff17\uff16 \uff15\uff19\uff11\uff19",
        "943\u2013476\u20135919",
        "9434765919",
        "AB 12 34 56 C",
        "J Bloggs, born 12/03/1950",
    ],
)
async def test_nobody_is_named_in_free_text_and_a_reference_is_no_free_text(care, words):
    for changes in (
        {"outcomes_expected": [words]},
        {"service": f"Care {words}"},
        {"provider_site": {"name": words, "area_code": "E06000026"}},
    ):
        answer = await care.try_put(**changes)
        assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid"), changes
    digits = await care.try_put(person_reference="9434765919")
    assert digits.status_code == 201, "a typed reference is exempt from the check of digits"


async def test_nobody_is_placed_under_a_contract_that_is_over_or_not_awarded_yet(care, client_for):
    place, ccg = care.place, care.ccg
    ended = await running(ccg, place)
    url = f"/v1/contracts/{ended}"
    end = {"on": "2015-03-31", "reason": "agreed"}
    assert (await ccg.post(f"{url}/termination", json=end, key=a_key(), version=2)).status_code == 200
    planned = (await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json=place.contract(state="pipeline"))).json()[
        "id"
    ]
    awarded = (await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json=place.contract())).json()["id"]
    for contract_id, state, status in (
        (ended, "active", 409), (ended, "planned", 409), (planned, "planned", 409), (awarded, "active", 409),
        (awarded, "planned", 201),
    ):  # fmt: skip
        body = a_placement(contract_id, place.pch, state=state)
        answer = await ccg.put(f"/v1/placements/{uuid.uuid4()}", json=body)
        assert answer.status_code == status, answer.text
        if status == 409:
            assert answer.json()["code"] == "placement_contract_not_open"


async def test_a_contract_of_others_answers_as_one_that_is_not_there(care):
    absent = await care.try_put(contract_id=str(uuid.uuid4()))
    theirs = a_placement(care.contract_id, care.place.pch)
    for role in ("stranger", "council", "scrutiny", "pch", "auditor"):
        answer = await care.clients[role].put(f"/v1/placements/{uuid.uuid4()}", json=theirs)
        assert (answer.status_code, answer.json()["code"]) == (422, absent.json()["code"]), role


async def test_rivals_change_a_placement_one_after_the_other(care):
    made = await care.put()
    url = f"/v1/placements/{made['id']}"
    answers = await asyncio.gather(
        *(care.ccg.patch(url, json={"unit_rate": f"{800 + number}"}, version=1) for number in range(6))
    )
    assert sorted(each.status_code for each in answers) == [200] + [412] * 5
    read = (await care.ccg.get(url)).json()
    assert (read["version"], read["weekly_cost"]["amount_pence"]) == (2, int(float(read["unit_rate"]) * 100))
    fixed = await care.ccg.patch(url, json={"service": "Nursing care"}, version=2)
    assert (fixed.status_code, fixed.json()["code"]) == (409, "placement_field_fixed")


@pytest.mark.row("S4-C08")
@pytest.mark.parametrize(
    "funding", ["continuing_healthcare", "integrated_personal_budget", "personal_health_budget"]
)
async def test_the_kind_of_funding_is_kept_and_asked_for(care, funding):
    made = await care.put(funding_type=funding)
    page = (await care.ccg.get("/v1/placements", params={"funding_type": funding, "limit": 200})).json()
    assert made["id"] in {each["id"] for each in page["items"]}
    assert {each["funding_type"] for each in page["items"]} == {funding}
