"""One NHS body with Devon, Plymouth and Torbay: side by side and together, nothing twice, each caller's own sight."""

import csv
import io
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from tests.gateway.achievements import card, figure, line
from tests.gateway.pictures import figures, position, summary, value
from tests.gateway.roles import EVERY_SCOPE, sources, withheld
from tests.gateway.stand_in import answering
from tests.gateway.systems import NAMES, System

OUT = answering({"code": "service_unavailable", "status": 503}, status=503)
PENCE = {"devon": 3_000_000_01, "plymouth": 2_000_00, "torbay": 1_00}


@pytest.fixture(scope="module")
async def system(operator):
    return await System(operator).settle()


def total(pence, complete=True, missing=()):
    return {"known_pence": pence, "complete": complete, "missing_contributors": list(missing)}


def fund(system, name, **changes):
    of = figures(total(PENCE[name]))
    totals = {"pooled": of, "aligned": figures(total(None)), "shadow": figures(total(None)), "whole": of}
    halves = [
        {"organisation_id": system.bodies[each], "figures": figures(total(PENCE[name] // 2))}
        for each in ("nhs", name)
    ]
    return position(totals=totals, by_partner=halves, **changes)


@pytest.fixture
def all_well(behind, system):
    trust = system.bodies["trust"]
    one_thing = line(str(uuid.uuid4()), provider_organisation_id=trust, rating="amber", latest=figure("8.31"))

    async def position_of(request, _body):
        return web.json_response(fund(system, system.name_of(request)))

    async def card_of(request, _body):
        own = line(None, code=system.name_of(request), rating="green")
        return web.json_response(card({**one_thing, "contract_id": str(uuid.uuid4())}, own))

    behind["budget"].does(position_of)
    behind["contracts"].does(answering(summary(annual=value(contracts=2, known_pence=10_00))))
    behind["outcomes"].does(card_of)
    return behind


def named(system, told):
    return {
        name: each
        for each in told["partnerships"]
        for name in NAMES
        if system.places[name] == each["partnership_id"]
    }


@pytest.mark.row("S3-B02")
async def test_three_partnerships_stand_side_by_side_and_come_to_their_sum(system, all_well):
    answer = await system.look()
    told = answer.json()
    assert answer.status_code == 200, told
    assert sources(told) == dict.fromkeys(("budget", "contracts", "outcomes"), ("ok", None))
    assert (told["complete"], told["as_at"]) == (True, "2015-03-31")
    places = named(system, told)
    assert set(places) == set(NAMES)
    by_place = {name: each["fund"]["whole"]["actual"]["known_pence"] for name, each in places.items()}
    assert by_place == PENCE
    whole = told["funds"]["whole"]
    assert whole["actual"] == total(sum(PENCE.values()))
    assert (whole["variance_pence"], told["funds"]["pooled"]["actual"]) == (0, total(sum(PENCE.values())))
    assert told["funds"]["aligned"]["actual"] == total(None)  # there is none, and that is no nought
    assert told["contracts_running"] == sum(each["contracts_running"] for each in places.values()) == 6
    assert told["contracts_annual"]["known_pence"] == 30_00
    assert [len(each.heard) for each in all_well.values()] == [3, 3, 3]


@pytest.mark.row("S3-B02", "S3-O06")
async def test_nothing_is_counted_twice(system, all_well):
    told = (await system.look()).json()
    partners = {each["organisation_id"]: each for each in told["by_partner"]}
    assert len(partners) == 4  # the NHS body once, and each council
    nhs = partners[system.bodies["nhs"]]
    assert set(nhs["partnerships"]) == set(system.places.values())
    assert nhs["fund"]["actual"]["known_pence"] == sum(pence // 2 for pence in PENCE.values())
    assert parse_qs(urlsplit(all_well["budget"].heard[0].target).query)["under"] == ["successors"]
    # The trust's length of stay is one figure, though it owes it to three partnerships.
    ratings = {name: told["ratings"][name] for name in ("red", "amber", "green", "unrated")}
    assert (ratings, told["reported_again"]) == ({"red": 0, "amber": 1, "green": 3, "unrated": 0}, 2)
    assert sum(each["ratings"]["amber"] for each in told["partnerships"]) == 3


async def test_figures_that_differ_are_two(system, all_well):
    async def card_of(request, _body):
        figures_ = {"devon": "8.31", "plymouth": "8.31", "torbay": "8.40"}
        of = {
            "provider_organisation_id": system.bodies["trust"],
            "latest": figure(figures_[system.name_of(request)]),
        }
        nobody = line(None, latest=None, rating="unrated")
        return web.json_response(card(line(None, **of), nobody))

    all_well["outcomes"].does(card_of)
    told = (await system.look()).json()
    assert (told["ratings"]["red"], told["ratings"]["unrated"], told["reported_again"]) == (2, 3, 1)


async def test_a_council_sees_its_own_partnership_alone_and_a_stranger_none(system, all_well):
    told = (await system.look("torbay")).json()
    assert set(named(system, told)) == {"torbay"}
    assert told["funds"]["whole"]["actual"]["known_pence"] == PENCE["torbay"]
    for each in all_well.values():
        each.heard.clear()
    foreign = await system.look("stranger")
    absent = await system.look("stranger", of=str(uuid.uuid4()))
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    no_commissioner = await system.look(of="trust")
    assert no_commissioner.status_code == 404
    assert all(not each.heard for each in all_well.values())


async def test_each_role_has_its_own_sight_in_each_partnership(system, all_well):
    trust = (await system.look("trust")).json()
    assert set(named(system, trust)) == set(NAMES)
    assert sources(trust)["budget"] == ("withheld", "not_for_role")
    assert (trust["funds"]["whole"]["actual"], trust["by_partner"], trust["complete"]) == (
        total(None, complete=False), None, False,
    )  # fmt: skip
    assert not all_well["budget"].heard

    async def totals_alone(request, _body):
        shown = fund(system, system.name_of(request))
        return web.json_response(
            {**shown, "by_partner": [], "by_category": [], "by_category_and_partner": []}
        )

    all_well["budget"].does(totals_alone)
    board = (await system.look("board")).json()
    assert set(named(system, board)) == {"plymouth"}
    assert (board["funds"]["whole"]["actual"]["known_pence"], board["by_partner"]) == (
        PENCE["plymouth"],
        None,
    )
    auditor = named(system, (await system.look("auditor")).json())["torbay"]
    assert ("contracts", system.bodies["nhs"], "not_in_audit") in withheld(auditor)
    assert auditor["complete"] is False
    later = (await system.look("auditor", financial_year="2015-16")).json()
    assert set(sources(later).values()) == {("withheld", "not_in_audit")}


async def test_what_one_partner_has_not_said_leaves_the_system_incomplete(system, all_well):
    async def position_of(request, _body):
        name = system.name_of(request)
        unknown = total(None, complete=False, missing=[system.bodies["nhs"]])
        if name != "torbay":
            return web.json_response(fund(system, name))
        of = dict.fromkeys(("pooled", "aligned", "shadow", "whole"), figures(unknown))
        missing = [{"organisation_id": system.bodies["nhs"], "figures": ["actual"]}]
        gap = [{"organisation_id": system.bodies["torbay"], "because": "shadow_consent_missing"}]
        return web.json_response(
            position(
                totals=of,
                by_partner=[],
                complete=False,
                missing_contributors=missing,
                withheld_contributors=gap,
            )
        )

    all_well["budget"].does(position_of)
    told = (await system.look()).json()
    whole = told["funds"]["whole"]
    assert whole["actual"] == total(
        PENCE["devon"] + PENCE["plymouth"], complete=False, missing=[system.bodies["nhs"]]
    )
    assert (whole["variance_pence"], told["complete"]) == (None, False)
    torbay = named(system, told)["torbay"]
    assert withheld(torbay) == {("budget", system.bodies["torbay"], "shadow_consent_missing")}
    assert torbay["missing_contributors"] == [
        {"organisation_id": system.bodies["nhs"], "figures": ["actual"]}
    ]


@pytest.mark.parametrize("service", ["budget", "contracts", "outcomes"])
async def test_while_a_service_is_out_nothing_is_nought_and_strict_refuses(system, all_well, service):
    all_well[service].does(OUT)
    told = (await system.look()).json()
    assert sources(told)[service] == ("unavailable", None)
    assert told["complete"] is False
    gone = {
        "budget": (told["funds"]["whole"]["actual"], total(None, complete=False)),
        "contracts": ((told["contracts_running"], told["contracts_annual"]["complete"]), (None, False)),
        "outcomes": ((told["ratings"], told["reported_again"]), (None, None)),
    }  # fmt: skip
    assert gone[service][0] == gone[service][1]
    strict = await system.look(mode="strict")
    assert (strict.status_code, strict.json()["sources"]) == (503, [service])


async def test_an_instant_that_is_not_over_for_one_of_them_is_refused(system, all_well):
    instant = "2015-05-01T09:00:00Z"
    assert (await system.look(as_recorded=instant)).json()["as_recorded"] == instant

    async def early_for_torbay(request, _body):
        if system.name_of(request) != "torbay":
            return web.json_response(fund(system, system.name_of(request)))
        refused = {"code": "as_recorded_not_settled", "status": 409}
        return web.json_response(refused, status=409, content_type="application/problem+json")

    all_well["budget"].does(early_for_torbay)
    refused = await system.look(as_recorded=instant)
    assert (refused.status_code, refused.json()["code"]) == (409, "source_not_settled")


async def test_more_partnerships_than_a_view_adds_up_are_refused(operator, all_well):
    busy = await operator.organisation("A body with many partners")
    for _ in range(13):
        await operator.partnership(commissioner=busy)
    visit = (await operator.client(busy, list(EVERY_SCOPE))).visit
    refused = await visit.get(f"/v1/systems/{busy}/roll-up")
    assert (refused.status_code, refused.json()["code"]) == (409, "system_too_large")
    assert refused.json()["most_partnerships"] == 12
    assert all(not each.heard for each in all_well.values())


async def test_as_a_table_it_is_safe_to_open(system, operator, all_well):
    formula = "=2+3"
    visit = operator.visit
    address = f"/v1/partnerships/{system.places['torbay']}"
    before = (await visit.get(address)).json()
    await visit.patch(address, json={"name": formula}, version=before["version"], key=uuid.uuid4().hex)
    answered = await system.look(table=True)
    assert answered.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answered.text)))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@-" and cell]
    assert f"'{formula}" in {cell for row in rows for cell in row}
    assert len({len(row) for row in rows}) == 1
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    whole = next(each for each in told if each["Row"] == "system" and each["Arrangement"] == "whole")
    parts = [
        each["Actual (£)"] for each in told if each["Row"] == "partnership" and each["Arrangement"] == "whole"
    ]
    assert whole["Actual (£)"] == "3002001.01"
    assert sorted(parts) == ["1.00", "2000.00", "3000000.01"]
    assert {each["Actual (£)"] for each in told if each["Arrangement"] == "aligned"} == {""}


async def test_every_scope_of_what_is_shown_is_needed(system):
    for missing in ("aggregate:read", "budget:read", "contract:read", "outcome:read"):
        refused = await system.look(scopes=tuple(each for each in EVERY_SCOPE if each != missing))
        assert (refused.status_code, refused.json()["scope"]) == (403, missing)


async def test_two_contracts_of_one_partnership_that_report_alike_are_two(system, all_well):
    alike = {"provider_organisation_id": system.bodies["trust"], "latest": figure("95"), "rating": "green"}

    async def card_of(request, _body):
        both = [line(str(uuid.uuid4()), **alike) for _ in range(2)]
        return web.json_response(card(*both[: 2 if system.name_of(request) == "torbay" else 1]))

    all_well["outcomes"].does(card_of)
    own = (await system.look("torbay")).json()
    assert (own["ratings"], own["reported_again"]) == (own["partnerships"][0]["ratings"], 0)
    told = (await system.look()).json()
    assert (told["ratings"]["green"], told["reported_again"]) == (2, 2)


async def test_money_without_a_budget_whose_partners_are_not_shown_leaves_no_list_of_partners(
    system, all_well
):
    async def position_of(request, _body):
        shown = fund(system, system.name_of(request))
        if system.name_of(request) != "torbay":
            return web.json_response(shown)
        of = {**figures(total(None)), "actual": total(5_00)}
        totals = dict.fromkeys(("pooled", "aligned", "shadow", "whole"), of)
        return web.json_response({**shown, "totals": totals, "by_partner": []})

    all_well["budget"].does(position_of)
    assert (await system.look()).json()["by_partner"] is None
