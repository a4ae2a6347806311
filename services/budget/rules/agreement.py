"""An agreement between partners: who keeps it, and how it moves from draft to final account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules import section_75
from services.budget.rules.approval import BodyApproval, Needed, approvals, approved_from
from services.budget.rules.decision import Decision
from services.budget.rules.section_75 import BodyKind
from services.budget.rules.terms import NOT_A_PARTY, Terms, check, examined
from shared.errors import Kind, reason

NO_SUCH_MOVE = reason(
    "agreement_move_refused", Kind.CONFLICT, "The agreement cannot move that way from the state it is in."
)
NOT_A_DRAFT = reason(
    "agreement_not_a_draft",
    Kind.CONFLICT,
    "Only a draft can be changed. What is approved or signed is changed by a new agreement.",
)
NOT_APPROVED = reason(
    "agreement_not_approved",
    Kind.CONFLICT,
    "Not every party's body has approved this text, with its conditions met and call-in over.",
)
SIGNED_BEFORE_APPROVAL = reason(
    "agreement_signed_before_approval",
    Kind.CONFLICT,
    "The agreement cannot have been signed before the last body's approval counted.",
)
SIGNATORIES_INCOMPLETE = reason(
    "agreement_signatories_incomplete",
    Kind.INVALID,
    "The agreement is signed for every party, and for each once.",
)
DAY_TO_COME = reason("agreement_day_to_come", Kind.INVALID, "Record this once the day has come, not before.")
COMMENCES_BEFORE_BEGIN = reason(
    "agreement_commences_before_begin",
    Kind.INVALID,
    "An agreement cannot commence before the day on which its approved terms begin.",
)
COMMENCES_AFTER_END = reason(
    "agreement_commences_after_end", Kind.INVALID, "The agreement cannot commence after its own end."
)
AGREEMENT_UNKNOWN = reason(
    "agreement_unknown", Kind.INVALID, "There is no such agreement, or it is not yours to use."
)
REFERENCE_USED = reason(
    "agreement_reference_used",
    Kind.CONFLICT,
    "Your organisation keeps another agreement under this reference.",
)
CANNOT_POOL = reason(
    "agreement_cannot_pool", Kind.CONFLICT, "An agreement of this type cannot hold a pooled fund."
)
NO_PARTNERSHIP_UNDER_SECTION_75 = reason(
    "agreement_partners_missing",
    Kind.CONFLICT,
    "A pool under section 75 needs an agreement with at least one NHS body and at least one local authority.",
)


class AgreementType(StrEnum):
    """By the law they rest on: NHS Act 2006 ss 75, 76, 256, 65Z5; LGA 1972 s 113; Children Act 2004 s 10."""

    S75 = "s75"
    S76 = "s76"
    S256 = "s256"
    S113 = "s113"
    S10_CHILDREN_ACT = "s10_children_act"
    S65Z5 = "s65z5"
    MOU = "MoU"
    MOA = "MoA"


POOLING_TYPES = frozenset({AgreementType.S75, AgreementType.S10_CHILDREN_ACT, AgreementType.S65Z5})


class State(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    EXECUTED = "executed"
    IN_FORCE = "in_force"
    WINDING_UP = "winding_up"
    CLOSED = "closed"


# A body that reconsiders before signature takes its approval back: approved, then draft again.
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.APPROVED}),
    State.APPROVED: frozenset({State.EXECUTED, State.DRAFT}),
    State.EXECUTED: frozenset({State.IN_FORCE}),
    State.IN_FORCE: frozenset({State.WINDING_UP}),
    State.WINDING_UP: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Signatory:
    """For whom, and in which office, the agreement was signed. Never a person's name."""

    organisation_id: UUID
    office: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement and where it stands. `edition` counts its texts, `version` every change of the record.

    `missing` lists what section 75 still asks for; `shadow_consents` the parties that let the others see
    their shadow lines while it is a draft.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    type: AgreementType
    terms: Terms
    state: State = State.DRAFT
    edition: int = 1
    version: int = 1
    approvals: tuple[BodyApproval, ...] = ()
    approved_from: date | None = None
    signed_on: date | None = None
    signatories: tuple[Signatory, ...] = ()
    commenced_on: date | None = None
    shadow_consents: tuple[UUID, ...] = ()
    missing: tuple[str, ...] = ()


def draft(agreement: Agreement) -> Agreement:
    """A new draft, if its terms hold together. What it still lacks is listed, not refused."""
    check(agreement.owner_organisation_id, agreement.terms)
    return _standing(agreement, ())


def amend(agreement: Agreement, terms: Terms, decisions: Sequence[Decision]) -> Agreement:
    """A draft with other terms: a new edition, so that approvals of the former one no longer count."""
    if agreement.state is not State.DRAFT:
        raise NOT_A_DRAFT(state=agreement.state)
    check(agreement.owner_organisation_id, terms)
    if terms == agreement.terms:
        return agreement
    parties = {party.organisation_id for party in terms.parties}
    changed = replace(
        agreement,
        terms=terms,
        edition=agreement.edition + 1,
        version=agreement.version + 1,
        shadow_consents=tuple(each for each in agreement.shadow_consents if each in parties),
    )
    return _standing(changed, decisions)


def settle_approval(agreement: Agreement, decisions: Sequence[Decision], today: date) -> Agreement:
    """The agreement after a decision: approved once every party's body has approved a complete text (S1-G01).

    Approvals that count from a later day (call-in still open) leave it a draft until a later look.
    """
    if agreement.state not in {State.DRAFT, State.APPROVED}:
        return agreement
    looked_at = replace(_standing(agreement, decisions), version=agreement.version + 1)
    holds = looked_at.approved_from is not None and looked_at.approved_from <= today and not looked_at.missing
    return replace(looked_at, state=State.APPROVED if holds else State.DRAFT)


def execute(
    agreement: Agreement, signed_on: date, signatories: Sequence[Signatory], today: date
) -> Agreement:
    """Sign it. Needs a complete text that every body approved, on or before the day of signature."""
    _require_complete(agreement)
    if agreement.state is State.DRAFT:
        raise NOT_APPROVED(awaiting=_awaited(agreement), approved_from=agreement.approved_from)
    _require_move(agreement, State.EXECUTED)
    _require_past(signed_on, today, "/signed_on")
    if agreement.approved_from is None or signed_on < agreement.approved_from:
        raise SIGNED_BEFORE_APPROVAL("/signed_on", approved_from=agreement.approved_from)
    signed_for = [each.organisation_id for each in signatories]
    if sorted(signed_for) != sorted(party.organisation_id for party in agreement.terms.parties):
        raise SIGNATORIES_INCOMPLETE("/signatories")
    return _moved(replace(agreement, signed_on=signed_on, signatories=tuple(signatories)), State.EXECUTED)


def commence(agreement: Agreement, commenced_on: date, today: date) -> Agreement:
    """Bring it into force from a day that may lie before the signature."""
    _require_move(agreement, State.IN_FORCE)
    _require_past(commenced_on, today, "/commenced_on")
    if agreement.terms.begins_on is not None and commenced_on < agreement.terms.begins_on:
        raise COMMENCES_BEFORE_BEGIN("/commenced_on", begins_on=agreement.terms.begins_on)
    if agreement.terms.ends_on is not None and commenced_on > agreement.terms.ends_on:
        raise COMMENCES_AFTER_END("/commenced_on", ends_on=agreement.terms.ends_on)
    return _moved(replace(agreement, commenced_on=commenced_on), State.IN_FORCE)


def consent_to_shadow(agreement: Agreement, organisation_id: UUID) -> Agreement:
    """A party lets the other parties see its shadow lines while the agreement is a draft."""
    if organisation_id not in {party.organisation_id for party in agreement.terms.parties}:
        raise NOT_A_PARTY(organisation_id=organisation_id)
    if organisation_id in agreement.shadow_consents:
        return agreement
    consents = (*agreement.shadow_consents, organisation_id)
    return replace(agreement, shadow_consents=consents, version=agreement.version + 1)


def require_can_pool(agreement: Agreement) -> None:
    """Refuse to hold a pool under an agreement that the law does not allow to have one (S1-B01)."""
    if agreement.type not in POOLING_TYPES:
        raise CANNOT_POOL("/agreement_id", type=agreement.type)
    kinds = {party.kind for party in agreement.terms.parties}
    if agreement.type is AgreementType.S75 and not {BodyKind.NHS_BODY, BodyKind.LOCAL_AUTHORITY} <= kinds:
        raise NO_PARTNERSHIP_UNDER_SECTION_75("/agreement_id")


def _standing(agreement: Agreement, decisions: Sequence[Decision]) -> Agreement:
    needed = [Needed(party.organisation_id, party.approving_body) for party in agreement.terms.parties]
    standing = approvals(needed, decisions, agreement.edition)
    lacking = section_75.missing(examined(agreement.terms)) if agreement.type is AgreementType.S75 else ()
    return replace(
        agreement,
        approvals=standing,
        approved_from=approved_from(standing),
        missing=tuple(fault.code for fault in lacking),
    )


def _awaited(agreement: Agreement) -> list[dict[str, str]]:
    return [
        {"organisation_id": str(each.organisation_id), "body": each.body, "awaiting": each.awaiting}
        for each in agreement.approvals
        if each.awaiting is not None
    ]


def _require_complete(agreement: Agreement) -> None:
    if agreement.type is AgreementType.S75:
        section_75.require_complete(examined(agreement.terms))


def _require_move(agreement: Agreement, to: State) -> None:
    if to not in MOVES[agreement.state]:
        raise NO_SUCH_MOVE(state=agreement.state, asked_for=to, allowed=sorted(MOVES[agreement.state]))


def _require_past(day: date, today: date, pointer: str) -> None:
    if day > today:
        raise DAY_TO_COME(pointer, today=today)


def _moved(agreement: Agreement, to: State) -> Agreement:
    return replace(agreement, state=to, version=agreement.version + 1)
