"""Figures of returns in bulk as JSON: the same as by CSV, for systems that send no files."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.outcomes.actions.import_returns import ReturnFile, import_returns
from services.outcomes.actions.try_returns import try_returns
from services.outcomes.api.return_imports import ReturnImportReportOut
from services.outcomes.rules.gathered_figures import GatheredFigures
from services.outcomes.rules.return_import_report import ReturnImportReport
from shared.idempotency import Answer, Sent
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.examples import OBLIGATION, example
from shared.web.fields import Body
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/return-batches", tags=["return-imports"])

MOST_FIGURES = 5000
Cell = Annotated[str, Field(max_length=200)]


class BatchFigureIn(Body):
    """One figure, as text, so that «N/A» is named in the report and does not stop the others."""

    obligation_id: Cell = Field(examples=[OBLIGATION])
    period: Cell = Field(examples=["2014Q2"])
    financial_year: Cell = ""
    financial_quarter: Cell = ""
    indicator: Cell = Field(examples=["delayed-transfers"], description="The code on the form.")
    value: Cell = Field(default="", examples=["13.1"])
    status: Cell = ""
    numerator: Cell = ""
    denominator: Cell = ""
    explanation: Annotated[str, Field(max_length=4000)] = ""


class ReturnBatchIn(Body):
    """At most 5,000 figures of any of your obligations and periods."""

    model_config = example(
        figures=[
            {
                "obligation_id": OBLIGATION,
                "period": "2014Q2",
                "indicator": "delayed-transfers",
                "value": "13.1",
                "numerator": "34",
                "denominator": "259542",
            }
        ]
    )

    figures: list[BatchFigureIn] = Field(min_length=1, max_length=MOST_FIGURES)

    def to_rows(self) -> GatheredFigures:
        gathered = GatheredFigures()
        for line, each in enumerate(self.figures, 1):
            gathered.add(line, {name: text.strip() for name, text in dict(each).items()}, (), overflows=False)
        return gathered


@router.post(
    "",
    operation_id="sendReturnBatch",
    status_code=201,
    response_model=ReturnImportReportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": ReturnImportReportOut, "description": "The report of a dry run: nothing was taken."},
    },
    summary="Send figures of returns in bulk",
)
async def take(
    body: ReturnBatchIn,
    door: Annotated[Door, may("return:submit")],
    sent: Annotated[Sent, post_once("sendReturnBatch")],
    dry_run: Annotated[bool, Query(description="Report what would happen, and take nothing.")] = False,
) -> Response:
    """Good figures go into your drafts; a figure with a fault is left out and named by its number in the list (`line`).

    The same figures again change nothing. Submit the drafts when they are complete.
    """
    file = ReturnFile(body.to_rows(), ReturnImportReport(None, dry_run, "utf-8", 0, ()))
    if not dry_run:
        return answer(await import_returns(door.db, door.caller, sent, file))
    report = await try_returns(door.db, door.caller, file)
    return answer(Answer(200, msgspec.json.encode(report)))
