"""Named records that their owner opens for a while: to a scrutiny body that asked, or to an auditor as its sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.identifier import DATES_CROSSED, crossed
from services.gateway.rules.partnership import Member, Role
from shared.errors import Kind, reason

LONGEST_DAYS = 366
MOST_RECORDS = 100  # that one body has open to another at a time; they go along with every call


class GrantPurpose(StrEnum):
    """What the records are opened for."""

    SCRUTINY = "scrutiny"
    AUDIT_SAMPLE = "audit_sample"


class GrantedThing(StrEnum):
    """What kinds of records can be opened one by one."""

    CONTRACT = "contract"
    PLACEMENT = "placement"


class GrantState(StrEnum):
    """Asked for, opened, or refused. A refusal stays on record with its reason."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class GrantOutcome(StrEnum):
    """How the owner decides on what was asked."""

    GRANTED = "granted"
    REFUSED = "refused"


GRANT_NOT_FOR_YOU = reason(
    "grant_not_for_you",
    Kind.INVALID,
    "In this partnership your organisation cannot ask for or open records in this way: a scrutiny body asks, and a"
    " commissioner opens a sample of its own to its auditor.",
)
GRANT_BODY_UNKNOWN = reason(
    "grant_body_unknown",
    Kind.INVALID,
    "The other body must belong to the partnership: a commissioner whose records are asked for, or the auditor that is"
    " appointed to your organisation.",
)
GRANT_TOO_LONG = reason(
    "grant_too_long", Kind.INVALID, "Records are opened for a limited time: 366 days at most."
)
GRANT_DAYS_NEEDED = reason(
    "grant_days_needed",
    Kind.INVALID,
    "Say from which day to which day the records are open, and if you refuse leave both out.",
)
GRANT_DECIDED = reason(
    "grant_decided", Kind.CONFLICT, "This was decided already. Ask again if you need more."
)
GRANT_NOT_OPEN = reason(
    "grant_not_open", Kind.CONFLICT, "These records are not open, so there is nothing to end."
)
GRANT_END_LATER = reason(
    "grant_end_later",
    Kind.INVALID,
    "The last day can be brought forward, to the first at the earliest, never put off.",
)
GRANT_TOO_MANY = reason(
    "grant_too_many",
    Kind.CONFLICT,
    "One body can have at most 100 of your records open at a time. End a grant that is no longer needed.",
)


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """One record, by its kind and id."""

    thing: GrantedThing
    id: UUID


@dataclass(frozen=True, slots=True)
class RecordGrant:
    """Records of `owner_organisation_id`, asked for by or opened to `grantee_organisation_id`, and why."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    grantee_organisation_id: UUID
    purpose: GrantPurpose
    records: tuple[NamedRecord, ...]
    reason: str
    state: GrantState = GrantState.ASKED
    decision_reason: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    version: int = 1


def ask(grant: RecordGrant, members: Iterable[Member], today: date) -> RecordGrant:
    """Check what a scrutiny body asks a commissioner for."""
    present = [each for each in members if each.counts_on(today)]
    if not _holds(present, grant.grantee_organisation_id, Role.OBSERVER):
        raise GRANT_NOT_FOR_YOU("/partnership_id")
    if not _holds(present, grant.owner_organisation_id, Role.COMMISSIONER, Role.HOST):
        raise GRANT_BODY_UNKNOWN("/owner_organisation_id")
    return grant


def open_sample(grant: RecordGrant, members: Iterable[Member], today: date, already_open: int) -> RecordGrant:
    """Check the sample that a commissioner opens to the auditor which is appointed to it."""
    present = [each for each in members if each.counts_on(today)]
    if not _holds(present, grant.owner_organisation_id, Role.COMMISSIONER, Role.HOST):
        raise GRANT_NOT_FOR_YOU("/partnership_id")
    appointed = any(
        each.role is Role.AUDITOR
        and each.organisation_id == grant.grantee_organisation_id
        and grant.owner_organisation_id in each.audited_organisation_ids
        for each in present
    )
    if not appointed:
        raise GRANT_BODY_UNKNOWN("/auditor_organisation_id")
    return _opened(replace(grant, state=GrantState.GRANTED), already_open)


def decide(
    grant: RecordGrant,
    outcome: GrantOutcome,
    why: str,
    days: tuple[date | None, date | None],
    already_open: int,
) -> RecordGrant:
    """Open what was asked for, for these days, or refuse it. Either way the reason is recorded."""
    if grant.state is not GrantState.ASKED:
        raise GRANT_DECIDED()
    decided = replace(grant, decision_reason=why, version=grant.version + 1)
    if outcome is GrantOutcome.REFUSED:
        if days != (None, None):
            raise GRANT_DAYS_NEEDED("/from_date")
        return replace(decided, state=GrantState.REFUSED)
    return _opened(
        replace(decided, state=GrantState.GRANTED, from_date=days[0], to_date=days[1]), already_open
    )


def end(grant: RecordGrant, to_date: date) -> RecordGrant:
    """Bring the last day forward."""
    if grant.state is not GrantState.GRANTED or grant.to_date is None or grant.from_date is None:
        raise GRANT_NOT_OPEN()
    if to_date > grant.to_date or to_date < grant.from_date:
        raise GRANT_END_LATER("/to_date", from_date=grant.from_date, to_date=grant.to_date)
    return replace(grant, to_date=to_date, version=grant.version + 1)


def _opened(grant: RecordGrant, already_open: int) -> RecordGrant:
    if grant.from_date is None or grant.to_date is None:
        raise GRANT_DAYS_NEEDED("/to_date")
    if crossed(grant.from_date, grant.to_date):
        raise DATES_CROSSED("/to_date")
    if (grant.to_date - grant.from_date).days >= LONGEST_DAYS:
        raise GRANT_TOO_LONG("/to_date", longest_days=LONGEST_DAYS)
    if already_open + len(grant.records) > MOST_RECORDS:
        raise GRANT_TOO_MANY(already_open=already_open)
    return grant


def _holds(members: Iterable[Member], organisation: UUID, *roles: Role) -> bool:
    return any(each.organisation_id == organisation and each.role in roles for each in members)
