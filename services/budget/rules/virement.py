"""A virement: approved budget moved between lines, once every organisation whose limits ask for it has approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.delegation_limit import Decider, LimitSubject, Nature, Needed, Permanence
from services.budget.rules.entry import Entry
from services.budget.rules.headroom import LineFunds, adjusted, available_pence, require_living
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.line import Arrangement
from services.budget.rules.line_time import require_movable
from shared.calendar import LedgerPeriod, read_financial_year
from shared.errors import Kind, reason

SAME_LINE = reason(
    "virement_same_line", Kind.INVALID, "A virement moves budget from one line to another line."
)
LINES_DIFFER = reason(
    "virement_lines_differ",
    Kind.INVALID,
    "Both lines are of one partnership, year and arrangement, and of one owner unless they are pooled.",
)
SOURCE_NEEDED = reason(
    "virement_source_needed",
    Kind.INVALID,
    "A virement names the line that gives; a supplementary estimate names the account that it is met from.",
)
SOURCE_UNKNOWN = reason(
    "virement_from_unknown_budget",
    Kind.CONFLICT,
    "The budget of the line that gives is not known yet, so nothing can be taken from it.",
)
MORE_THAN_FREE = reason(
    "virement_more_than_free",
    Kind.CONFLICT,
    "The line that gives has less left than this: the rest of its budget is spent or committed.",
)
OUT_OF_FENCE = reason(
    "virement_out_of_ring_fence",
    Kind.CONFLICT,
    "The line that gives is bound to its grant. Its money goes only to a line that is bound to the same grant.",
)
OUTCOME_NEEDED = reason(
    "virement_outcome_needed",
    Kind.INVALID,
    "Say which outcome the money is moved for when it is taken from one use for the sake of another.",
)
OUTSIDE_YEAR = reason(
    "virement_outside_year", Kind.INVALID, "Date the virement within the financial year of its lines."
)
NO_ACCOUNT = reason(
    "virement_line_without_account",
    Kind.CONFLICT,
    "The line has no expenditure account for the budget book yet. Open one on it first.",
)
BY_VIREMENT_ONLY = reason(
    "journal_by_virement_only",
    Kind.CONFLICT,
    "Approved budget is moved by a virement that its approvers decide on. Propose one, and back again to undo it.",
)
ACCOUNT_UNFIT = reason(
    "virement_account_unfit",
    Kind.INVALID,
    "A supplementary estimate is met from a fund or reserve account of the same books as the line.",
)


class VirementKind(StrEnum):
    """Between lines, or a supplementary estimate: into a line from an account of the same books."""

    VIREMENT = "virement"
    SUPPLEMENTARY_ESTIMATE = "supplementary_estimate"


class VirementReason(StrEnum):
    """Why budget is moved (S4-B12)."""

    DECOMMISSIONED = "decommissioned"
    REFOCUSED_ON_NEED = "refocused_on_need"
    REALIGNED_TO_OUTCOMES = "realigned_to_outcomes"
    DEMAND = "demand"
    PRICE = "price"
    SAVING = "saving"
    OVERSPEND = "overspend"
    CORRECTION = "correction"


FOR_AN_OUTCOME = frozenset(
    {
        VirementReason.DECOMMISSIONED,
        VirementReason.REFOCUSED_ON_NEED,
        VirementReason.REALIGNED_TO_OUTCOMES,
    }
)


class VirementState(StrEnum):
    PROPOSED = "proposed"
    POSTED = "posted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """An organisation that must approve. No decider named: it has no limit on record, and any client of it may."""

    organisation_id: UUID
    may_decide: tuple[Decider, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What one organisation decided, and who of it."""

    organisation_id: UUID
    outcome: Verdict
    decider: str | None
    decision_id: UUID | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Virement:
    """Budget to be moved. `asked` was found from the limits in force when it was proposed."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    kind: VirementKind
    from_line_id: UUID | None
    from_account_id: UUID | None
    to_line_id: UUID
    amount_pence: int
    nature: Nature
    permanence: Permanence
    budget_type: str | None
    reason: VirementReason
    outcome: str | None
    indicator_id: UUID | None
    effective_date: date
    posting_period: str | None
    asked: tuple[Asked, ...] = ()
    given: tuple[Given, ...] = ()
    state: VirementState = VirementState.PROPOSED
    journal_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """A virement as it is asked for."""

    id: UUID
    partnership_id: UUID
    kind: VirementKind
    from_line_id: UUID | None
    from_account_id: UUID | None
    to_line_id: UUID
    amount_pence: int
    nature: Nature
    permanence: Permanence
    budget_type: str | None
    reason: VirementReason
    outcome: str | None
    indicator_id: UUID | None
    effective_date: date
    posting_period: str | None

    @property
    def subject(self) -> LimitSubject:
        return LimitSubject(self.kind.value)


def check_proposal(asked: Proposal) -> None:
    """Refuse a proposal that contradicts itself."""
    between = asked.kind is VirementKind.VIREMENT
    if (asked.from_line_id is not None) != between or (asked.from_account_id is None) != between:
        raise SOURCE_NEEDED("/from_line_id" if between else "/from_account_id")
    if asked.from_line_id == asked.to_line_id:
        raise SAME_LINE("/to_line_id")
    if asked.reason in FOR_AN_OUTCOME and asked.outcome is None:
        raise OUTCOME_NEEDED("/outcome", reason=asked.reason.value)


def propose(
    asked: Proposal, proposer: UUID, source: LineFunds | None, target: LineFunds, needed: Sequence[Needed]
) -> Virement:
    """The virement, with the organisations that must approve it.

    Each owner of a line approves, and each party whose limits are about it. Who of them, its limits say.
    """
    if target.partnership_id != asked.partnership_id:
        raise LINES_DIFFER("/to_line_id")
    require_living(target, "/to_line_id")
    if source is not None:
        _check_source(source, target, asked.amount_pence)
    if asked.effective_date not in read_financial_year(target.financial_year):
        raise OUTSIDE_YEAR("/effective_date", financial_year=target.financial_year)
    require_movable((source, target), asked.effective_date)
    ladders = {each.organisation_id: each.may_decide for each in needed}
    owners = {line.owner_organisation_id for line in (source, target) if line is not None}
    concerned = target.party_ids | (source.party_ids if source else frozenset())
    # Aligned and shadow money is its owner's business; in a pool every party's limits count.
    asking = owners | ({*ladders} & concerned if target.arrangement is Arrangement.POOLED else set())
    plain = {name: getattr(asked, name) for name in Proposal.__slots__}
    return Virement(
        **plain,
        owner_organisation_id=proposer,
        arrangement=target.arrangement,
        financial_year=target.financial_year,
        asked=tuple(Asked(each, ladders.get(each, ())) for each in sorted(asking)),
    )


def check_account(account: Account | None, target: LineFunds) -> Account:
    """Refuse an account that a supplementary estimate for the line cannot be met from."""
    if account is None or not (
        account.partnership_id == target.partnership_id
        and account.arrangement == target.arrangement.value
        and account.kind in {AccountKind.FUND, AccountKind.RESERVE}
        and account.pool_id == target.pool_id
        and (account.pool_id is not None or account.owner_organisation_id == target.owner_organisation_id)
    ):
        raise ACCOUNT_UNFIT("/from_account_id")
    return account


def _check_source(source: LineFunds, target: LineFunds, amount_pence: int) -> None:
    require_living(source, "/from_line_id")
    same = (source.partnership_id, source.financial_year, source.arrangement)
    one_owner = source.owner_organisation_id == target.owner_organisation_id
    if same != (target.partnership_id, target.financial_year, target.arrangement) or not (
        one_owner or source.arrangement is Arrangement.POOLED
    ):
        raise LINES_DIFFER("/to_line_id")
    if source.fence is not None and source.fence != target.fence:
        raise OUT_OF_FENCE("/to_line_id", grant=source.fence)
    require_free(source, amount_pence)


def require_free(source: LineFunds, amount_pence: int) -> None:
    """Refuse to take from a line more than it has left, or anything from a budget that is not known."""
    if adjusted(source).amount_pence is None:
        raise SOURCE_UNKNOWN("/from_line_id")
    free = available_pence(source)
    if free is None or amount_pence > free:
        raise MORE_THAN_FREE("/amount_pence", available_pence=free)


def draft(
    virement: Virement,
    journal_id: UUID,
    giving: UUID | None,
    taking: UUID | None,
    period: LedgerPeriod | None,
) -> Draft:
    """The journal of an approved virement: out of one account, into the other, to the penny."""
    if taking is None:
        raise NO_ACCOUNT("/to_line_id", line_id=str(virement.to_line_id))
    if giving is None:
        raise NO_ACCOUNT("/from_line_id", line_id=str(virement.from_line_id))
    return Draft(
        id=journal_id,
        book=Book.BUDGET,
        kind=JournalKind(virement.kind.value),
        effective_date=virement.effective_date,
        posting_period=period,
        narrative=f"{virement.kind.value.replace('_', ' ').capitalize()} {virement.id}",
        client_reference=None,
        virement_id=virement.id,
        entries=(Entry(taking, virement.amount_pence), Entry(giving, -virement.amount_pence)),
    )


def posted(virement: Virement, journal_id: UUID, posting_period: str) -> Virement:
    """The virement once its journal is in the books. Its last approval made the version."""
    return replace(virement, state=VirementState.POSTED, journal_id=journal_id, posting_period=posting_period)


def require_by_virement(draft: Draft) -> None:
    """Refuse to move approved budget, or move it back, past those whose limits ask for a say (S4-B11)."""
    if draft.book is Book.BUDGET and draft.virement_id is None:
        raise BY_VIREMENT_ONLY("/book")
