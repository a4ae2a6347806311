"""How the views of work that waits look outside."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.gateway.views.source import ViewSource
from shared.web.fields import Day, Out


class WorkItemOut(Out):
    """One thing to do. `on` is the day it is due, null where it has none; `thing` and `thing_id` say on which record.

    `organisation_id` is whose turn it is, null where that is not one organisation's.
    """

    service: str = Field(examples=["contracts"])
    kind: str = Field(examples=["review"])
    on: Day | None
    overdue: bool
    title: str = Field(examples=["PCC-0142 Community health services"])
    because: str = Field(examples=["The review date is on record."])
    what_to_do: str | None = Field(examples=["Record the review."])
    thing: str = Field(examples=["contract"])
    thing_id: UUID
    organisation_id: UUID | None


class WorkViewOut(Out):
    """Work that waits, the most urgent first. Not complete while a source is missing, withheld or longer than is read."""

    partnership_id: UUID
    as_at: Day
    complete: bool
    sources: list[ViewSource]
    items: list[WorkItemOut]
