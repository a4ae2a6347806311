"""Working papers: editions that several posts sign, that are reviewed at set times, and what does not fit in them."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.gateway.rules.board import Board, Voice, require_boards
from services.gateway.rules.paper_fault import PaperFault, PaperFaultCode, Section, faults_in
from services.gateway.rules.statute import Statute, check_laws
from shared.errors import Kind, reason

PAPER_EDITION_TAKEN = reason(
    "paper_edition_taken", Kind.CONFLICT, "Your organisation has entered this edition of the paper already."
)
SIGNATORY_UNKNOWN = reason(
    "paper_signatory_unknown", Kind.INVALID, "Whoever signs belongs to a member of the partnership. Name it."
)
SIGNATORY_TWICE = reason("paper_signatory_twice", Kind.INVALID, "A post of an organisation signs once.")
NO_SIGNATORY = reason(
    "paper_no_signatory",
    Kind.CONFLICT,
    "The paper asks for no signature of this post of your organisation. Each organisation signs for itself.",
)
PAPER_SIGNED = reason("paper_signed_already", Kind.CONFLICT, "This post has signed the paper already.")
PAPER_DAY = reason(
    "paper_day_odd",
    Kind.INVALID,
    "A paper is signed and reviewed on or after its own day, and not in the future.",
)
REVIEWS_NOT_PLANNED = reason(
    "paper_reviews_not_planned",
    Kind.CONFLICT,
    "The paper says nothing of reviews, so there is none to record.",
)
REVIEW_BACKWARDS = reason("paper_review_backwards", Kind.INVALID, "A later review is on record already.")
REVIEWS_MANY = reason(
    "paper_too_many_reviews",
    Kind.CONFLICT,
    "This edition has as many reviews as one takes, which is 200. Enter the next edition of the paper.",
)
PAPER_KEPT = reason(
    "paper_kept", Kind.CONFLICT, "A signature or a review that is on record is never taken back."
)
MOST_REVIEWS = 200


@dataclass(frozen=True, slots=True)
class Signatory:
    """A post that is to sign, of which organisation, and from which side it speaks."""

    post: str
    organisation_id: UUID
    voice: Voice


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """That a post signed, on which day."""

    post: str
    organisation_id: UUID
    signed_on: date


@dataclass(frozen=True, slots=True)
class PaperReview:
    """That the paper was reviewed, and what came of it."""

    reviewed_on: date
    result: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One edition of a paper. It is signed when every signatory has signed, and then `signed_from` says since when.

    `review_due_on` follows from the paper's day or its last review; `stated_review_on` is what the paper prints.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID | None
    title: str
    edition: str
    dated_on: date
    legal_bases: tuple[Statute, ...]
    stated_approved: bool
    review_every_months: int | None
    stated_review_on: date | None
    sections: tuple[Section, ...]
    signatories: tuple[Signatory, ...]
    voices_needed: tuple[Voice, ...]
    signatures: tuple[PaperSignature, ...] = ()
    reviews: tuple[PaperReview, ...] = ()
    signed_from: date | None = None
    awaited: tuple[Signatory, ...] = ()
    review_due_on: date | None = None
    review_days_late: int | None = None
    faults: tuple[PaperFault, ...] = ()
    version: int = 1

    @property
    def signer_ids(self) -> tuple[UUID, ...]:
        """Whose signatures it asks for."""
        return tuple(sorted({each.organisation_id for each in self.signatories}))


def in_a_list(paper: Paper) -> Paper:
    """The paper with its sections' numbers and headings alone: a page of whole papers would be as long as a shelf."""
    return replace(paper, sections=tuple(replace(each, text=None) for each in paper.sections))


def enter(paper: Paper, boards: Mapping[UUID, Board], members: Collection[UUID], today: date) -> Paper:
    """A new edition. What does not fit in the paper itself is told with it and refuses nothing: it was printed so."""
    require_boards([("/board_id", paper.board_id)], boards)
    if paper.dated_on > today:
        raise PAPER_DAY("/dated_on", today=today)
    check_laws(paper.legal_bases, paper.dated_on)
    for at, each in enumerate(paper.signatories):
        if each.organisation_id not in members:
            raise SIGNATORY_UNKNOWN(f"/signatories/{at}/organisation_id")
        if (each.post, each.organisation_id) in _posts(paper.signatories[:at]):
            raise SIGNATORY_TWICE(f"/signatories/{at}/post")
    return paper


def sign(paper: Paper, signature: PaperSignature, today: date) -> Paper:
    """The signature of a post, by its own organisation."""
    wanted = (signature.post, signature.organisation_id)
    if wanted not in _posts(paper.signatories):
        raise NO_SIGNATORY("/post")
    if wanted in _posts(paper.signatures):
        raise PAPER_SIGNED("/post")
    if not paper.dated_on <= signature.signed_on <= today:
        raise PAPER_DAY("/signed_on", dated_on=paper.dated_on, today=today)
    return replace(paper, signatures=(*paper.signatures, signature), version=paper.version + 1)


def review(paper: Paper, done: PaperReview, today: date) -> Paper:
    """A review; the next one is due so many months later."""
    if paper.review_every_months is None:
        raise REVIEWS_NOT_PLANNED()
    if len(paper.reviews) >= MOST_REVIEWS:
        raise REVIEWS_MANY()
    if not paper.dated_on <= done.reviewed_on <= today:
        raise PAPER_DAY("/reviewed_on", dated_on=paper.dated_on, today=today)
    if paper.reviews and done.reviewed_on < paper.reviews[-1].reviewed_on:
        raise REVIEW_BACKWARDS("/reviewed_on", last=paper.reviews[-1].reviewed_on)
    return replace(paper, reviews=(*paper.reviews, done), version=paper.version + 1)


def as_on(paper: Paper, day: date) -> Paper:
    """The paper with what follows from it on a day."""
    signed = _posts(paper.signatures)
    awaited = tuple(each for each in paper.signatories if (each.post, each.organisation_id) not in signed)
    due = review_due(paper)
    return replace(
        paper,
        signed_from=max(each.signed_on for each in paper.signatures)
        if paper.signatures and not awaited
        else None,
        awaited=awaited,
        review_due_on=due,
        review_days_late=None if due is None else max((day - due).days, 0),
        faults=tuple(_faults(paper, awaited)),
    )


def review_due(paper: Paper) -> date | None:
    """So many calendar months after the last review or the paper's own day: of the 31st, the month's last day."""
    if paper.review_every_months is None:
        return None
    last = paper.reviews[-1].reviewed_on if paper.reviews else paper.dated_on
    return _months_on(last, paper.review_every_months)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _faults(paper: Paper, awaited: tuple[Signatory, ...]) -> Iterator[PaperFault]:
    yield from faults_in(paper.sections)
    if paper.review_every_months is not None and paper.stated_review_on is not None:
        first = _months_on(paper.dated_on, paper.review_every_months)
        days = (paper.stated_review_on - first).days
        if days:
            code = PaperFaultCode.REVIEW_STATED_LATE if days > 0 else PaperFaultCode.REVIEW_STATED_EARLY
            yield PaperFault(code, first.isoformat(), abs(days))
    if paper.stated_approved and (awaited or not paper.signatories):
        some = bool(paper.signatures)
        yield PaperFault(
            PaperFaultCode.APPROVED_PARTLY_SIGNED if some else PaperFaultCode.APPROVED_UNSIGNED,
            ", ".join(each.post for each in awaited) or paper.title,
        )
    asked = {each.voice for each in paper.signatories}
    for voice in paper.voices_needed:
        if voice not in asked:
            yield PaperFault(PaperFaultCode.VOICE_MISSING, voice.value)


def _posts(those: Iterable[Signatory | PaperSignature]) -> set[tuple[str, UUID]]:
    return {(each.post, each.organisation_id) for each in those}
