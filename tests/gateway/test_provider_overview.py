"""A provider over all its commissioners as a view: joined by contract, each caller's sight, gaps named, nothing twice."""

import asyncio
import csv
import io
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from tests.gateway.achievements import listing, spending, spent
from tests.gateway.pictures import value
from tests.gateway.roles import EVERY_SCOPE, settle, sources, withheld
from tests.gateway.stand_in import answering

PROVIDER, ONE, JOINT, UNLISTED = (str(uuid.uuid4()) for _ in range(4))
YEAR = {"financial_year": "2014-15"}
OUT = answering({"code": "service_unavailable", "status": 503}, status=503)
NOT_FOUND = answering({"code": "not_found", "status": 404}, status=404)
FORMULA = "=1+1"


@pytest.fixture(scope="module")
async def roles(operator):
    return await settle(operator)


@pytest.fixture(scope="module")
async def second(operator, roles):
    """Another partnership of the same council."""
    return await operator.partnership(commissioner=roles.bodies["council"])


def listed(roles, contract, *providers, **changes):
    return {
        "id": contract, "partnership_id": roles.partnership, "owner_organisation_id": roles.bodies["council"],
        "associate_organisation_ids": [roles.bodies["kernow"]], "reference": f"C-{contract[:4]}", "title": FORMULA,
        "service": None, "state": "active", "ends_on": "2016-03-31", "value_basis": "annual",
        "value": {"amount_pence": 5_000_00, "status": "actual"},
        "providers": [{"organisation_id": each, "name": "Livewell"} for each in providers], **changes,
    }  # fmt: skip


def picture(roles, **changes):
    buys = {
        "organisation_id": roles.bodies["council"], "leads": 2, "joins": 0, "total": value(contracts=0, known_pence=None),
        "annual": value(contracts=2),
    }  # fmt: skip
    return {
        "provider_organisation_id": PROVIDER, "as_at": "2026-11-30", "contracts": 2, "running": 2, "joint_contracts": 1,
        "by_state": [{"state": "active", "contracts": 2}], "commissioners": [buys], "total": value(), "annual": value(),
        "ends_next": [], "past_end": 0, "open_flags": 0, "quality_flags": [], "more_contracts": False, "complete": True,
        "placements": [], "missing_contributors": [], "withheld_contributors": [],
        "listed": [listed(roles, ONE, PROVIDER), listed(roles, JOINT, PROVIDER, str(uuid.uuid4()))], **changes,
    }  # fmt: skip


def period(name, expected, received):
    return {
        "period": name, "expected": expected, "received": received, "on_time": received - 1, "accepted": received,
        "completeness_percent": "50", "timeliness_percent": None,
    }  # fmt: skip


@pytest.fixture
def all_well(behind, roles):
    behind["contracts"].does(answering(picture(roles)))
    behind["outcomes"].does(listing(period("2014Q2", 4, 3), period("2014Q3", 4, 2)))
    behind["budget"].does(
        answering(spending(spent(ONE, 1_000_01), spent(JOINT, 50_00), spent(UNLISTED, 9_99)))
    )
    return behind


@pytest.fixture(scope="module")
def look(roles, second):  # made before anybody comes, since a standing is looked up anew after two seconds
    async def looking(name="council", table=False, **query):
        visit = await roles.visit(name)
        headers = {"Accept": "text/csv"} if table else {}
        asked = {**YEAR, "partnership_id": roles.partnership, **query}
        asked = {key: value for key, value in asked.items() if value is not None}
        return await visit.get(f"/v1/providers/{PROVIDER}/view", params=asked, headers=headers)

    return looking


@pytest.mark.row("S1-C08")
async def test_one_provider_with_its_contracts_returns_and_money(roles, look, all_well):
    answer = await look()
    told = answer.json()
    assert answer.status_code == 200, told
    assert sources(told) == dict.fromkeys(("budget", "contracts", "outcomes"), ("ok", None))
    assert (told["complete"], told["as_at"]) == (True, "2015-03-31")
    assert [each["organisation_id"] for each in told["contracts"]["commissioners"]] == [
        roles.bodies["council"]
    ]
    counts = {name: told["reporting"][name] for name in ("expected", "received", "on_time", "accepted")}
    assert counts == {"expected": 8, "received": 5, "on_time": 3, "accepted": 5}
    assert counts["received"] == sum(each["received"] for each in told["reporting"]["periods"])
    assert [len(each.heard) for each in all_well.values()] == [1, 1, 1]
    asked = parse_qs(urlsplit(all_well["outcomes"].heard[0].target).query)
    assert (asked["provider_organisation_id"], asked["financial_year"]) == ([PROVIDER], ["2014-15"])
    assert asked["as_at"] > ["2015-03-31"]  # the last return of a year falls due after its end
    await look(as_at="2015-01-31")
    assert parse_qs(urlsplit(all_well["outcomes"].heard[-1].target).query)["as_at"] == ["2015-01-31"]


@pytest.mark.row("S5-C06")
async def test_money_of_several_partnerships_is_added_once_and_a_joint_contract_is_nobody_s_share(
    roles, second, look, all_well
):
    """Every entry stands in one partnership: what both spent for a contract is two sums, and their sum."""

    async def by_place(request, _body):
        here = request.query["partnership_id"] == roles.partnership
        return web.json_response(
            spending(spent(ONE, 1_000_01), spent(JOINT, 50_00)) if here else spending(spent(ONE, 3))
        )

    all_well["budget"].does(by_place)
    told = (await look(partnership_id=None)).json()
    spend = told["spend"]
    assert {(each["partnership_id"], each["contract_id"]): each["spend_pence"] for each in spend["contracts"]} == {
        (roles.partnership, ONE): 1_000_01, (roles.partnership, JOINT): 50_00, (second, ONE): 3,
    }  # fmt: skip
    assert (spend["spend_pence"], spend["joint_pence"], spend["whole"]) == (1_000_04, 50_00, True)
    assert len(all_well["budget"].heard) == 2
    told = (await look()).json()
    assert told["spend"]["spend_pence"] == 1_000_01
    assert UNLISTED not in str(told)


async def test_what_may_be_spent_unseen_leaves_it_incomplete_and_is_named(roles, look, all_well):
    ccg = roles.bodies["ccg"]
    gap = [{"organisation_id": ccg, "because": "aligned_lines_closed"}]
    all_well["budget"].does(answering(spending(spent(ONE, 1), complete=False, withheld_contributors=gap)))
    all_well["contracts"].does(answering(picture(roles, withheld_contributors=[ccg], complete=False)))
    told = (await look()).json()
    assert withheld(told) == {
        ("budget", ccg, "aligned_lines_closed"), ("contracts", ccg, "placements_withheld"),
    }  # fmt: skip
    assert (told["complete"], told["spend"]["whole"]) == (False, False)
    for changes in (
        {"more_contracts": True},
        {"listed": [listed(roles, ONE, PROVIDER, partnership_id=None)]},
    ):
        all_well["budget"].does(answering(spending(spent(ONE, 1))))
        all_well["contracts"].does(answering(picture(roles, **changes)))
        told = (await look()).json()
        assert (told["complete"], told["spend"]["whole"]) == (False, False)
    all_well["budget"].does(answering(spending(seen_pence=None, without_contract_pence=None)))
    assert (await look()).json()["spend"]["spend_pence"] is None


async def test_money_that_names_no_contract_may_be_the_provider_s_and_is_no_nought(look, all_well):
    all_well["budget"].does(answering(spending(spent(UNLISTED, 9_99), without=2_00)))
    told = (await look()).json()
    assert (told["spend"]["spend_pence"], told["spend"]["joint_pence"]) == (None, None)
    assert (told["spend"]["whole"], told["complete"]) == (False, False)
    all_well["budget"].does(answering(spending(spent(ONE, 1_00), without=2_00)))
    told = (await look()).json()
    assert (told["spend"]["spend_pence"], told["spend"]["whole"], told["complete"]) == (1_00, False, False)


async def test_a_body_with_many_partnerships_asks_for_few_at_a_time(operator, look, all_well):
    at_once, most = 0, 0

    async def slowly(_request, _body):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        at_once -= 1
        return web.json_response(spending())

    busy = await operator.organisation("A body with many pools")
    for _ in range(14):
        await operator.partnership(commissioner=busy)
    visit = (await operator.client(busy, list(EVERY_SCOPE))).visit
    all_well["budget"].does(slowly)
    answer = await visit.get(f"/v1/providers/{PROVIDER}/view", params=YEAR)
    assert answer.status_code == 200, answer.text
    assert (len(all_well["budget"].heard), most <= 12) == (14, True)


@pytest.mark.parametrize("name", ["trust", "kernow", "board"])
async def test_who_does_not_commission_sees_no_money(roles, look, all_well, name):
    told = (await look(name)).json()
    assert sources(told)["budget"] == ("withheld", "not_for_role")
    assert (told["spend"], told["complete"]) == (None, False)
    assert not all_well["budget"].heard
    assert withheld(told) == {("budget", roles.bodies["council"], "not_for_role")}


async def test_an_auditor_sees_money_in_the_years_of_its_appointment(roles, look, all_well):
    assert (await look("auditor")).json()["spend"]["spend_pence"] == 1_000_01
    all_well["budget"].heard.clear()
    told = (await look("auditor", financial_year="2015-16")).json()
    assert (told["spend"], sources(told)["budget"]) == (None, ("withheld", "not_for_role"))
    assert not all_well["budget"].heard


async def test_a_provider_without_a_contract_of_yours_is_like_none(roles, look, all_well):
    all_well["contracts"].does(NOT_FOUND)
    for mode in ("partial", "strict"):
        refused = await look(mode=mode)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    for each in all_well.values():
        each.heard.clear()
    foreign = await look("stranger")
    absent = await look("stranger", partnership_id=str(uuid.uuid4()))
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await look("unit")).status_code == 403
    assert all(not each.heard for each in all_well.values())


@pytest.mark.parametrize("service", ["budget", "contracts", "outcomes"])
async def test_while_a_service_is_out_the_rest_is_shown_and_strict_refuses(look, all_well, service):
    all_well[service].does(OUT)
    told = (await look()).json()
    assert sources(told)[service] == ("unavailable", None)
    assert told["complete"] is False
    shown = {name: told[name] is not None for name in ("contracts", "reporting", "spend")}
    # Without the register nobody knows which spending is with this provider.
    assert shown == {
        "contracts": service != "contracts", "reporting": service != "outcomes",
        "spend": service == "outcomes",
    }  # fmt: skip
    strict = await look(mode="strict")
    assert (strict.status_code, strict.json()["sources"]) == (503, [service])


async def test_an_instant_that_is_not_over_is_refused(look, all_well):
    instant = "2015-05-01T09:00:00Z"
    assert (await look(as_recorded=instant)).json()["as_recorded"] == instant
    assert "as_recorded=2015-05-01T09" in all_well["budget"].heard[0].target
    all_well["budget"].does(answering({"code": "as_recorded_not_settled", "status": 409}, status=409))
    refused = await look(as_recorded=instant)
    assert (refused.status_code, refused.json()["code"]) == (409, "source_not_settled")


async def test_as_a_table_no_text_starts_a_formula_and_nothing_unknown_is_nought(look, all_well):
    all_well["budget"].does(OUT)
    answered = await look(table=True)
    rows = list(csv.reader(io.StringIO(answered.text)))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@-" and cell]
    assert len({len(row) for row in rows[:-1]}) == 1
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if len(row) == len(rows[0])]
    assert {each["Title"] for each in named if each["Row"] == "contract"} == {f"'{FORMULA}"}
    assert {each["Spend (£)"] for each in named} == {""}
    assert {each["Value (£)"] for each in named if each["Value is"] == "total"} == {""}
    assert [each["Received"] for each in named if each["Row"] == "returns"] == ["3", "2"]
    assert rows[-1][0].startswith("Not complete")


async def test_every_scope_of_what_is_shown_is_needed(roles):
    for missing in ("aggregate:read", "budget:read", "contract:read", "return:read"):
        visit = await roles.visit("council", tuple(each for each in EVERY_SCOPE if each != missing))
        refused = await visit.get(f"/v1/providers/{PROVIDER}/view")
        assert (refused.status_code, refused.json()["scope"]) == (403, missing)
