"""Positions as recorded at an instant: the same bytes later, whatever was recorded or committed since."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.budget.place import Place, code_of, made
from tests.budget.years import real_year, shadow_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def test_as_recorded_answers_the_same_bytes_later(place):
    pool, lines, fund = await real_year(place)
    await asyncio.sleep(0.01)
    instant = datetime.now(UTC) - timedelta(milliseconds=5)
    asked = {"as_recorded": instant.isoformat()}
    first = await place.position(place.ccg, "2015-16", **asked)
    assert made(first)["totals"]["pooled"]["actual"]["known_pence"] == 135_00
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 11_00, effective_date="2015-04-20")
    await place.line(place.pcc, pool, "pooled", pence=5, financial_year="2015/16")
    await place.line(place.pcc, None, "aligned", pence=5, financial_year="2015/16")
    promised = (await place.ccg.get(f"/v1/contributions?partnership_id={place.partnership}")).json()["items"]
    own = next(each for each in promised if each["owner_organisation_id"] == str(place.nhs))
    changed = {"financial_year": "2015/16", "replaces_contribution_id": own["id"]}
    made(await place.promise(place.ccg, pool, 600_00, **changed))
    again = await place.position(place.ccg, "2015-16", **asked)
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    now = made(await place.position(place.ccg, "2015-16"))
    assert now["totals"]["pooled"]["actual"]["known_pence"] == 146_00
    assert now["totals"]["pooled"]["contributions_due"]["known_pence"] == 1_600_00
    before_all = made(await place.position(place.ccg, "2015-16", as_recorded="2015-06-01T00:00:00Z"))
    assert (before_all["lines"], before_all["totals"]["whole"]["actual"]["known_pence"]) == ([], None)


async def test_consent_given_later_does_not_change_what_was_on_record(place):
    await shadow_year(place, consent=False)
    await asyncio.sleep(0.01)
    asked = {"as_recorded": (datetime.now(UTC) - timedelta(milliseconds=5)).isoformat()}
    first = await place.position(place.ccg, **asked)
    assert made(first)["withheld_contributors"]
    path = f"/v1/agreements/{place.agreement}/shadow-consent"
    made(await place.pcc.post(path, key="consent-to-shadow-" + uuid.uuid4().hex))
    assert (await place.position(place.ccg, **asked)).content == first.content
    assert made(await place.position(place.ccg))["withheld_contributors"] == []


async def test_a_consent_that_falls_away_later_does_not_change_what_was_on_record(place):
    """A party that leaves the draft takes its consent along: shadow is closed from then on, not in the past."""
    await shadow_year(place)
    await asyncio.sleep(0.01)
    asked = {"as_recorded": (datetime.now(UTC) - timedelta(milliseconds=5)).isoformat()}
    first = await place.position(place.pcc, **asked)
    assert made(first)["withheld_contributors"] == []
    assert len(made(first)["lines"]) == 2
    parties = place.terms()["parties"]
    parties[1]["organisation_id"] = str(uuid.uuid4())
    change = {"terms": {"parties": parties}}
    path = f"/v1/agreements/{place.agreement}"
    made(await place.pcc.patch(path, json=change, version=await place.version()))
    assert (await place.position(place.pcc, **asked)).content == first.content
    now = made(await place.position(place.pcc))
    assert {each["owner_organisation_id"] for each in now["lines"]} == {str(place.council)}
    listed = await place.pcc.get("/v1/lines", params={"partnership_id": str(place.partnership)})
    assert {each["owner_organisation_id"] for each in listed.json()["items"]} == {str(place.council)}
    theirs = await place.pcc.get("/v1/accounts", params={"partnership_id": str(place.partnership)})
    assert {each["owner_organisation_id"] for each in theirs.json()["items"]} == {str(place.council)}


async def test_an_instant_with_an_open_transaction_is_refused_until_it_is_settled(place, stack):
    """The posting's own time lies before the instant, and it commits after the question: it must not be missed."""
    _, lines, fund = await real_year(place)
    writer = await stack.connect("budget")
    try:
        await writer.execute("set application_name = 'budget-write'")
        transaction = writer.transaction()
        await transaction.start()
        started = await writer.fetchval("select now()")
        await writer.execute("select pg_advisory_xact_lock(1)")
        inside = datetime.now(UTC)
        refused = await place.position(place.pcc, "2015-16", as_recorded=inside.isoformat())
        assert (refused.status_code, code_of(refused)) == (409, "as_recorded_not_settled")
        until = datetime.fromisoformat(refused.json()["settled_until"])
        assert until < started <= inside
        assert refused.headers["Retry-After"] == "1"
        settled = await place.position(place.pcc, "2015-16", as_recorded=until.isoformat())
        assert settled.status_code == 200
        await transaction.commit()
        cost = await place.account(
            place.pcc,
            "reserve",
            "pooled",
            pool_id=made(await place.pcc.get(f"/v1/lines/{lines['pcc']}"))["pool_id"],
        )
        await place.post(place.pcc, cost, fund, 1, effective_date="2015-04-20")
        same = await place.position(place.pcc, "2015-16", as_recorded=until.isoformat())
        assert same.content == settled.content
        later = await place.position(place.pcc, "2015-16", as_recorded=inside.isoformat())
        assert later.status_code == 200
    finally:
        await writer.close()
    ahead = datetime.now(UTC) + timedelta(hours=1)
    assert (await place.position(place.pcc, "2015-16", as_recorded=ahead.isoformat())).status_code == 409


async def test_months_are_cut_where_they_begin_on_both_axes(place, stack):
    """Entries moved by hand to other months: every cut of effective day and recorded instant equals the plain sum."""
    _, lines, _ = await real_year(place)
    connection = await stack.superuser()
    try:
        await connection.execute("set session_replication_role = replica")
        account = await connection.fetchval(
            "select id from budget.accounts where line_id = $1 and kind = 'expenditure'", lines["pcc"]
        )
        journal = uuid.uuid4()
        for position, (effective, recorded) in enumerate(
            [
                ("2015-04-01", "2015-04-30T23:59:59.999999Z"),
                ("2015-04-30", "2015-05-01T00:00:00Z"),
                ("2015-05-01", "2015-05-31T23:30:00Z"),
                ("2015-05-31", "2015-06-15T12:00:00Z"),
                ("2016-03-31", "2016-04-20T12:00:00Z"),
            ]
        ):
            values = (
                journal,
                position + 1,
                account,
                place.partnership,
                place.council,
                10**position,
                datetime.fromisoformat(effective).date(),
                datetime.fromisoformat(recorded),
            )
            await connection.execute(
                "insert into budget.entries values ($1, $2, $3, $4, $5, 'pooled', 'actual', $6, $7, '2015-16-M01', $8)",
                *values,
            )
        await connection.execute("delete from budget.balances where partnership_id = $1", place.partnership)
        await connection.execute(
            "insert into budget.balances select account_id, book, date_trunc('month', effective_date)::date,"
            " posting_period, date_trunc('month', recorded_at at time zone 'UTC')::date, partnership_id,"
            " owner_organisation_id, arrangement, sum(amount_pence), count(*),"
            " (select array_agg(d.pence order by n) from generate_series(1, 31) n left join (select day, sum(pence) as pence"
            "   from unnest(array_agg(extract(day from effective_date)), array_agg(amount_pence)) each (day, pence)"
            "   group by day) d on d.day = n)"
            " from budget.entries where partnership_id = $1 group by 1, 2, 3, 4, 5, 6, 7, 8",
            place.partnership,
        )
        lines_at = await connection.fetchval(
            "update budget.lines set recorded_at = '2015-04-01' where partnership_id = $1 returning recorded_at",
            place.partnership,
        )
        assert lines_at
        for as_at in ("2015-04-01", "2015-04-15", "2015-04-30", "2015-05-30", "2015-05-31", "2016-03-31"):
            for recorded in (
                "2015-04-30T23:59:59.999998Z",
                "2015-04-30T23:59:59.999999Z",
                "2015-05-01T00:00:00Z",
                "2015-05-31T23:59:00Z",
                "2015-06-01T00:00:00Z",
                "2016-04-30T00:00:00Z",
            ):
                plain = await connection.fetchval(
                    "select sum(amount_pence)::bigint from budget.entries where account_id = $1"
                    " and effective_date <= $2 and recorded_at <= $3",
                    account,
                    datetime.fromisoformat(as_at).date(),
                    datetime.fromisoformat(recorded),
                )
                position = made(await place.position(place.pcc, "2015-16", as_at=as_at, as_recorded=recorded))
                line = next(each for each in position["lines"] if each["line_id"] == str(lines["pcc"]))
                assert line["actual_pence"] == plain, (as_at, recorded)
    finally:
        await connection.close()
