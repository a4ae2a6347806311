"""What working papers look like on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.rules.board import Voice
from services.gateway.rules.paper import Paper, PaperReview, Signatory
from services.gateway.rules.paper_fault import PaperFaultCode, Section
from services.gateway.rules.statute import Statute
from shared.web.examples import COUNCIL
from shared.web.fields import Body, Day, Line, Out, Paragraph, Title

Months = Annotated[int, Field(strict=True, ge=1, le=120)]


class PaperSectionIn(Body):
    """A section as the paper numbers and heads it. With its text, that is looked through as well."""

    number: Line = Field(examples=["2"])
    heading: Title = Field(examples=["Governance"])
    text: Paragraph | None = None


class PaperSignatoryIn(Body):
    """A post that is to sign, for its own organisation, and from which side it speaks."""

    post: Title = Field(examples=["Leader of the Council"])
    organisation_id: UUID = Field(examples=[COUNCIL])
    voice: Voice = Field(examples=["political"])


class PaperIn(Body):
    """One edition of a paper. What does not fit in it is told with it."""

    partnership_id: UUID
    board_id: UUID | None = None
    title: Title = Field(examples=["One Commissioning Organisation: framework"])
    edition: Line = Field(examples=["1.0"])
    dated_on: Day = Field(examples=["2016-10-19"])
    legal_bases: list[Statute] = Field(default_factory=list, max_length=12)
    stated_approved: bool = Field(
        default=False, description="Whether the paper itself says that it is approved."
    )
    review_every_months: Months | None = None
    stated_review_on: Day | None = None
    sections: list[PaperSectionIn] = Field(default_factory=list, max_length=200)
    signatories: list[PaperSignatoryIn] = Field(default_factory=list, max_length=30)
    voices_needed: list[Voice] = Field(default_factory=list, max_length=4)

    def to_paper(self, paper_id: UUID, owner: UUID) -> Paper:
        lists = {"legal_bases", "sections", "signatories", "voices_needed"}
        values = {name: getattr(self, name) for name in PaperIn.model_fields if name not in lists}
        return Paper(
            id=paper_id,
            owner_organisation_id=owner,
            legal_bases=tuple(self.legal_bases),
            sections=tuple(Section(**each.model_dump()) for each in self.sections),
            signatories=tuple(Signatory(**each.model_dump()) for each in self.signatories),
            voices_needed=tuple(dict.fromkeys(self.voices_needed)),
            **values,
        )


class PaperSignatureIn(Body):
    """The signature of a post of your own organisation."""

    post: Title = Field(examples=["Leader of the Council"])
    signed_on: Day = Field(examples=["2016-11-02"])


class PaperReviewIn(Body):
    """That the paper was reviewed, and what came of it."""

    reviewed_on: Day = Field(examples=["2017-01-19"])
    result: Paragraph = Field(examples=["Goes on unchanged."])

    def to_review(self) -> PaperReview:
        return PaperReview(self.reviewed_on, self.result)


class PaperSectionOut(Out):
    """A section of a paper."""

    number: str
    heading: str
    text: str | None


class PaperSignatoryOut(Out):
    """A post that is to sign."""

    post: str
    organisation_id: UUID
    voice: Voice


class PaperSignatureOut(Out):
    """A signature."""

    post: str
    organisation_id: UUID
    signed_on: Day


class PaperReviewOut(Out):
    """A review."""

    reviewed_on: Day
    result: str


class PaperFaultOut(Out):
    """What does not fit, where, and by how many days where it is a matter of days."""

    code: PaperFaultCode
    where: str = Field(examples=["2"])
    days: int | None


class PaperOut(Out):
    """An edition of a paper. `signed_from` is null until all have signed; `awaited` says who has not."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID | None
    title: str
    edition: str
    dated_on: Day
    legal_bases: list[Statute]
    stated_approved: bool
    review_every_months: int | None
    stated_review_on: Day | None
    sections: list[PaperSectionOut]
    signatories: list[PaperSignatoryOut]
    voices_needed: list[Voice]
    signatures: list[PaperSignatureOut]
    reviews: list[PaperReviewOut]
    signed_from: Day | None
    awaited: list[PaperSignatoryOut]
    review_due_on: Day | None
    review_days_late: int | None
    faults: list[PaperFaultOut]
    version: int


class PapersOut(Out):
    """A page of papers."""

    items: list[PaperOut]
    next: str | None
