"""A document that stands behind a record: kept as its hash, where it lies, who may have it, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Kind, reason

KEPT_TOO_SHORT = reason(
    "document_kept_too_short", Kind.INVALID, "A document is kept until after the day on which it was made."
)
DOCUMENT_ENTERED = reason(
    "document_entered_already", Kind.CONFLICT, "This document, by its SHA-256, is entered here already."
)


class DocumentSubject(StrEnum):
    AGREEMENT = "agreement"
    DECISION = "decision"


class DocumentKind(StrEnum):
    SIGNED_AGREEMENT = "signed_agreement"
    DEED = "deed"
    DECISION_RECORD = "decision_record"
    NOTICE = "notice"
    FINAL_ACCOUNT = "final_account"
    OTHER = "other"


class PublicationClass(StrEnum):
    """Whether the public may have it, the partners alone, or its owner's auditors besides: exempt (part 2)."""

    PUBLIC = "public"
    PARTNERS = "partners"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """The document's SHA-256 (hex) and location; the file itself is not kept here. `keep_until` None: permanently."""

    id: UUID
    subject: DocumentSubject
    subject_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    kind: DocumentKind
    title: str
    sha256: str
    location: str
    publication_class: PublicationClass
    dated_on: date
    keep_until: date | None = None


def enter(document: KeptDocument) -> KeptDocument:
    if document.keep_until is not None and document.keep_until <= document.dated_on:
        raise KEPT_TOO_SHORT("/keep_until", dated_on=document.dated_on)
    return document
