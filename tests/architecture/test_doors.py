"""Doors: each is in the table, says who may call it and what it refuses, and every write can be sent again."""

import ast
import difflib
import re
from collections import Counter

import pytest
from fastapi import APIRouter, FastAPI

from services.gateway.rules.internal_table import INTERNAL
from services.gateway.rules.policy_table import ROWS
from shared.caller import DRIVE
from shared.web.doors import may
from tests.architecture.doors import HEALTH, OPEN, TABLE, Door, app_of, doors_of, every_door, table_of
from tests.architecture.sources import SERVICES, Source, at, dotted, sources

ONCE = frozenset({"put_once", "post_once", "post_streamed", "patch_once"})
# Writes that keep no answer, and why sending them again does no harm.
NOT_ONCE = {
    "issueToken": "a token is issued anew each time",
    "simulateSettlement": "nothing is kept",
    "previewSuccession": "nothing is kept",
    "checkActivation": "nothing is kept",
    "checkEnding": "nothing is kept",
    "checkEffect": "nothing is kept",
    "checkExtension": "nothing is kept",
    "checkPartTermination": "nothing is kept",
    "checkNovation": "nothing is kept",
    "checkStatutoryTransfer": "nothing is kept",
    "checkConsolidation": "nothing is kept",
    "checkSplit": "nothing is kept",
    "previewBudgetSuccession": "nothing is kept",
    "previewContractsSuccession": "nothing is kept",
    "previewOutcomesSuccession": "nothing is kept",
}


def undeclared(doors: list[Door]) -> list[str]:
    """Doors without a scope that are not on the list of open ones, or with two."""
    return [
        f"{door.service}: {door.method} {door.path} asks for {door.scope.split() or 'no scope'}"
        for door in doors
        if len(door.scope.split()) != (0 if (door.service, door.method, door.path) in OPEN else 1)
        or not re.fullmatch(r"([a-z-]+:[a-z-]+)?", door.scope)
    ]


def badly_named(doors: list[Door]) -> list[str]:
    """Doors whose operationId is missing, is no camelCase verb and noun, or is used twice."""
    named = [
        door for door in doors if (door.service, door.method, door.path) not in OPEN or door.operation_id
    ]
    times = Counter(door.operation_id for door in named if (door.method, door.path) not in HEALTH)
    return [
        f"{door.service}: {door.method} {door.path} is called `{door.operation_id}`"
        for door in named
        if not re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)*", door.operation_id) or times[door.operation_id] > 1
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_doors_were_found(service):
    doors = doors_of(app_of(service), service)
    assert len([door for door in doors if door.scope]) >= 2
    assert {(door.method, door.path) for door in doors} >= HEALTH


@pytest.mark.parametrize("service", SERVICES)
def test_every_door_says_who_may_call_it_and_bears_a_name(service):
    doors = doors_of(app_of(service), service)
    assert undeclared(doors) == []
    assert badly_named(doors) == []


def test_every_open_door_is_there():
    assert {(door.service, door.method, door.path) for door in every_door() if not door.scope} == set(OPEN)


def test_names_are_used_once_over_all_services():
    assert badly_named(every_door()) == []


def test_the_table_lists_every_door():
    known = TABLE.read_text(encoding="utf-8").splitlines()
    found = table_of(every_door()).splitlines()
    changes = "\n".join(difflib.unified_diff(known, found, "doors.csv", "the apps", lineterm="", n=0))
    assert not changes, f"{changes}\nIf that is meant: python -m tests.architecture.doors"


def listed() -> set[Door]:
    """What the gateway knows of: the public operations with their scopes, and those that it alone calls."""
    public = {
        Door(row.service, row.path, row.method, row.operation_id, row.scope) for row in ROWS if row.scope
    }
    return public | {
        Door(each.service, each.path, each.method, each.operation_id, DRIVE) for each in INTERNAL
    }


def test_the_gateway_knows_of_every_door_with_its_scope():
    assert {door for door in every_door() if door.scope} == listed()


def test_a_door_for_the_gateway_alone_is_bound_to_its_operation():
    """`may("gateway:drive")` would take any errand; `driven` takes the one that was signed for it."""
    loose = [
        source.path
        for source in sources("services")
        if source.room == "api" and re.search(r"may\((DRIVE|.gateway:drive.)\)", source.text)
    ]
    assert loose == []


def test_a_planted_door_is_found_however_deep():
    """FastAPI keeps included routers as a tree; `app.routes` alone shows none of these doors."""
    app, outer, inner = FastAPI(), APIRouter(prefix="/v1"), APIRouter(prefix="/plants")

    @inner.get("/{id}", operation_id="getPlant", dependencies=[may("plant:read")])
    async def get() -> None: ...

    @inner.post("/{id}/watering", operation_id="Water-Plant")
    async def water() -> None: ...

    @inner.delete("/{id}", operation_id="getPlant", dependencies=[may("plant:read"), may("plant:write")])
    async def remove() -> None: ...

    outer.include_router(inner)
    app.include_router(outer)
    doors = [door for door in doors_of(app, "budget") if door.path.startswith("/v1")]
    assert Door("budget", "/v1/plants/{id}", "GET", "getPlant", "plant:read") in doors
    assert [each.split()[1] for each in undeclared(doors)] == ["DELETE", "POST"]
    assert [each.split()[1] for each in badly_named(doors)] == ["DELETE", "GET", "POST"]
    assert "plant" not in TABLE.read_text(encoding="utf-8")
    assert "budget,/v1/plants/{id},GET,getPlant,plant:read" in table_of(doors)


def sent_once(files: list[Source]) -> list[str]:
    """Doors that write and do not take `Sent` under their own operationId, so that a repeat would count twice."""
    findings = []
    for source in (each for each in files if each.room == "api"):
        for node in source.nodes:
            if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                continue
            for route in (each for each in node.decorator_list if isinstance(each, ast.Call)):
                method = dotted(route.func).rpartition(".")[2]
                names = [each.value for each in route.keywords if each.arg == "operation_id"]
                if method not in {"put", "post", "patch", "delete"} or not names:
                    continue
                name = names[0].value if isinstance(names[0], ast.Constant) else "?"
                keys = [
                    call.args[0].value
                    for call in ast.walk(node.args)
                    if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in ONCE
                    if call.args and isinstance(call.args[0], ast.Constant)
                ]
                if keys != [name] and name not in NOT_ONCE:
                    findings.append(at(source, node.lineno, f"{name!r} is sent once as {keys or 'nothing'}"))
    return findings


def test_every_write_can_be_sent_again():
    assert "\n".join(sent_once(list(sources("services")))) == ""


DOOR = '@router.{}("/x", operation_id="postJournal")\nasync def post(sent: Annotated[Sent, {}]): ...\n'


@pytest.mark.parametrize(
    "planted",
    [
        DOOR.format("put", 'put_once("reverseJournal")'),
        DOOR.format("post", "None"),
        DOOR.format("delete", "x()"),
    ],
)
def test_a_write_that_could_count_twice_is_found(planted):
    path = "services/budget/api/journals.py"
    assert sent_once([Source(path, planted)])
    assert not sent_once([Source(path, DOOR.format("put", 'put_once("postJournal")'))])
    assert not sent_once([Source(path, DOOR.format("get", "x()"))])
