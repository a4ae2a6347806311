"""Who sees what, as section 2 of the domain gives it: each list of each party, and each thing one by one."""

import re
from typing import Any

import pytest

from deploy.demo.contracts import ACUTE, COMMUNITY, PUBLIC_HEALTH
from deploy.demo.fund import FIRST_JOURNAL, FROM_PCC, FUND, pool_id
from deploy.demo.ids import id_of
from deploy.demo.outcomes import OBLIGATION, RETURN, indicator_id
from deploy.demo.plymouth import AGREEMENT, LINES, PARTNERSHIP, POOLS, organisation_id
from deploy.demo.printed_indicators import INDICATORS
from tests.journey.foreign import lists_of, without_names
from tests.journey.party import Party, new_id
from tests.stack import find_operation

PLYMOUTH = {"pcc", "ccg", "kernow", "pch", "phnt", "auditor"}
HERE = {organisation_id(key) for key in PLYMOUTH}
FUND_LISTS = ("agreements", "decisions", "pools", "lines", "contributions", "accounts", "journals")
# What a list shows that is not a whole thing: the thing by itself shows more, or less to another reader.
VIEWS = ("/v1/positions", "/v1/scorecards", "/v1/scorecards/summary", "/v1/contract-summaries")

# Lists of no partnership: each party sees its own body's, whatever they are about.
OWN = {"clients", "issuers", "register-imports", "placement-imports"}


def id_in(name: str, thing: dict[str, Any]) -> str:
    """The id of a thing in that list; a report bears that of its import."""
    return thing[f"{name.replace('-', '_').removesuffix('s')}_id" if name.endswith("-imports") else "id"]


def named(word: str, *codes: str) -> set[str]:
    return {str(id_of(word, code)) for code in codes}


def lines_of(word: str) -> set[str]:
    return {str(id_of(word, each.organisation, each.category)) for each in LINES}


COMMISSIONERS = {
    "agreements": {str(AGREEMENT)},
    "decisions": {
        str(id_of(word, key)) for word in ("business case", "agreement decision") for key in ("pcc", "ccg")
    },
    "pools": {pool_id(category) for category, _ in POOLS},
    "lines": lines_of("line"),
    "contributions": lines_of("contribution"),
    "accounts": {FUND, FROM_PCC},
    "journals": {FIRST_JOURNAL},
    "contracts": {COMMUNITY, ACUTE, PUBLIC_HEALTH},
    "indicators": {indicator_id(each.code) for each in INDICATORS},
    "baselines": {str(id_of("baseline", each.code)) for each in INDICATORS if each.baseline is not None},
    "targets": {str(id_of("target", each.code)) for each in INDICATORS if each.target is not None},
    "comparators": named("comparator", "2C-1", "2C-2"),
    "obligations": {OBLIGATION},
    "returns": {RETURN},
    "organisations": HERE,
    "partnerships": {str(PARTNERSHIP)},
}
SEES: dict[str, dict[str, set[str]]] = {
    "pcc": COMMISSIONERS,
    "ccg": COMMISSIONERS,
    "kernow": {"contracts": {ACUTE}, "organisations": HERE, "partnerships": {str(PARTNERSHIP)}},
    # Providers do not see each other: neither as members nor in the directory.
    "pch": {
        "contracts": {COMMUNITY, PUBLIC_HEALTH},
        "indicators": {indicator_id("LOS-C")},
        "baselines": named("baseline", "LOS-C"),
        "targets": named("target", "LOS-C"),
        "obligations": {OBLIGATION},
        "returns": {RETURN},
        "organisations": HERE - {organisation_id("phnt")},
        "partnerships": {str(PARTNERSHIP)},
    },
    "phnt": {
        "contracts": {ACUTE},
        "organisations": HERE - {organisation_id("pch")},
        "partnerships": {str(PARTNERSHIP)},
    },
    "torbay": {"organisations": {organisation_id("torbay")}},
    "norfolk": {},
}


@pytest.fixture(scope="module")
def with_all_scopes(holder_of_all_scopes, neighbours):
    """A client of that party that holds every scope. Norfolk's council is a commissioner, but elsewhere."""

    def of(key: str) -> Party:
        return neighbours["council"] if key == "norfolk" else holder_of_all_scopes(key)

    return of


@pytest.fixture(scope="module")
def lists(document) -> dict[str, dict[str, Any]]:
    """Every list that has things one by one beside it: its address without /v1/, and what may be asked of it."""
    return lists_of(document)


@pytest.fixture(scope="module")
def listed(with_all_scopes, lists):
    """`listed("pch", "contracts")`: that list as far as it is of Plymouth; None where the party may not ask at all."""
    known: dict[tuple[str, str], list[dict[str, Any]] | None] = {}

    def of(key: str, name: str) -> list[dict[str, Any]] | None:
        if (key, name) not in known:
            asked = {each["name"] for each in lists[name].get("parameters", ())}
            query = {"partnership_id": str(PARTNERSHIP)} if "partnership_id" in asked else {}
            answer = with_all_scopes(key).get(f"/v1/{name}", params={**query, "limit": 200})
            if answer.status_code == 403:
                assert answer.json()["code"] == "role_missing"
                known[key, name] = None
            else:
                assert answer.json()["next"] is None
                known[key, name] = answer.json()["items"]
        return known[key, name]

    return of


def test_the_expectations_name_lists_that_there_are(lists):
    assert set().union(*SEES.values()) <= set(lists)
    # Of every other list the demonstration has nothing, so nobody is to see anything in it.
    assert {"clients", "issuers", "observations"} <= set(lists) - set(COMMISSIONERS)


@pytest.mark.parametrize("key", SEES)
def test_each_list_shows_what_the_party_may_see_and_nothing_else(with_all_scopes, lists, listed, key):
    party = with_all_scopes(key)
    for name in lists:
        found = listed(key, name)
        if name in OWN:
            assert {each["owner_organisation_id"] for each in found} <= {
                party.read("/v1/me")["organisation_id"]
            }
        elif name == "observations":
            assert {each["indicator_id"] for each in found} == (
                {indicator_id("LOS-C")} if key in {"pcc", "ccg", "pch"} else set()
            )
        elif key == "norfolk" and name in {"organisations", "partnerships"}:
            assert not {each["id"] for each in found} & {*HERE, str(PARTNERSHIP)}
        else:
            assert {each["id"] for each in found or ()} == SEES[key].get(name, set()), name
        if name in FUND_LISTS and key in {"kernow", "pch", "phnt", "torbay"}:
            assert found is None  # not even an empty list: no role of theirs opens the fund


@pytest.mark.parametrize("key", SEES)
def test_each_list_equals_what_can_be_got_one_by_one(with_all_scopes, lists, listed, key):
    """What is listed can be read and is the same; what is not listed answers as if it did not exist."""
    party = with_all_scopes(key)
    for name in lists:
        mine = {id_in(name, each): each for each in listed(key, name) or ()}
        there = {each["id"] for each in listed("pcc", name) or ()} if name not in OWN else set()
        for thing, seen in mine.items():
            whole = party.read(f"/v1/{name}/{thing}")
            for field, value in seen.items():
                assert value is None or field not in whole or whole[field] == value, f"{name}: {field}"
        if withheld := there - set(mine):
            absent = without_names(party.get(f"/v1/{name}/{new_id()}"))
            assert absent["status"] in {403, 404}
            for thing in withheld:
                assert without_names(party.get(f"/v1/{name}/{thing}")) == absent, f"{key} and {name} {thing}"


@pytest.mark.parametrize("key", ["torbay", "norfolk"])
def test_views_of_a_partnership_tell_an_outsider_nothing(with_all_scopes, document, key):
    party = with_all_scopes(key)
    for path in (*VIEWS, f"/v1/partnerships/{PARTNERSHIP}/overview"):
        operation = find_operation(document, "GET", path)
        needs_year = any(each["name"] == "financial_year" for each in operation["parameters"])
        query = {"partnership_id": str(PARTNERSHIP)} if path in VIEWS else {}
        query |= {"financial_year": "2014-15"} if needs_year else {}
        answer = party.get(path, params=query)
        if answer.status_code == 200:  # as of a partnership that does not exist
            absent = party.get(path, params={**query, "partnership_id": new_id()})
            told, nothing = answer.json(), absent.json()
            assert {**told, "partnership_id": None} == {**nothing, "partnership_id": None}
        else:
            assert answer.status_code in {403, 404}


@pytest.mark.parametrize("key", ["kernow", "pch", "phnt"])
def test_a_view_for_a_member_rests_on_what_it_may_see(with_all_scopes, key):
    party = with_all_scopes(key)
    summary = party.read("/v1/contract-summaries", partnership_id=str(PARTNERSHIP))
    assert summary["contracts"] == len(SEES[key]["contracts"])
    scorecard = party.read("/v1/scorecards", partnership_id=str(PARTNERSHIP))
    assert {each["indicator_id"] for each in scorecard["lines"]} == SEES[key].get("indicators", set())
    query = {"financial_year": "2014-15"}
    fund = party.get("/v1/positions", params={**query, "partnership_id": str(PARTNERSHIP)})
    assert fund.status_code == 403
    view = party.read(f"/v1/partnerships/{PARTNERSHIP}/overview", **query)
    assert (view["fund"], view["totals"]["budget"]) == (None, None)
    assert view["contracts"]["contracts"] == summary["contracts"]
    shown = {each["indicator_id"] for each in view["scorecard"]["lines"]}
    assert shown == SEES[key].get("indicators", set())


@pytest.mark.parametrize("key", ["kernow", "pch", "phnt", "torbay", "norfolk"])
def test_nobody_writes_where_only_partners_may(with_all_scopes, key):
    party, version = with_all_scopes(key), 1
    refused = [
        party.patch(f"/v1/agreements/{AGREEMENT}", json={"terms": {"title": "Ours"}}, version=version),
        party.post(f"/v1/journals/{FIRST_JOURNAL}/reversal", key=f"journey-{new_id()}", json={
            "id": new_id(), "effective_date": "2015-04-02", "narrative": "No"}),
        party.patch(f"/v1/contracts/{COMMUNITY}", json={"title": "Ours"}, version=version),
        party.post(f"/v1/returns/{RETURN}/acceptance", json={}, key=f"journey-{new_id()}", version=version),
        party.patch(f"/v1/partnerships/{PARTNERSHIP}", json={"name": "Ours"}, version=version),
        party.put(f"/v1/indicators/{new_id()}", json={
            "partnership_id": str(PARTNERSHIP), "code": "X", "title": "X", "definition": "X", "unit": "x",
            "value_type": "count", "polarity": "none", "frequency": "financial_yearly", "source": "x"}),
    ]  # fmt: skip
    assert {each.status_code for each in refused} <= {403, 404, 422}, [each.text for each in refused]
    assert {each.json()["code"] for each in refused if each.status_code == 422} <= {
        "partnership_not_commissioned"
    }


def test_without_a_token_nothing_is_open_but_documents(party, document):
    nobody = party(None)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not operation.get("security"):  # `[]` says that it is open to everybody
                continue
            address = re.sub(r"\{\w+\}", str(PARTNERSHIP), path)
            answer = nobody.request(method.upper(), address, key=f"journey-{new_id()}")
            assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), f"{method} {path}"
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_unknown_client_gets_no_token_and_no_hint(party, system):
    nobody, known = party(None), system.credentials()["plymouth-city-council"]["client_id"]
    bodies = set()
    for client, secret in ((new_id(), "x" * 43), (known, "x" * 43), ("not-an-id", "x")):
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        answer = nobody.post("/oauth2/token", data=form)
        assert answer.status_code == 401
        bodies.add(answer.content)
    assert len(bodies) == 1
    forged = nobody.get("/v1/me", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    assert (forged.status_code, forged.json()["code"]) == (401, "token_refused")
