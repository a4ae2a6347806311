"""Entries through the doors: VAT beside what counts, contributions in kind, and what entries were for."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.raw_books import acting

SPENT_ON = "2015-06-15"


@pytest.fixture(scope="module")
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    return place


@pytest.fixture(scope="module")
async def books(place):
    """A line of the council's in the pool with the accounts that an invoice needs."""
    line = await place.line(place.pcc, place.pool_id, "pooled", financial_year="2015/16")
    common = {"pool_id": place.pool_id}
    return {
        "line": line,
        "cost": await place.account(place.pcc, "expenditure", "pooled", **common, line_id=line),
        "fund": await place.account(place.pcc, "fund", "pooled", **common),
        "control": await place.account(place.pcc, "vat_control", "pooled", **common),
        "from_ccg": await place.account(
            place.ccg, "contribution", "pooled", **common, organisation_id=place.nhs
        ),
    }


def side(account, pence, **more):
    return {"account_id": str(account), "amount_pence": pence, **more}


def invoice(place, books, **vat):
    """An invoice of 1,000 pounds and 200 pounds of VAT that the council recovers under section 33."""
    told = {
        "regime": "s33",
        "organisation_id": str(place.council),
        "net_pence": 1000_00,
        "recoverable_pence": 200_00,
        **vat,
    }
    return {
        "kind": "expenditure",
        "effective_date": SPENT_ON,
        "narrative": "Care home invoice",
        "entries": [
            side(books["cost"], 1000_00, vat=told),
            side(books["control"], 200_00),
            side(books["fund"], -1200_00),
        ],
    }


async def spent(place, books):
    position = made(await place.position(place.pcc, "2015-16"))
    return next(each for each in position["lines"] if each["line_id"] == str(books["line"]))["actual_pence"]


@pytest.mark.row("S1-B25")
async def test_the_position_is_net_of_recoverable_vat(place, books):
    before = await spent(place, books) or 0
    posted = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=invoice(place, books)))
    assert posted["entries"][0]["vat"] == {
        "regime": "s33",
        "organisation_id": str(place.council),
        "tax_point": SPENT_ON,
        "net_pence": 1000_00,
        "recoverable_pence": 200_00,
        "irrecoverable_pence": 0,
    }
    assert posted["entries"][1]["vat"] is None
    assert await spent(place, books) == before + 1000_00
    assert made(await place.pcc.get(f"/v1/journals/{posted['id']}")) == posted
    undo = {"id": str(uuid.uuid4()), "effective_date": SPENT_ON, "narrative": "Credit note"}
    undone = made(await place.pcc.post(f"/v1/journals/{posted['id']}/reversal", json=undo, key=key()))
    assert undone["entries"][0]["vat"]["recoverable_pence"] == -200_00
    assert await spent(place, books) == before


@pytest.mark.parametrize(
    ("vat", "code", "pointer"),
    [
        ({"net_pence": 999_99}, "vat_parts_differ", "/entries/0/vat"),
        ({"recoverable_pence": 100_00}, "vat_control_differs", "/entries"),
        ({"organisation_id": None}, "vat_regime_whose", "/entries/0/vat/organisation_id"),
        ({"regime": "outside_scope"}, "vat_outside_scope", "/entries/0/vat/regime"),
        ({"regime": "s34"}, None, "/entries/0/vat/regime"),
        ({"net_pence": 1000_00.0}, None, "/entries/0/vat/net_pence"),
        ({"net_pence": "100000"}, None, "/entries/0/vat/net_pence"),
        ({"tax_point": "2015-02-29"}, None, "/entries/0/vat/tax_point"),
        ({"rate": "0.2"}, None, "/entries/0/vat/rate"),
    ],
)
async def test_vat_that_is_not_right_is_named_and_nothing_is_posted(place, books, vat, code, pointer):
    before = await spent(place, books)
    answer = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=invoice(place, books, **vat))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert code is None or code_of(answer) == code
    assert await spent(place, books) == before


async def test_the_database_refuses_recovered_vat_that_no_control_account_takes(place, books, stack):
    posted = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=invoice(place, books)))["id"]
    connection = await stack.superuser()
    try:
        await (transaction := connection.transaction()).start()
        await acting(connection, place.council, place.partnership)
        await connection.execute("set local search_path = budget")
        copy = str(uuid.uuid4())
        await connection.execute(
            "insert into journals select (jsonb_populate_record(j, jsonb_build_object('id', $2::text, 'recorded_at', now()))).*"
            " from journals j where id = $1::uuid",
            *(posted, copy),
        )
        await connection.execute(
            "insert into entries select (jsonb_populate_record(e, jsonb_build_object('journal_id', $2::text,"
            " 'recorded_at', now(), 'account_id', case when e.vat_regime is null then $3::text else e.account_id::text end))).*"
            " from entries e where journal_id = $1::uuid",
            posted,
            copy,
            str(books["fund"]),
        )
        with pytest.raises(Exception, match="recovers VAT that is on no control account"):
            await connection.execute("set constraints all immediate")
        await transaction.rollback()
        with pytest.raises(Exception, match="entries_vat_adds_up"):
            await connection.execute(
                "insert into budget.entries select (jsonb_populate_record(e, jsonb_build_object('position', 9,"
                " 'vat_net_pence', 1))).* from budget.entries e where journal_id = $1::uuid and position = 1",
                posted,
            )
    finally:
        await connection.close()


async def test_a_contribution_in_kind_counts_as_received_and_spent_and_moves_no_fund(place, books):
    in_kind = {
        "kind": "in_kind",
        "effective_date": SPENT_ON,
        "narrative": "Two nurses for a month",
        "entries": [side(books["cost"], 500_00), side(books["from_ccg"], -500_00)],
    }
    before = made(await place.position(place.ccg, "2015-16"))["totals"]["pooled"]
    made(await place.ccg.put(f"/v1/journals/{uuid.uuid4()}", json=in_kind))
    after = made(await place.position(place.ccg, "2015-16"))["totals"]["pooled"]
    assert after["contributions_received_pence"] == (before["contributions_received_pence"] or 0) + 500_00
    assert after["actual"]["known_pence"] == (before["actual"]["known_pence"] or 0) + 500_00
    in_kind["entries"][0]["account_id"] = str(books["fund"])
    refused = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=in_kind)
    assert (refused.status_code, code_of(refused)) == (422, "in_kind_moves_no_cash")


async def test_what_an_entry_was_for_is_told_with_it_added_later_and_found(place, books):
    contract, provider = str(uuid.uuid4()), str(uuid.uuid4())
    body = invoice(place, books)
    body["entries"][0]["dimensions"] = {"contract_id": contract, "service_code": "reablement"}
    posted = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body))
    url = f"/v1/journals/{posted['id']}"
    assert posted["entries"][0]["dimensions"] == {
        "contract_id": contract,
        "provider_organisation_id": None,
        "service_code": "reablement",
        "locality_code": None,
    }
    assert posted["entries"][1]["dimensions"] is None
    first = await place.pcc.get(f"{url}/dimensions")
    assert (first.headers["ETag"], first.json()["version"]) == ('"1"', 1)
    later = {"entries": [{"position": 1, "provider_organisation_id": provider, "service_code": None}]}
    said = await place.pcc.post(f"{url}/dimensions", json=later, key=url[-36:], version=1)
    assert made(said)["version"] == 2
    assert [each["version"] for each in said.json()["history"]] == [1, 2]
    again = await place.pcc.post(f"{url}/dimensions", json=later, key=url[-36:], version=1)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (said.content, "true")
    read = made(await place.pcc.get(url))
    assert read["entries"][0]["dimensions"] == {
        "contract_id": contract,
        "provider_organisation_id": provider,
        "service_code": None,
        "locality_code": None,
    }
    assert [each["amount_pence"] for each in read["entries"]] == [1000_00, 200_00, -1200_00]
    stale = await place.pcc.post(f"{url}/dimensions", json=later, key=key(), version=1)
    assert stale.status_code == 412
    nobody = await place.pcc.post(
        f"{url}/dimensions", json={"entries": [{"position": 4}]}, key=key(), version=2
    )
    assert (code_of(nobody), nobody.json()["errors"][0]["pointer"]) == (
        "dimensions_no_such_entry",
        "/entries/0/position",
    )
    partner = await place.ccg.post(f"{url}/dimensions", json=later, key=key(), version=2)
    assert (partner.status_code, code_of(partner)) == (403, "dimensions_not_yours")
    for wanted, found in (
        ({"contract_id": contract}, True),
        ({"provider_organisation_id": provider}, True),
        ({"service_code": "reablement"}, False),  # it was taken back
        ({"contract_id": provider}, False),
    ):
        assert (posted["id"] in await ids(place.ccg, place, **wanted)) is found, wanted


async def ids(client, place, **wanted):
    answer = await client.get("/v1/journals", params={"partnership_id": str(place.partnership), **wanted})
    return {each["id"] for each in made(answer)["items"]}


async def test_the_list_is_narrowed_by_each_filter(place, books):
    body = {**invoice(place, books), "client_reference": f"INV-{uuid.uuid4().hex[:8]}"}
    one = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body))
    paid = await place.post(
        place.ccg,
        books["fund"],
        books["from_ccg"],
        7,
        kind="contribution",
        effective_date="2015-04-01",
    )
    for wanted in (
        {"account_id": str(books["control"])},
        {"kind": "expenditure"},
        {"posting_period": "2015-16-M03"},
        {"client_reference": body["client_reference"]},
        {"effective_from": SPENT_ON, "effective_to": SPENT_ON, "book": "actual"},
    ):
        found = await ids(place.pcc, place, **wanted)
        assert one["id"] in found, wanted
        assert paid["id"] not in found, wanted
    assert await ids(place.pcc, place, client_reference=body["client_reference"]) == {one["id"]}
    assert await ids(place.pcc, place, book="budget") == set()
    params = {"partnership_id": str(place.partnership)}
    for wrong in ({"kind": "gift"}, {"posting_period": "2015-16-M15"}, {"effective_from": "2015-02-30"}):
        answer = await place.pcc.get("/v1/journals", params={**params, **wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"?{next(iter(wrong))}")
    first = made(await place.pcc.get("/v1/journals", params={**params, "kind": "expenditure", "limit": 1}))
    assert "kind=expenditure" in first["next"]


async def test_a_stranger_finds_no_dimensions(place, books, client_for):
    posted = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=invoice(place, books)))
    for client in (
        await place.client(uuid.uuid4(), commissioner=uuid.uuid4()),
        await place.client(uuid.uuid4(), provider=place.partnership),
        await place.client(uuid.uuid4(), observer=place.partnership),
    ):
        await assert_hidden(client, f"/v1/journals/{posted['id']}", "/v1/journals", place.partnership)
        assert (await client.get(f"/v1/journals/{posted['id']}/dimensions")).status_code == 404
        said = {"entries": [{"position": 1, "service_code": "ours"}]}
        answer = await client.post(f"/v1/journals/{posted['id']}/dimensions", json=said, key=key(), version=1)
        assert answer.status_code == 404


async def test_an_account_holds_no_more_than_a_ledger_of_public_money_may(place, books):
    huge = 10**15
    last = None
    for _ in range(11):
        last = await place.pcc.put(
            f"/v1/journals/{uuid.uuid4()}",
            json={
                "kind": "expenditure",
                "effective_date": "2016-01-15",
                "narrative": "In the wrong scale",
                "entries": [side(books["cost"], huge), side(books["fund"], -huge)],
            },
        )
    assert (last.status_code, code_of(last)) == (422, "balance_too_large")
    assert last.json()["errors"][0]["pointer"] == "/entries"
    assert (await place.position(place.pcc, "2015-16")).status_code == 200


@pytest.mark.parametrize("pence", [1.0, 1e3, "12", "1e3", None, True, 10**15 + 1, -(10**15) - 1])
async def test_an_amount_is_a_whole_number_of_pence(place, books, pence):
    body = {
        "kind": "expenditure",
        "effective_date": SPENT_ON,
        "narrative": "x",
        "entries": [side(books["cost"], pence), side(books["fund"], -1)],
    }
    answer = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/entries/0/amount_pence")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e3", "-0.0", "01", "9" * 30])
async def test_numbers_that_are_no_pence_are_refused_as_written(place, books, text):
    body = (
        '{"kind": "expenditure", "effective_date": "2015-06-15", "narrative": "x", "entries": ['
        f'{{"account_id": "{books["cost"]}", "amount_pence": {text}}},'
        f'{{"account_id": "{books["fund"]}", "amount_pence": -1000}}]}}'
    )
    sent_as = {"Content-Type": "application/json"}
    answer = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", content=body.encode(), headers=sent_as)
    assert answer.status_code in {400, 422}, answer.text
