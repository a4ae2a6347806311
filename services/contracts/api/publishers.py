"""Publishers: enter how your organisation publishes its contracts, change it, read who publishes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.contracts.actions.add_publisher import add_publisher
from services.contracts.actions.set_publisher import set_publisher
from services.contracts.api.contract_answers import IdentifierOut
from services.contracts.rules.party import Identifier
from services.contracts.rules.publisher import Publisher, PublisherKind
from services.contracts.store import publishers
from shared.idempotency import Sent
from shared.web.answers import answer, shown
from shared.web.doors import Door, IfMatch, may, patch_once, put_once
from shared.web.fields import Body, Code, Instant, Out, Title
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/publishers", tags=["publication"])

MOST_NUMBERS = 10


class PublisherNumberIn(Body):
    """A number of the body in a public register."""

    scheme: Code = Field(examples=["GB-LAE"])
    id: Code = Field(examples=["PLY"])


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class PublisherChange(Body):
    """What changes of how a body publishes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    name: Title = Field(default_factory=str, examples=["Plymouth City Council"])
    kind: PublisherKind = Field(default=PublisherKind.OTHER_PUBLIC_BODY, examples=["local_authority"])
    identifiers: list[PublisherNumberIn] = Field(default=[], max_length=MOST_NUMBERS)
    open_by_default: bool = Field(
        default=False,
        description="Whether a contract is published from its award on unless somebody decides otherwise.",
        examples=[True],
    )

    def to_changes(self) -> dict[str, Any]:
        made = {name: getattr(self, name) for name in self.model_fields_set}
        if "identifiers" in made:
            made["identifiers"] = tuple(Identifier(each.scheme, each.id) for each in self.identifiers)
        return made


class PublisherIn(PublisherChange):
    """A body that publishes, as it names itself."""

    name: Title = Field(examples=["Plymouth City Council"])
    kind: PublisherKind = Field(examples=["local_authority"])


class PublisherOut(Out):
    """A body that publishes, as it is named in what it publishes."""

    owner_organisation_id: UUID
    name: str = Field(examples=["Plymouth City Council"])
    kind: PublisherKind
    identifiers: list[IdentifierOut]
    open_by_default: bool
    version: int
    recorded_at: Instant
    updated_at: Instant


@router.put(
    "/{id}",
    operation_id="addPublisher",
    status_code=201,
    response_model=PublisherOut,
    responses=problems(409, 413, 415),
    summary="Enter how your organisation publishes",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PublisherIn,
    door: Annotated[Door, may("publication:write")],
    sent: Annotated[Sent, put_once("addPublisher")],
) -> Response:
    """Enters your own organisation, under its id, as it is named in releases and in the published register."""
    publisher = Publisher(owner_organisation_id=id, **body.to_changes())
    return answer(await add_publisher(door.db, door.caller, sent, publisher), f"/v1/publishers/{id}")


@router.patch(
    "/{id}",
    operation_id="changePublisher",
    response_model=PublisherOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change how your organisation publishes",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: PublisherChange,
    door: Annotated[Door, may("publication:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changePublisher")],
) -> Response:
    """Changes numbers or default. Contracts on which nobody decided by hand follow the default at once."""
    return answer(await set_publisher(door.db, door.caller, sent, id, version, body.to_changes()))


@router.get(
    "/{id}",
    operation_id="getPublisher",
    response_model=PublisherOut,
    responses=problems(404),
    summary="Read how an organisation publishes",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """A body that publishes, as everybody reads it in what it publishes."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await publishers.get(tx, id))
