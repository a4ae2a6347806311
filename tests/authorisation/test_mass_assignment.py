"""What only the system says cannot be said by a caller: every body with every field that only answers have."""

from __future__ import annotations

import json

from services.gateway.rules.policy_table import ROWS
from tests.authorisation.bodies import OPERATIONS, body_of
from tests.authorisation.house import DOCUMENT, ask
from tests.authorisation.rounds import fits

# Fields that some body takes under another meaning are not a test of it; these stand for all that the system sets.
ALWAYS = (
    "owner_organisation_id",
    "version",
    "recorded_at",
    "updated_at",
    "recorded_by_client_id",
    "state",
    "status",
)


def schema_of(node: dict) -> dict:
    name = node.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"].get(name, {})


def only_answered(row) -> list[str]:
    """The fields of an operation's answer that its body does not take, and those that the system always sets."""
    operation = OPERATIONS[row.operation_id]
    taken = set(schema_of(_json(operation["requestBody"])).get("properties", ()))
    answered: set[str] = set()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            answered |= set(schema_of(_json(response)).get("properties", ()))
    return sorted((answered | set(ALWAYS)) - taken)


def _json(holder: dict) -> dict:
    return dict(holder.get("content", {}).get("application/json", {}).get("schema", {}))


async def test_no_body_takes_what_only_an_answer_says(rounds):
    wrong, sent = [], 0
    own = rounds.world.names["council_a"]
    # Who goes and who comes are in the directory, as the gateway asks before it passes anything on.
    bodies = {"outgoing": own["organisation_id"], "incoming": own["fellow_organisation_id"]}
    names = own | {f"{which}_organisation_id": body for which, body in bodies.items()}
    for row in ROWS:
        operation = OPERATIONS.get(row.operation_id, {})
        if (
            row.scope is None
            or not fits(row, "council_a")
            or "application/json" not in operation.get("requestBody", {}).get("content", {})
        ):
            continue
        if _json(operation["requestBody"]).get("format") == "binary":
            continue  # a file, which is read by its own rules
        body = json.loads(body_of(row, names)[0])
        target = rounds.address(row, "council_a")
        for name in only_answered(row):
            sent += 1
            told = await ask(
                rounds.people.gateway, row.method, target, rounds.people.tokens["council_a"],
                json.dumps({**body, name: None}).encode(), version=1,
            )  # fmt: skip
            pointers = [each["pointer"] for each in told.body["errors"] if each["code"] == "extra_forbidden"]
            if told.status != 422 or f"/{name}" not in pointers:
                wrong.append(f"{row.operation_id} with {name}: {told.status} {told.code}")
    assert sent > 700
    assert "\n".join(wrong[:40]) == ""
