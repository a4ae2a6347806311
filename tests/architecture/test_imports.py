"""The import contracts of pyproject.toml: they hold, and each of them breaks over an import planted for it."""

import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise

import grimp
import pytest
from importlinter import api
from importlinter.application.use_cases import _get_built_in_contract_types
from importlinter.domain.contract import Contract, InvalidContractOptions

from tests.architecture.sources import ROOT, SERVICES

CONFIGURATION = api.read_configuration(str(ROOT / "pyproject.toml"))
NAMES = [each["name"] for each in CONFIGURATION["contracts_options"]]
KINDS = dict(_get_built_in_contract_types())
DOMAIN = ("budget", "contracts", "outcomes")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    options = CONFIGURATION["session_options"]
    for name in options["root_packages"]:
        import_module(name)
    return grimp.build_graph(
        *options["root_packages"],
        include_external_packages=options["include_external_packages"],
        cache_dir=None,
    )


def contract(part: str) -> Contract:
    """The one contract whose name holds these words."""
    [options] = [each for each in CONFIGURATION["contracts_options"] if part in each["name"]]
    try:
        return KINDS[options["type"]](options["name"], CONFIGURATION["session_options"], options)
    except InvalidContractOptions as error:
        raise AssertionError(f"{options['name']}: {error.errors}") from None


def broken(graph: grimp.ImportGraph, part: str) -> dict:
    """What a contract finds in a copy of the graph; empty where it is kept."""
    check = contract(part).check(copy.deepcopy(graph), verbose=False)
    return {} if check.kept else check.metadata


@pytest.mark.parametrize("name", NAMES)
def test_the_contract_is_kept(graph, name):
    assert broken(graph, name) == {}


ROOMS = ("app", "commands", "api", "actions", "store", "renderings", "rules")
GATEWAY = ("app", "commands", "api", "admission", "actions", "clients", "store", "renderings", "rules")
PURE, WEB, SQL = "Rules and renderings are pure", "Only doors know", "Only stores, migrations"
CALLS, BODIES, JSON = "Domain services call nobody", "Bodies are described", "JSON is written"


def upwards(service: str, rooms: tuple[str, ...], part: str) -> Iterator[tuple[str, str, str]]:
    """Each room importing the one above it, and the siblings that may not see each other."""
    house = f"services.{service}"
    for above, below in pairwise(rooms):
        yield part, f"{house}.{below}", f"{house}.{above}"
    yield part, f"{house}.commands", f"{house}.worker"
    yield part, f"{house}.worker", f"{house}.commands"
    yield part, f"{house}.renderings", f"{house}.rules"


PLANTED = [
    *(each for service in DOMAIN for each in upwards(service, ROOMS, "Rooms are layers")),
    *upwards("gateway", GATEWAY, "Rooms of the gateway"),
    ("Rooms of the gateway", "services.gateway.admission", "services.gateway.views"),
    ("Rooms of the gateway", "services.gateway.actions", "services.gateway.views"),
    ("Rooms of the gateway", "services.gateway.actions", "services.gateway.joint"),
    ("Rooms of the gateway", "services.gateway.clients", "services.gateway.store"),
    ("Rooms of the gateway", "services.gateway.pass_through", "services.gateway.api"),
    *(
        ("Services never import", f"services.{one}.actions.x", f"services.{other}.rules.y")
        for one in SERVICES
        for other in SERVICES
        if one != other
    ),
    ("shared is below", "shared.money", "services.budget.rules.journal"),
    ("shared is below", "services.budget.app", "deploy.local.run"),
    ("shared is layered", "shared.errors", "shared.money"),
    ("shared is layered", "shared.context", "shared.db"),
    ("shared is layered", "shared.db", "shared.idempotency"),
    ("shared is layered", "shared.caller", "shared.web.doors"),
    ("shared is layered", "shared.money", "shared.calendar"),
    ("shared.web is layered", "shared.web.problem", "shared.web.doors"),
    ("shared.web is layered", "shared.web.fields", "shared.web.app"),
    *(
        (PURE, "services.budget.rules.journal", module)
        for module in ("os", "time", "random", "pydantic", "asyncpg")
    ),
    *(
        (PURE, "services.outcomes.renderings", module)
        for module in ("fastapi", "sqlalchemy", "httpx", "msgspec")
    ),
    (PURE, "services.contracts.rules", "shared.db"),
    (PURE, "shared.money", "os"),
    *(
        (SQL, f"services.budget.{room}", "sqlalchemy")
        for room in ("api", "actions", "rules", "app", "commands")
    ),
    (SQL, "services.gateway.admission", "asyncpg"),
    (SQL, "services.gateway.clients", "asyncpg"),
    (SQL, "shared.idempotency", "asyncpg"),
    (SQL, "shared.page", "sqlalchemy"),
    *(
        (WEB, f"services.contracts.{room}", "fastapi")
        for room in ("actions", "rules", "store", "commands", "worker")
    ),
    (WEB, "services.gateway.views", "starlette"),
    (WEB, "services.gateway.clients", "starlette"),
    (WEB, "shared.idempotency", "fastapi"),
    *((BODIES, f"services.outcomes.{room}", "pydantic") for room in ("actions", "rules", "store", "worker")),
    (BODIES, "shared.caller", "pydantic"),
    (BODIES, "services.gateway.views", "pydantic_settings"),
    *(
        (JSON, f"services.outcomes.{room}", "msgspec")
        for room in ("actions", "rules", "renderings", "commands")
    ),
    *(
        (CALLS, f"services.{service}.worker", module)
        for service in DOMAIN
        for module in ("aiohttp", "httpx", "http")
    ),
    (CALLS, "shared.web.app", "requests"),
    ("In the gateway, calls", "services.gateway.views", "aiohttp"),
    ("In the gateway, calls", "services.gateway.joint", "aiohttp"),
    ("In the gateway, calls", "services.gateway.actions", "httpx"),
]


@pytest.mark.parametrize(("part", "importer", "imported"), PLANTED)
def test_the_contract_breaks_over_a_planted_import(graph, part, importer, imported):
    before = broken(graph, part)
    planted = copy.deepcopy(graph)
    for module in (importer, imported):
        planted.add_module(module, is_squashed=False) if module not in planted.modules else None
    planted.add_import(importer=importer, imported=imported, line_number=1, line_contents="planted")
    after = broken(planted, part)
    assert after != before
    assert imported.partition(".")[0] in str(after)


def test_a_room_that_nobody_planned_is_refused(graph):
    planted = copy.deepcopy(graph)
    for part, room in (("Rooms are layers", "budget.helpers"), ("Rooms of the gateway", "gateway.middle")):
        planted.add_module(f"services.{room}")
        assert f"services.{room}" in broken(planted, part)["undeclared_modules"]
    planted.add_module("shared.web.helpers")
    planted.add_module("shared.events_of_all")
    assert broken(planted, "shared.web is layered")["undeclared_modules"] == {"shared.web.helpers"}
    assert "shared.events_of_all" in broken(planted, "shared is layered")["undeclared_modules"]


def test_every_contract_has_a_planted_import():
    tried = {contract(part).name for part, _, _ in PLANTED}
    assert tried == set(NAMES)


def test_every_service_is_in_the_contracts_and_its_rooms_were_seen(graph):
    assert {each["name"] for each in CONFIGURATION["contracts_options"]} == set(NAMES)
    for service in SERVICES:
        rooms = graph.find_children(f"services.{service}")
        assert f"services.{service}.rules" in rooms
        assert not any("migrations" in each for each in rooms), "migrations/ has an __init__.py (it must not)"


def test_the_command_line_refuses_a_planted_file(tmp_path):
    """The whole way once: a copy of the tree with one import too many, and `lint-imports` on it."""
    for folder in ("shared", "services", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    planted = tmp_path / "services" / "budget" / "rules" / "planted.py"
    planted.write_text('"""Planted."""\n\nimport os\n\nfrom services.budget.store import tables\n')
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
    )
    assert done.returncode == 1
    assert "services.budget.rules.planted -> services.budget.store.tables" in done.stdout
    assert "services.budget.rules.planted -> os" in done.stdout
