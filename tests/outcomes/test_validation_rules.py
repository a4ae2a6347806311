"""Validation rules over HTTP: set by the lead, held against what is submitted, replaced and withdrawn."""

import uuid

import pytest

from tests.outcomes.plymouth import drafted, move, put
from tests.outcomes.raw import acting

WORDS = "No stay is longer than the share."


@pytest.fixture
async def asked(clients, plymouth):
    codes = [f"{name}-{uuid.uuid4().hex[:6]}" for name in ("part", "whole")]
    ids = [(await put(clients["council"], "indicators", plymouth.indicator(code)))["id"] for code in codes]
    obligation = await put(clients["council"], "obligations", plymouth.obligation(*ids))
    return {"obligation": obligation, "codes": codes, "ids": ids}


def rule(asked, **changes) -> dict:
    part, whole = asked["codes"]
    body = {
        "left": f"#{{{part}}}",
        "operator": "at_most",
        "right": f"#{{{whole}}}",
        "severity": "error",
        "words": WORDS,
    }
    return {"obligation_id": asked["obligation"]["id"], **body, **changes}


async def sent(clients, asked, period, part, whole, status=200, explanation=None):
    values = {asked["ids"][0]: {"value": part, "explanation": explanation}, asked["ids"][1]: {"value": whole}}
    draft = await drafted(clients["community"], asked["obligation"], period, values)
    return await move(clients["community"], draft, "submission", status=status)


async def test_a_rule_blocks_warns_and_is_withdrawn(clients, asked):
    council = clients["council"]
    first = await put(council, "validation-rules", rule(asked))
    refused = await sent(clients, asked, "2014Q2", "9", "8", 422)
    assert refused["code"] == "return_not_submittable"
    assert refused["errors"][0]["pointer"] == f"/values/{asked['ids'][0]}"
    assert refused["validation_rules"] == [{"id": first["id"], "severity": "error", "words": WORDS}]
    await sent(clients, asked, "2014Q3", "8", "8")
    second = await put(council, "validation-rules", rule(asked, severity="warning", replaces_id=first["id"]))
    again = await put(council, "validation-rules", rule(asked, replaces_id=first["id"]), 409)
    assert again["code"] == "validation_rule_replaced"
    assert (await sent(clients, asked, "2014Q4", "9", "8", 200, "Two long stays"))["explained"] is True
    await put(council, "validation-rules", rule(asked, severity="off", replaces_id=second["id"]))
    await sent(clients, asked, "2015Q1", "9", "8")
    listed = await council.get("/v1/validation-rules", params={"obligation_id": asked["obligation"]["id"]})
    assert [each["severity"] for each in listed.json()["items"]] == ["error", "warning", "off"]


async def test_only_the_lead_sets_a_rule_and_only_parties_read_it(clients, plymouth, asked, stack):
    made = await put(clients["council"], "validation-rules", rule(asked))
    for name in ("council", "ccg", "kernow", "community"):
        assert (await clients[name].get(f"/v1/validation-rules/{made['id']}")).json() == made
    for name in ("hospital", "board", "stranger"):
        assert (await clients[name].get(f"/v1/validation-rules/{made['id']}")).status_code == 404
        async with acting(stack, plymouth.callers[name]) as connection:
            assert (
                await connection.fetchval(
                    "select count(*) from validation_rules where id = $1", uuid.UUID(made["id"])
                )
                == 0
            )
    for name, status, code in (
        ("ccg", 403, "obligation_not_lead"),
        ("stranger", 422, "return_obligation_unknown"),
    ):
        refused = await put(clients[name], "validation-rules", rule(asked), status)
        assert refused["code"] == code


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"left": "#{nothing}"}, "validation_rule_unknown_code", "/left"),
        ({"right": "drop table returns"}, "expression_unreadable", "/right"),
        ({"replaces_id": str(uuid.UUID(int=7))}, "validation_rule_to_replace_unknown", "/replaces_id"),
        ({"severity": "fatal"}, "fields_invalid", "/severity"),
        ({"words": "Patient 943 476 5919"}, "fields_invalid", "/words"),
    ],
)
async def test_a_rule_that_cannot_be_held_is_refused_where_it_stands(clients, asked, change, code, pointer):
    refused = await put(clients["council"], "validation-rules", rule(asked, **change), 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == (code, pointer)
