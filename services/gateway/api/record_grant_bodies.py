"""Bodies of scrutiny grants and audit samples."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.rules.record_grant import (
    MOST_RECORDS,
    GrantedThing,
    GrantOutcome,
    GrantPurpose,
    GrantState,
    NamedRecord,
    RecordGrant,
)
from shared.web.examples import CONTRACT
from shared.web.fields import Body, Day, Out, Paragraph


class NamedRecordIn(Body):
    """One record, by its kind and id."""

    thing: GrantedThing = Field(examples=["contract"])
    id: UUID = Field(examples=[CONTRACT])


NamedRecords = Annotated[list[NamedRecordIn], Field(min_length=1, max_length=MOST_RECORDS)]


def to_records(records: list[NamedRecordIn]) -> tuple[NamedRecord, ...]:
    return tuple(dict.fromkeys(NamedRecord(each.thing, each.id) for each in records))


class ScrutinyGrantIn(Body):
    """What your scrutiny body asks a commissioner to open, and why."""

    partnership_id: UUID
    owner_organisation_id: UUID
    records: NamedRecords
    reason: Paragraph = Field(examples=["The committee reviews community services in March."])

    def to_grant(self, grant_id: UUID, own: UUID) -> RecordGrant:
        return RecordGrant(
            id=grant_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=self.owner_organisation_id,
            grantee_organisation_id=own,
            purpose=GrantPurpose.SCRUTINY,
            records=to_records(self.records),
            reason=self.reason,
        )


class ScrutinyDecisionIn(Body):
    """Whether the records are opened, for which days, and why."""

    outcome: GrantOutcome = Field(examples=["granted"])
    reason: Paragraph = Field(examples=["Within the committee's terms of reference."])
    from_date: Day | None = Field(default=None, examples=["2015-03-01"])
    to_date: Day | None = Field(default=None, examples=["2015-03-31"])


class AuditSampleIn(Body):
    """Records of your organisation that its auditor may see one by one."""

    partnership_id: UUID
    auditor_organisation_id: UUID
    records: NamedRecords
    reason: Paragraph = Field(examples=["Sample of placements for the audit of 2014/15."])
    from_date: Day = Field(examples=["2015-06-01"])
    to_date: Day = Field(examples=["2015-09-30"])

    def to_grant(self, grant_id: UUID, own: UUID) -> RecordGrant:
        return RecordGrant(
            id=grant_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=own,
            grantee_organisation_id=self.auditor_organisation_id,
            purpose=GrantPurpose.AUDIT_SAMPLE,
            records=to_records(self.records),
            reason=self.reason,
            from_date=self.from_date,
            to_date=self.to_date,
        )


class RecordGrantEnd(Body):
    """The new last day, earlier than the one that was set."""

    to_date: Day = Field(examples=["2015-03-15"])


class NamedRecordOut(Out):
    """One record, by its kind and id."""

    thing: GrantedThing
    id: UUID


class RecordGrantOut(Out):
    """Records of one body that another asked for, or has open from a first to a last day (inclusive)."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    grantee_organisation_id: UUID
    purpose: GrantPurpose = Field(examples=["scrutiny"])
    records: list[NamedRecordOut]
    reason: str = Field(examples=["The committee reviews community services in March."])
    state: GrantState = Field(examples=["granted"])
    decision_reason: str | None
    from_date: Day | None
    to_date: Day | None
    version: int


class RecordGrantsOut(Out):
    """A page of grants."""

    items: list[RecordGrantOut]
    next: str | None
