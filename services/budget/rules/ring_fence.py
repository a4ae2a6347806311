"""Money that may be spent on one thing only: what its grant demands, and until when it may be spent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.funding_source import BETTER_CARE_FUND
from services.budget.rules.journal import Book, Journal, JournalKind
from services.budget.rules.ledger_account import AccountKind, PostingAccount
from shared.errors import Kind, reason

CONDITIONS_REPEATED = reason(
    "ring_fence_conditions_repeated", Kind.INVALID, "Name each condition of the grant once."
)
NO_SUCH_CONDITION = reason(
    "ring_fence_condition_unknown", Kind.INVALID, "The line's grant has no condition of this name."
)
CONDITION_MET = reason(
    "ring_fence_condition_met", Kind.CONFLICT, "This condition of the grant is on record as met already."
)
MET_LATER = reason(
    "ring_fence_condition_met_later", Kind.INVALID, "A condition is recorded as met on a day that has come."
)
CONDITIONS_OPEN = reason(
    "ring_fence_conditions_open",
    Kind.CONFLICT,
    "The grant behind this line demands something before it is spent. Record that its conditions are met first.",
)
SPENT_TOO_LATE = reason(
    "ring_fence_ended",
    Kind.CONFLICT,
    "The grant behind this line could be spent up to a day that is over by this date. Charge another line.",
)
LINE_ENDED = reason(
    "journal_line_ended",
    Kind.CONFLICT,
    "The line was converted, split or merged. Post to the line that took its place.",
)
ON_ENDED_LINE = reason(
    "commitment_on_ended_line",
    Kind.CONFLICT,
    "The line was converted, split or merged. Commit on the line that took its place.",
)
_SPENDING = frozenset(
    {JournalKind.EXPENDITURE, JournalKind.ACCRUAL, JournalKind.PREPAYMENT, JournalKind.IN_KIND}
)


class Unspent(StrEnum):
    """What becomes of a grant that is not spent in time."""

    RETURNED = "returned"
    CARRIED_FORWARD = "carried_forward"


@dataclass(frozen=True, slots=True)
class GrantCondition:
    """One thing that the grant demands, in words, and whether it must be met before anything is spent."""

    code: str
    demands: str
    before_spend: bool = True


@dataclass(frozen=True, slots=True)
class RingFence:
    """A grant's fence around a line: its conditions, and for seed money the last day on which it is spent."""

    grant: str
    conditions: tuple[GrantCondition, ...] = ()
    spend_until: date | None = None
    unspent: Unspent | None = None


@dataclass(frozen=True, slots=True)
class MetDemand:
    """That a condition of a line's grant was met: when, and what shows it."""

    code: str
    met_on: date
    evidence: str


# «CCGs and local authorities must jointly agree an Integration Plan» (S1-B21; NHS Act 2006 s 223GA).
PLAN_AGREED = GrantCondition("jointly_agreed_plan", "The partners have jointly agreed the plan for the fund.")
SIGNED_OFF = GrantCondition("hwb_sign_off", "The Health and Wellbeing Board has signed the plan off.")
DEMANDED: dict[str, tuple[GrantCondition, ...]] = {BETTER_CARE_FUND: (PLAN_AGREED, SIGNED_OFF)}
_TITLES = {BETTER_CARE_FUND: "Better Care Fund"}


def fence(funding_source: str, asked: RingFence | None) -> RingFence | None:
    """The fence that a source brings with it, joined to the one that is asked for."""
    demanded = DEMANDED.get(funding_source, ())
    if asked is None:
        return RingFence(_TITLES[funding_source], demanded) if demanded else None
    codes = [each.code for each in asked.conditions]
    if len(set(codes)) != len(codes):
        raise CONDITIONS_REPEATED("/nature/ring_fence/conditions")
    added = tuple(each for each in demanded if each.code not in codes)
    own = tuple(_as_demanded(each, demanded) for each in asked.conditions)
    return RingFence(asked.grant, own + added, asked.spend_until, asked.unspent)


def _as_demanded(condition: GrantCondition, demanded: Iterable[GrantCondition]) -> GrantCondition:
    """What the law demands before spending is not put off by the words of one line."""
    first = any(each.code == condition.code and each.before_spend for each in demanded)
    return GrantCondition(condition.code, condition.demands, condition.before_spend or first)


def waits_for(ring_fence: RingFence | None) -> tuple[str, ...]:
    """The conditions that are still to be met before anything is spent, of a line that is new."""
    if ring_fence is None:
        return ()
    return tuple(each.code for each in ring_fence.conditions if each.before_spend)


def meet(ring_fence: RingFence | None, met: Collection[str], now: MetDemand, today: date) -> None:
    """Refuse to meet what is no condition of the line, is met already, or is met on a day to come."""
    code = now.code
    if now.met_on > today:
        raise MET_LATER("/met_on", today=today)
    if ring_fence is None or code not in {each.code for each in ring_fence.conditions}:
        known = [] if ring_fence is None else [each.code for each in ring_fence.conditions]
        raise NO_SUCH_CONDITION("/code", known=known)
    if code in met:
        raise CONDITION_MET("/code")


def require_spendable(journal: Journal, accounts: Mapping[UUID, PostingAccount]) -> None:
    """Refuse a posting to a line that has ended, and spending that the line's grant does not allow (yet).

    A reversal undoes what was posted and is never refused here.
    """
    if journal.kind is JournalKind.REVERSAL:
        return
    for number, entry in enumerate(journal.entries):
        account = accounts[entry.account_id]
        pointer = f"/entries/{number}/account_id"
        if account.line_ended_on is not None:
            raise LINE_ENDED(pointer, line_id=account.line_id, ended_on=account.line_ended_on)
        if _spends(journal, account, entry.amount_pence):
            _check_fence(journal, account, pointer)


def _spends(journal: Journal, account: PostingAccount, pence: int) -> bool:
    spending = journal.book is Book.ACTUAL and journal.kind in _SPENDING
    return spending and account.kind is AccountKind.EXPENDITURE and pence > 0


def _check_fence(journal: Journal, account: PostingAccount, pointer: str) -> None:
    if account.line_waits_for:
        raise CONDITIONS_OPEN(pointer, line_id=account.line_id, conditions=list(account.line_waits_for))
    until = account.line_spend_until
    if until is not None and journal.effective_date > until:
        raise SPENT_TOO_LATE("/effective_date", line_id=account.line_id, spend_until=until)
