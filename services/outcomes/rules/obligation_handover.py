"""Obligations of contracts that end and go on as others: the duty to report goes on with them, and what was sent stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from services.outcomes.rules.obligation import (
    Obligation,
    ObligationTerm,
    change_term,
    check_parties,
)
from shared.errors import Refusal

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Heir:
    """A contract that goes on. `indicator_ids`: it answers for these alone; None for all."""

    contract_id: UUID
    indicator_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """A contract that ends, and those that go on for it; none where another lead takes over and sets its own."""

    contract_id: UUID
    heirs: tuple[Heir, ...]


@dataclass(frozen=True, slots=True)
class ObligationHandover:
    """Contracts that go on as others from a day on. A party may change: the outgoing one's place is the incoming's."""

    id: UUID
    partnership_id: UUID
    day: date
    reason: str
    handovers: tuple[Handover, ...]
    outgoing_organisation_id: UUID | None = None
    incoming_organisation_id: UUID | None = None

    def after(self, body: UUID) -> UUID:
        """Who stands in a body's place."""
        incoming = self.incoming_organisation_id
        return incoming if body == self.outgoing_organisation_id and incoming is not None else body


@dataclass(frozen=True, slots=True)
class DutyRemark:
    """An obligation that a person should look at, and why."""

    obligation_id: UUID
    detail: str


@dataclass(frozen=True, slots=True)
class Passed:
    """What becomes of one obligation: how it ends, and those that go on for it."""

    ended: Obligation | None = None
    made: tuple[Obligation, ...] = ()
    remarks: tuple[DutyRemark, ...] = ()


@dataclass(frozen=True, slots=True)
class ObligationsHandedOver:
    """What was ended and made, and what was left as it was."""

    id: UUID
    ended: tuple[UUID, ...]
    made: tuple[UUID, ...]
    remarks: tuple[DutyRemark, ...]


NOT_BEGUN = "It begins after the day, or all before it was reported. End it, or set it anew on the contract that goes on."
NOT_LED = "Another commissioner set it. That one ends it, and sets it anew on the contract that goes on."


def pass_on(
    obligation: Obligation,
    asked: ObligationHandover,
    heirs: Collection[Heir],
    sent_until: date | None,
    set_by: tuple[UUID, UUID],
) -> Passed:
    """The obligation ended on the day before, and one of its kind for each heir from the day on.

    `sent_until` is the last day of what was reported under it: with a day that is past, returns of in between stay
    where they were made, and the next obligation begins after them. `set_by` is organisation and client.
    """
    cut = asked.day if sent_until is None else max(asked.day, sent_until + timedelta(days=1))
    if obligation.ends_on < cut:
        return Passed()
    if obligation.begins_on >= cut:
        return Passed(remarks=(DutyRemark(obligation.id, NOT_BEGUN),))
    ended, _ = change_term(obligation, ObligationTerm(cut - timedelta(days=1), asked.reason, *set_by))
    made, remarks = [], []
    for heir in heirs:
        try:
            one = _next(obligation, asked, heir, cut, set_by)
            if one.indicators:
                check_parties(one)
                made.append(one)
        except Refusal as refusal:
            remarks.append(DutyRemark(obligation.id, refusal.reason.sentence))
    return Passed(ended, tuple(made), tuple(remarks))


def _next(
    obligation: Obligation, asked: ObligationHandover, heir: Heir, begins_on: date, set_by: tuple[UUID, UUID]
) -> Obligation:
    organisation_id, client_id = set_by
    only = heir.indicator_ids
    return replace(
        obligation,
        id=uuid5(asked.id, f"{obligation.id}/{heir.contract_id}"),
        contract_id=heir.contract_id,
        provider_organisation_id=asked.after(obligation.provider_organisation_id),
        associate_organisation_ids=tuple(
            dict.fromkeys(asked.after(each) for each in obligation.associate_organisation_ids)
        ),
        begins_on=begins_on,
        indicators=tuple(each for each in obligation.indicators if only is None or each.indicator_id in only),
        terms=(),
        settings=tuple(
            replace(
                each, set_by_organisation_id=organisation_id, set_by_client_id=client_id, recorded_at=None
            )
            for each in obligation.settings
        ),
        version=1 + len(obligation.settings),
        recorded_at=None,
    )


def titled(obligation: Obligation, taken: Collection[str]) -> Obligation:
    """The obligation under a title that no other one of its contract has."""
    title, number = obligation.title, 2
    while title in taken:
        mark = f" ({number})"
        title, number = obligation.title[: LONGEST_TITLE - len(mark)] + mark, number + 1
    return replace(obligation, title=title)
