"""Year-end packs through the doors: made from closed books, frozen to the byte, and the partners' alone."""

import csv
import io
import uuid
from hashlib import sha256

import pytest

from tests.budget.closing import keeper
from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.test_year_ends import a_year, carry, posting, propose

YEAR = "2015/16"


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.fixture
async def host(client_for, place):
    return await keeper(client_for, place.partnership, place.council)


async def freeze(client, pool, year=YEAR, sent=None, id_=None):
    body = {"id": id_ or str(uuid.uuid4()), "pool_id": str(pool), "financial_year": year}
    return await client.post("/v1/year-end-packs", json=body, key=sent or key())


@pytest.mark.row("S5-B05", "S5-B10")
async def test_a_pack_holds_the_account_each_note_and_what_is_owed(place, host):
    pool, fund, reserves, _ = await a_year(place, host)
    proposed = made(await propose(host, fund))
    made(await carry(host, proposed, posting(proposed, reserves)))
    kept = made(await freeze(host, pool))
    answer = await place.ccg.get(f"/v1/year-end-packs/{kept['id']}")
    pack = made(answer)
    account = pack["memorandum"]
    assert (account["opening_pence"], account["funding_pence"], account["expenditure_pence"]) == (
        0,
        250_00,
        135_00,
    )
    assert (account["net_pence"], account["other_pools_pence"], account["closing_pence"]) == (
        115_00,
        0,
        115_00,
    )
    assert [
        each["expenditure_pence"]
        for each in sorted(account["spending"], key=lambda e: -e["expenditure_pence"])
    ] == [
        90_00,
        45_00,
    ]
    notes = {each["organisation_id"]: each for each in pack["notes"]}
    council, nhs = notes[str(place.council)], notes[str(place.nhs)]
    assert (council["received_pence"], council["share_pence"]) == (250_00, 76_67)
    assert (nhs["received_pence"], nhs["other_partners_pence"], nhs["share_pence"]) == (0, 250_00, 38_33)
    assert council["share_pence"] + nhs["share_pence"] == account["closing_pence"]
    assert "from other partners £250" in nhs["text"]
    assert "share of the balance at the end of the year is £38.33" in nhs["text"]
    (carried,) = pack["carry_forward"]
    assert (carried["state"], carried["balance_pence"]) == ("posted", 115_00)
    owed = {each["organisation_id"]: each for each in pack["balances"]}
    assert owed[str(place.council)]["owed_to_fund_pence"] == 750_00
    assert owed[str(place.nhs)]["net_pence"] == 500_00 - 38_33
    assert (pack["complete"], pack["missing_contributors"]) == (True, [])
    assert kept["sha256"] == sha256(answer.content).hexdigest()
    assert kept["document_bytes"] == len(answer.content)


async def test_it_is_read_again_byte_by_byte_whatever_happens_after(place, host):
    pool, fund, reserves, _ = await a_year(place, host)
    first = made(await freeze(host, pool))
    assert first["sha256"]
    before = await place.pcc.get(f"/v1/year-end-packs/{first['id']}")
    assert made(before)["carry_forward"] == []
    assert (made(before)["complete"], made(before)["notes"][0]["share_pence"]) == (False, None)
    proposed = made(await propose(host, fund))
    made(await carry(host, proposed, posting(proposed, reserves)))
    second = made(await freeze(host, pool))
    after = await place.ccg.get(f"/v1/year-end-packs/{first['id']}")
    assert after.content == before.content
    assert second["sha256"] != first["sha256"]
    listed = made(
        await place.ccg.get("/v1/year-end-packs", params={"partnership_id": str(place.partnership)})
    )
    assert {each["id"] for each in listed["items"]} == {first["id"], second["id"]}
    again = await place.pcc.get(
        f"/v1/year-end-packs/{first['id']}", headers={"If-None-Match": before.headers["etag"]}
    )
    assert again.status_code == 304


async def test_sent_twice_it_is_made_once(place, host):
    pool, *_ = await a_year(place, host)
    sent, id_ = key(), str(uuid.uuid4())
    first = await freeze(host, pool, sent=sent, id_=id_)
    again = await freeze(host, pool, sent=sent, id_=id_)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert code_of(await freeze(host, pool, id_=id_)) == "id_unavailable"


async def test_the_table_adds_up_as_the_pack_does(place, host):
    pool, *_ = await a_year(place, host)
    kept = made(await freeze(host, pool))
    answer = await place.ccg.get(f"/v1/year-end-packs/{kept['id']}", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    items = {each["Item"]: each["Amount (£)"] for each in rows if each["Part"] == "memorandum account"}
    assert (items["Contribution"], items["Expenditure"], items["Closing balance"]) == (
        "250.00",
        "135.00",
        "115.00",
    )
    notes = [each["Amount (£)"] for each in rows if each["Part"] == "disclosure note"]
    assert notes == ["", ""]


async def test_an_open_year_has_no_pack(place, host):
    pool, *_ = await a_year(place, host)
    open_year = await freeze(host, pool, "2016/17")
    assert (open_year.status_code, code_of(open_year)) == (409, "year_end_not_closed")
    assert len(open_year.json()["open_periods"]) == 14


async def test_only_the_host_makes_it(place, host):
    pool, *_ = await a_year(place, host)
    partner = await keeper(place.client_for, place.partnership, place.nhs, host=False)
    refused = await freeze(partner, pool)
    assert (refused.status_code, code_of(refused)) == (409, "year_end_pack_not_host")
    stranger = await keeper(place.client_for, uuid.uuid4(), None)
    foreign, absent = await freeze(stranger, pool), await freeze(stranger, uuid.uuid4())
    assert code_of(foreign) == code_of(absent) == "pool_unknown"
    assert foreign.json()["errors"] == absent.json()["errors"]


async def test_whose_it_is_not_finds_nothing(place, host):
    pool, *_ = await a_year(place, host)
    kept = made(await freeze(host, pool))
    path = f"/v1/year-end-packs/{kept['id']}"
    for standing in (
        {"commissioner": uuid.uuid4()},
        {"provider": place.partnership},
        {"observer": place.partnership},
    ):
        await assert_hidden(await place.client(**standing), path, "/v1/year-end-packs", place.partnership)
    await assert_hidden(
        await place.auditor(years=("2014/15",)), path, "/v1/year-end-packs", place.partnership
    )
    assert (await (await place.auditor(years=(YEAR,))).get(path)).status_code == 200
