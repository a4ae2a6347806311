"""A gateway that runs as in earnest: its own database and keys, real tokens, and stand-ins for the services behind."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Protocol

import pytest

from services.gateway.api import documents
from services.gateway.commands import keys
from services.gateway.rules.internal_table import INTERNAL
from services.gateway.rules.policy_table import ROWS
from shared.caller import DRIVE
from tests.gateway.people import Client, Operator, make_operator
from tests.gateway.stand_in import StandIn, answering
from tests.stack import Stack

BEHIND = ("budget", "contracts", "outcomes")


class Addressed(Protocol):
    """Whatever stands where a service would: the gateway needs only its address."""

    @property
    def address(self) -> str: ...


@pytest.fixture(scope="session")
async def behind(tmp_path_factory):
    """The three services behind the gateway as stand-ins that answer what a test tells them to."""
    folder = tmp_path_factory.mktemp("b")
    found = {service: StandIn(service, folder / service) for service in BEHIND}
    for each in found.values():
        await each.start()
    yield found
    for each in found.values():
        await each.stop()


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("keys")
    assert keys.main([str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
async def gateway(stack: Stack, behind, keys_dir, tmp_path_factory):
    """The whole gateway, started once."""
    folder = tmp_path_factory.mktemp("openapi")
    async with running_gateway(stack, behind, keys_dir, folder) as app:
        yield app


@asynccontextmanager
async def running_gateway(
    stack: Stack, behind: Mapping[str, Addressed], keys_dir: Path, folder: Path, **settings: str
):
    """A gateway with these settings, until the end of the block."""
    environment = {
        **stack.environment(),
        "ASSERTION_JWKS": str(keys_dir / "public" / "assertion.json"),
        "GATEWAY_KEYS_DIR": str(keys_dir),
        **{f"GATEWAY_{service.upper()}_URL": each.address for service, each in behind.items()},
        **settings,
    }
    before = dict(os.environ)
    os.environ.update(environment)
    documents_before = documents.FOLDER
    try:
        app = import_module("services.gateway.app").create_app()
        documents.FOLDER = _documents(app.openapi(), folder)
        async with app.router.lifespan_context(app.own):
            yield app
    finally:
        documents.FOLDER = documents_before
        os.environ.clear()
        os.environ.update(before)


def _documents(own: dict, folder: Path) -> Path:
    """A merged document: our own part as it is, of the others only what the policy table says there is."""
    merged = json.loads(json.dumps(own))
    merged.setdefault("info", {}).setdefault("description", "")
    for row in ROWS:
        if row.service != "gateway":
            operation = {"operationId": row.operation_id, "x-service": row.service, "responses": {}}
            operation |= {"x-scope": row.scope} if row.scope else {}
            merged["paths"].setdefault(row.path, {})[row.method.lower()] = operation
    for name in ("merged.json", "merged-3.0.json"):
        (folder / name).write_text(json.dumps(merged))
    internal = [{**asdict(each), "scope": DRIVE} for each in INTERNAL]
    (folder / "internal.json").write_text(json.dumps(internal))
    return folder


@pytest.fixture(scope="session")
async def operator(gateway, stack: Stack) -> Operator:
    """The operator of this gateway, signed in."""
    return await make_operator(gateway, stack)


@pytest.fixture(scope="session")
async def council(operator: Operator) -> str:
    """A council that is a commissioner of a partnership."""
    organisation = await operator.organisation("Council of journals")
    await operator.partnership(commissioner=organisation)
    return organisation


@pytest.fixture(scope="session")
async def client(operator: Operator, council: str) -> Client:
    """A client of that council with every scope."""
    return await operator.client(council)


@pytest.fixture
def budget(behind: dict[str, StandIn]) -> StandIn:
    """The budget service, answering with a record."""
    behind["budget"].does(answering({"id": "x"}, ETag='"1"'))
    return behind["budget"]
