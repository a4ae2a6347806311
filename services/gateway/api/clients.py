"""Machine clients: register, change, disable, enable, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.change_client import change_client
from services.gateway.actions.create_client import create_client
from services.gateway.actions.disable_client import disable_client
from services.gateway.actions.enable_client import enable_client
from services.gateway.rules.client import Client
from services.gateway.store import clients
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, post_once, put_once
from shared.web.fields import Body, Code, Instant, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/clients", tags=["clients"])


class ClientIn(Body):
    """A machine client of an organisation, or of a sub-unit of it."""

    organisation_id: UUID
    name: Title = Field(examples=["Finance ledger"])
    scopes: list[Code] = Field(max_length=100, examples=[["budget:read", "budget:post"]])

    def to_client(self, client_id: UUID) -> Client:
        return Client(client_id, self.organisation_id, self.organisation_id, self.name, tuple(self.scopes))


class ClientChange(Body):
    """What changes; what is left out stays."""

    name: Title = Field(default="", examples=["Finance ledger"])
    scopes: list[Code] = Field(default_factory=list, max_length=100)

    def to_changes(self) -> dict[str, Any]:
        everything: dict[str, Any] = {"name": self.name, "scopes": tuple(self.scopes)}
        return {name: value for name, value in everything.items() if name in self.model_fields_set}


class ClientOut(Out):
    """A machine client. It acts for `organisation_id`, which is its owner or a sub-unit of that."""

    id: UUID
    owner_organisation_id: UUID
    organisation_id: UUID
    name: str
    scopes: list[str]
    disabled_at: Instant | None
    version: int


class ClientsOut(Out):
    """A page of clients."""

    items: list[ClientOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createClient",
    status_code=201,
    response_model=ClientOut,
    responses=problems(409, 413, 415),
    summary="Register a machine client",
)
async def create(
    id: UUID,  # noqa: A002 the name in the address
    body: ClientIn,
    door: Annotated[Door, may("client:write")],
    sent: Annotated[Sent, put_once("createClient")],
) -> Response:
    """Registers a client of your organisation with scopes that you hold yourself. Then give it a key or a secret."""
    kept = await create_client(door.db, door.caller, sent, body.to_client(id))
    return answer(kept, f"/v1/clients/{id}")


@router.patch(
    "/{id}",
    operation_id="changeClient",
    response_model=ClientOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change a client's name or scopes",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: ClientChange,
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changeClient")],
) -> Response:
    """Scopes that are taken away stop within five seconds, also for tokens that were given out."""
    return answer(await change_client(door.db, door.caller, sent, id, version, body.to_changes()))


@router.post(
    "/{id}/disablement",
    operation_id="disableClient",
    response_model=ClientOut,
    responses=problems(404, 409, 412, 428),
    summary="Disable a client",
)
async def disable(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("disableClient")],
) -> Response:
    """The client gets no token any more, and those that it has are refused within five seconds."""
    return answer(await disable_client(door.db, door.caller, sent, id, version))


@router.post(
    "/{id}/enablement",
    operation_id="enableClient",
    response_model=ClientOut,
    responses=problems(404, 409, 412, 428),
    summary="Enable a client that was disabled",
)
async def enable(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("enableClient")],
) -> Response:
    """The client can get tokens again with the keys and secrets that it had."""
    return answer(await enable_client(door.db, door.caller, sent, id, version))


@router.get(
    "/{id}",
    operation_id="getClient",
    response_model=ClientOut,
    responses=problems(404),
    summary="Read a client",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("client:read")],
) -> Response:
    """A client of your organisation or of a sub-unit of it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await clients.get(tx, id))


@router.get(
    "",
    operation_id="listClients",
    response_model=ClientsOut,
    responses=problems(),
    summary="List clients",
)
async def every(
    request: Request,
    door: Annotated[Door, may("client:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The clients of your organisation, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await clients.page(tx, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
