"""What a position shows of commitments and forecasts: each way, as at a day and as recorded at an instant."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.budget.outlook import commit, forecast, line_figures, pointer_of
from tests.budget.place import Place, code_of, made
from tests.budget.years import real_year, shadow_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S1-B20")
async def test_a_position_shows_what_is_committed_and_forecast_each_way(place):
    _, lines, _ = await real_year(place)
    await commit(place, place.pcc, lines["pcc"], 300_00)
    await commit(place, place.ccg, lines["ccg aligned"], 20_00)
    made(await forecast(place.pcc, place, lines["pcc"], [90_00] * 12))
    made(await forecast(place.pcc, place, lines["ccg"], [40_00] * 12))
    made(await forecast(place.ccg, place, lines["ccg aligned"], [3_00] * 12))
    position = made(await place.position(place.pcc, "2015-16"))
    assert position["complete"] is True
    one = await line_figures(place, place.pcc, lines["pcc"])
    assert (one["committed_pence"], one["forecast_outturn_pence"], one["forecast_variance_pence"]) == (
        300_00,
        1_080_00,
        -80_00,
    )
    pooled = position["totals"]["pooled"]
    assert (pooled["committed_pence"], pooled["forecast_variance_pence"]) == (300_00, -60_00)
    assert pooled["forecast_outturn"] == {
        "known_pence": 1_560_00,
        "complete": True,
        "missing_contributors": [],
    }
    aligned = position["totals"]["aligned"]
    assert (aligned["committed_pence"], aligned["forecast_variance_pence"]) == (20_00, None)
    assert aligned["forecast_outturn"] == {
        "known_pence": 36_00,
        "complete": False,
        "missing_contributors": sorted((str(place.council), str(place.nhs))),
    }
    assert position["by_pool"][0]["figures"]["committed_pence"] == 300_00
    observer = await place.client(observer=place.partnership)
    seen = made(await place.position(observer, "2015-16"))
    assert seen["totals"] == position["totals"]
    assert seen["lines"] == []


async def test_what_was_committed_and_forecast_answers_as_at_a_day_and_as_recorded(place):
    _, lines, _ = await real_year(place)
    line = lines["pcc"]
    await commit(place, place.pcc, line, 100_00)
    await commit(place, place.pcc, line, 50_00, effective_date="2015-07-31")
    made(await forecast(place.pcc, place, line, [80_00] * 12, made_on="2015-06-30"))
    made(await forecast(place.pcc, place, line, [85_00] * 12, made_on="2015-09-30"))
    for day, committed, outturn in (
        ("2015-06-09", None, None),
        ("2015-06-10", 100_00, None),
        ("2015-06-30", 100_00, 960_00),
        ("2015-07-30", 100_00, 960_00),
        ("2015-07-31", 150_00, 960_00),
        ("2016-03-31", 150_00, 1_020_00),
    ):
        found = await line_figures(place, place.ccg, line, as_at=day)
        assert (found["committed_pence"], found["forecast_outturn_pence"]) == (committed, outturn), day
    await asyncio.sleep(0.01)
    asked = {"as_recorded": (datetime.now(UTC) - timedelta(milliseconds=5)).isoformat()}
    observer = await place.client(observer=place.partnership)
    first = [await place.position(client, "2015-16", **asked) for client in (place.ccg, observer)]
    await commit(place, place.pcc, line, 1_00, effective_date="2015-04-01")
    await commit(place, place.pcc, lines["pcc aligned"], 1_00, effective_date="2015-04-01")
    made(await forecast(place.pcc, place, line, [1] * 12, made_on="2015-10-31"))
    made(await forecast(place.pcc, place, lines["pcc aligned"], [1] * 12, made_on="2015-04-30"))
    later = [await place.position(client, "2015-16", **asked) for client in (place.ccg, observer)]
    assert [each.content for each in later] == [each.content for each in first]
    now = await line_figures(place, place.ccg, line)
    assert (now["committed_pence"], now["forecast_outturn_pence"]) == (151_00, 12)


async def test_months_of_commitments_are_cut_where_they_begin_on_both_axes(place, stack):
    """Moves put by hand into other months: every cut of effective day and recorded instant equals the plain sum."""
    _, lines, _ = await real_year(place)
    line = lines["pcc"]
    held = await commit(place, place.pcc, line, 1)
    connection = await stack.superuser()
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("delete from budget.commitment_moves where line_id = $1", line)
        for number, (effective, recorded) in enumerate(
            [
                ("2015-03-31", "2015-04-30T23:59:59.999999Z"),
                ("2015-04-30", "2015-05-01T00:00:00Z"),
                ("2015-05-01", "2015-05-31T23:30:00Z"),
                ("2016-02-29", "2016-03-27T01:30:00Z"),
                ("2016-03-31", "2016-04-20T12:00:00Z"),
            ]
        ):
            await connection.execute(
                "insert into budget.commitment_moves (commitment_id, number, partnership_id, owner_organisation_id,"
                " arrangement, financial_year, line_id, made_by_organisation_id, kind, amount_pence, effective_date,"
                " recorded_at) values ($1, $2, $3, $4, 'pooled', '2015/16', $5, $4, 'varied', $6, $7, $8)",
                uuid.UUID(held["id"]),
                number,
                place.partnership,
                place.council,
                line,
                10**number,
                datetime.fromisoformat(effective).date(),
                datetime.fromisoformat(recorded),
            )
        await connection.execute("delete from budget.commitment_balances where line_id = $1", line)
        await connection.execute(
            "insert into budget.commitment_balances (line_id, effective_month, recorded_month, partnership_id,"
            " owner_organisation_id, arrangement, financial_year, amount_pence, day_pence)"
            " select line_id, date_trunc('month', effective_date)::date,"
            " date_trunc('month', recorded_at at time zone 'UTC')::date, partnership_id, owner_organisation_id,"
            " arrangement, financial_year, sum(amount_pence),"
            " array_fill(null::bigint, array[max(extract(day from effective_date))::integer - 1])"
            " || sum(amount_pence)::bigint"
            " from budget.commitment_moves where line_id = $1 group by 1, 2, 3, 4, 5, 6, 7",
            line,
        )
        await connection.execute(
            "update budget.lines set recorded_at = '2015-04-01' where partnership_id = $1", place.partnership
        )
        for as_at in ("2015-04-01", "2015-04-29", "2015-04-30", "2015-05-01", "2016-02-29", "2016-03-31"):
            for recorded in (
                "2015-04-30T23:59:59.999998Z",
                "2015-05-01T00:00:00Z",
                "2015-05-31T23:59:00Z",
                "2016-03-27T01:30:00Z",
                "2016-04-30T00:00:00Z",
            ):
                plain = await connection.fetchval(
                    "select sum(amount_pence)::bigint from budget.commitment_moves where line_id = $1"
                    " and effective_date <= $2 and recorded_at <= $3",
                    line,
                    datetime.fromisoformat(as_at).date(),
                    datetime.fromisoformat(recorded),
                )
                found = await line_figures(place, place.pcc, line, as_at=as_at, as_recorded=recorded)
                assert found["committed_pence"] == plain, (as_at, recorded)
    finally:
        await connection.close()


async def test_shadow_is_committed_and_forecast_by_its_owner_alone(place):
    """A commitment on a shadow line records the plan, and moves no money."""
    _, ours, theirs = await shadow_year(place)
    made(await forecast(place.ccg, place, theirs, [1] * 12, made_on="2014-09-30"))
    refused = await forecast(place.pcc, place, theirs, [1] * 12, made_on="2014-09-30")
    assert (code_of(refused), pointer_of(refused)) == ("line_unknown", "/line_id")
    held = await commit(place, place.pcc, ours, 5_00, effective_date="2014-06-01")
    position = made(await place.position(place.ccg, "2014-15"))
    assert position["totals"]["shadow"]["committed_pence"] == 5_00
    assert position["totals"]["pooled"]["committed_pence"] is None
    assert held["arrangement"] == "shadow"
