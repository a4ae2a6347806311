"""What partners that fund a contract must have approved of it, by their own limits, before money is set aside for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.budget.rules.approval import Needed as NeededApproval
from services.budget.rules.approval import approvals
from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import Decision, Subject
from services.budget.rules.delegation_limit import Case, Limit, LimitSubject, Needed, who_decides
from shared.errors import Fault, Kind, reason

APPROVALS_MISSING = reason(
    "contract_approvals_missing",
    Kind.CONFLICT,
    "By the limits of the partners that fund it, the contract needs approvals that are not on record yet.",
)
APPROVAL_MISSING = reason(
    "contract_approval_missing",
    Kind.CONFLICT,
    "Record the decision on this contract or variation of a body that may take it, and meet its conditions.",
)

APPROVAL_OF_LESS = reason(
    "contract_approval_of_less",
    Kind.CONFLICT,
    "The contract's value, term or funding was raised after the body decided. Have it decide on the contract as it is.",
)


@dataclass(frozen=True, slots=True)
class Funding:
    """A pool's share of the contract, or that of lines of a body's own books, and the body whose money it is."""

    pool_id: UUID | None
    organisation_id: UUID
    share_percent: Decimal

    @property
    def source(self) -> str:
        """What bears the share: the pool, or the body's own books."""
        return source_name(self.pool_id, self.organisation_id)


@dataclass(frozen=True, slots=True)
class PartnerApproval:
    """How one funding partner's limits are kept: by an officer's own limit, or by a body's decision that counts."""

    organisation_id: UUID
    amount_pence: int
    limit_id: UUID
    within_officer_limit: bool
    body: str | None = None
    decision_id: UUID | None = None
    counts_from: date | None = None


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """What partners are asked to approve: `amounts_pence` is each partner's own part of it."""

    limit: LimitSubject
    subject: Subject
    day: date
    amounts_pence: Mapping[UUID, int]


def source_name(pool_id: UUID | None, organisation_id: UUID) -> str:
    """Which source a line belongs to: its pool, or the books of the body that owns it."""
    return f"own lines of {organisation_id}" if pool_id is None else str(pool_id)


def source_weights(funding: Iterable[Funding]) -> dict[str, Decimal]:
    """The share of each source, over all bodies whose money is in it."""
    weights: dict[str, Decimal] = {}
    for each in funding:
        weights[each.source] = weights.get(each.source, Decimal(0)) + each.share_percent
    return weights


def others_sources(funding: Iterable[Funding], lead: UUID) -> Mapping[str, UUID]:
    """The own books of bodies other than the one that sets budget aside, which cannot use their lines."""
    return {
        each.source: each.organisation_id
        for each in funding
        if each.pool_id is None and each.organisation_id != lead
    }


def partners(funding: Iterable[Funding]) -> Mapping[UUID, Decimal]:
    """The share of each body whose money funds a contract, over all its pools."""
    shares: dict[UUID, Decimal] = {}
    for each in funding:
        shares[each.organisation_id] = shares.get(each.organisation_id, Decimal(0)) + each.share_percent
    return shares


def approved(
    asked: ApprovalAsked,
    limits: Iterable[Limit],
    decisions: Sequence[Decision],
    today: date,
    before: Mapping[UUID, int] | None = None,
    of_less: Collection[UUID] = (),
) -> tuple[PartnerApproval, ...]:
    """How the limits of each partner are kept, or a refusal that names who has not decided.

    A partner without such limits asks for nothing. Within an officer's limit no body is asked. `before` is what each had
    set aside for other contracts in the same year, for limits that are counted over it: dividing a contract evades none.
    `of_less` are decisions of before the contract came to ask for what it asks: raising it afterwards evades none either.
    """
    standing = list(limits)
    on_it = [each for each in decisions if each.subject is asked.subject]
    found, faults, lacking = [], [], []
    for organisation, amount in sorted(asked.amounts_pence.items()):
        own = [each for each in standing if each.owner_organisation_id == organisation]
        earlier = (before or {}).get(organisation, 0)
        for needed in who_decides(own, Case(asked.limit, max(amount, 1), asked.day, before_pence=earlier)):
            kept = kept_by(needed, amount, on_it, today)
            earlier_one = kept is not None and kept.decision_id in of_less
            if kept is not None and not earlier_one:
                found.append(kept)
                continue
            why = APPROVAL_OF_LESS if earlier_one else APPROVAL_MISSING
            faults.append(Fault("/commitments", why.code, why.sentence))
            lacking.append(
                {
                    "organisation_id": str(organisation),
                    "amount_pence": amount,
                    "may_decide": [each.decider for each in needed.may_decide],
                }
            )
    if lacking:
        raise APPROVALS_MISSING(faults=faults, approvals_missing=lacking)
    return tuple(found)


def kept_by(
    needed: Needed, amount_pence: int, decisions: Sequence[Decision], today: date
) -> PartnerApproval | None:
    """By which limit or decision this partner's approval is there; None while it is not."""
    if needed.within_officer_limit:
        return PartnerApproval(needed.organisation_id, amount_pence, needed.lowest.limit_id, True)
    for decider in needed.may_decide:
        if decider.decider_type is BodyType.OFFICER:
            continue
        [standing] = approvals([NeededApproval(needed.organisation_id, decider.decider)], decisions, None)
        counts, lapses = standing.counts_from, standing.lapses_after
        if counts is not None and counts <= today and (lapses is None or today <= lapses):
            return PartnerApproval(
                needed.organisation_id,
                amount_pence,
                decider.limit_id,
                False,
                decider.decider,
                standing.decision_id,
                counts,
            )
    return None
