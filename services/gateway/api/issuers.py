"""Outside issuers: register, change, read, list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.change_issuer import change_issuer
from services.gateway.actions.create_issuer import create_issuer
from services.gateway.rules.client_key import IssuerAlgorithm
from services.gateway.rules.issuer import (
    MOST_CLIENTS,
    MOST_KEYS,
    ClientClaim,
    Issuer,
    ScopeClaim,
    read_keys,
)
from services.gateway.store import issuers
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.examples import COUNCIL, PUBLIC_KEY
from shared.web.fields import Body, Line, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/issuers", tags=["issuers"])

Seconds = Annotated[int, Field(strict=True, ge=60, le=86400)]
Keys = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_KEYS, examples=[[PUBLIC_KEY]])]
Clients = Annotated[dict[str, UUID], Field(max_length=MOST_CLIENTS, examples=[{"finance-ledger": COUNCIL}])]


class IssuerIn(Body):
    """Your organisation's OIDC provider, as its tokens describe it. Upload its keys: nothing is fetched."""

    owner_organisation_id: UUID
    issuer: Line = Field(examples=["https://login.plymouth.example/"])
    audience: Line = Field(examples=["api://integrated-commissioning"])
    algorithm: IssuerAlgorithm = Field(examples=["ES256"])
    keys: Keys = Field(description="Its public keys as JWKs, all for this algorithm.")
    client_claim: ClientClaim = Field(examples=["azp"])
    clients: Clients = Field(description="What the claim says, and the client of yours that it stands for.")
    scope_claim: ScopeClaim | None = None
    longest_life_seconds: Seconds = 3600

    def to_issuer(self, issuer_id: UUID) -> Issuer:
        return Issuer(
            id=issuer_id,
            owner_organisation_id=self.owner_organisation_id,
            issuer=self.issuer,
            audience=self.audience,
            algorithm=self.algorithm,
            keys=read_keys(self.keys, self.algorithm),
            client_claim=self.client_claim,
            clients=dict(self.clients),
            scope_claim=self.scope_claim,
            longest_life_seconds=self.longest_life_seconds,
        )


class IssuerChange(Body):
    """What changes; what is left out stays. Keys and clients replace those that were there."""

    audience: Line = ""
    algorithm: IssuerAlgorithm = IssuerAlgorithm.RS256
    keys: Keys = Field(default_factory=list)
    client_claim: ClientClaim = ClientClaim.AZP
    clients: Clients = Field(default_factory=dict)
    scope_claim: ScopeClaim | None = None
    longest_life_seconds: Seconds = 3600
    enabled: bool = True

    def to_changes(self) -> dict[str, Any]:
        changes = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        if "keys" in changes:
            changes["keys"] = tuple(self.keys)
        return changes


class IssuerOut(Out):
    """An outside issuer whose tokens stand for clients of its organisation."""

    id: UUID
    owner_organisation_id: UUID
    issuer: str
    audience: str
    algorithm: IssuerAlgorithm
    keys: list[dict[str, str]] = Field(examples=[[PUBLIC_KEY]])
    client_claim: ClientClaim
    clients: dict[str, UUID] = Field(examples=[{"finance-ledger": COUNCIL}])
    scope_claim: ScopeClaim | None
    longest_life_seconds: int
    enabled: bool
    version: int


class IssuersOut(Out):
    """A page of outside issuers."""

    items: list[IssuerOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createIssuer",
    status_code=201,
    response_model=IssuerOut,
    responses=problems(409, 413, 415),
    summary="Register an outside issuer",
)
async def create(
    id: UUID,  # noqa: A002 the name in the address
    body: IssuerIn,
    request: Request,
    door: Annotated[Door, may("client:write")],
    sent: Annotated[Sent, put_once("createIssuer")],
) -> Response:
    """From then on a token of that issuer may come as bearer token in place of one of ours."""
    kept = await create_issuer(door.db, door.caller, sent, body.to_issuer(id), request.app.state.issuer)
    return answer(kept, f"/v1/issuers/{id}")


@router.patch(
    "/{id}",
    operation_id="changeIssuer",
    response_model=IssuerOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change an outside issuer: its keys, its clients, or whether it counts",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: IssuerChange,
    request: Request,
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changeIssuer")],
) -> Response:
    """Send the old and the new key while the provider rotates. `enabled: false` refuses its tokens."""
    kept = await change_issuer(
        door.db, door.caller, sent, id, version, body.to_changes(), request.app.state.issuer
    )
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getIssuer",
    response_model=IssuerOut,
    responses=problems(404),
    summary="Read an outside issuer",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("client:read")],
) -> Response:
    """An issuer that your organisation registered."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await issuers.get(tx, id))


@router.get(
    "",
    operation_id="listIssuers",
    response_model=IssuersOut,
    responses=problems(),
    summary="List outside issuers",
)
async def every(
    request: Request,
    door: Annotated[Door, may("client:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The issuers that your organisation registered, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await issuers.page(tx, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
