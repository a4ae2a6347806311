"""Who the caller is to the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.examples import PARTNERSHIP
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/me", tags=["clients"])


@dataclass(frozen=True, slots=True)
class Me:
    """The caller as it is shown to itself."""

    client_id: UUID
    organisation_id: UUID
    sub_unit_id: UUID | None
    operator: bool
    scopes: tuple[str, ...]
    standing: dict[str, tuple[UUID, ...]]


class MeOut(Out):
    """Your client, the organisation that it acts for, and where that holds which role today."""

    client_id: UUID
    organisation_id: UUID
    sub_unit_id: UUID | None
    operator: bool
    scopes: list[str] = Field(examples=[["budget:read"]])
    standing: dict[str, list[UUID]] = Field(examples=[{"commissioner": [PARTNERSHIP]}])


@router.get(
    "",
    operation_id="getMe",
    response_model=MeOut,
    responses=problems(),
    summary="Read who you are",
)
async def get(request: Request, door: Annotated[Door, may("directory:read")]) -> Response:
    """What this gateway says about you to the services behind it."""
    caller = door.caller
    return shown(
        request,
        Me(
            client_id=caller.client_id,
            organisation_id=caller.organisation_id,
            sub_unit_id=caller.sub_unit_id,
            operator=caller.operator,
            scopes=tuple(sorted(caller.scopes)),
            standing=caller.standing,
        ),
    )
