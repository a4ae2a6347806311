"""Parts of counts of people in returns of their own, and what auditors read of contracts: by the doors and the database."""

import uuid

import asyncpg
import pytest

from tests.outcomes.plymouth import Plymouth, accepted, move, put
from tests.outcomes.raw import acting
from tests.outcomes.test_evaluations import evaluation


@pytest.fixture(scope="module")
def torbay():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, torbay):
    return await torbay.clients(client_for)


async def made(parties, torbay, kind="count", **more):
    body = torbay.indicator(f"people-{uuid.uuid4().hex[:6]}", kind, counts_people=True, **more)
    return (await put(parties["council"], "indicators", body))["id"]


async def shown(parties, torbay, indicator):
    asked = {"partnership_id": str(torbay.partnership), "indicator_id": indicator}
    (found,) = (await parties["board"].get("/v1/observations", params=asked)).json()["items"]
    return found["value"], found["status"]


@pytest.mark.parametrize("link", ["part_of_indicator_id", "breakdown_of_indicator_id"])
async def test_a_part_of_a_count_of_people_says_that_it_counts_people(parties, torbay, stack, link):
    whole = await made(parties, torbay)
    body = torbay.indicator(f"part-{uuid.uuid4().hex[:6]}", "count") | {link: whole}
    body["dimensions"] = {"age_band": "65+"}
    refused = await put(parties["council"], "indicators", body, 422)
    assert refused["code"] == "indicator_part_uncounted"
    part = await put(parties["council"], "indicators", body | {"counts_people": True})
    superuser = await stack.superuser()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as held:
            await superuser.execute(
                "insert into outcomes.indicators select (jsonb_populate_record(i, jsonb_build_object("
                "'id', gen_random_uuid(), 'code', 'copy', 'counts_people', false))).*"
                " from outcomes.indicators i where id = $1",
                uuid.UUID(part["id"]),
            )
        assert held.value.constraint_name == "indicators_part_counted"
    finally:
        await superuser.close()


async def test_a_part_in_a_return_of_its_own_gives_way_to_its_whole_on_view(parties, torbay):
    whole = await made(parties, torbay, "percentage")
    part, small = [await made(parties, torbay, "percentage", part_of_indicator_id=whole) for _ in range(2)]
    figure = {"value": "20", "numerator": "40", "denominator": "200"}
    first = await put(parties["council"], "obligations", torbay.obligation(whole))
    await accepted(parties, first, "2014Q2", {whole: figure})
    second = await put(parties["council"], "obligations", torbay.obligation(part, small, to="hospital"))
    figures = {
        part: {"value": "18.5", "numerator": "37", "denominator": "200"},
        small: {"value": "1.5", "numerator": "3", "denominator": "200"},
    }
    await accepted(parties, second, "2014Q2", figures, by="hospital")
    assert await shown(parties, torbay, whole) == ("20", "actual")
    assert await shown(parties, torbay, part) == (None, "suppressed")
    assert await shown(parties, torbay, small) == (None, "suppressed")


async def test_the_database_shows_no_small_figure_of_people(parties, torbay, stack, monkeypatch):
    indicator = await made(parties, torbay)
    owed = await put(parties["council"], "obligations", torbay.obligation(indicator))
    sent = await put(
        parties["community"],
        "returns",
        {"obligation_id": owed["id"], "period": "2014Q2", "values": {indicator: {"value": "6"}}},
    )
    sent = await move(parties["community"], sent, "submission")
    monkeypatch.setattr(
        "services.outcomes.actions.accept_return.published",
        lambda values, *_: dict(values),
    )
    with pytest.raises(AssertionError, match="observation_disclosed"):
        await move(parties["council"], sent, "acceptance", {"explanations_accepted": True})


async def test_an_auditor_reads_no_contract_of_another_body(parties, torbay, stack):
    indicator = await made(parties, torbay, "days")
    await put(parties["council"], "obligations", torbay.obligation(indicator))
    contract = str(torbay.community_contract)
    of = {"indicator_id": indicator, "contract_id": contract}
    baseline = await put(
        parties["council"], "baselines", of | {"period": "2013Q2", "value": "8", "source": "Survey"}
    )
    target = await put(parties["council"], "targets", of | {"kind": "absolute", "value": "7"})
    duty = await put(
        parties["council"],
        "kpi-duties",
        {
            "partnership_id": str(torbay.partnership),
            "contract_id": contract,
            "award_regime": "psr",
            "indicator_ids": [indicator],
        },
    )
    judged = await put(
        parties["council"],
        "evaluations",
        evaluation(torbay, contract_id=contract, body_organisation_id=str(torbay.council)),
    )
    for path in (
        f"evaluations/{judged['id']}",
        f"baselines/{baseline['id']}",
        f"targets/{target['id']}",
        f"kpi-duties/{duty['id']}",
    ):
        assert (await parties["auditor"].get(f"/v1/{path}")).status_code == 200
        assert (await parties["auditor_of_ccg"].get(f"/v1/{path}")).status_code == 404
    for name, count in {"auditor": 1, "auditor_of_ccg": 0}.items():
        async with acting(stack, torbay.callers[name]) as connection:
            for table in ("baselines", "targets", "kpi_duties", "evaluations"):
                its = "select count(*) from outcomes." + table + " where contract_id = $1"
                assert await connection.fetchval(its, torbay.community_contract) == count, (name, table)
