"""Webhooks: an organisation's address that is told of changes, when it is told again, and when it is given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.errors import Kind, reason

# The schedule that the Standard Webhooks specification suggests: seconds before each attempt after the one before it.
SCHEDULE_SECONDS = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
SECRET_OVERLAP_HOURS = 24
MOST_WEBHOOKS = 20

NOT_VERIFIED = reason(
    "webhook_not_verified",
    Kind.CONFLICT,
    "The address did not answer the challenge. It must answer 200 with the challenge that it was sent.",
)
NOT_IN_THIS_STATE = reason(
    "webhook_not_in_this_state", Kind.CONFLICT, "In its present state the webhook does not allow this."
)
WEBHOOKS_ENOUGH = reason(
    "webhooks_enough", Kind.CONFLICT, "Your organisation has twenty webhooks already. Disable one first."
)
DELIVERY_UNDER_WAY = reason(
    "webhook_delivery_under_way",
    Kind.CONFLICT,
    "The delivery is still tried by itself. Only one that has ended can be sent again.",
)


class WebhookState(StrEnum):
    """`pending` until its address proved itself; `failed` when it was given up after long failure."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """`withheld`: when it was to be sent, the webhook's client could not have read the record, or was disabled."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    WITHHELD = "withheld"


MOVES: dict[WebhookState, frozenset[WebhookState]] = {
    WebhookState.PENDING: frozenset({WebhookState.ACTIVE, WebhookState.DISABLED}),
    WebhookState.ACTIVE: frozenset({WebhookState.DISABLED, WebhookState.FAILED}),
    WebhookState.DISABLED: frozenset({WebhookState.ACTIVE}),
    WebhookState.FAILED: frozenset({WebhookState.ACTIVE, WebhookState.DISABLED}),
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of one organisation. What it is told is what its client may read. No types means all."""

    id: UUID
    owner_organisation_id: UUID
    client_id: UUID
    url: str
    types: tuple[str, ...]
    description: str | None
    state: WebhookState = WebhookState.PENDING
    failing_since: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook. `attempts` were made so far."""

    id: UUID
    webhook_id: UUID
    owner_organisation_id: UUID
    service: str
    position: int
    type: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_error: str | None
    recorded_at: datetime
    attempted_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status of the answer, or why there was none."""

    status: int | None
    error: str | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """410: the receiver wants no more of them."""
        return self.status == 410


def move(webhook: Webhook, to: WebhookState) -> Webhook:
    """The webhook in its next state. One that works again has no failure behind it."""
    if to not in MOVES[webhook.state]:
        raise NOT_IN_THIS_STATE(state=webhook.state.value)
    return replace(webhook, state=to, failing_since=None, version=webhook.version + 1)


def wants(webhook: Webhook, type_: str) -> bool:
    return not webhook.types or type_ in webhook.types


def attempted(delivery: Delivery, outcome: Outcome) -> tuple[Delivery, int | None]:
    """The delivery after an attempt, and in how many seconds it is tried again; None for never."""
    done = replace(
        delivery,
        attempts=delivery.attempts + 1,
        last_status=outcome.status,
        last_error=outcome.error,
        version=delivery.version + 1,
    )
    if outcome.taken:
        return replace(done, state=DeliveryState.DELIVERED), None
    if outcome.gone or done.attempts >= len(SCHEDULE_SECONDS):
        return replace(done, state=DeliveryState.DEAD), None
    return done, SCHEDULE_SECONDS[done.attempts]


def after_attempt(webhook: Webhook, delivery: Delivery, outcome: Outcome, now: datetime) -> Webhook:
    """The webhook after an attempt: it fails since the first failure after its last success.

    It is given up when the receiver said that it is gone, or when a delivery ran through the whole schedule (some three
    days) and nothing else got through meanwhile.
    """
    if outcome.taken:
        return replace(webhook, failing_since=None)
    failing = replace(webhook, failing_since=webhook.failing_since or now)
    long = delivery.state is DeliveryState.DEAD and failing.failing_since is not None
    first_try = delivery.recorded_at
    if webhook.state is WebhookState.ACTIVE and (
        outcome.gone or (long and delivery.attempts > 1 and _nothing_since(failing, first_try, delivery))
    ):
        return replace(failing, state=WebhookState.FAILED, version=webhook.version + 1)
    return failing


def _nothing_since(webhook: Webhook, first_try: datetime, delivery: Delivery) -> bool:
    """Whether nothing got through since the delivery's first attempt, which came within its first minute."""
    since = webhook.failing_since
    return since is not None and (since - first_try).total_seconds() < 60


def again(delivery: Delivery) -> Delivery:
    """A delivery that has ended, to be sent anew with a fresh schedule."""
    if delivery.state is DeliveryState.PENDING:
        raise DELIVERY_UNDER_WAY()
    return replace(delivery, state=DeliveryState.PENDING, attempts=0, version=delivery.version + 1)


def require_room(existing: Sequence[Webhook]) -> None:
    """Refuse one webhook too many; disabled ones do not count."""
    if sum(each.state is not WebhookState.DISABLED for each in existing) >= MOST_WEBHOOKS:
        raise WEBHOOKS_ENOUGH()
