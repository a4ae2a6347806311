"""The view for each role: what is open to it is asked, what is not is withheld and named, and is never nought."""

import pytest

from tests.gateway.pictures import card, position, summary
from tests.gateway.stand_in import answering

YEAR = "2014/15"
EVERY_SCOPE = ["aggregate:read", "budget:read", "contract:read", "outcome:read"]
WITHOUT_MONEY = ["aggregate:read", "contract:read", "outcome:read"]
PARTS = {"budget": "fund", "contracts": "contracts", "outcomes": "scorecard"}
SERVICES = tuple(PARTS)


@pytest.fixture(scope="module")
async def bodies(operator):
    names = ("council", "ccg", "kernow", "trust", "board", "auditor")
    return {name: await operator.organisation(f"{name} of roles") for name in names}


@pytest.fixture(scope="module")
async def place(operator, bodies):
    """Two commissioners, an associate, a provider, an observer, and an auditor of the council for one year."""
    made = await operator.partnership(
        host=bodies["council"],
        commissioner=bodies["ccg"],
        associate=bodies["kernow"],
        provider=bodies["trust"],
        observer=bodies["board"],
    )
    appointment = {"audited_organisation_ids": [bodies["council"]], "financial_years": [YEAR]}
    await operator.member(made, bodies["auditor"], "auditor", **appointment)
    return made


@pytest.fixture(scope="module")
async def look(operator, bodies, place):
    """`look("trust")`: the view as that organisation has it, by a client of its own."""
    known = {}

    async def looking(name, scopes=EVERY_SCOPE, **query):
        key = (name, tuple(scopes))
        if key not in known:
            known[key] = (await operator.client(bodies[name], list(scopes))).visit
        asked = {"financial_year": "2014-15", **query}
        return await known[key].get(f"/v1/partnerships/{place}/overview", params=asked)

    return looking


@pytest.fixture
def all_well(behind):
    behind["budget"].does(answering(position()))
    behind["contracts"].does(answering(summary()))
    behind["outcomes"].does(answering(card()))
    return behind


def sources(told):
    return {each["service"]: (each["status"], each["because"]) for each in told["sources"]}


def withheld(told):
    return {
        (each["service"], each["organisation_id"], each["because"]) for each in told["withheld_contributors"]
    }


def asked(behind):
    return {service for service, each in behind.items() if each.heard}


@pytest.mark.parametrize(
    ("name", "seen_as"),
    [("council", ["commissioner", "host"]), ("ccg", ["commissioner"]), ("board", ["observer"])],
)
async def test_commissioners_and_observers_are_shown_all_three(look, all_well, name, seen_as):
    told = (await look(name)).json()
    assert told["seen_as"] == seen_as
    assert sources(told) == dict.fromkeys(SERVICES, ("ok", None))
    assert (told["complete"], told["withheld_contributors"]) == (True, [])
    assert asked(all_well) == set(SERVICES)


@pytest.mark.parametrize("name", ["kernow", "trust"])
@pytest.mark.parametrize("mode", ["partial", "strict"])
async def test_an_associate_and_a_provider_see_no_fund_and_whose_it_is(look, bodies, all_well, name, mode):
    answer = await look(name, WITHOUT_MONEY, mode=mode)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert sources(told) == {
        "budget": ("withheld", "not_for_role"),
        "contracts": ("ok", None),
        "outcomes": ("ok", None),
    }
    assert asked(all_well) == {"contracts", "outcomes"}
    assert withheld(told) == {("budget", bodies[each], "not_for_role") for each in ("council", "ccg")}
    assert told["complete"] is False
    assert told["fund"] is None
    assert told["totals"] == {
        "budget": None,
        "actual": None,
        "contracted_a_year_pence": 500000000,
        "not_under_contract_pence": None,
        "contracts_running": 2,
        "outcomes_red": 4,
    }
    assert told["sources"][0]["as_at"] is None


async def test_what_is_open_needs_its_scope(look, all_well):
    for missing in ("contract:read", "outcome:read"):
        answer = await look("trust", [each for each in WITHOUT_MONEY if each != missing])
        assert (answer.status_code, answer.json()["scope"]) == (403, missing)
    answer = await look("board", WITHOUT_MONEY)
    assert (answer.status_code, answer.json()["scope"]) == (403, "budget:read")
    assert asked(all_well) == set()


async def test_an_auditor_sees_the_named_bodies_and_whom_it_does_not(look, bodies, all_well):
    left_out = [{"organisation_id": bodies["ccg"], "because": "not_in_audit"}]
    all_well["budget"].does(answering(position(withheld_contributors=left_out)))
    told = (await look("auditor")).json()
    assert told["seen_as"] == ["auditor"]
    assert sources(told) == dict.fromkeys(SERVICES, ("ok", None))
    # An associate can lead contracts, and has no part in the fund.
    assert withheld(told) == {
        *((service, bodies["ccg"], "not_in_audit") for service in SERVICES),
        *((service, bodies["kernow"], "not_in_audit") for service in ("contracts", "outcomes")),
    }
    assert told["complete"] is False
    # Neither the budget nor the contracts are the whole, so what is left between them is not known; and what
    # the services themselves call complete is not the whole either.
    assert told["totals"]["not_under_contract_pence"] is None


@pytest.mark.parametrize("mode", ["partial", "strict"])
@pytest.mark.parametrize("year", ["2013-14", "2015-16"])
async def test_outside_its_years_an_auditor_is_shown_nothing_and_nobody_is_out(
    look, bodies, all_well, mode, year
):
    answer = await look("auditor", financial_year=year, mode=mode)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["seen_as"], told["complete"]) == ([], False)
    assert sources(told) == dict.fromkeys(SERVICES, ("withheld", "not_in_audit"))
    assert asked(all_well) == set()
    assert {told[part] for part in PARTS.values()} == {None}
    assert set(told["totals"].values()) == {None}
    # Memberships began on 16 July 2014: in the year before, there was nobody to name.
    partners = () if year == "2013-14" else ("council", "ccg")
    leads = (*partners, "kernow") if partners else ()
    assert withheld(told) == {
        (service, bodies[name], "not_in_audit")
        for service in SERVICES
        for name in (partners if service == "budget" else leads)
    }


async def test_two_roles_give_the_union(operator, bodies, all_well):
    """An auditor who is an observer as well: the audit's year in full sight, the others as an observer."""
    partnership = await operator.partnership(commissioner=bodies["council"], observer=bodies["auditor"])
    appointment = {"audited_organisation_ids": [bodies["council"]], "financial_years": [YEAR]}
    await operator.member(partnership, bodies["auditor"], "auditor", **appointment)
    visit = (await operator.client(bodies["auditor"], EVERY_SCOPE)).visit
    for year, seen_as in (("2014-15", ["observer", "auditor"]), ("2015-16", ["observer"])):
        told = (await visit.get(f"/v1/partnerships/{partnership}/overview?financial_year={year}")).json()
        assert told["seen_as"] == seen_as
        assert sources(told) == dict.fromkeys(SERVICES, ("ok", None))
        assert told["withheld_contributors"] == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("mode", ["partial", "strict"])
async def test_a_service_s_own_not_found_is_withheld_and_no_outage(look, bodies, all_well, service, mode):
    refused = {"code": "not_found", "status": 404, "detail": "There is no such record."}
    all_well[service].does(answering(refused, status=404))
    answer = await look("council", mode=mode)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    open_still = dict.fromkeys(SERVICES, ("ok", None))
    assert sources(told) == {**open_still, service: ("withheld", "not_shown")}
    assert told[PARTS[service]] is None
    assert told["complete"] is False
    others = ("ccg",) if service == "budget" else ("ccg", "kernow")
    assert withheld(told) == {(service, bodies[each], "not_shown") for each in others}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("code", ["no_such_address", "role_missing", 404])
async def test_any_other_404_is_a_service_that_makes_no_sense(look, all_well, service, code):
    all_well[service].does(answering({"code": code, "status": 404}, status=404))
    told = (await look("council")).json()
    assert sources(told)[service] == ("unavailable", None)
    assert (await look("council", mode="strict")).status_code == 503


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", ["council", "board", "auditor", "kernow", "trust"])
async def test_while_a_service_is_out_the_rest_is_shown_and_strict_refuses(look, all_well, service, name):
    before = sources((await look(name)).json())
    all_well[service].does(answering({"code": "service_unavailable", "status": 503}, status=503))
    told = (await look(name)).json()
    strict = await look(name, mode="strict")
    if before[service][0] == "withheld":  # it is not asked, so nobody learns that it is out
        assert sources(told) == before
        assert strict.status_code == 200
        return
    assert sources(told) == {**before, service: ("unavailable", None)}
    assert told[PARTS[service]] is None
    assert told["complete"] is False
    assert not [each for each in told["withheld_contributors"] if each["service"] == service]
    assert (strict.status_code, strict.json()["code"]) == (503, "sources_missing")
    assert strict.json()["sources"] == [service]


async def test_red_is_not_nought_while_nothing_is_rated(look, all_well):
    unrated = {"red": 0, "amber": 0, "green": 0, "unrated": 3}
    all_well["outcomes"].does(answering(card(complete=False, ratings=unrated)))
    assert (await look("council")).json()["totals"]["outcomes_red"] is None
    all_well["outcomes"].does(answering(card(ratings={**unrated, "green": 1})))
    assert (await look("council")).json()["totals"]["outcomes_red"] == 0


async def test_a_member_of_another_partnership_finds_no_view(operator, bodies, look, all_well):
    elsewhere = await operator.partnership(commissioner=bodies["council"])
    for name in ("ccg", "kernow", "trust", "board", "auditor"):
        visit = (await operator.client(bodies[name], EVERY_SCOPE)).visit
        answer = await visit.get(f"/v1/partnerships/{elsewhere}/overview")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert asked(all_well) == set()
