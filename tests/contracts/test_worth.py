"""What a yearly contract is worth over its term: in the register, releases, lists, findings and disputes, and back."""

import uuid
from datetime import date

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.worth import worth_pence
from tests.contracts.care import joined, running
from tests.contracts.register import Place, a_key, registered
from tests.contracts.test_contract_disputes import Desk, discussing
from tests.contracts.test_contract_search import found
from tests.contracts.test_register import register_of, table
from tests.contracts.test_releases import withheld
from tests.contracts.town import SCOPES
from tests.contracts.world import as_app
from tests.stack import a_caller

FIVE = {
    "start_date": "2026-04-01",
    "end_date": "2031-03-31",
    "max_end_date": None,
    "state": "recorded_as_active",
}


def yearly(pence: int, **changes) -> dict:
    return {**FIVE, "value": {"amount_pence": pence, "status": "actual"}, "value_basis": "annual", **changes}


DAYS = ("2015-04-01", "2015-03-31", "2016-02-29", "2019-10-01", "2020-02-29", "2020-03-31", "2031-04-01")
CASES = [
    (pence, basis, date.fromisoformat(first), date.fromisoformat(last))
    for pence in (-372_800, 0, 1, 99, 36_599, 10**15)
    for basis in ValueBasis
    for first in DAYS
    for last in DAYS
    if first <= last
]


async def test_the_database_works_out_the_same(stack):
    asked = "select contracts.worth_pence($1, $2::contracts.value_basis, $3, $4)"
    async with as_app(stack) as connection:
        for pence, basis, first, last in CASES:
            assert await connection.fetchval(asked, pence, basis.value, first, last) == worth_pence(
                pence, basis, first, last
            ), (pence, basis, first, last)
        for case in (
            (None, "total", *CASES[0][2:]),
            (1, "annual", None, CASES[0][3]),
            (1, "annual", CASES[0][2], None),
        ):
            assert await connection.fetchval(asked, *case) is None


async def test_a_yearly_value_is_listed_and_released_as_what_it_comes_to(town):
    made = {
        "W-OVER": await town.contract(**yearly(100_001), reference="W-OVER"),
        "W-AT": await town.contract(**yearly(100_000), reference="W-AT"),
        "W-OPEN": await town.contract(
            **yearly(1, end_date=None, end_status="open_ended"), reference="W-OPEN"
        ),
    }
    for each in made.values():
        await town.decide(each)
    listed = await register_of(town)
    assert set(listed) & set(made) == {"W-OVER", "W-OPEN"}
    row = listed["W-OVER"]
    assert (row["ContractValue"], row["ContractValueBasis"]) == ("1000.01", "annual")
    told = (await town.record(made["W-OVER"]))["compiledRelease"]
    assert (
        told["contracts"][0]["value"] == told["awards"][0]["value"] == {"amount": 5000.05, "currency": "GBP"}
    )
    told = (await town.record(made["W-OPEN"]))["compiledRelease"]
    assert "value" not in told["contracts"][0]  # due each year to no known end
    await town.decide(made["W-AT"], withheld=[withheld("end")])
    assert "W-AT" in await register_of(town)
    assert "value" not in (await town.record(made["W-AT"]))["compiledRelease"]["contracts"][0]


async def test_lists_are_filtered_by_what_a_contract_is_worth(town):
    known = await town.contract(**yearly(700_100))
    without = await town.contract(**yearly(700_100, end_date=None, end_status="tbc"))
    within = {"value_from_pence": 3_500_500, "value_below_pence": 3_500_501}
    for reader in (town.council, town.scrutiny):
        assert await found(reader, town, **within) == {known}
        assert not {known, without} & await found(reader, town, value_below_pence=700_101)
    await town.decide(known, withheld=[withheld("end")])
    assert await found(town.scrutiny, town, **within) == set()  # it would tell the end
    assert await found(town.council, town, **within) == {known}


async def test_a_yearly_contract_is_small_by_its_whole_term(client_for):
    place = Place()
    client = await client_for("contracts", place.caller("ccg"))
    for title in ("one", "two"):
        await registered(client, place.contract("ccg", title=title, **yearly(1_000_000)))
    asked = {"partnership_id": str(place.partnership), "kind": "small_of_one_provider", "as_at": "2026-05-01"}
    for below, many in ((5_000_000, 0), (5_000_001, 2)):
        answer = await client.get("/v1/contract-findings", params={**asked, "small_below_pence": below})
        assert len(answer.json()["items"]) == many


async def test_a_dispute_is_held_against_the_whole_term(client_for):
    place = Place()
    clients = {role: await client_for("contracts", discussing(place, role)) for role in ("ccg", "pch")}
    term = {
        "start_date": "2013-04-01",
        "end_date": "2017-03-31",
        "max_end_date": None,
        "value_basis": "annual",
    }
    value = {"amount_pence": 10_000_000, "status": "actual"}
    made = await running(clients["ccg"], place, **joined(place, "pch"), **term, value=value)
    desk = Desk(place, clients, made)
    raised = await desk.dispute(disputed={"amount_pence": 15_000_000, "status": "actual"})
    assert (raised.status_code, raised.json()["undisputed_pence"]) == (201, 25_000_000), raised.text
    more = await desk.dispute(disputed={"amount_pence": 40_000_001, "status": "actual"})
    assert (more.status_code, more.json()["code"]) == (422, "contract_dispute_amount")


async def test_what_is_held_over_stays_in_the_register_until_it_is_over(town):
    made = await town.contract(
        reference="W-HELD", end_date="2016-03-31", max_end_date=None, state="recorded_as_active"
    )
    await town.decide(made)
    assert "W-HELD" in await register_of(town)
    await town.move(made, "hold-over", on="2016-04-01", reason="no_decision")
    assert "W-HELD" in await register_of(town)
    await town.move(made, "termination", on="2026-03-31", reason="agreed")
    assert "W-HELD" not in await register_of(town)


async def test_an_export_loads_back_with_the_basis_of_its_values(town, client_for):
    await town.contract(**yearly(10_000_000), reference="W-BACK")
    raw, _ = await table(town.council, "/v1/register-export")
    own, here = uuid.uuid4(), uuid.uuid4()
    client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here))
    answer = await client.post(
        "/v1/register-imports", content=raw, key=a_key(), headers={"Content-Type": "text/csv"},
        params={"partnership_id": str(here), "register_date": "2026-11-30"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    items = (await client.get("/v1/contracts", params={"reference": "W-BACK"})).json()["items"]
    assert [(each["value"]["amount_pence"], each["value_basis"]) for each in items] == [
        (10_000_000, "annual")
    ]


async def test_a_value_of_less_than_nothing_is_kept_as_published_and_taken_off_no_total(client_for):
    own, here = uuid.uuid4(), uuid.uuid4()
    client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here, host=here))
    rows = [
        f"N{at},Care {at},Livewell Ltd,01/04/2026,31/03/2031,{cell}"
        for at, cell in enumerate(("10000", "5000", "(3728)"))
    ]
    file = "\r\n".join(
        ("ContractReference,ContractTitle,SupplierName,StartDate,EndDate,ContractValue", *rows, "")
    )
    answer = await client.post(
        "/v1/register-imports", content=file.encode(), key=a_key(), headers={"Content-Type": "text/csv"},
        params={"partnership_id": str(here), "register_date": "2026-11-30", "control_total_pence": 1_127_200},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["control_total"]["out_by_pence"]) == (201, 0), answer.text
    items = (await client.get("/v1/contracts", params={"partnership_id": str(here)})).json()["items"]
    assert sorted(each["value"]["amount_pence"] for each in items) == [-372_800, 500_000, 1_000_000]
    asked = {"partnership_id": str(here), "as_at": "2026-11-30"}
    total = (await client.get("/v1/contract-summaries", params=asked)).json()["total"]
    assert (total["known_pence"], total["complete"], total["unknown"]) == (1_500_000, False, 1)
    assert total["missing_contributors"] == [str(own)]
    body = {"name": "A council", "kind": "local_authority", "identifiers": [], "open_by_default": True}
    assert (await client.put(f"/v1/publishers/{own}", json=body)).status_code == 201
    (odd,) = [each["id"] for each in items if each["value"]["amount_pence"] < 0]
    url = f"/v1/contracts/{odd}/publication"
    version = (await client.get(url)).json()["version"]
    assert (await client.patch(url, json={"open": True}, version=version)).status_code == 200
    told = (await client.get(f"/v1/records/ocds-213czf-{odd}")).json()["records"][0]["compiledRelease"]
    assert "value" not in told["contracts"][0]
