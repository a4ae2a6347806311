"""Public keys of a client: register, retire, list."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.add_client_key import add_client_key
from services.gateway.actions.retire_client_key import retire_client_key
from services.gateway.rules.client import ClientKey
from services.gateway.rules.client_key import ClientAlgorithm, read_key
from services.gateway.store import client_keys, clients
from shared.idempotency import Sent
from shared.page import Page
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, may, post_once, put_once
from shared.web.examples import PUBLIC_KEY
from shared.web.fields import Body, Instant, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/clients/{id}/keys", tags=["clients"])


class ClientKeyIn(Body):
    """A public key as JWK (RFC 7517), and the one algorithm that the client signs with when it uses it."""

    algorithm: ClientAlgorithm = Field(examples=["ES256"])
    jwk: dict[str, Any] = Field(max_length=20, examples=[PUBLIC_KEY])

    def to_key(self, client_id: UUID, key_id: UUID) -> ClientKey:
        """The key with its public members. The owner is filled in from the client."""
        public, _ = read_key(self.jwk, self.algorithm)
        return ClientKey(key_id, client_id, client_id, public["kid"], self.algorithm, public)


class ClientKeyOut(Out):
    """A public key of a client."""

    id: UUID
    client_id: UUID
    owner_organisation_id: UUID
    kid: str = Field(examples=[PUBLIC_KEY["kid"]])
    algorithm: ClientAlgorithm
    jwk: dict[str, str] = Field(examples=[PUBLIC_KEY])
    retired_at: Instant | None
    version: int


class ClientKeysOut(Out):
    """All keys of a client, retired ones too."""

    items: list[ClientKeyOut]
    next: str | None


@router.put(
    "/{key_id}",
    operation_id="addClientKey",
    status_code=201,
    response_model=ClientKeyOut,
    responses=problems(404, 409, 413, 415),
    summary="Register a public key of a client",
)
async def add(
    id: UUID,  # noqa: A002 the name in the address
    key_id: UUID,
    body: ClientKeyIn,
    door: Annotated[Door, may("client:write")],
    sent: Annotated[Sent, put_once("addClientKey", "key_id")],
) -> Response:
    """Keys overlap: register the next one, let the client sign with it, then retire the old one."""
    kept = await add_client_key(door.db, door.caller, sent, body.to_key(id, key_id))
    return answer(kept, f"/v1/clients/{id}/keys")


@router.post(
    "/{key_id}/retirement",
    operation_id="retireClientKey",
    response_model=ClientKeyOut,
    responses=problems(404, 409, 412, 428),
    summary="Retire a public key of a client",
)
async def retire(
    id: UUID,  # noqa: A002 the name in the address
    key_id: UUID,
    door: Annotated[Door, may("client:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("retireClientKey")],
) -> Response:
    """No assertion signed with the key is taken any more. Its `kid` is not used again for this client."""
    return answer(await retire_client_key(door.db, door.caller, sent, id, key_id, version))


@router.get(
    "",
    operation_id="listClientKeys",
    response_model=ClientKeysOut,
    responses=problems(404),
    summary="List the public keys of a client",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("client:read")],
) -> Response:
    """Every key that the client has or had."""
    async with door.db.begin(door.caller) as tx:
        await clients.get(tx, id)
        found = await client_keys.of(tx, id)
    return listed(request, Page(tuple(found), None))
