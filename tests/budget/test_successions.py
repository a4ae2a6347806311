"""Succession of organisations in the books: mergers, divisions, a change in mid-year, and what comes late."""

import uuid

import pytest

from services.budget.store import taken_promises
from tests.budget.place import code_of, made
from tests.budget.succeeding import County, as_successor, preview, succeed


async def own_books(place, client, name, pence):
    """A partner's own aligned books: a fund that paid so much into a reserve, and a line that cost something."""
    fund = await place.account(client, "fund", "aligned")
    reserve = await place.account(client, "reserve", "aligned")
    await place.post(client, reserve, fund, pence, kind="prepayment", effective_date="2018-05-01")
    line = await place.line(client, None, "aligned", financial_year="2018/19", pence=10_000_00, name=name)
    cost = await place.account(client, "expenditure", "aligned", line_id=line)
    await place.post(client, cost, fund, 1_234_56, effective_date="2018-06-15")
    return {"fund": fund, "reserve": reserve, "line": line, "cost": cost}


@pytest.fixture
async def devon(client_for, stack):
    """A council that hosts a pool, and two CCGs that will be one."""
    place = await County().prepare(stack, client_for)
    yield place
    await place.connection.close()


async def held(place, *accounts):
    rows = await place.connection.fetch(
        "select account_id, sum(amount_pence)::bigint as pence from budget.balances"
        " where account_id = any($1::uuid[]) and book = 'actual' group by 1",
        [uuid.UUID(str(each)) for each in accounts],
    )
    found = {row["account_id"]: row["pence"] for row in rows}
    return [found.get(uuid.UUID(str(each)), 0) for each in accounts]


async def became(client, place, thing):
    params = {"partnership_id": str(place.partnership), "limit": "200"}
    items = made(await client.get("/v1/succeeded-things", params=params))["items"]
    found: dict[str, list[dict]] = {}
    for each in items:
        if each["thing"] == thing:
            found.setdefault(each["from_id"], []).append(each)
    return found


def known(position):
    """The known part of each total, by arrangement."""
    return {
        (kind, name): each["known_pence"]
        for kind, figures in position["totals"].items()
        for name, each in figures.items()
        if isinstance(each, dict)
    }


async def nothing_left(place):
    """The books as a whole still add up, and no account that was succeeded holds anything."""
    left = await place.connection.fetch(
        "select i.from_id, sum(b.amount_pence) from budget.succession_items i join budget.balances b"
        " on b.account_id = i.from_id and b.book = 'actual' where i.thing = 'account' and i.partnership_id = $1"
        " group by i.from_id having sum(b.amount_pence) <> 0",
        place.partnership,
    )
    out = await place.connection.fetchval(
        "select coalesce(sum(amount_pence), 0) from budget.entries where partnership_id = $1",
        place.partnership,
    )
    assert (list(left), out) == ([], 0)


@pytest.mark.row("S3-B06", "S3-G01")
async def test_two_ccgs_close_and_one_opens_with_their_balances(devon, client_for):
    place = devon
    first = await own_books(place, place.ccg, "Continuing healthcare", 700_000_01)
    second = await own_books(place, place.sdt, "Continuing healthcare", 300_000_02)
    before = made(await place.position(place.ccg, "2018-19"))
    foretold = made(await preview(client_for, place.rows, [place.partnership]))
    id_, operator = uuid.uuid4(), uuid.uuid4()
    done = await succeed(client_for, place.rows, [place.partnership], id_=id_, operator=operator)
    assert made(done)["counts"] == foretold["counts"]
    assert foretold["succession_id"] is None
    again = await succeed(client_for, place.rows, [place.partnership], id_=id_, operator=operator)
    assert (again.headers["Idempotency-Replayed"], again.content) == ("true", done.content)
    olds = (place.nhs, place.second)
    new = await as_successor(client_for, place.successor, olds, place.partnership)
    went = await became(new, place, "account")
    opened: dict[str, list[dict]] = {}
    for books in (first, second):
        for name in ("fund", "reserve"):
            assert await held(place, books[name]) == [0]
            (item,) = went[str(books[name])]
            opened.setdefault(name, []).append(item)
    assert sorted(each["amount_pence"] for each in opened["reserve"]) == [300_000_02, 700_000_01]
    assert await held(place, *(each["to_id"] for each in opened["reserve"])) == [
        each["amount_pence"] for each in opened["reserve"]
    ]
    await nothing_left(place)
    after = made(await place.position(new, "2018-19"))
    assert after["totals"] == made(await place.position(new, "2018-19"))["totals"]
    assert {each["organisation_id"] for each in after["by_partner"]} >= {str(place.nhs), str(place.second)}
    assert [each for each in after["lines"] if each["owner_organisation_id"] == str(place.nhs)] == before[
        "lines"
    ]
    agreement = made(await new.get(f"/v1/agreements/{place.agreement}"))
    parties = [each["organisation_id"] for each in agreement["terms"]["parties"]]
    assert parties == [str(place.council), str(place.successor)]
    assert (agreement["state"], agreement["edition"]) == ("in_force", 1)


@pytest.mark.row("S3-B06")
async def test_what_comes_late_is_the_successor_s_and_labelled_so(devon, client_for):
    place = devon
    books = await own_books(place, place.ccg, "Prescribing", 50_000_00)
    made(await succeed(client_for, place.rows, [place.partnership]))
    new = await as_successor(client_for, place.successor, (place.nhs, place.second), place.partnership)
    late = {"effective_date": "2019-03-20", "posting_period": None}
    posted = await place.post(new, books["cost"], books["fund"], 99_01, **late)
    assert posted["on_behalf_of_organisation_id"] == str(place.nhs)
    assert posted["posted_by_organisation_id"] == str(place.successor)
    assert posted["owner_organisation_id"] == str(place.nhs)
    await nothing_left(place)
    (item,) = (await became(new, place, "account"))[str(books["fund"])]
    assert await held(place, item["to_id"]) == [-50_000_00 - 1_234_56 - 99_01]
    undone = {"id": str(uuid.uuid4()), "effective_date": "2019-03-21", "narrative": "Sent twice"}
    reversal = made(
        await new.post(f"/v1/journals/{posted['id']}/reversal", json=undone, key=uuid.uuid4().hex)
    )
    assert reversal["on_behalf_of_organisation_id"] == str(place.nhs)
    assert await held(place, item["to_id"]) == [-50_000_00 - 1_234_56]
    await nothing_left(place)

    async def refused(client, **changes):
        entries = [
            {"account_id": str(books["reserve"]), "amount_pence": 5},
            {"account_id": str(books["fund"]), "amount_pence": -5},
        ]
        asked = {"kind": "prepayment", "effective_date": "2019-03-20", "narrative": "x", "entries": entries}
        return code_of(await client.put(f"/v1/journals/{uuid.uuid4()}", json={**asked, **changes}))

    assert await refused(new, effective_date="2019-04-01") == "journal_after_succession"
    assert await refused(place.ccg) == "journal_by_predecessor"
    assert await refused(new, kind="succession") == "journal_by_succession_only"
    journals = made(
        await new.get("/v1/journals", params={"partnership_id": str(place.partnership), "limit": "200"})
    )["items"]
    carried = next(each for each in journals if each["kind"] == "succession")
    undone = {**undone, "id": str(uuid.uuid4()), "effective_date": "2019-04-02"}
    stands = await new.post(f"/v1/journals/{carried['id']}/reversal", json=undone, key=uuid.uuid4().hex)
    assert code_of(stands) == "journal_of_a_succession"


@pytest.mark.row("S3-B06", "S3-G01")
async def test_books_are_divided_to_the_penny(client_for, stack):
    place = County()
    await place.enter(client_for)
    place.connection = await stack.superuser()
    books = await own_books(place, place.ccg, "Mental health", 100_00)
    one, other, third = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    rows = ((place.nhs, one, "0.5"), (place.nhs, other, "0.3"), (place.nhs, third, "0.2"))
    made(await succeed(client_for, rows, [place.partnership], kind="division"))
    new = await as_successor(client_for, one, (place.nhs, other, third), place.partnership)
    parts = {
        each["owner_organisation_id"]: each
        for each in (await became(new, place, "account"))[str(books["fund"])]
    }
    shares = await held(place, *(parts[str(each)]["to_id"] for each in (one, other, third)))
    assert (sum(shares), shares) == (-100_00 - 1_234_56, [-667_28, -400_37, -266_91])
    await nothing_left(place)
    alone = await as_successor(client_for, one, (place.nhs,), place.partnership)
    late = {
        "kind": "prepayment",
        "effective_date": "2019-03-20",
        "narrative": "x",
        "entries": [
            {"account_id": str(books["reserve"]), "amount_pence": 5},
            {"account_id": str(books["fund"]), "amount_pence": -5},
        ],
    }
    assert code_of(await alone.put(f"/v1/journals/{uuid.uuid4()}", json=late)) == "journal_books_divided"
    await place.connection.close()


@pytest.mark.row("S3-B06", "S3-G01")
async def test_a_change_in_mid_year_gives_each_its_own_months(devon, client_for):
    place = devon
    more = {"financial_year": "2022/23", "pence": 1_200_000_00, "name": "Community nursing"}
    line = await place.line(place.ccg, place.pool_id, "pooled", **more)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line)
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=place.pool_id)
    await place.post(place.pcc, cost, fund, 280_000_00, effective_date="2022-05-10")
    made(await place.promise(place.ccg, place.pool_id, 1_200_000_01, financial_year="2022/23"))
    commitment = {
        "partnership_id": str(place.partnership),
        "line_id": str(line),
        "level": "service",
        "contract_id": str(uuid.uuid4()),
        "description": "District nurses",
        "amount_pence": 900_000_00,
        "effective_date": "2022-04-01",
    }
    held_id = uuid.uuid4()
    made(await place.ccg.put(f"/v1/commitments/{held_id}", json=commitment))
    before = made(await place.position(place.pcc, "2022-23"))
    icb = uuid.uuid4()
    rows = ((place.nhs, icb, 1),)
    how = rows, [place.partnership], "2022-07-01", "transfer"
    tried, done = made(await preview(client_for, *how)), made(await succeed(client_for, *how))
    assert (tried["counts"], tried["remarks"]) == (done["counts"], done["remarks"])
    new = await as_successor(client_for, icb, (place.nhs,), place.partnership)
    year = made(await place.position(place.pcc, "2022-23"))
    spring = made(await place.position(place.pcc, "2022-23", as_at="2022-06-30"))
    by = {each["organisation_id"]: each["figures"] for each in year["by_partner"]}
    assert by[str(place.nhs)]["budget_approved"]["known_pence"] == 300_000_00
    assert by[str(icb)]["budget_approved"]["known_pence"] == 900_000_00
    assert by[str(place.nhs)]["contributions_due"]["known_pence"] == 300_000_01
    assert by[str(icb)]["contributions_due"]["known_pence"] == 900_000_00
    assert by[str(place.nhs)]["actual"]["known_pence"] == 280_000_00
    assert (by[str(place.nhs)]["committed_pence"], by[str(icb)]["committed_pence"]) == (0, 900_000_00)
    for name in ("budget_approved", "contributions_due"):
        assert (
            year["totals"]["pooled"][name]["known_pence"] == before["totals"]["pooled"][name]["known_pence"]
        )
    assert spring["totals"]["pooled"]["budget_approved"]["known_pence"] == 1_200_000_00
    assert str(icb) not in {each["organisation_id"] for each in spring["by_partner"]}
    whole = made(await place.position(new, "2022-23", under="successors"))
    folded = {each["organisation_id"]: each["figures"] for each in whole["by_partner"]}
    assert folded[str(icb)]["budget_approved"]["known_pence"] == 1_200_000_00
    assert folded[str(icb)]["contributions_due"]["known_pence"] == 1_200_000_01
    assert (str(place.nhs) in folded, known(whole)) == (False, known(year))
    (their,) = (await became(new, place, "line"))[str(line)]
    opened = made(await new.get(f"/v1/lines/{their['to_id']}"))
    assert (opened["succeeds_line_id"], opened["counts_from"]) == (str(line), "2022-07-01")
    cost_since = await place.account(
        place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=their["to_id"]
    )
    await place.post(place.pcc, cost_since, fund, 1_00, effective_date="2022-07-01")
    entries = [
        {"account_id": str(cost), "amount_pence": 1},
        {"account_id": str(fund), "amount_pence": -1},
    ]
    asked = {"kind": "expenditure", "effective_date": "2022-07-01", "narrative": "x", "entries": entries}
    refused = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=asked)
    assert code_of(refused) == "journal_after_succession"


async def test_what_is_no_succession_is_refused_and_nothing_is_kept(devon, client_for):
    place, old, new = devon, devon.nhs, devon.successor
    other = uuid.uuid4()
    for rows, kind, code in (
        (((old, new, "0.5"),), "transfer", "succession_moves_wrong"),
        (((old, old, 1),), "transfer", "succession_moves_wrong"),
        (((old, new, "0.5"), (old, new, "0.5")), "division", "succession_moves_wrong"),
        (((old, new, "1.5"), (old, other, "-0.5")), "division", "succession_moves_wrong"),
        (((old, new, 1), (new, other, 1)), "merger", "succession_moves_wrong"),
        (((old, new, 1),), "merger", "succession_kind_wrong"),
        (((old, new, "0.5"), (old, other, "0.5")), "merger", "succession_kind_wrong"),
    ):
        refused = await succeed(client_for, rows, [place.partnership], kind=kind)
        assert (refused.status_code, code_of(refused)) == (422, code)
    made(await succeed(client_for, place.rows, [place.partnership]))
    twice = await succeed(client_for, ((old, new, 1),), [place.partnership], kind="transfer")
    assert code_of(twice) == "succession_applied_already"
    stranger = await place.client(None, commissioner=uuid.uuid4())
    for path in ("/v1/ledger-successions", "/v1/succeeded-things"):
        seen = await stranger.get(path, params={"partnership_id": str(place.partnership)})
        assert seen.json() == {"items": [], "next": None}
    shown = await place.pcc.get("/v1/ledger-successions", params={"partnership_id": str(place.partnership)})
    assert {each["predecessor_organisation_id"] for each in shown.json()["items"]} == {
        str(place.nhs),
        str(place.second),
    }


async def test_a_preview_is_refused_for_what_the_commit_would_refuse(devon, client_for, monkeypatch):
    """What is whole only at its end is checked there, by the preview as by the commit. Planted: instalments get lost."""
    real = taken_promises._by_day
    monkeypatch.setattr(taken_promises, "_by_day", lambda *parts: real(*parts)[:1])
    made(await devon.promise(devon.ccg, devon.pool_id, 1_200_000_01, financial_year="2022/23"))
    asked = ((devon.nhs, uuid.uuid4(), 1),), [devon.partnership], "2022-07-01", "transfer"
    for ask in (preview, succeed):
        assert code_of(await ask(client_for, *asked)) == "instalments_differ"
