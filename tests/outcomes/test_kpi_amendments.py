"""KPIs of a contract are amended from a day on; what was rated before stays."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from services.outcomes.rules.kpi_rating import AwardRegime, KpiDuty, KpiDutyEdition, amend_duty, duty_at
from shared.errors import Refusal
from tests.outcomes.amending import amend, defined, read
from tests.outcomes.plymouth import Plymouth, accepted, put
from tests.outcomes.raw import acting


@pytest.fixture(scope="module")
def bury():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, bury):
    return await bury.clients(client_for)


@pytest.fixture(scope="module")
async def rated(parties, bury):
    """Three KPIs with a target and a figure, and the duty of their contract."""
    ids = [(await defined(parties, bury))["id"] for _ in range(3)]
    for each in ids:
        await put(parties["council"], "targets", {"indicator_id": each, "kind": "absolute", "value": "7"})
    owed = await put(parties["council"], "obligations", bury.obligation(*ids, to="hospital"))
    await accepted(parties, owed, "2014Q2", {each: {"value": "6"} for each in ids}, by="hospital")
    body = {
        "partnership_id": str(bury.partnership),
        "contract_id": str(bury.hospital_contract),
        "award_regime": "psr",
        "value_pence": 600_000_000,
        "indicator_ids": ids[:2],
    }
    return {"ids": ids, "duty": await put(parties["council"], "kpi-duties", body)}


async def test_kpis_change_from_a_day_on_and_what_was_rated_before_stays(parties, bury, rated):
    council, duty, ids = parties["council"], rated["duty"], rated["ids"]
    path = f"kpi-duties/{duty['id']}"
    body = {
        "contract_id": duty["contract_id"],
        "effective_from": "2014-10-01",
        "award_regime": "pa2023",
        "value_pence": 600_000_000,
        "indicator_ids": ids,
        "reason": "Awarded anew.",
    }

    async def rating(day, **more):
        found = await read(parties["ccg"], "ratings", partnership_id=str(bury.partnership), as_at=day, **more)
        return sorted((each["indicator_id"], each["statutory"]) for each in found["ratings"])

    then = datetime.now(tz=UTC).isoformat().replace("+00:00", "Z")
    unset = datetime.fromisoformat(duty["recorded_at"]) - timedelta(microseconds=1)
    card = await read(
        parties["ccg"], "scorecards", partnership_id=str(bury.partnership), as_recorded=f"{unset:%FT%T.%fZ}"
    )
    assert {each["rating"] for each in card["lines"]} == {"green"}
    assert await rating("2014-09-30", as_recorded=f"{unset:%FT%T.%fZ}") == []
    before = await rating("2014-09-30")
    assert before == sorted((each, False) for each in ids[:2])
    for change, code, pointer in (
        ({"indicator_ids": ids[:2]}, "kpis_too_few", "/indicator_ids"),
        ({"indicator_ids": [str(uuid.uuid4())]}, "kpi_unknown", "/indicator_ids/0"),
        ({"value_pence": None}, "kpi_value_unknown", "/value_pence"),
        ({"contract_id": str(bury.community_contract)}, "kpi_duty_of_another_contract", "/contract_id"),
        ({"reason": ""}, None, "/reason"),
    ):
        refused = await amend(council, path, {**body, **change}, 1, 422)
        assert refused["errors"][0]["pointer"] == pointer
        assert code in {None, refused["code"]}
    assert (await amend(parties["ccg"], path, body, 1, 403))["code"] == "kpi_duty_not_yours"
    assert (await amend(parties["hospital"], path, body, 1, 404))["code"] == "not_found"
    changed = await amend(council, path, body, 1)
    assert await amend(council, path, body, 1) == changed
    assert (changed["version"], changed["statutory"], changed["editions"][0]["statutory"]) == (2, False, True)
    assert await read(parties["ccg"], path) == changed
    told = await read(parties["board"], path)
    assert (told["value_pence"], [each["value_pence"] for each in told["editions"]]) == (None, [None])
    assert (told["statutory"], [each["statutory"] for each in told["editions"]]) == (None, [None])
    withheld = await read(
        parties["board"], "ratings", partnership_id=str(bury.partnership), as_at="2014-10-01"
    )
    assert [each["statutory"] for each in withheld["ratings"]] == [None] * 3
    assert await rating("2014-09-30") == before
    assert await rating("2014-10-01") == sorted((each, True) for each in ids)
    assert await rating("2014-10-01", as_recorded=then) == before
    assert (await amend(council, path, body, 1 + 1, 422))["code"] == "kpi_duty_unchanged"
    earlier = {**body, "effective_from": "2014-09-30", "value_pence": 1_000_000_000}
    assert (await amend(council, path, earlier, 2, 422))["code"] == "kpi_duty_earlier"
    assert (await amend(council, path, {**earlier, "effective_from": "2015-01-01"}, 1, 412))["code"]


async def test_the_database_keeps_the_editions_of_a_duty(bury, rated, stack):
    edition = (
        "insert into kpi_duty_editions select id, $2, partnership_id, owner_organisation_id, '2015-01-01', 'psr', 1, false,"
        " indicator_ids, 'x', $3, $4 from kpi_duties where id = $1"
    )
    its = uuid.UUID(rated["duty"]["id"])
    council, ccg = bury.callers["council"], bury.callers["ccg"]
    for caller, by in ((ccg, ccg), (council, ccg)):
        async with acting(stack, caller) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(edition, its, 7, by.organisation_id, by.client_id)
    async with acting(stack, council) as connection:
        assert await connection.execute(edition, its, 7, council.organisation_id, council.client_id)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(edition, its, 7, council.organisation_id, council.client_id)
    for name in ("hospital", "stranger"):
        async with acting(stack, bury.callers[name]) as connection:
            assert await connection.fetchval("select count(*) from kpi_duty_editions") == 0


def test_of_two_editions_from_one_day_the_later_holds_and_an_instant_before_knows_neither():
    kpis = tuple(uuid.uuid4() for _ in range(3))
    by = (uuid.uuid4(), uuid.uuid4())
    ids = [uuid.uuid4() for _ in range(4)]
    duty = KpiDuty(ids[0], ids[1], ids[2], ids[3], AwardRegime.PSR, 1, False, kpis)

    def edition(pence, month):
        at = datetime(2015, month, 1, tzinfo=UTC)
        return KpiDutyEdition(
            date(2015, 4, 1), AwardRegime.PA2023, pence, False, kpis, "x", *by, recorded_at=at
        )

    twice = amend_duty(amend_duty(duty, edition(1, 5), kpis), edition(500_000_001, 6), kpis)
    assert (twice.version, [each.statutory for each in twice.editions]) == (3, [False, True])
    held = duty_at(twice, date(2015, 4, 1))
    assert (held.value_pence, held.statutory) == (500_000_001, True)
    assert duty_at(twice, date(2015, 3, 31)) == twice
    assert duty_at(twice, date(2016, 1, 1), datetime(2015, 5, 2, tzinfo=UTC)).value_pence == 1
    assert duty_at(twice, date(2016, 1, 1), datetime(2015, 4, 2, tzinfo=UTC)) == twice
    with pytest.raises(Refusal):
        amend_duty(twice, edition(500_000_001, 7), kpis)
    kept = replace(duty, recorded_at=datetime(2015, 4, 1, tzinfo=UTC))
    assert duty_at(kept, date(2016, 1, 1), datetime(2015, 3, 31, tzinfo=UTC)) is None
    assert duty_at(kept, date(2016, 1, 1), datetime(2015, 4, 1, tzinfo=UTC)) == kept
