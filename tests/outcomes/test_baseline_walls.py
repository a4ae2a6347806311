"""Baselines of people: an observer reads what is shown of them, by the door and by the database alone."""

import uuid

import asyncpg
import pytest

from tests.outcomes.plymouth import Plymouth, put
from tests.outcomes.raw import acting
from tests.stack import a_caller

# Value type, what was set, and what an observer may see: value and status.
FIGURES = [
    ("count", {"value": "6"}, (None, "suppressed")),
    ("count", {"value": "13"}, ("15", "actual")),
    ("percentage", {"value": "40", "numerator": "4", "denominator": "10"}, (None, "suppressed")),
    ("percentage", {"value": "95", "numerator": "95", "denominator": "100"}, (None, "suppressed")),
    ("percentage", {"value": "40", "numerator": "40", "denominator": "100"}, ("40", "actual")),
    ("percentage", {"value": "40"}, (None, "suppressed")),
    ("days", {"value": None, "status": "not_yet_available"}, (None, "not_yet_available")),
]


@pytest.fixture(scope="module")
def torbay():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, torbay):
    """The callers, and one that observes the partnership and provides under one contract of it."""
    clients = await torbay.clients(client_for)
    both = a_caller(torbay.hospital, "outcome:read", provider=torbay.partnership, observer=torbay.partnership)
    torbay.callers["both"] = both
    return clients | {"both": await client_for("outcomes", both)}


async def baselined(parties, torbay, kind="count", value=None, **more) -> dict:
    body = torbay.indicator(f"people-{uuid.uuid4().hex[:6]}", kind, counts_people=True)
    indicator = (await put(parties["council"], "indicators", body))["id"]
    baseline = {"indicator_id": indicator, "period": "2013Q2", "source": "Survey", **more, "value": value}
    return await put(parties["council"], "baselines", baseline)


@pytest.mark.parametrize(("kind", "figures", "shown"), FIGURES)
async def test_an_observer_reads_what_is_shown_and_no_row_of_the_exact_figure(
    parties, torbay, stack, kind, figures, shown
):
    made = await baselined(parties, torbay, kind, **figures)
    path = f"/v1/baselines/{made['id']}"
    assert (await parties["ccg"].get(path)).json() == made
    seen = (await parties["board"].get(path)).json()
    assert (seen["value"], seen["status"], seen["numerator"], seen["denominator"]) == (*shown, None, None)
    asked = {"partnership_id": str(torbay.partnership), "indicator_id": made["indicator_id"]}
    assert (await parties["board"].get("/v1/baselines", params=asked)).json()["items"] == [seen]
    assert (await parties["both"].get(path)).json() == seen
    for name, (exact, published) in {"board": (0, 1), "ccg": (1, 0), "community": (0, 0)}.items():
        async with acting(stack, torbay.callers[name]) as connection:
            its = uuid.UUID(made["id"])
            for table, column, count in (
                ("baselines", "id", exact),
                ("shown_baselines", "baseline_id", published),
            ):
                found = await connection.fetchval(f"select count(*) from {table} where {column} = $1", its)
                assert found == count, (name, table)
            told = await connection.fetch("select * from seen_things('baseline', array[$1]::uuid[])", its)
            assert len(told) == exact + published


async def test_who_observes_and_provides_reads_exactly_what_it_reports_and_the_rest_as_shown(parties, torbay):
    reported, other = [await baselined(parties, torbay, value="6") for _ in range(2)]
    await put(parties["council"], "obligations", torbay.obligation(reported["indicator_id"], to="hospital"))
    found = [(await parties["both"].get(f"/v1/baselines/{each['id']}")).json() for each in (reported, other)]
    assert [each["value"] for each in found] == ["6", None]
    asked = {"partnership_id": str(torbay.partnership), "limit": 200}
    listed = (await parties["both"].get("/v1/baselines", params=asked)).json()["items"]
    assert [each["id"] for each in listed].count(reported["id"]) == 1
    assert {each["id"]: each["value"] for each in listed}[other["id"]] is None


@pytest.mark.parametrize(
    ("kind", "figures", "value"),
    [
        ("count", {"value": "6"}, 6),
        ("count", {"value": "6"}, 5),
        ("count", {"value": "13"}, 13),
        ("percentage", {"value": "40", "numerator": "4", "denominator": "10"}, 40),
        ("percentage", {"value": "40"}, 40),
    ],
)
async def test_the_database_shows_no_small_baseline_of_people(parties, torbay, stack, kind, figures, value):
    made = await baselined(parties, torbay, kind, **figures)
    superuser = await stack.superuser()
    try:
        await superuser.execute("begin; set local session_replication_role = replica")
        await superuser.execute(
            "delete from outcomes.shown_baselines where baseline_id = $1", uuid.UUID(made["id"])
        )
        await superuser.execute("set local session_replication_role = origin")
        statement = (
            "insert into outcomes.shown_baselines select id, partnership_id, owner_organisation_id, indicator_id,"
            " contract_id, period, $2, 'actual', null, source, recorded_at from outcomes.baselines where id = $1"
        )
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await superuser.execute(statement, uuid.UUID(made["id"]), value)
        assert refused.value.constraint_name == "shown_baselines_rightly"
    finally:
        await superuser.execute("rollback")
        await superuser.close()
