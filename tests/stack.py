"""What tests of services stand on: one real PostgreSQL, migrated schemas, apps in this process, and callers."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from joserfc.jwk import ECKey, KeySet
from jsonschema import Draft202012Validator

from deploy.local.postgres import Cluster, throw_away_cluster
from shared.caller import DRIVE, LIFETIME_SECONDS, Audit, Caller, Errand, Grant, Share, mint_assertion
from shared.migrate import migrate

SERVICES = ("budget", "contracts", "outcomes", "gateway")
ROLES = ("migrate", "app", "backup")
ISSUER = "http://127.0.0.1:8000"
ROOT = Path(__file__).resolve().parent.parent


def existing_services() -> list[str]:
    return [each for each in SERVICES if (ROOT / "services" / each / "migrations" / "head").exists()]


@dataclass
class Stack:
    """A running database with all schemas, the keys that sign callers, and the environment of the services."""

    cluster: Cluster
    folder: Path
    keys: KeySet
    passwords: dict[str, str]
    open_apps: dict[str, Any] = field(default_factory=dict)

    def url(self, service: str, role: str = "app") -> str:
        name = f"{service}_{role}"
        return self.cluster.dsn(name, self.passwords[name])

    async def connect(self, service: str, role: str = "app") -> asyncpg.Connection:
        """A raw connection as one of the service's own roles, for tests of walls."""
        return await asyncpg.connect(self.url(service, role))

    async def superuser(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.cluster.superuser_dsn())

    def environment(self) -> dict[str, str]:
        names = {"ASSERTION_JWKS": str(self.folder / "public.json"), "GATEWAY_PUBLIC_URL": ISSUER}
        names["SEAL_SECONDS"] = "0"  # tests seal when they want to
        names["GATEWAY_WEBHOOK_SECONDS"] = "0"  # and tell webhooks when they want to
        for service in SERVICES:
            names[f"{service.upper()}_DATABASE_URL"] = self.url(service)
            names[f"{service.upper()}_MIGRATE_URL"] = self.url(service, "migrate")
        return names

    def earnest_environment(self) -> dict[str, str]:
        """The same for processes that seal and tell by themselves, as those of a real system do."""
        left_out = {"SEAL_SECONDS", "GATEWAY_WEBHOOK_SECONDS"}
        return {name: value for name, value in self.environment().items() if name not in left_out}

    def assertion(self, service: str, caller: Caller, *, at: int | None = None) -> str:
        return mint_assertion(caller, service, ISSUER, self.keys, at if at is not None else int(time.time()))

    def errand(self, service: str, caller: Caller, operation: str, target: str, seen: dict[str, Any]) -> str:
        """The assertion with which the gateway calls of its own accord, in this caller's name."""
        sent = replace(caller, scopes=frozenset({DRIVE}), errand=Errand(operation, target, seen))
        return self.assertion(service, sent)


@contextmanager
def running_stack(folder: Path, services: Iterable[str] | None = None) -> Iterator[Stack]:
    """Start a throw-away PostgreSQL, make the roles, migrate every schema that exists, or only these."""
    keys = KeySet([ECKey.generate_key("P-256", {"kid": "test"})])
    (folder / "public.json").write_text(json.dumps(keys.as_dict(private=False)))
    passwords = {f"{service}_{role}": uuid.uuid4().hex for service in SERVICES for role in ROLES}
    with throw_away_cluster() as cluster:
        cluster.create_service_roles(passwords)
        stack = Stack(cluster, folder, keys, passwords)
        for service in existing_services() if services is None else services:
            migrate(service, stack.url(service, "migrate"))
        yield stack


def a_caller(
    organisation: uuid.UUID | None = None,
    scopes: str = "",
    *,
    audits: tuple[Audit, ...] = (),
    shares: tuple[Share, ...] = (),
    grants: tuple[Grant, ...] = (),
    operator: bool = False,
    client: uuid.UUID | None = None,
    organisations: tuple[uuid.UUID, ...] | None = None,
    **standing: uuid.UUID | list[uuid.UUID],
) -> Caller:
    """A caller: `a_caller(org, "budget:read budget:post", commissioner=partnership)`."""
    own = organisation or uuid.uuid4()
    return Caller(
        client_id=client or uuid.uuid4(),
        organisation_id=own,
        organisations=organisations or (own,),
        scopes=frozenset(scopes.split()),
        standing={
            role: tuple(where) if isinstance(where, list) else (where,) for role, where in standing.items()
        },
        audits=audits,
        shares=shares,
        grants=grants,
        operator=operator,
    )


@asynccontextmanager
async def running_app(stack: Stack, service: str, monkeypatch: pytest.MonkeyPatch):
    """The service's app, started in this process on the stack's database."""
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    app = import_module(f"services.{service}.app").create_app()
    async with app.router.lifespan_context(app):
        yield app


class Checked(httpx.AsyncClient):
    """A client of one service as one caller; every answer is held against the service's OpenAPI."""

    def __init__(self, app: Any, stack: Stack, service: str, caller: Caller) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=f"http://{service}",
        )
        self.document = app.openapi()
        self.caller = caller
        self._sign: Callable[[], str] = lambda: stack.assertion(service, caller)
        self._signed_at = time.monotonic()
        self.headers["X-Caller-Assertion"] = self._sign()
        self._errand = partial(stack.errand, service, caller)

    def build_request(self, *words: Any, **options: Any) -> httpx.Request:
        """Signed anew before an assertion runs out, as the gateway does it: a slow test outlives one."""
        if time.monotonic() - self._signed_at > LIFETIME_SECONDS / 2:
            self._signed_at = time.monotonic()
            self.headers["X-Caller-Assertion"] = self._sign()
        return super().build_request(*words, **options)

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        """Send as httpx does; a `key` option becomes the Idempotency-Key, a `version` the If-Match.

        An operation that only the gateway calls is called as the gateway would, who saw what the `seen` option says.
        """
        headers = dict(options.pop("headers", None) or {})
        if (key := options.pop("key", None)) is not None:
            headers["Idempotency-Key"] = key
        if (version := options.pop("version", None)) is not None:
            headers["If-Match"] = f'"{version}"'
        seen = options.pop("seen", None)
        path = str(httpx.URL(url).path)
        operation = find_operation(self.document, method, path)
        if operation is not None and operation.get("x-scope") == DRIVE:
            headers["X-Caller-Assertion"] = self._errand(operation["operationId"], path, seen or {})
        answer = await super().request(method, url, headers=headers, **options)
        hold_against(self.document, method, str(httpx.URL(url).path), answer)
        return answer

    async def post(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    async def patch(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("PATCH", url, **options)


def hold_against(document: dict[str, Any], method: str, path: str, answer: httpx.Response) -> None:
    """Assert that an answer is one that the OpenAPI document names, in the shape that it gives."""
    assert answer.headers["x-request-id"]
    if answer.status_code == 304 or path in {"/live", "/ready", "/metrics"}:
        return
    operation = find_operation(document, method, path)
    if operation is None or answer.status_code == 500:
        assert answer.headers["content-type"] == "application/problem+json"
        return
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{answer.status_code} of {operation['operationId']} is not documented"
    kind = answer.headers["content-type"].split(";")[0]
    if kind.endswith("json"):
        schema = described["content"][kind]["schema"]
        whole = {**schema, "components": document["components"]}
        errors = list(Draft202012Validator(whole).iter_errors(answer.json()))
        assert not errors, f"{operation['operationId']}: {[e.message for e in errors[:3]]}"


def find_operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    parts = path.strip("/").split("/")
    best: tuple[int, dict[str, Any]] | None = None
    for template, item in document["paths"].items():
        names = template.strip("/").split("/")
        fits = len(names) == len(parts) and all(
            n.startswith("{") or n == p for n, p in zip(names, parts, strict=True)
        )
        if fits and method.lower() in item:
            literal = sum(not n.startswith("{") for n in names)
            if best is None or literal > best[0]:
                best = (literal, item[method.lower()])
    return best[1] if best else None


async def app_of(stack: Stack, service: str, exits: AsyncExitStack, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app of a service, started once for the whole test session."""
    if service not in stack.open_apps:
        stack.open_apps[service] = await exits.enter_async_context(running_app(stack, service, monkeypatch))
    return stack.open_apps[service]
