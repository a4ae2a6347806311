"""The publication of a contract: whether it is open, from which stage, what is withheld, and what only it says."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict
from pydantic import Field as Shown

from services.contracts.actions.decide_publication import decide_publication
from services.contracts.api.contract_answers import WithheldFieldOut
from services.contracts.rules.publication import Exemption, Particulars, ReleaseStage, Withheld, WithheldField
from services.contracts.store import publications
from shared.idempotency import Sent
from shared.web.answers import answer, shown
from shared.web.doors import Door, IfMatch, may, patch_once
from shared.web.fields import Body, Code, Day, Instant, Out, Title
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/contracts/{id}/publication", tags=["publication"])

MOST = 50
Address = Annotated[str, Shown(max_length=500, pattern=r'^https?://[^\s<>"]+$')]
Hash = Annotated[str, Shown(pattern=r"^[0-9a-f]{64}$")]


class WithheldIn(Body):
    """A field that is not published: on what ground, who decided it, and until when."""

    field: WithheldField
    exemption: Exemption
    decided_by: Title = Shown(examples=["Head of Legal Services"], description="A post, not a person.")
    decided_on: Day
    until: Day | None = None


class PublishedDocumentIn(Body):
    """A document that is published with the contract. Its type is a code of OCDS."""

    id: Code = Shown(examples=["award-notice"])
    document_type: Code = Shown(examples=["awardNotice"])
    title: Title = Shown(examples=["Contract award notice"])
    url: Address | None = None
    published_on: Day | None = None
    sha256: Hash | None = None


class ParticularsIn(Body):
    """What the published register says beyond the contract, in the words of the Transparency Code's scheme."""

    open_contracting_id: Code | None = None
    service_category_label: Title | None = None
    service_category_uri: Address | None = None
    cpv_label: Title | None = Shown(default=None, examples=["Social work services without accommodation"])
    cpv_code: Code | None = Shown(default=None, examples=["85312000"])
    proclass_label: Title | None = None
    proclass_code: Code | None = None
    vcse_supplier_type: Title | None = None
    contact_name: Title | None = Shown(default=None, description="A team or post, not a person.")
    contact_email: Title | None = None
    contact_url: Address | None = None
    tender_document_url: Address | None = None
    contract_document_url: Address | None = None
    performance_information_url: Address | None = None
    area_served_label: Title | None = None
    area_served_uri: Address | None = None
    documents: list[PublishedDocumentIn] = Shown(default=[], max_length=MOST)


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class PublicationChange(Body):
    """What is decided; what is left out stays. Lists and particulars that are sent replace those that are there."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    open: bool = Shown(default=False, examples=[True])
    from_stage: ReleaseStage = Shown(
        default=ReleaseStage.AWARD,
        examples=["award"],
        description="What came before this stage stays closed.",
    )
    withheld: list[WithheldIn] = Shown(default=[], max_length=MOST)
    particulars: ParticularsIn = ParticularsIn()

    def to_changes(self) -> dict[str, Any]:
        made: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "withheld" in made:
            made["withheld"] = tuple(Withheld(**each.model_dump()) for each in self.withheld)
        if "particulars" in made:
            made["particulars"] = msgspec.convert(self.particulars.model_dump(), Particulars)
        return made


class PublishedDocumentOut(Out):
    """A document that is published with the contract."""

    id: str
    document_type: str
    title: str
    url: str | None
    published_on: Day | None
    sha256: str | None


class ParticularsOut(Out):
    """What the published register says beyond the contract."""

    open_contracting_id: str | None
    service_category_label: str | None
    service_category_uri: str | None
    cpv_label: str | None
    cpv_code: str | None
    proclass_label: str | None
    proclass_code: str | None
    vcse_supplier_type: str | None
    contact_name: str | None
    contact_email: str | None
    contact_url: str | None
    tender_document_url: str | None
    contract_document_url: str | None
    performance_information_url: str | None
    area_served_label: str | None
    area_served_uri: str | None
    documents: list[PublishedDocumentOut]


class PublicationOut(Out):
    """The publication of a contract as it was decided, or as its publisher's default has it."""

    contract_id: UUID
    owner_organisation_id: UUID
    open: bool
    decided: bool
    from_stage: ReleaseStage
    withheld: list[WithheldFieldOut]
    particulars: ParticularsOut
    version: int
    recorded_at: Instant
    updated_at: Instant


@router.get(
    "",
    operation_id="getPublication",
    response_model=PublicationOut,
    responses=problems(404),
    summary="Read the publication of a contract",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """What was decided on the publication of a contract, for its parties and commissioners."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await publications.get(tx, id))


@router.patch(
    "",
    operation_id="decidePublication",
    response_model=PublicationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Decide on the publication of a contract",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: PublicationChange,
    door: Annotated[Door, may("publication:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("decidePublication")],
) -> Response:
    """Opens a contract that you lead to the public, closes it, or withholds fields with exemption and decider."""
    return answer(await decide_publication(door.db, door.caller, sent, id, version, body.to_changes()))
