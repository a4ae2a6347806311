"""Rates: dated, never two at once; uplifts with their effect before they are agreed; who is told."""

import asyncio
import re
import uuid
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.care import carer, joined, placed, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app
from tests.stack import Audit, a_caller

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
SERVICE = "Residential care, older people"


class Tariff:
    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id

    async def put(self, who="ccg", **changes):
        body = {
            "contract_id": self.contract_id,
            "provider_organisation_id": str(self.place.pch),
            "service": SERVICE,
            "unit": "week",
            "unit_rate": "700",
            "holds_from": "2014-04-01",
            **changes,
        }
        return await self.clients[who].put(f"/v1/rates/{uuid.uuid4()}", json=body)

    async def post(self, rate, move, who="ccg", **body):
        headers = {} if move == "uplifts" else {"version": rate["version"]}
        return await self.clients[who].post(
            f"/v1/rates/{rate['id']}/{move}", json=body, key=a_key(), **headers
        )


@pytest.fixture
async def tariff(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    return Tariff(place, clients, await running(clients["ccg"], place, **joined(place, "pch", "phnt")))


@pytest.mark.row("S4-C02")
async def test_an_uplift_shows_what_it_comes_to_before_it_is_agreed(tariff):
    rate = (await tariff.put()).json()
    contract, pch = tariff.contract_id, tariff.place.pch
    lead = tariff.clients["ccg"]
    await placed(lead, contract, pch, unit_rate="700", end_date=None)
    await placed(lead, contract, pch, unit_rate="700", units_per_week="0.5", end_date="2015-04-14")
    await placed(lead, contract, pch, unit_rate="700", state="planned")
    await placed(lead, contract, pch, unit_rate="650")
    await placed(tariff.clients["kernow"], contract, pch, unit_rate="700")
    proposed = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", percent="1.5")).json()
    assert (proposed["state"], proposed["unit_rate"], proposed["uplifts_id"]) == (
        "proposed",
        "710.5",
        rate["id"],
    )
    # 10.50 for each of 1.5 units: 15.75 a week. 2015/16 is leap: 366 days for one, 14 for the half.
    year = round(10.5 * 366 / 7 * 100 + 5.25 * 14 / 7 * 100)
    effect = proposed["effect"]
    assert (effect["placements"], effect["complete"], effect["weekly_more_pence"]) == (2, True, 1575)
    assert [each["financial_year"] for each in effect["by_year"]] == ["2015/16", "2016/17", "2017/18"]
    assert [each["more_pence"] for each in effect["by_year"]] == [year, 0, 0], (
        "the contract ends on 31 March 2016"
    )
    assert (await lead.get(f"/v1/rates/{rate['id']}")).json() == rate, "nothing holds until it is agreed"
    agreed = (await tariff.post(proposed, "agreement", on="2015-03-20")).json()
    before = (await lead.get(f"/v1/rates/{rate['id']}")).json()
    assert (agreed["state"], before["holds_until"]) == ("agreed", "2015-03-31")
    for day, held in (("2015-03-31", rate["id"]), ("2015-04-01", agreed["id"])):
        found = (await lead.get("/v1/rates", params={"contract_id": contract, "on": day})).json()["items"]
        assert [each["id"] for each in found] == [held]
    again = await tariff.post(agreed, "agreement", on="2015-03-21")
    assert (again.status_code, again.json()["code"]) == (409, "rate_not_proposed")


async def test_an_uplift_counts_the_days_on_which_somebody_is_in_care(tariff):
    """One starts a week before the contract ends: seven days of £100 a week more, and nothing afterwards."""
    rate = (await tariff.put()).json()
    lead = tariff.clients["ccg"]
    contract = (await lead.get(f"/v1/contracts/{tariff.contract_id}")).json()
    assert contract["end_date"] == "2016-03-31"
    days = {"start_date": "2016-03-25", "review_date": "2016-03-26", "end_date": None}
    await placed(lead, tariff.contract_id, tariff.place.pch, unit_rate="700", **days)
    effect = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", unit_rate="800")).json()["effect"]
    assert (effect["placements"], effect["complete"], effect["weekly_more_pence"]) == (1, True, 10_000)
    assert [each["more_pence"] for each in effect["by_year"]] == [10_000, 0, 0]


async def test_an_uplift_that_another_overtook_is_proposed_anew(tariff):
    """Of two proposals the later is agreed first: the earlier says how it goes on, and then holds up to the other."""
    rate = (await tariff.put()).json()
    await placed(tariff.clients["ccg"], tariff.contract_id, tariff.place.pch, unit_rate="700", end_date=None)
    early = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", unit_rate="800")).json()
    late = (await tariff.post(rate, "uplifts", holds_from="2015-10-01", unit_rate="900")).json()
    assert (await tariff.post(late, "agreement", on="2015-03-01")).status_code == 200
    overtaken = await tariff.post(early, "agreement", on="2015-03-01")
    assert (overtaken.status_code, overtaken.json()["code"]) == (409, "rate_uplift_overtaken")
    assert overtaken.json()["rate_before_holds_until"] == "2015-09-30"
    assert (await tariff.post(early, "refusal", on="2015-03-01")).status_code == 200
    anew = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", unit_rate="800")).json()
    assert anew["holds_until"] == "2015-09-30"
    # 183 days from 1 April to 30 September at £100 a week more.
    assert [each["more_pence"] for each in anew["effect"]["by_year"]] == [261_429, 0, 0]
    assert (await tariff.post(anew, "agreement", on="2015-03-01")).status_code == 200
    for day, pounds in (("2015-03-31", "700"), ("2015-09-30", "800"), ("2015-10-01", "900")):
        asked = {"contract_id": tariff.contract_id, "on": day, "state": "agreed"}
        found = (await tariff.clients["ccg"].get("/v1/rates", params=asked)).json()["items"]
        assert [each["unit_rate"] for each in found] == [pounds]


async def test_units_that_nobody_knows_leave_the_effect_incomplete(tariff):
    rate = (await tariff.put(unit="hour", unit_rate="18.335")).json()
    await placed(tariff.clients["ccg"], tariff.contract_id, tariff.place.pch, unit="hour", unit_rate="18.335")
    proposed = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", unit_rate="19")).json()
    assert (proposed["effect"]["unknown"], proposed["effect"]["complete"]) == (1, False)
    refused = (await tariff.post(proposed, "refusal", on="2015-03-20")).json()
    assert refused["state"] == "refused"
    assert (await tariff.clients["ccg"].get(f"/v1/rates/{rate['id']}")).json()["holds_until"] is None


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"unit_rate": "0"}, 422, "rate_not_positive"),
        ({"unit_rate": "-700"}, 422, "rate_not_positive"),
        ({"unit_rate": " 500,000.00 "}, 422, "fields_invalid"),
        ({"unit_rate": "(3728)"}, 422, "fields_invalid"),
        ({"unit_rate": " -   "}, 422, "fields_invalid"),
        ({"holds_until": "2014-03-31"}, 422, "rate_ends_before_start"),
        ({"contract_id": str(uuid.uuid4())}, 422, "rate_contract_unknown"),
        ({"provider_organisation_id": str(uuid.uuid4())}, 422, "rate_provider_not_of_contract"),
        ({"holds_from": "2015-02-29"}, 422, "fields_invalid"),
        ({"holds_from": "2050-01-01"}, 422, "rate_outside_contract"),
    ],
)
async def test_what_does_not_fit_is_refused(tariff, changes, status, code):
    answer = await tariff.put(**changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_two_rates_never_hold_on_one_day(tariff):
    first = await tariff.put(holds_until="2015-03-31")
    assert first.status_code == 201
    for days in (
        {"holds_from": "2015-03-31"},
        {"holds_from": "2010-01-01"},
        {"holds_from": "2014-06-01", "service": SERVICE.upper()},
    ):
        answer = await tariff.put(**days)
        assert (answer.status_code, answer.json()["code"]) == (409, "rate_overlaps"), days
    for apart in (
        {"holds_from": "2015-04-01"},
        {"unit": "day"},
        {"provider_organisation_id": str(tariff.place.phnt)},
    ):
        assert (await tariff.put(**apart)).status_code == 201
    answers = await asyncio.gather(*(tariff.put(unit="night") for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    for body, code in (
        ({"holds_from": "2014-04-01", "percent": "1"}, "rate_uplift_outside"),
        ({"holds_from": "2015-04-01", "percent": "1"}, "rate_uplift_outside"),
        ({"holds_from": "2014-06-01"}, "rate_uplift_unfit"),
        ({"holds_from": "2014-06-01", "percent": "1", "unit_rate": "1"}, "rate_uplift_unfit"),
        ({"holds_from": "2014-06-01", "percent": "-100"}, "rate_not_positive"),
    ):
        assert (await tariff.post(first.json(), "uplifts", **body)).json()["code"] == code


RATE = """
    insert into contract_rates (id, contract_id, partnership_id, owner_organisation_id, provider_organisation_id, service,
        service_key, unit, unit_rate, holds_from, state, version)
    values (gen_random_uuid(), $1, $2, $3, $4, 'Night', 'night', 'week', $5, '2014-04-01', 'agreed', 1)
"""


async def test_a_rate_waits_for_one_of_the_same_days_that_is_being_written(tariff, stack):
    """Two at once, neither of which sees the other: the second waits under the database's lock, and is refused."""
    place = tariff.place
    row = (uuid.UUID(tariff.contract_id), place.partnership, place.ccg, place.pch)
    async with as_app(stack, carer(place, "ccg")) as first, as_app(stack, carer(place, "ccg")) as second:
        await first.execute(RATE, *row, Decimal(700))
        late = asyncio.create_task(second.execute(RATE, *row, Decimal(710)))
        waited = not (await asyncio.wait([late], timeout=0.5))[0]
        await first.execute("commit")
        with pytest.raises(Exception, match="overlaps another"):
            await late
        assert waited, "the second looked before the first was there to be seen"
        await first.execute("begin")  # what the connection's own transaction ends


async def test_a_provider_sees_its_own_rates_once_agreed_and_no_competitor_s(tariff, stack):
    own = (await tariff.put()).json()
    other = (await tariff.put(provider_organisation_id=str(tariff.place.phnt))).json()
    proposed = (await tariff.post(own, "uplifts", holds_from="2015-04-01", percent="1")).json()
    whole = {own["id"], other["id"], proposed["id"]}
    sees = {
        "ccg": whole,
        "council": whole,
        "kernow": whole,
        "auditor": whole,
        "pch": {own["id"]},
        "phnt": {other["id"]},
    }
    for role, client in tariff.clients.items():
        listed = {each["id"] for each in (await client.get("/v1/rates")).json()["items"]}
        assert listed & whole == sees.get(role, set()), role
        async with as_app(stack, carer(tariff.place, role)) as connection:
            rows = {str(row["id"]) for row in await connection.fetch("select id from contract_rates")}
        assert rows & whole == sees.get(role, set()), role
        if role != "ccg":
            assert (await tariff.post(proposed, "agreement", role, on="2015-03-20")).status_code == 404
            assert (await tariff.put(role)).json()["code"] == "rate_contract_unknown"


async def test_what_an_uplift_comes_to_is_told_to_the_lead_alone(tariff):
    """It counts the lead's own placements, which others see inside a benchmark and nowhere else."""
    rate = (await tariff.put()).json()
    await placed(tariff.clients["ccg"], tariff.contract_id, tariff.place.pch, unit_rate="700")
    proposed = (await tariff.post(rate, "uplifts", holds_from="2015-04-01", percent="1")).json()
    agreed = (await tariff.post(proposed, "agreement", on="2015-03-20")).json()
    assert agreed["effect"]["placements"] == 1
    url = f"/v1/rates/{agreed['id']}"
    for role in ("council", "kernow", "pch", "auditor"):
        client = tariff.clients[role]
        assert (await client.get(url)).json()["effect"] is None, role
        listed = (await client.get("/v1/rates", params={"contract_id": tariff.contract_id})).json()["items"]
        assert [each["effect"] for each in listed if each["id"] == agreed["id"]] == [None], role
    assert (await tariff.clients["ccg"].get(url)).json() == agreed


async def test_an_auditor_of_the_years_in_which_a_contract_was_held_over_sees_its_rates_and_management(
    tariff, client_for, stack
):
    """The database counts the years as the register does: to the day on which the contract ended."""
    rate = (await tariff.put()).json()
    lead, url = tariff.clients["ccg"], f"/v1/contracts/{tariff.contract_id}"
    contract = (await lead.get(url)).json()
    over = await lead.post(
        f"{url}/hold-over",
        json={"on": "2016-04-01", "reason": "procurement_late"},
        key=a_key(),
        version=contract["version"],
    )
    assert over.status_code == 200, over.text
    audits = (Audit(tariff.place.partnership, (tariff.place.ccg,), ("2017/18",)),)
    auditor = a_caller(uuid.uuid4(), "contract:read", audits=audits, auditor=tariff.place.partnership)
    later = await client_for("contracts", auditor)
    assert (await later.get(url)).status_code == 200
    assert (await later.get(f"/v1/rates/{rate['id']}")).status_code == 200


# A succession is told to whom it concerns by the contracts that it changes.
TOLD = [
    (source.stem, thing)
    for source in sorted(Path("services/contracts/actions").glob("*.py"))
    if "readers=" in (text := source.read_text()) and source.stem != "apply_succession"
    for thing in re.findall(r'thing="(\w+)"', text)
]


async def test_whoever_reads_a_rate_or_a_transfer_is_told_of_its_changes(stack):
    """The feed looks for a thing in the table of its name; a thing without one is told to its owner alone."""
    async with as_app(stack, carer(Place(), "ccg")) as connection:
        for source, thing in [*TOLD, ("consolidate_contracts", "regrouping")]:
            assert await connection.fetchval("select contracts.table_of($1)::text", thing), (source, thing)
