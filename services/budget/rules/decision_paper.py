"""What came with a decision's paper: its version, who cleared it, who was asked, and what it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.errors import Kind, reason
from shared.text import fold_key

DOCUMENT_MISMATCH = reason(
    "decision_document_mismatch",
    Kind.INVALID,
    "The title block and the version history of the paper give different dates for the same version. Correct the paper.",
)
DOCUMENT_VERSION_MISSING = reason(
    "decision_document_version_missing",
    Kind.INVALID,
    "The version on the title block is not in the version history, or is there twice.",
)
DOCUMENT_AFTER_DECISION = reason(
    "decision_document_after_decision",
    Kind.INVALID,
    "The version that was before the body is dated after its decision.",
)
CONSULTATION_ENDS_EARLY = reason(
    "consultation_ends_before_it_opens", Kind.INVALID, "A consultation closes on or after the day it opens."
)
DECIDED_BEFORE_CLOSE = reason(
    "decided_before_consultation_closed",
    Kind.CONFLICT,
    "The decision is dated before the consultation closed. Decide after its last day.",
)
CLEARED_AFTER_DECISION = reason(
    "cleared_after_decision", Kind.INVALID, "An officer clears a paper on or before the day of the decision."
)
CLEARED_TWICE = reason(
    "cleared_twice", Kind.INVALID, "Each clearance is entered once: a discipline with its reference."
)


class ActionType(StrEnum):
    """Policies and long-term plans are for the sovereign bodies; putting them into practice may be delegated (S3-G05)."""

    POLICY = "policy"
    IMPLEMENTATION = "implementation"


@dataclass(frozen=True, slots=True)
class Clearance:
    """That an officer of a discipline cleared the paper: `Fin mc14 15.21`, `HR-CS2 5.6.14` (S1-G05)."""

    discipline: str
    reference: str
    cleared_on: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    version: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """The paper that was before the body: the version and date on its title block, and its version history."""

    version: str
    dated_on: date
    history: tuple[DocumentVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Consultation:
    """From when to when people were asked. Both days count."""

    opens_on: date
    closes_on: date

    @property
    def days(self) -> int:
        """26 July to 30 August 2013 is 36 days (S4-G04)."""
        return (self.closes_on - self.opens_on).days + 1


def check_document(document: Document, decided_on: date) -> None:
    """Refuse a paper whose title block and history disagree (S1-G06: v0.4 is 3 June in one, 18 June in the other)."""
    if document.history:
        wanted = fold_key(document.version)
        found = [each for each in document.history if fold_key(each.version) == wanted]
        if len(found) != 1:
            raise DOCUMENT_VERSION_MISSING("/document/version", version=document.version)
        if found[0].dated_on != document.dated_on:
            raise DOCUMENT_MISMATCH(
                "/document/dated_on",
                version=document.version,
                title_block=document.dated_on,
                history=found[0].dated_on,
            )
    if document.dated_on > decided_on:
        raise DOCUMENT_AFTER_DECISION("/document/dated_on", decided_on=decided_on)


def check_consultation(consultation: Consultation, decided_on: date) -> None:
    if consultation.closes_on < consultation.opens_on:
        raise CONSULTATION_ENDS_EARLY("/consultation/closes_on")
    if decided_on <= consultation.closes_on:
        raise DECIDED_BEFORE_CLOSE(
            "/decided_on", closes_on=consultation.closes_on, consultation_days=consultation.days
        )


def check_clearances(clearances: Sequence[Clearance], decided_on: date) -> None:
    seen = set()
    for index, each in enumerate(clearances):
        entered = (fold_key(each.discipline), fold_key(each.reference))
        if entered in seen:
            raise CLEARED_TWICE(f"/clearances/{index}")
        seen.add(entered)
        if each.cleared_on is not None and each.cleared_on > decided_on:
            raise CLEARED_AFTER_DECISION(f"/clearances/{index}/cleared_on", decided_on=decided_on)
