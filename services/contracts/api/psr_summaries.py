"""The annual summary of the Provider Selection Regime, worked out from contracts and published notices."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.renderings.psr_table import rows
from services.contracts.store import psr_summaries
from shared.calendar import read_financial_year
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/psr-summaries", tags=["publication"])


class LeftOpenOut(Out):
    """A contract of which something is not on record that a count turns on."""

    contract_id: UUID
    reference: str = Field(examples=["NEW-0123"])
    missing: str = Field(examples=["process"])


class PsrSummaryOut(Out):
    """The counts (a) to (i) of regulation 25(2), in its order."""

    owner_organisation_id: UUID
    financial_year: str = Field(examples=["2024/25"])
    direct_award: int
    direct_award_a: int
    direct_award_b: int
    direct_award_c: int
    most_suitable_provider: int
    competitive: int
    frameworks_concluded: int
    awarded_from_framework: int
    urgent_awards_and_modifications: int
    new_providers: int
    providers_no_longer_held: int
    representations: int
    representation_summaries: list[str] = Field(
        examples=[["One provider asked for the scores; none changed."]]
    )
    complete: bool
    left_open: list[LeftOpenOut]


@router.get(
    "",
    operation_id="getPsrSummary",
    response_model=PsrSummaryOut,
    responses={**problems(404), 200: AS_CSV},
    summary="Read the annual summary of the Provider Selection Regime",
)
async def get(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    financial_year: Annotated[str, Query(max_length=7, examples=["2024-25"])],
    owner_organisation_id: Annotated[
        UUID | None, Query(description="Your organisation, or one that it succeeded.")
    ] = None,
) -> Response:
    """What your organisation has to publish of a year (SI 2023/1348, regulation 25), as JSON or with `Accept: text/csv`.

    A contract whose process no published notice says is in none of the counts: it is named, and `complete` is false.
    """
    year = read_financial_year(financial_year)
    owner = owner_organisation_id or door.caller.organisation_id
    if owner not in door.caller.organisations:
        raise NOT_FOUND()
    async with door.db.begin(door.caller, snapshot=True) as tx:
        summary = await psr_summaries.summary_of(tx, owner, year)
    if wants_csv(request):
        return shown_as_csv(request, rows(summary), f"psr-summary-{year.slug}")
    return shown(request, summary)
