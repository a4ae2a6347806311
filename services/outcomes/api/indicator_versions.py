"""Versions of indicators: amend how one is worded and where it stands in frameworks, read every version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.outcomes.actions.amend_indicator import amend_indicator
from services.outcomes.api.figure_fields import Figure, FigureFromZero, Label, left_out
from services.outcomes.api.indicators import IndicatorOut, PlacingIn, PlacingOut
from services.outcomes.rules.indicator import Placing
from services.outcomes.store import indicators
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, Pages, may, patch_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Out, Paragraph
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/indicators/{id}", tags=["indicators"])


class IndicatorChangeIn(Body):
    """Words to change, and why. What is left out stays; null clears what can be empty."""

    model_config = example(
        definition="Delayed transfers of care from hospital per 100,000 people of 18 and over, average of the quarter.",
        reason="The definition said «monthly average»; the figures have always been of the quarter.",
    )

    title: Label = Field(default_factory=str)
    definition: Paragraph = Field(default_factory=str)
    numerator: Paragraph | None = Field(default_factory=left_out)
    denominator: Paragraph | None = Field(default_factory=left_out)
    source: Label | None = Field(default_factory=left_out)
    rationale: Paragraph | None = Field(default_factory=left_out)
    caveats: Paragraph | None = Field(default_factory=left_out)
    warn_above_change_percent: FigureFromZero | None = Field(default_factory=left_out)
    frameworks: list[PlacingIn] = Field(
        default_factory=list,
        max_length=20,
        description="All its places in frameworks, in place of those before.",
    )
    reason: Paragraph = Field(description="Why it is worded or placed otherwise now.")

    def to_words(self) -> dict[str, Any]:
        words = {name: getattr(self, name) for name in self.model_fields_set - {"reason"}}
        if "frameworks" in words:
            words["frameworks"] = tuple(Placing(**dict(each)) for each in self.frameworks)
        return words


class IndicatorVersionOut(Out):
    """One wording of an indicator with its places in frameworks.

    `reason`: why it was chosen, null for the first; `held_until`: null for the newest.
    """

    indicator_id: UUID = Field(examples=[INDICATOR])
    version: int
    title: str = Field(examples=["Delayed transfers of care"])
    definition: str = Field(examples=["Delayed transfers of care per 100,000 people of 18 and over."])
    numerator: str | None = Field(examples=["People delayed on the last Thursday of the month"])
    denominator: str | None = Field(examples=["Residents of 18 and over"])
    source: str | None = Field(examples=["NHS England"])
    rationale: str | None = Field(examples=["A long stay harms older people."])
    caveats: str | None = Field(examples=["Counted on one night of the month."])
    warn_above_change_percent: Figure | None
    frameworks: list[PlacingOut]
    reason: str | None = Field(examples=["The definition named another month."])
    held_from: datetime
    held_until: datetime | None


class IndicatorVersionsOut(Out):
    """A page of wordings."""

    items: list[IndicatorVersionOut]
    next: str | None


@router.patch(
    "",
    operation_id="amendIndicator",
    response_model=IndicatorOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Amend how an indicator is worded and placed",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: IndicatorChangeIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, patch_once("amendIndicator")],
    version: IfMatch,
) -> Response:
    """Changes the words of an indicator that your organisation keeps, or its places in frameworks: all of them, as they are
    from now on. What is measured stays: unit, scale, which way is good, frequency, or what it is part of make another
    indicator. Figures that were reported are not touched, and a scorecard as recorded before shows the words and places of
    then.
    """
    return answer(
        await amend_indicator(door.db, door.caller, sent, id, version, body.to_words(), body.reason)
    )


@router.get(
    "/versions",
    operation_id="listIndicatorVersions",
    response_model=IndicatorVersionsOut,
    responses=problems(404),
    summary="List the wordings of an indicator",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
) -> Response:
    """Every wording, the oldest first; the one that holds comes last."""
    after = read_cursor(pages.cursor, int)
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await indicators.get(tx, id)
        rows = await indicators.wordings(tx, found, pages.limit, after[0] if after else 0)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.version,)))
