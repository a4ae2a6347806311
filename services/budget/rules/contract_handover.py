"""What is set aside for contracts that go on as others: the balance goes over, to the penny, and history stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from services.budget.rules.commitment import Commitment, Move, MoveKind, release
from services.budget.rules.headroom import LineFunds
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import allocate

HANDOVER_TO_ITSELF = reason(
    "commitment_handover_to_itself",
    Kind.INVALID,
    "A contract's budget cannot go over to the contract itself.",
)
HANDOVER_NOT_WHOLE = reason(
    "commitment_handover_not_whole",
    Kind.CONFLICT,
    "What goes over is not what was set aside before, so nothing was changed.",
)
# Only what must not be left behind is named: what went over to a contract that did not come about after all.
HANDOVER_STAYS = reason(
    "commitment_handover_stays",
    Kind.CONFLICT,
    "Some of this budget stands on lines that your organisation may not use now, or in a year that was over, so none"
    " of it went. Let whoever may use those lines finish this, or have your organisation's right to them restored.",
)


@dataclass(frozen=True, slots=True)
class Heir:
    """A contract that goes on, and what share of the budget is its own."""

    contract_id: UUID
    title: str
    share_percent: Decimal


@dataclass(frozen=True, slots=True)
class Handover:
    """A contract that ends and those that go on for it. `commitment_ids`: these, and each of them; None for all that
    it has and that can go over."""

    contract_id: UUID
    heirs: tuple[Heir, ...]
    commitment_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class ContractHandover:
    """Contracts that go on as others from a day on."""

    id: UUID
    partnership_id: UUID
    day: date
    reason: str
    handovers: tuple[Handover, ...]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What went over from one commitment to another on the same line."""

    commitment_id: UUID
    contract_id: UUID
    line_id: UUID
    financial_year: str
    to_commitment_id: UUID
    to_contract_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What stays set aside for a contract that ended: for invoices of years before, or on a line of others."""

    commitment_id: UUID
    contract_id: UUID
    line_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class ContractsHandedOver:
    """What went over, and what was left. The commitments of packages stay with their placements."""

    id: UUID
    moved: tuple[HandedOver, ...]
    left: tuple[LeftBehind, ...]


def check_heirs(asked: ContractHandover) -> None:
    for at, each in enumerate(asked.handovers):
        if each.contract_id in {heir.contract_id for heir in each.heirs}:
            raise HANDOVER_TO_ITSELF(f"/handovers/{at}/heirs")


def concerned(handover: Handover, held: Sequence[Commitment]) -> list[Commitment]:
    """The commitments of a contract that are meant and have anything left: those named, and what goes on with these
    since a succession. One that is named and not among them refuses it all."""
    if (only := handover.commitment_ids) is None:
        return [each for each in held if each.rest_pence > 0]
    if unseen := set(only) - {each.id for each in held}:
        raise HANDOVER_STAYS(commitment_ids=sorted(map(str, unseen)))
    meant, more = set(only), True
    while more:
        heirs = {each.id for each in held if each.continues_commitment_id in meant}
        more = not heirs <= meant
        meant |= heirs
    return [each for each in held if each.id in meant and each.rest_pence > 0]


def check_left(handover: Handover, left: Sequence[LeftBehind]) -> None:
    """Refuse to leave behind what was named."""
    if handover.commitment_ids is not None and left:
        raise HANDOVER_STAYS(commitment_ids=sorted(str(each.commitment_id) for each in left))


def goes_over(held: Commitment, line: LineFunds | None, day: date) -> bool:
    """What is set aside for a year that was over before the day stays, for the invoices of that time."""
    if line is None or line.ended_on is not None:
        return False
    return read_financial_year(held.financial_year).last_day >= day


def hand_over(
    asked: ContractHandover, handover: Handover, held: Commitment, made_by: UUID, day: date
) -> tuple[tuple[Commitment, Move], list[tuple[Commitment, Move]]]:
    """The commitment without its rest, and those that have it: one for each heir, by share, to the penny.
    `day` is one of the line's own time."""
    rest = held.rest_pence
    emptied = release(held, None, day, asked.reason)
    parts = allocate(rest, [heir.share_percent for heir in handover.heirs])
    made = [
        (
            replace(
                held,
                id=uuid5(asked.id, f"{held.id}/{heir.contract_id}"),
                contract_id=heir.contract_id,
                description=heir.title,
                made_by_organisation_id=made_by,
                reserved_pence=pence,
                drawn_pence=0,
                released_pence=0,
                continues_commitment_id=held.id,
                version=1,
            ),
            Move(MoveKind.RESERVE, pence, day, asked.reason),
        )
        for heir, pence in zip(handover.heirs, parts, strict=True)
        if pence
    ]
    check_whole(rest, (one.reserved_pence for one, _ in made))
    return emptied, made


def check_whole(before_pence: int, after_pence: Iterable[int]) -> None:
    after = sum(after_pence)
    if after != before_pence:
        raise HANDOVER_NOT_WHOLE(before_pence=before_pence, after_pence=after)
