"""Journals for partners' own systems through the doors: once, by number, nothing lost, and the owner's alone."""

import asyncio
import csv
import io
import uuid
from hashlib import sha256

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def codes(client, place, *codes, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "financial_year": "2015/16",
        "control_code": "9100-POOL",
        "codes": list(codes),
        **changes,
    }
    return await client.put(f"/v1/ledger-code-maps/{uuid.uuid4()}", json=body)


async def draw_up(client, place, period, **more):
    body = {"id": str(uuid.uuid4()), "partnership_id": str(place.partnership), "period": period, **more}
    return await client.post("/v1/partner-journals", json=body, key=key())


async def read(client, kept):
    return made(await client.get(f"/v1/partner-journals/{kept['id']}"))


async def a_year(place):
    pool, lines, fund = await real_year(place)
    made(
        await codes(
            place.pcc,
            place,
            {"code": "4410", "line_id": str(lines["pcc"])},
            {"code": "8800", "pool_id": str(pool)},
        )
    )
    made(await codes(place.ccg, place, {"code": "N-77", "line_id": str(lines["ccg"])}))
    return pool, lines, fund


def amounts(journal):
    return {each["code"]: each["amount_pence"] for each in journal["rows"]}


@pytest.mark.row("S5-B05")
async def test_each_partner_s_journal_balances_and_holds_its_own(place):
    _, lines, _ = await a_year(place)
    kept = made(await draw_up(place.pcc, place, "2015-16-M01"))
    april = await read(place.pcc, kept)
    assert (april["number"], april["period"]) == (1, "2015-16-M01")
    # 250.00 was paid in and 90.00 spent on the council's line; the other side is the control code.
    assert amounts(april) == {"4410": 90_00, "8800": 250_00, "9100-POOL": -340_00}
    assert april["debits_pence"] == april["credits_pence"] == 340_00
    assert (april["complete"], april["unmapped"], april["late_entries"]) == (True, [], 0)
    theirs = await read(place.ccg, made(await draw_up(place.ccg, place, "2015-16-M03")))
    assert (theirs["number"], amounts(theirs)) == (1, {"N-77": 45_00, "9100-POOL": -45_00})
    assert {each["line_id"] for each in theirs["rows"]} == {str(lines["ccg"]), None}


async def test_asked_again_it_is_the_same_document_with_the_same_number(place):
    pool, lines, fund = await a_year(place)
    first = await draw_up(place.pcc, place, "2015-16-M01")
    assert first.status_code == 201
    before = await place.pcc.get(f"/v1/partner-journals/{first.json()['id']}")
    assert sha256(before.content).hexdigest() == first.json()["sha256"]
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 7_00, effective_date="2015-04-20", posting_period="2015-16-M01")
    again = await draw_up(place.pcc, place, "2015-16-M01")
    assert (again.status_code, again.json()) == (200, first.json())
    after = await place.pcc.get(f"/v1/partner-journals/{again.json()['id']}")
    assert after.content == before.content
    # What came late is in the next one, and said to be late; nothing is in both.
    second = await read(place.pcc, made(await draw_up(place.pcc, place, "2015-16-M02")))
    assert (second["number"], amounts(second)) == (2, {"4410": 7_00, "9100-POOL": -7_00})
    assert (second["entries"], second["late_entries"]) == (1, 1)
    third = await read(place.pcc, made(await draw_up(place.pcc, place, "2015-16-M03")))
    assert (third["number"], third["rows"], third["entries"]) == (3, [], 0)


async def test_drawn_up_at_once_there_is_one(place):
    await a_year(place)
    # Connections are opened beforehand, so that the requests really meet.
    await asyncio.gather(*(codes(place.pcc, place) for _ in range(8)))
    answers = await asyncio.gather(*(draw_up(place.pcc, place, "2015-16-M01") for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [*[200] * 7, 201]
    assert len({each.json()["id"] for each in answers}) == 1


async def test_an_earlier_period_after_a_later_one_takes_nothing_twice(place):
    await a_year(place)
    later = await read(place.pcc, made(await draw_up(place.pcc, place, "2015-16-M02")))
    earlier = await read(place.pcc, made(await draw_up(place.pcc, place, "2015-16-M01")))
    assert (later["number"], later["debits_pence"], earlier["number"], earlier["rows"]) == (1, 340_00, 2, [])


async def test_a_line_without_a_code_is_named_and_never_dropped(place):
    pool, _, fund = await a_year(place)
    new = await place.line(place.pcc, pool, "pooled", name="Telecare", pence=50_00, financial_year="2015/16")
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=new)
    await place.post(place.pcc, cost, fund, 12_00, effective_date="2015-04-21")
    refused = await draw_up(place.pcc, place, "2015-16-M01")
    assert (refused.status_code, code_of(refused)) == (409, "partner_journal_codes_missing")
    assert [each["name"] for each in refused.json()["unmapped"]] == ["Telecare"]
    journal = await read(
        place.pcc, made(await draw_up(place.pcc, place, "2015-16-M01", suspense_code="9999-SUSPENSE"))
    )
    assert (journal["number"], journal["complete"], journal["unmapped"]) == (1, False, ["Telecare"])
    assert amounts(journal)["9999-SUSPENSE"] == 12_00
    assert sum(each["amount_pence"] for each in journal["rows"]) == 0


async def test_the_table_to_load_has_debits_credits_and_totals(place):
    await a_year(place)
    kept = made(await draw_up(place.pcc, place, "2015-16-M01"))
    answer = await place.pcc.get(f"/v1/partner-journals/{kept['id']}", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {each["Code"]: (each["Debit (£)"], each["Credit (£)"]) for each in rows} == {
        "4410": ("90.00", ""),
        "8800": ("250.00", ""),
        "9100-POOL": ("", "340.00"),
        "": ("340.00", "340.00"),
    }


async def test_codes_and_journals_are_their_owner_s_alone(place):
    _, lines, _ = await a_year(place)
    map_ = made(await codes(place.pcc, place, {"code": "1", "line_id": str(lines["pcc"])}))
    kept = made(await draw_up(place.pcc, place, "2015-16-M01"))
    paths = (
        (f"/v1/ledger-code-maps/{map_['id']}", "/v1/ledger-code-maps"),
        (f"/v1/partner-journals/{kept['id']}", "/v1/partner-journals"),
    )
    strangers = [
        await place.client(commissioner=uuid.uuid4()),
        await place.client(provider=place.partnership),
        await place.client(observer=place.partnership),
        await place.auditor(years=("2015/16",), bodies=(uuid.uuid4(),)),
        await place.auditor(years=("2014/15",), bodies=(place.council,)),
    ]
    for path, collection in paths:
        for client in strangers:
            await assert_hidden(client, path, collection, place.partnership)
        # The other partner sees its own in the list, and not this one.
        assert (await place.ccg.get(path)).status_code == 404
        listed = made(await place.ccg.get(collection, params={"partnership_id": str(place.partnership)}))
        assert {each["owner_organisation_id"] for each in listed["items"]} <= {str(place.nhs)}
        auditor = await place.auditor(years=("2015/16",), bodies=(place.council,))
        assert (await auditor.get(path)).status_code == 200


async def test_what_makes_no_sense_is_refused(place):
    pool, lines, _ = await real_year(place)
    assert code_of(await draw_up(place.pcc, place, "2015-16-M01")) == "partner_journal_no_codes"
    line = str(lines["pcc"])
    for bad, code, pointer in (
        ([{"code": "1"}], "ledger_code_of_one", "/codes/0"),
        ([{"code": "1", "line_id": line, "pool_id": str(pool)}], "ledger_code_of_one", "/codes/0"),
        ([{"code": "1", "line_id": line}, {"code": "2", "line_id": line}], "ledger_code_twice", "/codes/1"),
        ([{"code": "1", "line_id": str(lines["ccg"])}], "ledger_code_not_own", "/codes/0/line_id"),
        ([{"code": "1", "line_id": str(uuid.uuid4())}], "ledger_code_not_own", "/codes/0/line_id"),
        ([{"code": "1", "pool_id": str(uuid.uuid4())}], "ledger_code_not_own", "/codes/0/pool_id"),
    ):
        answer = await codes(place.pcc, place, *bad)
        assert (code_of(answer), answer.json()["errors"][0]["pointer"]) == (code, pointer)
    for period in ("2015-16-M15", "2015-04", "2015-17-M01"):
        answer = await draw_up(place.pcc, place, period)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/period")
    stranger = await place.client(commissioner=uuid.uuid4())
    assert code_of(await draw_up(stranger, place, "2015-16-M01")) == "partnership_unknown"
