"""People at the gateway's door in tests: the operator, who makes organisations and clients, and those clients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.gateway.actions.make_operator import make_operator as make
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import organisations
from shared.caller import Caller
from shared.db import Database
from tests.gateway.forge import KEYS, Forger, public_jwk
from tests.stack import Stack, hold_against

ISSUER = "http://127.0.0.1:8000"


class Visit(httpx.AsyncClient):
    """Somebody at the front door with a token, or without one. Answers of our own doors are held against OpenAPI."""

    def __init__(self, app: Any, token: str | None = None, **headers: str) -> None:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=ISSUER,
            headers=bearer | headers,
        )
        self.app = app
        self.token = token

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        """Send as httpx does; a `key` option becomes the Idempotency-Key, a `version` the If-Match."""
        headers = dict(options.pop("headers", None) or {})
        if (key := options.pop("key", None)) is not None:
            headers["Idempotency-Key"] = key
        if (version := options.pop("version", None)) is not None:
            headers["If-Match"] = f'"{version}"'
        answer = await super().request(method, url, headers=headers, **options)
        path = answer.request.url.path
        if path.startswith(
            (
                "/v1/organisations",
                "/v1/partnerships",
                "/v1/clients",
                "/v1/issuers",
                "/v1/me",
                "/v1/data-sharing",
                "/v1/scrutiny-grants",
                "/v1/audit-samples",
                "/v1/board",
                "/v1/responsibility-charts",
                "/v1/risks",
                "/v1/programme-parts",
                "/v1/papers",
                "/v1/timetable-entries",
                "/v1/assurance-reports",
                "/v1/providers",
                "/v1/systems",
            )
        ):
            hold_against(self.app.openapi(), method, path, answer)
        return answer

    async def post(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    async def patch(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("PATCH", url, **options)


async def token_for(app: Any, client_id: str, secret: str, scope: str | None = None) -> httpx.Response:
    async with Visit(app) as visit:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        return await visit.post("/oauth2/token", data=form | ({"scope": scope} if scope else {}))


@dataclass
class Client:
    """A client of some organisation, with a secret and the forger's three keys."""

    id: str
    organisation_id: str
    secret: str
    visit: Visit
    version: int = 1
    forger: Forger = field(init=False)

    def __post_init__(self) -> None:
        self.forger = Forger(uuid.UUID(self.id))


@dataclass
class Operator:
    """The operator, and what it makes for tests."""

    app: Any
    stack: Stack
    client_id: str
    secret: str
    visit: Visit

    async def organisation(self, name: str = "", kind: str = "local_authority", **more: Any) -> str:
        made = str(uuid.uuid4())
        body = {"name": name or f"Body {made[:8]}", "kind": kind, **more}
        answer = await self.visit.put(f"/v1/organisations/{made}", json=body)
        assert answer.status_code == 201, answer.text
        return made

    async def partnership(self, **members: str) -> str:
        """A partnership with these members: `partnership(commissioner=council, provider=trust)`."""
        made = str(uuid.uuid4())
        body = {"name": f"Partnership {made[:8]}", "from_date": "2014-07-16"}
        answer = await self.visit.put(f"/v1/partnerships/{made}", json=body)
        assert answer.status_code == 201, answer.text
        for role, organisation in members.items():
            await self.member(made, organisation, role)
        return made

    async def member(self, partnership: str, organisation: str, role: str, **more: Any) -> dict[str, Any]:
        body = {"organisation_id": organisation, "role": role, "from_date": "2014-07-16", **more}
        answer = await self.visit.put(f"/v1/partnerships/{partnership}/members/{uuid.uuid4()}", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def client(
        self, organisation: str, scopes: list[str] | None = None, *, keys: bool = False
    ) -> Client:
        """A client of the organisation, signed in; with `keys` it can also sign assertions."""
        made = str(uuid.uuid4())
        body = {
            "organisation_id": organisation,
            "name": f"Client {made[:8]}",
            "scopes": scopes or everything(),
        }
        answer = await self.visit.put(f"/v1/clients/{made}", json=body)
        assert answer.status_code == 201, answer.text
        told = await self.visit.post(f"/v1/clients/{made}/secrets", json={}, key=f"secret-{made}")
        assert told.status_code == 201, told.text
        secret = told.json()["secret"]
        for kid, (algorithm, key) in KEYS.items() if keys else ():
            jwk = {"algorithm": algorithm, "jwk": public_jwk(key, kid)}
            added = await self.visit.put(f"/v1/clients/{made}/keys/{uuid.uuid4()}", json=jwk)
            assert added.status_code == 201, added.text
        token = (await token_for(self.app, made, secret)).json()["access_token"]
        return Client(made, organisation, secret, Visit(self.app, token))


def everything() -> list[str]:
    """Every scope that a client of an organisation can have."""
    return sorted(known_scopes(ROWS).organisation)


async def make_operator(app: Any, stack: Stack) -> Operator:
    db = await Database.open(stack.url("gateway"), "gateway", 1)
    try:
        everybody = Caller(uuid.UUID(int=0), uuid.UUID(int=0), (), frozenset(), operator=True)
        async with db.begin(everybody) as tx:
            existing = await organisations.operator(tx)
        made = await make(db, existing, renew=existing is not None)
    finally:
        await db.close()
    answer = await token_for(app, str(made.client_id), made.client_secret)
    assert answer.status_code == 200, answer.text
    visit = Visit(app, answer.json()["access_token"])
    return Operator(app, stack, str(made.client_id), made.client_secret, visit)
