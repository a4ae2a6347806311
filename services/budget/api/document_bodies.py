"""What documents behind a record look like on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.api.agreement_bodies import Sha256
from services.budget.rules.document import DocumentKind, DocumentSubject, KeptDocument, PublicationClass
from shared.web.fields import Body, Day, Out, Title


class DocumentRecordIn(Body):
    """A document by its SHA-256; the file itself stays where it lies. Without `keep_until` it is kept permanently."""

    id: UUID
    kind: DocumentKind = Field(examples=["signed_agreement"])
    title: Title = Field(examples=["Section 75 agreement, signed and sealed"])
    sha256: Sha256
    location: Title = Field(examples=["Deeds room, packet 2015/31"])
    publication_class: PublicationClass = Field(examples=["public"])
    dated_on: Day = Field(examples=["2015-03-27"])
    keep_until: Day | None = Field(default=None, examples=["2031-03-31"])

    def to_document(
        self, subject: DocumentSubject, subject_id: UUID, partnership_id: UUID, owner: UUID
    ) -> KeptDocument:
        return KeptDocument(
            subject=subject,
            subject_id=subject_id,
            partnership_id=partnership_id,
            owner_organisation_id=owner,
            **self.model_dump(),
        )


class DocumentRecordOut(Out):
    """A document that stands behind a record."""

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
    dated_on: Day
    keep_until: Day | None


class DocumentRecordsOut(Out):
    """A page of documents."""

    items: list[DocumentRecordOut]
    next: str | None
