"""Signed heads of the audit's chains, which partners keep, and the keys that vouch for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.admission.key_source import KeySource
from services.gateway.api.audit_events import readers
from services.gateway.rules.audit_head import claims_of
from services.gateway.store.key_files import signed_head
from services.gateway.views.audit_search import audit_heads
from shared.web.answers import JSON
from shared.web.audit_doors import AuditHeadOut
from shared.web.doors import Door, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(tags=["audit"])


class SignedHeadOut(AuditHeadOut):
    """The end of a service's chain, and the same signed (JWS, ES256, of type `audit-head+jwt`): keep `signed`."""

    signed: str = Field(examples=["eyJhbGciOiJFUzI1NiJ9.eyJzZXJ2aWNlIjoiYnVkZ2V0In0.c2lnbmF0dXJl"])


class SignedHeadsOut(Out):
    """The ends of all chains that you may follow."""

    items: list[SignedHeadOut]


class AuditKeysOut(Out):
    """The public keys that signed heads since the beginning, as a JWK set."""

    keys: list[dict[str, Any]] = Field(examples=[[]])


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head with its signature."""

    service: str
    position: int
    hash: str
    signed: str


@router.get(
    "/v1/audit-heads",
    operation_id="listAuditHeads",
    response_model=SignedHeadsOut,
    responses=problems(),
    summary="Read the signed ends of the audit's chains",
)
async def heads(request: Request, door: Annotated[Door, may("audit:read")]) -> Response:
    """Fetch them once a day and keep them. Nobody, the operator included, can then change or drop a row that was
    written before without your being able to show it: `python -m deploy.audit_verifier`.
    """
    keys: KeySource = request.app.state.audit_keys
    now = int(time.time())
    found = [
        SignedHead(
            each.service,
            each.position,
            each.hash,
            signed_head(
                claims_of(each.service, each.position, each.hash, request.app.state.issuer, now),
                keys.current(),
            ),
        )
        for each in await audit_heads(door.db, door.caller, readers(request, door.caller))
    ]
    return Response(msgspec.json.encode({"items": found}), media_type=JSON)


@router.get(
    "/.well-known/audit-keys.json",
    operation_id="getAuditKeys",
    response_model=AuditKeysOut,
    responses={422: problems()[422]},
    summary="Read the keys that sign the ends of the audit's chains",
)
async def keys(request: Request) -> Response:
    """None is taken out of the set, so that a head that was kept for years can be checked."""
    return Response(msgspec.json.encode(request.app.state.audit_keys.public()), media_type=JSON)
