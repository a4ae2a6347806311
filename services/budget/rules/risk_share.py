"""A risk and benefit share: ordered steps over an overspend and over an underspend, as the partners agreed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared.errors import Kind, reason

MOST_STEPS = 20

NO_STEPS = reason(
    "risk_share_no_steps",
    Kind.INVALID,
    "Say in at least one step what happens to an amount of this direction.",
)
TOO_MANY_STEPS = reason(
    "risk_share_too_many_steps", Kind.INVALID, "A scheme has at most twenty steps each way."
)
WRONG_DIRECTION = reason(
    "risk_share_wrong_direction",
    Kind.INVALID,
    "This kind of step does not belong here: reserves and other pools meet an overspend, retaining keeps an underspend.",
)
PART_NEEDED = reason("risk_share_part_needed", Kind.INVALID, "A step of this kind needs this part as well.")
PART_UNEXPECTED = reason(
    "risk_share_part_unexpected", Kind.INVALID, "A step of this kind does not take this part."
)
NOT_A_PARTY = reason(
    "risk_share_not_a_party", Kind.INVALID, "Only a party to the pool's agreement bears or receives a share."
)
NAMED_TWICE = reason(
    "risk_share_named_twice", Kind.INVALID, "Name each partner and each pool once in a step."
)
SHARES_DO_NOT_SUM = reason(
    "risk_share_shares_do_not_sum", Kind.INVALID, "The shares of a step must add up to exactly 100 per cent."
)
NOT_POSITIVE = reason(
    "risk_share_not_positive", Kind.INVALID, "A share, a cap or a limit in a scheme is more than nothing."
)
CAP_WITHOUT_SHARE = reason(
    "risk_share_cap_without_share", Kind.INVALID, "A cap is for a partner that has a share in the same step."
)
NO_TAKER = reason(
    "risk_share_no_taker",
    Kind.INVALID,
    "Something can be left over here with nobody to take it. Add a step for the remainder, or mark it to be agreed.",
)
NEVER_REACHED = reason(
    "risk_share_step_never_reached",
    Kind.INVALID,
    "The step before this one takes everything that is left, so this one is never reached.",
)
DRAWN_TWICE = reason(
    "risk_share_drawn_twice",
    Kind.INVALID,
    "The reserve, a partner's own risk and each other pool are drawn on in one step only.",
)
OWN_POOL = reason(
    "risk_share_own_pool", Kind.INVALID, "A pool cannot meet its own overspend. Name the other pools only."
)
POOL_ELSEWHERE = reason(
    "risk_share_pool_elsewhere", Kind.INVALID, "There is no such pool in this partnership to draw on."
)
PARTIES_RECORD = reason(
    "risk_share_parties_record",
    Kind.CONFLICT,
    "Only a party to the pool's agreement records how its risk is shared.",
)
BEFORE_THE_AGREEMENT = reason(
    "risk_share_outside_agreement",
    Kind.CONFLICT,
    "A scheme takes effect while its agreement lasts, from its beginning to its end.",
)
NONE_IN_EFFECT = reason(
    "risk_share_none_in_effect",
    Kind.CONFLICT,
    "The pool had no risk share in effect at the end of that year.",
)
VERSION_TAKEN = reason(
    "risk_share_version_taken",
    Kind.CONFLICT,
    "Somebody else recorded a scheme for this pool just now. Look at it first.",
)


class VarianceDirection(StrEnum):
    """Which way actual spending lies from the budget."""

    OVERSPEND = "overspend"
    UNDERSPEND = "underspend"


class StepKind(StrEnum):
    """What a step does with the amount that comes to it."""

    POOL_UNDERSPENDS = "pool_underspends"
    RISK_RESERVE = "risk_reserve"
    OWN_RISK = "own_risk"
    PARTNER_FIRST = "partner_first"
    CONTRIBUTIONS = "contributions"
    FIXED_SHARES = "fixed_shares"
    RETAINED = "retained"
    REMAINDER = "remainder"
    TO_BE_AGREED = "to_be_agreed"


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner bears or receives of a step, in per cent."""

    organisation_id: UUID
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one partner bears or receives in a step, in pence. What is above it goes on to the next step."""

    organisation_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `limit_pence` is the most that the whole step takes."""

    kind: StepKind
    pool_ids: tuple[UUID, ...] = ()
    organisation_id: UUID | None = None
    limit_pence: int | None = None
    shares: tuple[Share, ...] = ()
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """What happens to an overspend and to an underspend, each in the order of its steps."""

    overspend: tuple[Step, ...]
    underspend: tuple[Step, ...]

    def steps(self, direction: VarianceDirection) -> tuple[Step, ...]:
        return self.overspend if direction is VarianceDirection.OVERSPEND else self.underspend


@dataclass(frozen=True, slots=True)
class RiskShare:
    """A version of a pool's scheme, in effect from a day on. Never edited: a later version takes its place."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    agreement_id: UUID
    edition: int
    effective_from: date
    clause: str
    scheme: Scheme
    version: int = 1


_OF_OVERSPEND = frozenset(StepKind) - {StepKind.RETAINED}
_OF_UNDERSPEND = frozenset(
    {
        StepKind.RETAINED,
        StepKind.PARTNER_FIRST,
        StepKind.CONTRIBUTIONS,
        StepKind.FIXED_SHARES,
        StepKind.REMAINDER,
        StepKind.TO_BE_AGREED,
    }
)
_NEEDS: dict[StepKind, frozenset[str]] = {
    StepKind.POOL_UNDERSPENDS: frozenset({"pool_ids"}),
    StepKind.PARTNER_FIRST: frozenset({"organisation_id", "limit_pence"}),
    StepKind.FIXED_SHARES: frozenset({"shares"}),
    StepKind.REMAINDER: frozenset({"organisation_id"}),
}
_MAY_HAVE: dict[StepKind, frozenset[str]] = {
    StepKind.POOL_UNDERSPENDS: frozenset({"limit_pence"}),
    StepKind.RISK_RESERVE: frozenset({"limit_pence"}),
    StepKind.RETAINED: frozenset({"limit_pence"}),
    StepKind.CONTRIBUTIONS: frozenset({"caps"}),
    StepKind.FIXED_SHARES: frozenset({"caps"}),
}
_PARTS = ("pool_ids", "organisation_id", "limit_pence", "shares", "caps")


def takes_everything(step: Step) -> bool:
    """Whether nothing can be left after a step, however much comes to it."""
    match step.kind:
        case StepKind.CONTRIBUTIONS | StepKind.FIXED_SHARES:
            return not step.caps
        case StepKind.RETAINED:
            return step.limit_pence is None
        case StepKind.REMAINDER | StepKind.TO_BE_AGREED:
            return True
    return False


def check(scheme: Scheme, pool_id: UUID, parties: Iterable[UUID]) -> None:
    """Refuse a scheme that contradicts itself, or that can leave an amount which nobody takes."""
    known = frozenset(parties)
    for direction, allowed in (
        (VarianceDirection.OVERSPEND, _OF_OVERSPEND),
        (VarianceDirection.UNDERSPEND, _OF_UNDERSPEND),
    ):
        steps, at = scheme.steps(direction), f"/{direction.value}"
        if not steps:
            raise NO_STEPS(at)
        if len(steps) > MOST_STEPS:
            raise TOO_MANY_STEPS(at, most=MOST_STEPS)
        for index, step in enumerate(steps):
            if step.kind not in allowed:
                raise WRONG_DIRECTION(f"{at}/{index}/kind")
            _check_parts(step, f"{at}/{index}")
            _check_names(step, f"{at}/{index}", pool_id, known)
            _check_amounts(step, f"{at}/{index}")
        _check_order(steps, at)


def _check_order(steps: Sequence[Step], at: str) -> None:
    """Every step can be reached, nothing is left after the last, and nothing is drawn on twice."""
    drawn: set[object] = set()
    for index, step in enumerate(steps):
        drawing = set[object](step.pool_ids)
        if step.kind in {StepKind.RISK_RESERVE, StepKind.OWN_RISK}:
            drawing.add(step.kind)
        if drawn & drawing:
            raise DRAWN_TWICE(f"{at}/{index}")
        drawn |= drawing
    for index, step in enumerate(steps[:-1]):
        if takes_everything(step):
            raise NEVER_REACHED(f"{at}/{index + 1}")
    if not takes_everything(steps[-1]):
        raise NO_TAKER(f"{at}/{len(steps) - 1}")


def _check_parts(step: Step, at: str) -> None:
    needed = _NEEDS.get(step.kind, frozenset())
    allowed = needed | _MAY_HAVE.get(step.kind, frozenset())
    for name in _PARTS:
        there = getattr(step, name) not in (None, ())
        if there and name not in allowed:
            raise PART_UNEXPECTED(f"{at}/{name}")
        if not there and name in needed:
            raise PART_NEEDED(f"{at}/{name}")


def _check_names(step: Step, at: str, pool_id: UUID, parties: frozenset[UUID]) -> None:
    shares = [each.organisation_id for each in step.shares]
    caps = [each.organisation_id for each in step.caps]
    for name, some in (("shares", shares), ("caps", caps), ("pool_ids", list(step.pool_ids))):
        for index, each in enumerate(some):
            if each in some[:index]:
                raise NAMED_TWICE(f"{at}/{name}/{index}")
            if name != "pool_ids" and each not in parties:
                raise NOT_A_PARTY(f"{at}/{name}/{index}/organisation_id")
            if name == "caps" and shares and each not in shares:
                raise CAP_WITHOUT_SHARE(f"{at}/caps/{index}/organisation_id")
            if name == "pool_ids" and each == pool_id:
                raise OWN_POOL(f"{at}/pool_ids/{index}")
    if step.organisation_id is not None and step.organisation_id not in parties:
        raise NOT_A_PARTY(f"{at}/organisation_id")


def _check_amounts(step: Step, at: str) -> None:
    if step.limit_pence is not None and step.limit_pence <= 0:
        raise NOT_POSITIVE(f"{at}/limit_pence")
    for index, cap in enumerate(step.caps):
        if cap.amount_pence <= 0:
            raise NOT_POSITIVE(f"{at}/caps/{index}/amount_pence")
    for index, share in enumerate(step.shares):
        if share.percent <= 0:
            raise NOT_POSITIVE(f"{at}/shares/{index}/percent")
    whole = sum((share.percent for share in step.shares), Decimal(0))
    if step.shares and whole != 100:
        raise SHARES_DO_NOT_SUM(f"{at}/shares", sum_percent=str(whole))


def in_effect(versions: Iterable[RiskShare], day: date) -> RiskShare | None:
    """The version in effect on a day: the latest begun, and of those begun together the last recorded."""
    begun = [each for each in versions if each.effective_from <= day]
    return max(begun, key=lambda each: (each.effective_from, each.edition), default=None)


def require_within(
    effective_from: date, commenced_on: date | None, begins_on: date | None, ends_on: date | None
) -> None:
    """A scheme is part of its agreement, so it takes effect within the agreement's dates, as far as these are set."""
    first = commenced_on or begins_on
    if (first is not None and effective_from < first) or (ends_on is not None and effective_from > ends_on):
        raise BEFORE_THE_AGREEMENT("/effective_from", first_day=first, last_day=ends_on)
