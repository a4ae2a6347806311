"""Journals sent together: all or nothing, or each as it can; what became of each, and the sum they were checked against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from services.budget.rules.journal import CLIENT_REFERENCE_USED, Draft, Journal, reverse
from shared.calendar import LedgerPeriod
from shared.errors import Fault, Kind, Refusal, reason

MOST_JOURNALS = 200

BATCH_EMPTY = reason("batch_empty", Kind.INVALID, "A batch needs at least one journal.")
BATCH_REFUSED = reason(
    "batch_refused",
    Kind.INVALID,
    "Nothing was posted. Mend each journal that is named here and send the whole batch again.",
)
JOURNAL_TWICE = reason(
    "batch_journal_twice",
    Kind.INVALID,
    "Two journals of the batch have the same id. Give each an id of its own.",
)
CONTROL_TOTAL_DIFFERS = reason(
    "batch_control_total_differs",
    Kind.INVALID,
    "The debits of all journals do not come to the control total. Check that nothing is missing, and the scale.",
)
BATCH_OF_ONE_PARTNERSHIP = reason(
    "batch_of_one_partnership",
    Kind.INVALID,
    "All journals of a batch belong to the partnership that it names.",
)
BATCH_REVERSED_ALREADY = reason(
    "batch_already_reversed", Kind.CONFLICT, "This batch has been reversed before."
)
REVERSAL_OF_BATCH_REVERSAL = reason(
    "batch_reversal_of_reversal",
    Kind.CONFLICT,
    "A batch of reversals is not reversed; post its journals again.",
)


class Mode(StrEnum):
    """What happens to the others when one journal is refused."""

    ALL_OR_NOTHING = "all_or_nothing"
    CONTINUE = "continue"


class ItemOutcome(StrEnum):
    """What became of one journal of a batch."""

    POSTED = "posted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """Why a journal was refused. Pointers start at the item's place in the batch; `facts` explain it."""

    code: str
    detail: str
    errors: tuple[Fault, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One journal of a batch, in the order in which they were sent. `position` counts from 0, like the pointers."""

    position: int
    journal_id: UUID
    status: ItemOutcome
    posting_period: str | None = None
    problem: ItemProblem | None = None


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """A batch as it is asked for. What could not be read as a draft is there as its refusal."""

    id: UUID
    partnership_id: UUID
    mode: Mode
    control_total_pence: int | None
    items: tuple[tuple[UUID, Draft | Refusal], ...]
    reverses_batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class JournalBatch:
    """What became of a batch. `total_pence` is the sum of the debits of what was posted."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    mode: Mode
    dry_run: bool
    control_total_pence: int | None
    reverses_batch_id: UUID | None
    posted: int
    refused: int
    total_pence: int
    items: tuple[Item, ...]
    recorded_at: datetime | None = None


def debits(draft: Draft | Journal) -> int:
    return sum(entry.amount_pence for entry in draft.entries if entry.amount_pence > 0)


def check_batch(asked: BatchAsked) -> BatchAsked:
    """The batch with what it repeats refused; or a refusal of the whole where it is empty or sums to something else.

    A control total that is out by a thousand or a hundred says so: thousands sent as pounds, or pounds as pence.
    """
    if not asked.items:
        raise BATCH_EMPTY("/journals")
    drafts = [each for _, each in asked.items if not isinstance(each, Refusal)]
    sent = sum(debits(each) for each in drafts)
    if asked.control_total_pence is not None and len(drafts) == len(asked.items):
        _check_control_total(sent, asked.control_total_pence)
    ids: set[UUID] = set()
    references: set[str] = set()
    items: list[tuple[UUID, Draft | Refusal]] = []
    for id_, each in asked.items:
        checked = each
        if id_ in ids:
            checked = JOURNAL_TWICE("/id")
        elif not isinstance(each, Refusal) and each.client_reference in references:
            checked = CLIENT_REFERENCE_USED("/client_reference")
        ids.add(id_)
        if not isinstance(each, Refusal) and each.client_reference is not None:
            references.add(each.client_reference)
        items.append((id_, checked))
    return replace(asked, items=tuple(items))


def _check_control_total(sent: int, control: int) -> None:
    if sent == control:
        return
    for factor in (1000, 100):
        if control == sent * factor or sent == control * factor:
            raise CONTROL_TOTAL_DIFFERS(
                "/control_total_pence", sent_pence=sent, control_total_pence=control, out_by_factor=factor
            )
    raise CONTROL_TOTAL_DIFFERS("/control_total_pence", sent_pence=sent, control_total_pence=control)


def posted(position: int, journal: Journal) -> Item:
    return Item(position, journal.id, ItemOutcome.POSTED, journal.posting_period)


def refused(position: int, journal_id: UUID, refusal: Refusal) -> Item:
    """The item with its problem, pointers led to its place in the batch."""
    place = f"/journals/{position}"
    faults = tuple(Fault(f"{place}{each.pointer}", each.code, each.detail) for each in refusal.faults)
    whole = Fault(place, refusal.code, refusal.reason.sentence)
    problem = ItemProblem(refusal.code, refusal.reason.sentence, faults or (whole,), dict(refusal.facts))
    return Item(position, journal_id, ItemOutcome.REFUSED, problem=problem)


def report(
    asked: BatchAsked, items: Sequence[Item], entered: Sequence[Journal], owner: UUID, dry_run: bool
) -> JournalBatch:
    """What became of the batch. All or nothing with one refused is refused whole; so is one of which nothing is left.

    A dry run tells it instead: posted are then those that would be.
    """
    wrong = [each for each in items if each.status is ItemOutcome.REFUSED]
    nothing = len(wrong) == len(items) or (bool(wrong) and asked.mode is Mode.ALL_OR_NOTHING)
    if nothing and not dry_run:
        faults = [fault for each in wrong if each.problem for fault in each.problem.errors]
        raise BATCH_REFUSED(faults=faults, items=[asdict(each) for each in wrong])
    return JournalBatch(
        asked.id,
        asked.partnership_id,
        owner,
        asked.mode,
        dry_run,
        asked.control_total_pence,
        asked.reverses_batch_id,
        posted=0 if nothing else len(items) - len(wrong),
        refused=len(wrong),
        total_pence=0 if nothing else sum(debits(each) for each in entered),
        items=tuple(items),
    )


def posted_ids(batch: JournalBatch) -> list[UUID]:
    """The journals of a batch that are in the ledger, in the order in which they were sent."""
    return [item.journal_id for item in batch.items if item.status is ItemOutcome.POSTED]


def reverse_batch(
    batch: JournalBatch,
    journals: Sequence[Journal],
    new_id: UUID,
    effective_date: date | None,
    narrative: str,
    posting_period: LedgerPeriod | None,
) -> BatchAsked:
    """The batch that undoes every journal of this one, or none. Without a date, each as of its own day.

    The ids of the reversals follow from the new batch's id, so that a repeat makes the same ones.
    """
    if batch.reverses_batch_id is not None:
        raise REVERSAL_OF_BATCH_REVERSAL()
    items: list[tuple[UUID, Draft | Refusal]] = []
    for each in journals:
        id_ = uuid5(new_id, str(each.id))
        day = effective_date or each.effective_date
        try:
            items.append((id_, reverse(each, id_, day, narrative, posting_period)))
        except Refusal as refusal:
            items.append((id_, refusal))
    return BatchAsked(new_id, batch.partnership_id, Mode.ALL_OR_NOTHING, None, tuple(items), batch.id)
