"""Management of a contract: query notice, remedial action plan, withholding, performance notice, quality concern.

The steps are those of the NHS Standard Contract's general condition 9 (contract management): a query notice is answered
and agreed away or leads to a remedial action plan; money is withheld only when a query or a plan came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from shared.errors import Kind, reason

CONTRACT_UNKNOWN = reason(
    "management_contract_unknown",
    Kind.INVALID,
    "There is no such contract that your organisation leads. Contracts are managed by their lead commissioner.",
)
PROVIDER_NOT_OF_CONTRACT = reason(
    "management_provider_not_of_contract",
    Kind.INVALID,
    "Name a provider of the contract that is in the directory.",
)
RESPOND_BEFORE_SERVED = reason(
    "management_respond_before_served",
    Kind.INVALID,
    "The day to answer by lies before the day of the notice.",
)
STEPS_MISSING = reason(
    "management_steps_missing",
    Kind.INVALID,
    "A remedial action plan has steps, each with a day; nothing else has.",
)
STEP_BEFORE_SERVED = reason(
    "management_step_before_served", Kind.INVALID, "A step is due before the plan was agreed."
)
WITHHELD_UNFIT = reason(
    "management_withheld_unfit",
    Kind.INVALID,
    "A withholding says what percentage is withheld, above 0 and up to 100; nothing else does.",
)
NOTHING_BEFORE = reason(
    "management_nothing_before",
    Kind.INVALID,
    "Money is withheld after a query notice or a remedial action plan on the same contract and provider: name it.",
)
CLOSED = reason("management_closed", Kind.CONFLICT, "This is closed.")
ANSWERED = reason("management_answered", Kind.CONFLICT, "This is answered already.")
STEP_UNKNOWN = reason("management_step_unknown", Kind.NOT_FOUND, "The plan has no such step.")
STEP_DONE = reason("management_step_done", Kind.CONFLICT, "This step is done already.")
STEPS_OPEN = reason(
    "management_steps_open",
    Kind.CONFLICT,
    "Steps of the plan are not done. Complete them, or close it as not achieved.",
)
DAY_BEFORE_SERVED = reason(
    "management_day_before_served", Kind.INVALID, "The day lies before that of the notice."
)
CONCERN_ALONE = reason(
    "management_concern_alone",
    Kind.INVALID,
    "Only a quality concern can be kept from the provider or be of safeguarding.",
)


class ManagementKind(StrEnum):
    """What is done. `quality_concern`: a note on the quality or safety of a provider, for commissioners unless shared."""

    QUERY_NOTICE = "query_notice"
    REMEDIAL_ACTION_PLAN = "remedial_action_plan"
    WITHHOLDING = "withholding"
    PERFORMANCE_NOTICE = "performance_notice"
    QUALITY_CONCERN = "quality_concern"


class ManagementState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class ManagementOutcome(StrEnum):
    """How it ended."""

    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not_achieved"
    WITHDRAWN = "withdrawn"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of a remedial action plan."""

    words: str
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class ManagementAction:
    """One act of contract management by the contract's lead, its owner. `evidence_id`: a trigger or return it rests on."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    kind: ManagementKind
    subject: str
    reason: str
    served_on: date
    partnership_id: UUID | None = None
    follows_id: UUID | None = None
    evidence_id: UUID | None = None
    respond_by: date | None = None
    withheld_percent: Decimal | None = None
    steps: tuple[PlanStep, ...] = ()
    safeguarding: bool = False
    shared: bool = True
    state: ManagementState = ManagementState.OPEN
    answered_on: date | None = None
    answer: str | None = None
    closed_on: date | None = None
    outcome: ManagementOutcome | None = None
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


def take(
    action: ManagementAction, contract: Contract | None, own: Sequence[UUID], before: ManagementAction | None
) -> ManagementAction:
    """An action as it is first recorded, or a refusal. `before` is the one that it follows."""
    if contract is None or contract.owner_organisation_id not in own:
        raise CONTRACT_UNKNOWN("/contract_id")
    if action.provider_organisation_id not in contract.provider_ids:
        raise PROVIDER_NOT_OF_CONTRACT("/provider_organisation_id")
    if action.respond_by is not None and action.respond_by < action.served_on:
        raise RESPOND_BEFORE_SERVED("/respond_by")
    if bool(action.steps) != (action.kind is ManagementKind.REMEDIAL_ACTION_PLAN):
        raise STEPS_MISSING("/steps")
    for at, step in enumerate(action.steps):
        if step.due_on < action.served_on:
            raise STEP_BEFORE_SERVED(f"/steps/{at}/due_on")
    if (not action.shared or action.safeguarding) and action.kind is not ManagementKind.QUALITY_CONCERN:
        raise CONCERN_ALONE("/shared" if not action.shared else "/safeguarding")
    _check_withholding(action, before)
    return replace(
        action, owner_organisation_id=contract.owner_organisation_id, partnership_id=contract.partnership_id
    )


def _check_withholding(action: ManagementAction, before: ManagementAction | None) -> None:
    percent = action.withheld_percent
    if (percent is not None) != (action.kind is ManagementKind.WITHHOLDING) or (
        percent is not None and not 0 < percent <= 100
    ):
        raise WITHHELD_UNFIT("/withheld_percent")
    leads_here = before is not None and (
        (before.contract_id, before.provider_organisation_id)
        == (action.contract_id, action.provider_organisation_id)
        and before.kind in {ManagementKind.QUERY_NOTICE, ManagementKind.REMEDIAL_ACTION_PLAN}
    )
    if (action.follows_id is not None or action.kind is ManagementKind.WITHHOLDING) and not leads_here:
        raise NOTHING_BEFORE("/follows_id")


def respond(action: ManagementAction, on: date, words: str) -> ManagementAction:
    """What the provider answered."""
    if action.state is ManagementState.ANSWERED:
        raise ANSWERED()
    _require_open(action, on)
    return replace(action, state=ManagementState.ANSWERED, answered_on=on, answer=words)


def complete_step(action: ManagementAction, number: int, on: date) -> ManagementAction:
    """A step of the plan is done. `number` counts from 1."""
    _require_open(action, on)
    if not 1 <= number <= len(action.steps):
        raise STEP_UNKNOWN()
    step = action.steps[number - 1]
    if step.done_on is not None:
        raise STEP_DONE(done_on=step.done_on.isoformat())
    steps = (*action.steps[: number - 1], replace(step, done_on=on), *action.steps[number:])
    return replace(action, steps=steps)


def close(action: ManagementAction, on: date, outcome: ManagementOutcome) -> ManagementAction:
    """It is over. A plan is achieved when all its steps are done."""
    _require_open(action, on)
    undone = [number for number, step in enumerate(action.steps, 1) if step.done_on is None]
    if undone and outcome is ManagementOutcome.ACHIEVED:
        raise STEPS_OPEN("/outcome", open_steps=undone)
    return replace(action, state=ManagementState.CLOSED, closed_on=on, outcome=outcome)


def share(action: ManagementAction) -> ManagementAction:
    """A concern that commissioners kept among themselves is shown to the provider, for good."""
    if action.state is ManagementState.CLOSED:
        raise CLOSED()
    return replace(action, shared=True)


def _require_open(action: ManagementAction, on: date) -> None:
    if action.state is ManagementState.CLOSED:
        raise CLOSED(closed_on=None if action.closed_on is None else action.closed_on.isoformat())
    if on < action.served_on:
        raise DAY_BEFORE_SERVED("/on", served_on=action.served_on.isoformat())
