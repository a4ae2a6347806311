"""What the associates of a contract say of an accepted return: they accept, object, or let n days pass in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.kpi_return import Return
from shared.errors import Kind, reason

NOT_ASSOCIATE = reason(
    "return_not_associate",
    Kind.FORBIDDEN,
    "Only an associate commissioner of the contract accepts a return beside its lead.",
)
NOTHING_TO_DECIDE = reason(
    "return_nothing_accepted",
    Kind.CONFLICT,
    "Associates decide once the lead commissioner has accepted the return.",
)
DECIDED_ALREADY = reason(
    "associate_decided_already",
    Kind.CONFLICT,
    "Your organisation has decided on this revision, by its word or by silence. A new revision opens the matter again.",
)


class Decision(StrEnum):
    """What an associate said."""

    ACCEPTED = "accepted"
    OBJECTED = "objected"


class Standing(StrEnum):
    """Where an associate stands on the accepted revision."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    DEEMED_ACCEPTED = "deemed_accepted"


@dataclass(frozen=True, slots=True)
class AssociateDecision:
    """What one associate said of one revision, and when."""

    associate_organisation_id: UUID
    revision: int
    decision: Decision
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class AssociateStanding:
    """Where one associate stands. `until` is the last day to object; None where silence never counts."""

    return_id: UUID
    revision: int
    associate_organisation_id: UUID
    standing: Standing
    decided_at: datetime | None
    until: date | None


def standings(
    found: Return,
    accepted_on: date | None,
    silence_days: int | None,
    decisions: Iterable[AssociateDecision],
    today: date,
) -> tuple[AssociateStanding, ...]:
    """Where each associate stands on the revision that holds; nothing where none was accepted.

    Silence counts as acceptance from the day after the last of `silence_days` days (data of the obligation).
    """
    if found.accepted_revision is None or accepted_on is None:
        return ()
    until = None if silence_days is None else accepted_on + timedelta(days=silence_days)
    said = {
        each.associate_organisation_id: each for each in decisions if each.revision == found.accepted_revision
    }
    made = []
    for associate in found.associate_organisation_ids:
        decision = said.get(associate)
        if decision is not None:
            standing = Standing(decision.decision.value)
        else:
            silent = until is not None and today > until
            standing = Standing.DEEMED_ACCEPTED if silent else Standing.AWAITED
        made.append(
            AssociateStanding(
                found.id,
                found.accepted_revision,
                associate,
                standing,
                None if decision is None else decision.decided_at,
                until,
            )
        )
    return tuple(made)


def deciding(
    found: Return, organisations: Collection[UUID], where: Iterable[AssociateStanding]
) -> tuple[UUID, ...]:
    """The associates in whose name the caller decides; refuses who is none, and what is decided already.

    Who succeeded several associates has one word for all of them. What one of them decided before stands.
    """
    mine = [each for each in found.associate_organisation_ids if each in organisations]
    if not mine:
        raise NOT_ASSOCIATE()
    standing = [each for each in where if each.associate_organisation_id in mine]
    if not standing:
        raise NOTHING_TO_DECIDE(state=found.state.value)
    awaited = [each for each in standing if each.standing is Standing.AWAITED]
    if not awaited:
        raise DECIDED_ALREADY(standing=standing[0].standing.value, until=standing[0].until)
    return tuple(each.associate_organisation_id for each in awaited)
