"""The policy table: whole, without a row too many, and saying what section 2 of the domain says."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.gateway.rules.link import Link
from services.gateway.rules.policy import (
    ROLE_MISSING,
    Operation,
    Row,
    decide,
    known_scopes,
    mistakes,
    scopes_of,
)
from services.gateway.rules.policy_table import ROWS
from shared.caller import SCOPE_MISSING, Caller
from shared.errors import Refusal

OPERATIONS = [Operation(row.operation_id, row.method, row.path, row.service, row.scope) for row in ROWS]
BY_ID = {row.operation_id: row for row in ROWS}


def caller(*roles: str, operator: bool = False) -> Caller:
    """Somebody with every scope there is, so that only the roles decide."""
    organisation = uuid4()
    standing: dict[str, tuple[UUID, ...]] = {role: (uuid4(),) for role in roles}
    if "host" in roles:
        standing["commissioner"] = standing["host"]
    return Caller(uuid4(), organisation, (organisation,), scopes_of(ROWS), standing, operator=operator)


def allowed(who: Caller) -> set[str]:
    found = set()
    for row in ROWS:
        if refusal_of(row, who) is None:
            found.add(row.operation_id)
        else:
            assert refusal_of(row, who) is ROLE_MISSING
    return found


def refusal_of(row: Row, who: Caller):
    try:
        decide(row, who)
    except Refusal as refusal:
        return refusal.reason
    return None


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert mistakes(ROWS, OPERATIONS) == []
    assert len(ROWS) > 100


@pytest.mark.parametrize("number", range(0, len(ROWS), 7))
def test_a_missing_row_and_a_row_too_many_are_seen(number):
    name = ROWS[number].operation_id
    assert any(name in each for each in mistakes(ROWS[:number] + ROWS[number + 1 :], OPERATIONS))
    assert any(name in each for each in mistakes(ROWS, OPERATIONS[:number] + OPERATIONS[number + 1 :]))


@pytest.mark.parametrize(
    "changes",
    [{"method": "DELETE"}, {"path": "/v1/elsewhere/{id}"}, {"service": "outcomes"}, {"scope": "budget:read"},
     {"scope": None}],
)  # fmt: skip
def test_an_operation_that_differs_from_its_row_is_seen(changes):
    row = BY_ID["postJournal"]
    others = [each for each in OPERATIONS if each.operation_id != "postJournal"]
    operation = next(each for each in OPERATIONS if each.operation_id == "postJournal")
    assert any("postJournal" in each for each in mistakes(ROWS, [*others, replace(operation, **changes)]))
    assert row in ROWS


@pytest.mark.parametrize(
    "row",
    [
        replace(BY_ID["postJournal"], operation_id="another"),
        replace(BY_ID["postJournal"], path="/v1/journals/{other}", operation_id="another"),
        replace(BY_ID["postJournal"], roles=frozenset(), operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], scope=None, operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], roles=frozenset({"king"}), operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], service="payroll", operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], path="/v1/A", operation_id="a"),
        replace(BY_ID["postJournal"], links=(Link("/x", "postJournal"),), operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], links=(Link("/x", "listPools"),), operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], links=(Link("/x", "nothing"),), operation_id="a", path="/v1/a"),
        replace(BY_ID["postJournal"], links=(Link("/x", "getOrganisation"),), operation_id="a", path="/v1/a"),
    ],
)
def test_a_row_that_makes_no_sense_is_seen(row: Row):
    operation = Operation(row.operation_id, row.method, row.path, row.service, row.scope)
    assert mistakes([*ROWS, row], [*OPERATIONS, operation])


def test_without_its_scope_nobody_may_call_anything():
    for row in ROWS:
        if row.scope is None:
            continue
        everybody = caller("commissioner", "host", "associate", "provider", "observer", "auditor")
        bare = replace(everybody, scopes=everybody.scopes - {row.scope})
        with pytest.raises(Refusal) as refused:
            decide(row, bare)
        assert refused.value.reason is SCOPE_MISSING


# What these show is published, and anybody may read it.
PUBLISHED = {"/v1/releases", "/v1/records", "/v1/records/{ocid}", "/v1/register"}


def test_what_is_open_to_everybody_is_short_and_holds_no_record():
    assert {row.path for row in ROWS if row.scope is None} == {
        "/oauth2/token", "/.well-known/jwks.json", "/.well-known/audit-keys.json",
        "/.well-known/oauth-authorization-server", "/live", "/ready",
        "/metrics", "/openapi.json", "/openapi-3.0.json", "/docs", "/errors/{code}",
        "/event-types", "/event-types/{type}",
        *PUBLISHED,
    }  # fmt: skip


def test_the_operator_keeps_the_directory_and_sees_no_domain_row():
    mine = allowed(caller(operator=True))
    assert {BY_ID[each].service for each in mine if BY_ID[each].path not in PUBLISHED} == {"gateway"}
    assert {"createOrganisation", "addMember", "createClient"} <= mine
    assert "getOverview" not in mine


def test_nobody_but_the_operator_writes_in_the_directory():
    everybody = caller("commissioner", "host", "associate", "provider", "observer", "auditor")
    written = {row.operation_id for row in ROWS if row.scope == "directory:write"}
    assert written
    assert not written & allowed(everybody)


KEEPS_NOTHING = {"simulateSettlement"}  # asked with a body, and answered without a trace


def writes(names: set[str], service: str) -> set[str]:
    return {
        each
        for each in names - KEEPS_NOTHING
        if BY_ID[each].service == service and BY_ID[each].method != "GET"
    }


def test_a_provider_drafts_and_submits_returns_answers_variations_disputes_and_writes_nothing_else():
    mine = allowed(caller("provider"))
    assert writes(mine, "budget") == set()
    assert writes(mine, "contracts") == {
        "agreeVariation",
        "refuseVariation",
        "consentToNovation",
        "refuseNovation",
        "raiseContractDispute",
        "moveContractDispute",
        "resolveContractDispute",
    }
    assert writes(mine, "outcomes") == {
        "draftReturn",
        "amendReturn",
        "submitReturn",
        "importReturns",
        "sendReturnBatch",
        "commentOnReturn",
        "raiseReturnDispute",
        "resolveReturnDispute",
    }
    assert {each for each in mine if BY_ID[each].service == "budget"} == set()
    assert {"getContract", "getReturn", "getObligation"} <= mine


def test_an_observer_writes_nothing_and_sees_of_the_money_only_totals():
    mine = allowed(caller("observer"))
    assert {each for each in mine if BY_ID[each].service == "budget"} == {"getPosition", "getWholePlace"}
    assert all(writes(mine, service) == set() for service in ("budget", "contracts", "outcomes"))


def test_an_auditor_reads_and_writes_nothing():
    mine = allowed(caller("auditor"))
    assert {"getJournal", "getPosition", "getContract", "getReturn", "getOverview"} <= mine
    assert all(writes(mine, service) == set() for service in ("budget", "contracts", "outcomes"))


def test_an_associate_has_no_part_in_the_pools():
    mine = allowed(caller("associate"))
    assert {each for each in mine if BY_ID[each].service == "budget"} == set()


def test_a_host_may_all_that_a_commissioner_may():
    assert allowed(caller("commissioner")) <= allowed(caller("host"))


def test_an_organisation_in_no_partnership_writes_no_domain_row():
    mine = allowed(caller())
    assert all(writes(mine, service) == set() for service in ("budget", "contracts", "outcomes"))


def test_two_roles_give_the_union():
    assert allowed(caller("provider", "observer")) == allowed(caller("provider")) | allowed(
        caller("observer")
    )


def test_the_operator_s_scopes_open_no_domain_operation():
    scopes = known_scopes(ROWS)
    assert "directory:write" in scopes.operator - scopes.organisation
    for row in ROWS:
        if row.service != "gateway" and row.path not in PUBLISHED:
            assert row.scope in scopes.organisation - scopes.operator
