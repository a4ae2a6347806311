"""Validation rules of returns, as data: set one, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.set_validation_rule import set_validation_rule
from services.outcomes.rules.validation_rule import MissingPolicy, Operator, RuleSeverity, ValidationRule
from services.outcomes.store import validation_rules
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import OBLIGATION, example
from shared.web.fields import Body, Line, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/validation-rules", tags=["validation-rules"])

_WORDS = "Delays due to social care are among all delays."
_LEFT, _RIGHT = "#{delays-social-care}", "#{delays} * 1"


class ValidationRuleIn(Body):
    """What must hold between two expressions over the figures of a return, by indicator code.

    `#{code}` is the value, `#{code:numerator}`, `#{code:denominator}` its parts, `#{code:previous}` the last accepted value.
    """

    model_config = example(
        obligation_id=OBLIGATION, words=_WORDS, left=_LEFT, operator="at_most", right=_RIGHT, severity="error"
    )

    obligation_id: UUID
    replaces_id: UUID | None = None
    words: Paragraph = Field(examples=[_WORDS])
    left: Line = Field(examples=[_LEFT])
    operator: Operator
    right: Line = Field(examples=[_RIGHT])
    severity: RuleSeverity
    missing: MissingPolicy = MissingPolicy.SKIP_IF_ANY_MISSING

    def to_rule(self, rule_id: UUID, owner: UUID) -> ValidationRule:
        return ValidationRule(id=rule_id, partnership_id=owner, owner_organisation_id=owner, **dict(self))


class ValidationRuleOut(Out):
    """A validation rule of an obligation."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    obligation_id: UUID
    replaces_id: UUID | None
    words: str = Field(examples=[_WORDS])
    left: str = Field(examples=[_LEFT])
    operator: Operator
    right: str = Field(examples=[_RIGHT])
    severity: RuleSeverity
    missing: MissingPolicy
    recorded_at: datetime


class ValidationRulesOut(Out):
    """A page of rules."""

    items: list[ValidationRuleOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setValidationRule",
    status_code=201,
    response_model=ValidationRuleOut,
    responses=problems(409, 413, 415),
    summary="Set a validation rule",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ValidationRuleIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("setValidationRule")],
) -> Response:
    """Sets a rule for what is submitted from now on. With `severity: off` it withdraws the rule that it replaces."""
    kept = await set_validation_rule(
        door.db, door.caller, sent, body.to_rule(id, door.caller.organisation_id)
    )
    return answer(kept, f"/v1/validation-rules/{id}")


@router.get(
    "/{id}",
    operation_id="getValidationRule",
    response_model=ValidationRuleOut,
    responses=problems(404),
    summary="Read a validation rule",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A rule, as it was set."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await validation_rules.get(tx, id))


@router.get(
    "",
    operation_id="listValidationRules",
    response_model=ValidationRulesOut,
    responses=problems(),
    summary="List validation rules",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    obligation_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The rules that you may see, replaced ones too, in the order in which they were set."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await validation_rules.page(
            tx, pages.limit, after, within, partnership_id=partnership_id, obligation_id=obligation_id
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
