"""Secrets of a client: make, retire, list."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.add_client_secret import add_client_secret
from services.gateway.actions.retire_client_secret import retire_client_secret
from services.gateway.store import client_secrets, clients
from shared.idempotency import Sent
from shared.page import Page
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Instant, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/clients/{id}/secrets", tags=["clients"])


class ClientSecretIn(Body):
    """When the secret stops working; without it, when it is retired."""

    expires_at: Instant | None = Field(default=None, examples=["2016-04-01T00:00:00Z"])


class ClientSecretOut(Out):
    """A secret of a client. `secret` is filled in the first answer to its making and nowhere else."""

    id: UUID
    client_id: UUID
    owner_organisation_id: UUID
    secret: str | None
    expires_at: Instant | None
    retired_at: Instant | None
    version: int


class ClientSecretsOut(Out):
    """All secrets of a client, retired ones too, without the secrets themselves."""

    items: list[ClientSecretOut]
    next: str | None


@router.post(
    "",
    operation_id="addClientSecret",
    status_code=201,
    response_model=ClientSecretOut,
    responses=problems(404, 409, 413, 415),
    summary="Make a secret for a client",
)
async def add(
    id: UUID,  # noqa: A002 the name in the address
    body: ClientSecretIn,
    door: Annotated[Door, may("client:write")],
    sent: Annotated[Sent, post_once("addClientSecret")],
) -> Response:
    """The secret is in this answer and is kept nowhere: if the answer is lost, retire it and make another."""
    kept, secret = await add_client_secret(door.db, door.caller, sent, id, body.expires_at)
    if secret is not None:
        told = msgspec.json.decode(kept.body) | {"secret": secret}
        kept = replace(kept, body=msgspec.json.encode(told))
    return answer(kept)


@router.post(
    "/{secret_id}/retirement",
    operation_id="retireClientSecret",
    response_model=ClientSecretOut,
    responses=problems(404, 409, 412, 428),
    summary="Retire a secret of a client",
)
async def retire(
    id: UUID,  # noqa: A002 the name in the address
    secret_id: UUID,
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("retireClientSecret")],
) -> Response:
    """The secret gives no token any more."""
    return answer(await retire_client_secret(door.db, door.caller, sent, id, secret_id, version))


@router.get(
    "",
    operation_id="listClientSecrets",
    response_model=ClientSecretsOut,
    responses=problems(404),
    summary="List the secrets of a client",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("client:read")],
) -> Response:
    """When each was retired or stops working; never the secret."""
    async with door.db.begin(door.caller) as tx:
        await clients.get(tx, id)
        found = await client_secrets.of(tx, id)
    return listed(request, Page(tuple(found), None))
