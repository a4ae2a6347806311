"""A commitment: budget of a line reserved for a contract or a package, drawn down as it is paid, and released."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.headroom import FundsShown, LineFunds, require_within_limit
from services.budget.rules.line import Arrangement
from services.budget.rules.line_time import require_committable
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE

LEVEL_NEEDS = reason(
    "commitment_level_needs_subject",
    Kind.INVALID,
    "A commitment for a package names its placement; one for a service names no placement.",
)
AMOUNT_NOT_POSITIVE = reason("commitment_amount_not_positive", Kind.INVALID, "Write an amount above nil.")
AFTER_YEAR = reason(
    "commitment_after_year",
    Kind.INVALID,
    "Date it up to the last day of the line's financial year. Commit the year after on that year's line.",
)
MORE_THAN_REST = reason(
    "commitment_more_than_rest",
    Kind.CONFLICT,
    "The commitment has less left than this.",
)
BELOW_USED = reason(
    "commitment_below_used",
    Kind.CONFLICT,
    "A commitment is not varied below what was drawn down and released from it.",
)
UNCHANGED = reason("commitment_unchanged", Kind.INVALID, "The commitment stands at that amount already.")
DRAWN_ALREADY = reason(
    "commitment_drawn_already", Kind.CONFLICT, "This journal has drawn this commitment down before."
)
JOURNAL_UNKNOWN = reason(
    "commitment_journal_unknown",
    Kind.INVALID,
    "There is no such journal that charges the commitment's line, or it is not yours to see.",
)
MORE_THAN_PAID = reason(
    "commitment_more_than_paid",
    Kind.CONFLICT,
    "The journal charged less than this to the line, counting what it drew down from other commitments.",
)
PAID_BACK = reason(
    "commitment_journal_reversed",
    Kind.CONFLICT,
    "This journal has been reversed, so nothing was paid by it in the end.",
)
NOTHING_TO_RESTORE = reason(
    "commitment_nothing_to_restore",
    Kind.CONFLICT,
    "The journal that was reversed had not drawn this commitment down.",
)
NOT_ITS_MOVES = reason(
    "commitment_not_its_moves", Kind.CONFLICT, "The commitment would no longer be what its moves add up to."
)


class Level(StrEnum):
    """For a whole service, or for one person's package (S3-B08)."""

    SERVICE = "service"
    PACKAGE = "package"


class MoveKind(StrEnum):
    RESERVE = "reserved"
    VARY = "varied"
    DRAW_DOWN = "drawn_down"
    RESTORE = "restored"
    RELEASE = "released"


@dataclass(frozen=True, slots=True)
class Commitment:
    """Budget set aside. `rest_pence` is what was reserved, less what was drawn down and released."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    level: Level
    contract_id: UUID | None
    placement_id: UUID | None
    description: str
    reserved_pence: int
    drawn_pence: int = 0
    released_pence: int = 0
    continues_commitment_id: UUID | None = None
    version: int = 1

    @property
    def rest_pence(self) -> int:
        return self.reserved_pence - self.drawn_pence - self.released_pence


@dataclass(frozen=True, slots=True)
class Shown:
    """A commitment as an answer shows it, with what its line has now."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    level: Level
    contract_id: UUID | None
    placement_id: UUID | None
    description: str
    reserved_pence: int
    drawn_pence: int
    released_pence: int
    rest_pence: int
    continues_commitment_id: UUID | None
    line: FundsShown
    version: int


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened to a commitment. `amount_pence` is what it added to the rest, below nil if it took."""

    kind: MoveKind
    amount_pence: int
    effective_date: date
    reason: str | None = None
    journal_id: UUID | None = None
    paid_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A commitment as it is asked for."""

    id: UUID
    partnership_id: UUID
    line_id: UUID
    level: Level
    contract_id: UUID | None
    placement_id: UUID | None
    description: str
    amount_pence: int
    effective_date: date


@dataclass(frozen=True, slots=True)
class Payment:
    """A journal as a draw-down sees it: what it charged to the line, and what it drew down from others there.

    `undoes_pence` is what the journal that it reverses drew down here; None where it reverses none. `undone`: it was
    itself reversed.
    """

    journal_id: UUID
    effective_date: date
    charged_pence: int
    drawn_elsewhere_pence: int = 0
    reverses_journal_id: UUID | None = None
    undoes_pence: int | None = None
    undone: bool = False


def shown(commitment: Commitment, line: FundsShown) -> Shown:
    plain = {name: getattr(commitment, name) for name in Commitment.__slots__}
    return Shown(**plain, rest_pence=commitment.rest_pence, line=line)


def reserve(asked: Reservation, line: LineFunds, organisation_id: UUID) -> tuple[Commitment, Move]:
    """The commitment, if the line's limit lets it through."""
    if (asked.level is Level.PACKAGE) != (asked.placement_id is not None):
        raise LEVEL_NEEDS("/placement_id")
    _check_amount(asked.amount_pence)
    _check_date(asked.effective_date, line.financial_year)
    require_committable(line, asked.effective_date)
    require_within_limit(line, asked.amount_pence)
    commitment = Commitment(
        asked.id,
        line.partnership_id,
        line.owner_organisation_id,
        line.arrangement,
        line.financial_year,
        line.line_id,
        organisation_id,
        asked.level,
        asked.contract_id,
        asked.placement_id,
        asked.description,
        asked.amount_pence,
    )
    return commitment, Move(MoveKind.RESERVE, asked.amount_pence, asked.effective_date)


def vary(
    commitment: Commitment, line: LineFunds, to_pence: int, day: date, why: str
) -> tuple[Commitment, Move]:
    """The commitment at another reserved amount."""
    _check_amount(to_pence)
    _check_date(day, commitment.financial_year)
    added = to_pence - commitment.reserved_pence
    if added == 0:
        raise UNCHANGED("/amount_pence")
    used = commitment.drawn_pence + commitment.released_pence
    if to_pence < used:
        raise BELOW_USED("/amount_pence", used_pence=used)
    require_within_limit(line, added)
    return _moved(commitment, reserved_pence=to_pence), Move(MoveKind.VARY, added, day, why)


def release(commitment: Commitment, amount_pence: int | None, day: date, why: str) -> tuple[Commitment, Move]:
    """The commitment with some of its rest, or all of it, given back to the line."""
    _check_date(day, commitment.financial_year)
    freed = commitment.rest_pence if amount_pence is None else amount_pence
    if amount_pence is not None:
        _check_amount(amount_pence)
    if freed > commitment.rest_pence or freed == 0:
        raise MORE_THAN_REST("/amount_pence", rest_pence=commitment.rest_pence)
    changed = _moved(commitment, released_pence=commitment.released_pence + freed)
    return changed, Move(MoveKind.RELEASE, -freed, day, why)


def draw_down(
    commitment: Commitment,
    line: LineFunds,
    payment: Payment | None,
    amount_pence: int | None,
    beyond_rest: bool,
) -> tuple[Commitment, Move]:
    """The commitment after a payment, which a journal charged to its line.

    What is paid above the rest is refused, unless the payment says that it goes beyond; then the rest is
    used up and the overspend shows on the line. A reversal of that journal restores what it drew.
    """
    if payment is None:
        raise JOURNAL_UNKNOWN("/journal_id")
    if payment.reverses_journal_id is not None:
        return _restore(commitment, line, payment)
    if payment.undone:
        raise PAID_BACK("/journal_id")
    paid = payment.charged_pence - payment.drawn_elsewhere_pence if amount_pence is None else amount_pence
    _check_amount(paid)
    if paid > payment.charged_pence - payment.drawn_elsewhere_pence:
        raise MORE_THAN_PAID(
            "/amount_pence",
            charged_pence=payment.charged_pence,
            drawn_elsewhere_pence=payment.drawn_elsewhere_pence,
        )
    if paid > commitment.rest_pence and not beyond_rest:
        raise MORE_THAN_REST("/amount_pence", rest_pence=commitment.rest_pence, asked_pence=paid)
    drawn = min(paid, commitment.rest_pence)
    move = Move(
        MoveKind.DRAW_DOWN, -drawn, payment.effective_date, journal_id=payment.journal_id, paid_pence=paid
    )
    return _moved(commitment, drawn_pence=commitment.drawn_pence + drawn), move


def _restore(commitment: Commitment, line: LineFunds, payment: Payment) -> tuple[Commitment, Move]:
    back = payment.undoes_pence
    if back is None:
        raise NOTHING_TO_RESTORE("/journal_id")
    require_within_limit(line, back)
    move = Move(
        MoveKind.RESTORE,
        back,
        payment.effective_date,
        journal_id=payment.journal_id,
        paid_pence=payment.charged_pence,
    )
    return _moved(commitment, drawn_pence=commitment.drawn_pence - back), move


def _moved(commitment: Commitment, **changes: int) -> Commitment:
    changed = replace(commitment, **changes)  # type: ignore[arg-type]  # whole pence alone
    return replace(changed, version=commitment.version + 1)


def _check_amount(pence: int) -> None:
    if pence <= 0:
        raise AMOUNT_NOT_POSITIVE("/amount_pence")
    if pence > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/amount_pence", largest_pence=LARGEST_PENCE)


def _check_date(day: date, financial_year: str) -> None:
    """A contract is often signed before its year begins, never committed after its line's year is over."""
    last = read_financial_year(financial_year).last_day
    if day > last:
        raise AFTER_YEAR("/effective_date", last_day=last)
