"""One view of three services: partial and strict, unknown is null and never 0, and nobody starves anybody."""

from __future__ import annotations

import asyncio
import csv
import io
import time
import uuid
from decimal import Decimal

import pytest
from aiohttp import web

from services.gateway.rules.policy_table import ROWS
from tests.gateway.pictures import TBC, card, figures, position, summary, value
from tests.gateway.stand_in import answering

SCOPES = ["aggregate:read", "budget:read", "contract:read", "outcome:read"]


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation("Council of overviews")


@pytest.fixture(scope="module")
async def partnership(operator, council):
    return await operator.partnership(commissioner=council)


@pytest.fixture(scope="module")
async def client(operator, council, partnership):
    return await operator.client(council, SCOPES)


@pytest.fixture
def all_well(behind):
    behind["budget"].does(answering(position()))
    behind["contracts"].does(answering(summary()))
    behind["outcomes"].does(answering(card()))
    return behind


def statuses(answer):
    return {each["service"]: each["status"] for each in answer.json()["sources"]}


async def test_as_a_table_it_is_in_pounds_and_starts_no_formula(client, partnership, all_well):
    url = f"/v1/partnerships/{partnership}/overview?financial_year=2014-15"
    answer = await client.visit.get(url, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/csv")
    assert answer.headers["vary"] == "Accept"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = (await client.visit.get(url)).json()
    whole = next(each for each in rows if (each["Row"], each["Name"]) == ("fund", "whole"))
    pence = told["fund"]["totals"]["whole"]["budget_adjusted"]["known_pence"]
    assert Decimal(whole["Budget (£)"]) * 100 == pence
    assert [each["Name"] for each in rows if each["Row"] == "outcome"] == [
        f"{each['code']} {each['title']}" for each in told["scorecard"]["lines"]
    ]
    assert [each["Day"] for each in rows if each["Row"] == "ends next"] == ["2015-09-30"]
    assert len(next(iter(csv.reader(io.StringIO(answer.text))))) == len(rows[0])
    assert {len(each) for each in csv.reader(io.StringIO(answer.text))} == {len(rows[0])}
    all_well["budget"].does(answering({}, status=503))
    half = list(
        csv.DictReader(io.StringIO((await client.visit.get(url, headers={"Accept": "text/csv"})).text))
    )
    assert [(each["Row"], each["Service"]) for each in half if each["Row"] == "source"] == [
        ("source", "budget")
    ]
    assert half[-1]["Row"].startswith("Not complete")
    assert not any(each["Row"].startswith("fund") for each in half)


@pytest.mark.row("S1-O07")
async def test_all_three_in_one_view_by_one_call_each(client, partnership, all_well):
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview?financial_year=2014-15")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["complete"] is True
    assert statuses(answer) == {"budget": "ok", "contracts": "ok", "outcomes": "ok"}
    assert all(each["as_at"] for each in told["sources"])
    assert told["fund"]["by_category"][0]["category"] == "wellness"
    assert told["fund"]["by_partner"][0]["figures"]["budget_approved"]["known_pence"] == 908000000
    assert told["contracts"]["ends_next"][0]["ends_on"] == "2015-09-30"
    assert told["scorecard"]["ratings"]["red"] == 4
    assert told["totals"]["not_under_contract_pence"] == 908000000 - 500000000
    assert [len(each.heard) for each in all_well.values()] == [1, 1, 1]
    heard = all_well["budget"].heard[0]
    assert f"partnership_id={partnership}" in heard.target
    assert "financial_year=2014-15" in heard.target
    assert "as_at=2015-03-31" in heard.target
    assert heard.headers["X-Request-ID"] == answer.headers["X-Request-ID"]
    assert 0 < int(heard.headers["X-Request-Deadline"]) <= 2000


async def test_a_missing_service_is_null_and_never_nought(client, partnership, all_well):
    all_well["outcomes"].does(answering({}, status=503))
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview")
    told = answer.json()
    assert answer.status_code == 200
    assert told["complete"] is False
    assert statuses(answer) == {"budget": "ok", "contracts": "ok", "outcomes": "unavailable"}
    assert told["scorecard"] is None
    assert told["totals"]["outcomes_red"] is None
    assert told["totals"]["not_under_contract_pence"] is not None
    all_well["contracts"].does(answering({}, status=500))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/overview")).json()
    assert told["contracts"] is None
    assert told["totals"]["not_under_contract_pence"] is None
    assert told["totals"]["contracts_running"] is None
    assert told["totals"]["budget"]["known_pence"] == 908000000


async def test_the_strict_view_is_all_or_nothing(client, partnership, all_well):
    url = f"/v1/partnerships/{partnership}/overview?mode=strict"
    assert (await client.visit.get(url)).status_code == 200
    all_well["budget"].does(answering({}, status=500))
    answer = await client.visit.get(url)
    assert answer.status_code == 503
    assert answer.json()["code"] == "sources_missing"
    assert answer.json()["sources"] == ["budget"]
    assert answer.headers["Retry-After"] == "2"


async def test_what_a_partner_has_not_said_makes_the_view_incomplete(client, partnership, all_well):
    ccg = str(uuid.uuid4())
    all_well["budget"].does(
        answering(position(TBC, missing_contributors=[{"organisation_id": ccg, "figures": ["budget"]}]))
    )
    all_well["contracts"].does(
        answering(
            summary(annual=value(known_pence=None, complete=False, unknown=3, missing_contributors=[ccg]))
        )
    )
    provider = str(uuid.uuid4())
    all_well["outcomes"].does(answering(card(complete=False, missing_contributors=[provider])))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/overview")).json()
    assert told["complete"] is False
    missing = {each["organisation_id"]: each["figures"] for each in told["missing_contributors"]}
    assert missing == {ccg: ["budget", "contract_value"], provider: ["outcome"]}
    assert told["totals"]["budget"] == {**TBC, "known_pence": 908000000}
    assert told["totals"]["contracted_a_year_pence"] is None
    assert told["totals"]["not_under_contract_pence"] is None


async def test_a_value_for_a_whole_term_is_not_one_for_a_year(client, partnership, all_well):
    nothing_yearly = value(known_pence=0, contracts=0)
    all_well["contracts"].does(answering(summary(total=value(contracts=2), annual=nothing_yearly)))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/overview")).json()
    assert told["contracts"]["total"]["known_pence"] == 500000000
    assert told["totals"]["contracted_a_year_pence"] is None
    assert told["totals"]["not_under_contract_pence"] is None


@pytest.mark.parametrize(
    "answer",
    [
        answering({"partnership_id": "x"}),
        answering([]),
        answering(position(), status=404),
        answering(position(), status=302, Location="https://evil.example/"),
        answering(position(), Content_Type="text/html"),
        answering(position(totals=None)),
        answering(position(complete="yes")),
        answering(position(as_at="31/03/2015")),
        answering(position(by_partner=[{"organisation_id": "not-an-id", "figures": figures()}])),
    ],
)
async def test_an_answer_that_makes_no_sense_counts_as_none(client, partnership, all_well, answer):
    all_well["budget"].does(answer)
    told = await client.visit.get(f"/v1/partnerships/{partnership}/overview")
    assert told.status_code == 200
    assert statuses(told) == {"budget": "unavailable", "contracts": "ok", "outcomes": "ok"}
    assert told.json()["fund"] is None


async def test_members_that_the_view_does_not_know_are_left_out(client, partnership, all_well):
    all_well["budget"].does(answering(position(secret="rates of a competitor")))
    assert "competitor" not in (await client.visit.get(f"/v1/partnerships/{partnership}/overview")).text


async def test_a_slow_service_costs_its_deadline_and_no_more(client, partnership, all_well):
    async def slow(_request, _body):
        await asyncio.sleep(10)
        return web.json_response({})

    all_well["contracts"].does(slow)
    started = time.monotonic()
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview")
    assert 1.9 < time.monotonic() - started < 2.9
    assert statuses(answer) == {"budget": "ok", "contracts": "unavailable", "outcomes": "ok"}


async def test_the_three_are_asked_at_the_same_time(client, partnership, all_well):
    async def takes_a_while(request, _body):
        await asyncio.sleep(0.3)
        found = {"positions": position, "contract-summaries": summary, "scorecards": card}
        return web.json_response(found[request.path.split("/")[2]]())

    for each in all_well.values():
        each.does(takes_a_while)
    started = time.monotonic()
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview")
    assert answer.json()["complete"] is True
    assert time.monotonic() - started < 0.6


async def test_another_partnership_s_view_is_not_there(client, operator, all_well):
    other = await operator.partnership(commissioner=await operator.organisation())
    for each in (other, uuid.uuid4()):
        answer = await client.visit.get(f"/v1/partnerships/{each}/overview")
        assert answer.status_code == 404
    assert all(not each.heard for each in all_well.values())


async def test_the_view_needs_the_scopes_of_all_that_it_shows(operator, council, partnership, all_well):
    for missing in SCOPES:
        client = await operator.client(council, [scope for scope in SCOPES if scope != missing])
        answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview")
        assert (answer.status_code, answer.json()["scope"]) == (403, missing)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("financial_year=2014-16", "?financial_year", "financial_year_unreadable"),
        ("financial_year=2014/15", "?financial_year", "string_pattern_mismatch"),
        ("financial_year=", "?financial_year", "string_pattern_mismatch"),
        ("financial_year=2014-15&as_at=2015-04-01", "?as_at", "overview_outside_year"),
        ("mode=lenient", "?mode", "enum"),
        ("as_at=yesterday", "?as_at", "value_error"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(client, partnership, query, pointer, code):
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/overview?{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_the_view_asks_for_operations_that_the_table_knows():
    from services.gateway.api.overviews import SOURCES
    from services.gateway.clients import contract_summaries, positions, scorecards

    paths = {row.operation_id: row.path for row in ROWS}
    assert [paths[each] for each in SOURCES.values()] == [
        positions.PATH,
        contract_summaries.PATH,
        scorecards.PATH,
    ]
