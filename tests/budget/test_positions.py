"""Positions over HTTP: what each role gets, what is unknown, as at a day and as recorded at an instant."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.budget.place import Place, made
from tests.budget.test_agreements import code_of


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def shadow_year(place, consent=True):
    """Plymouth 2014/15: three lines under a draft, PCC's figures and the CCG's `tbc`, and some spend."""
    await place.draft()
    pool = await place.pool()
    ours = await place.line(place.pcc, pool, pence=22_167_000_00)
    theirs = await place.line(place.ccg, pool, pence=None)
    made(await place.promise(place.pcc, pool, 22_167_000_00))
    made(await place.promise(place.ccg, pool, None))
    await place.spend(place.pcc, ours, 1_000_00, pool=pool)
    if consent:
        for client in (place.pcc, place.ccg):
            path = f"/v1/agreements/{place.agreement}/shadow-consent"
            made(await client.post(path, key="consent-to-shadow-" + uuid.uuid4().hex))
    return pool, ours, theirs


@pytest.mark.row("S1-B04", "S1-B11")
async def test_a_shadow_year_with_one_partner_s_figures_to_be_confirmed(place):
    pool, _, _ = await shadow_year(place)
    for client in (place.pcc, place.ccg):
        position = made(await place.position(client))
        assert position["complete"] is False
        assert position["missing_contributors"] == [
            {"organisation_id": str(place.nhs), "figures": ["actual", "budget", "contribution"]}
        ]
        assert position["withheld_contributors"] == []
        totals = position["totals"]
        assert totals["shadow"]["budget_approved"] == {
            "known_pence": 22_167_000_00,
            "complete": False,
            "missing_contributors": [str(place.nhs)],
        }
        nothing = {"known_pence": None, "complete": True, "missing_contributors": []}
        assert totals["pooled"]["budget_approved"] == nothing
        assert totals["whole"]["actual"]["known_pence"] == 1_000_00
        assert totals["whole"]["variance_pence"] is None
        assert len(position["lines"]) == 2
        by_pool = made(await place.position(client, partnership_id=None, pool_id=pool))
        assert by_pool["totals"] == totals
    pairs = {
        (each["category"], each["organisation_id"]): each["figures"]
        for each in position["by_category_and_partner"]
    }
    theirs = pairs["wellness", str(place.nhs)]
    assert theirs["contributions_due"]["known_pence"] is None
    assert theirs["actual"]["known_pence"] is None


async def test_what_is_not_consented_to_is_withheld_and_named(place):
    await shadow_year(place, consent=False)
    position = made(await place.position(place.ccg))
    assert position["withheld_contributors"] == [
        {"organisation_id": str(place.council), "because": "shadow_consent_missing"}
    ]
    assert position["complete"] is False
    assert {each["owner_organisation_id"] for each in position["lines"]} == {str(place.nhs)}
    assert position["totals"]["whole"]["budget_approved"]["known_pence"] is None
    assert str(22_167_000_00) not in (await place.position(place.ccg)).text


async def real_year(place):
    """2015/16 in force: a pooled line of each partner, an aligned line of each, contributions paid and spent."""
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    year = {"financial_year": "2015/16"}
    lines = {
        "pcc": await place.line(place.pcc, pool, "pooled", pence=1_000_00, **year),
        "ccg": await place.line(place.ccg, pool, "pooled", pence=500_00, **year),
        "pcc aligned": await place.line(place.pcc, None, "aligned", pence=40_00, **year),
        "ccg aligned": await place.line(place.ccg, None, "aligned", pence=30_00, **year),
        "ccg complex": await place.line(
            place.ccg, None, "aligned", pence=7_00, category="complex_bed_based", **year
        ),
    }
    made(await place.promise(place.pcc, pool, 1_000_00, **year))
    made(await place.promise(place.ccg, pool, 500_00, **year))
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    given = await place.account(
        place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.council
    )
    await place.post(place.pcc, fund, given, 250_00, kind="contribution", effective_date="2015-04-01")
    for name, pence, day in (("pcc", 90_00, "2015-04-15"), ("ccg", 45_00, "2015-06-30")):
        cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines[name])
        await place.post(place.pcc, cost, fund, pence, effective_date=day)
    for name, client, pence in (
        ("pcc aligned", place.pcc, 4_00),
        ("ccg aligned", place.ccg, 3_00),
        ("ccg complex", place.ccg, 1_00),
    ):
        await place.spend(client, lines[name], pence, arrangement="aligned", effective_date="2015-05-10")
    return pool, lines, fund


def known(figures):
    return [
        figures["budget_approved"]["known_pence"],
        figures["actual"]["known_pence"],
        figures["contributions_due"]["known_pence"],
        figures["contributions_received_pence"],
    ]


@pytest.mark.row("S5-B01", "S4-B01")
async def test_three_totals_of_a_year_in_force(place):
    await real_year(place)
    for client, own in ((place.pcc, "pcc"), (place.ccg, "ccg")):
        position = made(await place.position(client, "2015-16"))
        totals = position["totals"]
        assert known(totals["pooled"]) == [1_500_00, 135_00, 1_500_00, 250_00]
        assert known(totals["aligned"]) == [77_00, 8_00, None, None]
        assert known(totals["whole"]) == [1_577_00, 143_00, 1_500_00, 250_00]
        assert totals["pooled"]["variance_pence"] == 1_500_00 - 135_00
        assert (position["complete"], position["missing_contributors"]) == (True, [])
        aligned = [each for each in position["lines"] if each["arrangement"] == "aligned"]
        assert {each["owner_organisation_id"] for each in aligned} == {
            str(place.council if own == "pcc" else place.nhs)
        }
        pairs = {
            (each["category"], each["organisation_id"]): known(each["figures"])[:2]
            for each in position["by_category_and_partner"]
        }
        assert pairs["complex_bed_based", str(place.nhs)] == [7_00, 1_00]
        assert pairs["wellness", str(place.nhs)] == [530_00, 48_00]


async def test_a_supplementary_estimate_adjusts_the_budget(place):
    pool, lines, _ = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    reserve = await place.account(place.pcc, "reserve", "pooled", pool_id=pool)
    await place.post(
        place.pcc,
        cost,
        reserve,
        10_00,
        book="budget",
        kind="supplementary_estimate",
        effective_date="2015-07-01",
    )
    pooled = made(await place.position(place.ccg, "2015-16"))["totals"]["pooled"]
    assert pooled["budget_approved"]["known_pence"] == 1_500_00
    assert pooled["budget_adjusted"]["known_pence"] == 1_510_00


async def test_a_position_as_at_a_day_within_a_month(place):
    await real_year(place)
    for day, spent in (
        ("2015-04-14", None),
        ("2015-04-15", 90_00),
        ("2015-04-30", 90_00),
        ("2015-06-29", 90_00),
        ("2015-06-30", 135_00),
        ("2016-03-31", 135_00),
    ):
        pooled = made(await place.position(place.pcc, "2015-16", as_at=day))["totals"]["pooled"]
        assert pooled["actual"]["known_pence"] == spent, day
    outside = await place.position(place.pcc, "2015-16", as_at="2015-03-31")
    assert (outside.status_code, code_of(outside)) == (422, "as_at_outside_year")


async def test_observers_get_totals_and_nothing_below(place):
    await real_year(place)
    observer = await place.client(observer=place.partnership)
    seen = made(await place.position(observer, "2015-16"))
    full = made(await place.position(place.pcc, "2015-16"))
    assert seen["totals"] == full["totals"]
    for below in ("by_category", "by_partner", "by_category_and_partner", "by_pool", "lines"):
        assert seen[below] == []


async def test_an_observer_learns_who_is_missing_and_no_draft_s_shadow(place):
    await shadow_year(place, consent=False)
    observer = await place.client(observer=place.partnership)
    hidden = made(await place.position(observer))
    assert known(hidden["totals"]["whole"]) == [None, None, None, None]
    for client in (place.pcc, place.ccg):
        path = f"/v1/agreements/{place.agreement}/shadow-consent"
        made(await client.post(path, key="consent-to-shadow-" + uuid.uuid4().hex))
    seen = made(await place.position(observer))
    full = made(await place.position(place.pcc))
    assert seen["totals"] == full["totals"]
    assert seen["missing_contributors"] == full["missing_contributors"]


async def test_auditors_get_their_bodies_and_years(place):
    await real_year(place)
    auditor = await place.auditor([place.council], ["2015/16"])
    position = made(await place.position(auditor, "2015-16"))
    assert known(position["totals"]["pooled"]) == [1_500_00, 135_00, 1_500_00, 250_00]
    assert known(position["totals"]["aligned"])[:2] == [40_00, 4_00]
    assert position["withheld_contributors"] == [
        {"organisation_id": str(place.nhs), "because": "not_in_audit"}
    ]
    assert (await place.position(auditor, "2014-15")).status_code == 404
    both = await place.auditor([place.council, place.nhs], ["2015/16"])
    whole = made(await place.position(both, "2015-16"))
    assert (whole["withheld_contributors"], known(whole["totals"]["aligned"])[:2]) == ([], [77_00, 8_00])


async def test_everybody_else_gets_the_same_404_for_what_is_foreign_and_absent(place):
    pool, _, _ = await real_year(place)
    others = [await place.client(**{role: place.partnership}) for role in ("provider", "associate")]
    others.append(await place.client(commissioner=uuid.uuid4()))
    for other in others:
        answers = [
            (await place.position(other, "2015-16")).json(),
            (await place.position(other, "2015-16", partnership_id=uuid.uuid4())).json(),
            (await place.position(other, "2015-16", partnership_id=None, pool_id=pool)).json(),
            (await place.position(other, "2015-16", partnership_id=None, pool_id=uuid.uuid4())).json(),
        ]
        for each in answers:
            del each["request_id"]
            assert each == answers[0]
            assert each["status"] == 404
    both = await place.position(place.pcc, "2015-16", pool_id=pool)
    assert (both.status_code, code_of(both)) == (422, "position_of_one_subject")
    assert (await place.position(place.pcc, "2015-17")).status_code == 422


async def test_a_line_opened_by_the_agreement_is_shown_line_by_line(place):
    await place.draft(aligned_lines_open=True)
    line = await place.line(place.ccg, None, "aligned", pence=30_00)
    await place.spend(place.ccg, line, 3_00, arrangement="aligned")
    closed = made(await place.position(place.pcc))
    assert (closed["lines"], known(closed["totals"]["aligned"])[:2]) == ([], [30_00, 3_00])
    await place.approve()
    made(await place.move("execution", place.signatures()))
    made(await place.move("commencement", {"commenced_on": "2015-04-01"}))
    opened = made(await place.position(place.pcc))
    assert [each["line_id"] for each in opened["lines"]] == [str(line)]
    assert opened["totals"]["aligned"] == closed["totals"]["aligned"]


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
                position,
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
            " owner_organisation_id, arrangement, sum(amount_pence), count(*) from budget.entries"
            " where partnership_id = $1 group by 1, 2, 3, 4, 5, 6, 7, 8",
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
