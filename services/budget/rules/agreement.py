"""An agreement between partners: who keeps it, and how it moves from draft to final account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules import clause, section_75
from services.budget.rules.agreement_end import Ending, FinalAccount
from services.budget.rules.approval import BodyApproval, Needed, approvals, approved_from, lapsed
from services.budget.rules.decision import Decision
from services.budget.rules.section_75 import BodyKind
from services.budget.rules.signature import Commencing, Signatory, agreed_day, is_settled, with_signature
from services.budget.rules.terms import NOT_A_PARTY, Terms, check, examined
from shared.errors import Fault, Kind, reason

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
class Agreement:
    """An agreement and where it stands. `edition` counts its texts, `version` every change of the record.

    `missing` lists what the law or the field still asks of its text; `shadow_consents` the parties that let the
    others see their shadow lines while it is a draft. `commenced_on` is when the agreement first came into force,
    `holds_from` since when its present text holds, `candidates` who would join by a version still on its way.
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
    commencing: tuple[Commencing, ...] = ()
    commenced_on: date | None = None
    holds_from: date | None = None
    ended_on: date | None = None
    ending: Ending | None = None
    final_account: FinalAccount | None = None
    closed_on: date | None = None
    candidates: tuple[UUID, ...] = ()
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

    Approvals that count from a later day (call-in still open) leave it a draft until a later look. Signatures
    given on an approval that a body takes back fall with it.
    """
    if agreement.state not in {State.DRAFT, State.APPROVED}:
        return agreement
    looked_at = replace(_standing(agreement, decisions), version=agreement.version + 1)
    if is_approved(looked_at.approvals, looked_at.missing, today):
        return replace(looked_at, state=State.APPROVED)
    return replace(looked_at, state=State.DRAFT, signatories=())


def is_approved(standing: Sequence[BodyApproval], missing: Sequence[str], today: date) -> bool:
    """Whether a text is approved today: it lacks nothing, the last body's approval counts, and none has lapsed."""
    since = approved_from(standing)
    return since is not None and since <= today and not missing and not lapsed(standing, today)


def sign(agreement: Agreement, signature: Signatory, today: date) -> Agreement:
    """One party signs for itself. Executed once all have; the day is that of the last signature.

    Needs a complete text that every body approved, on or before the day of each signature.
    """
    require_complete(agreement.type, agreement.terms)
    if agreement.state is State.DRAFT:
        raise NOT_APPROVED(awaiting=awaited(agreement.approvals), approved_from=agreement.approved_from)
    require_move(agreement, State.EXECUTED)
    signed = with_signature(
        agreement.signatories, party_ids(agreement.terms), signature, agreement.approved_from, today
    )
    changed = replace(agreement, signatories=signed)
    if len(signed) < len(agreement.terms.parties):
        return replace(changed, version=agreement.version + 1)
    return moved(replace(changed, signed_on=max(each.signed_on for each in signed)), State.EXECUTED)


def commence(agreement: Agreement, said: Commencing, today: date) -> Agreement:
    """Bring it into force from a day that may lie before the signature.

    One party says so where the approved text names the day; every party where it does not.
    """
    require_move(agreement, State.IN_FORCE)
    heard = agreed_day(agreement.commencing, agreement.terms, said, today)
    changed = replace(agreement, commencing=heard)
    if not is_settled(heard, agreement.terms, party_ids(agreement.terms)):
        return replace(changed, version=agreement.version + 1)
    day = said.commenced_on
    return moved(replace(changed, commenced_on=day, holds_from=day), State.IN_FORCE)


def consent_to_shadow(agreement: Agreement, organisation_id: UUID) -> Agreement:
    """A party lets the other parties see its shadow lines while the agreement is a draft."""
    require_party(agreement, organisation_id)
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


def last_day(agreement: Agreement) -> date | None:
    """The last day on which new business may be dated: as it ended, or as its text says it will."""
    return agreement.ended_on or agreement.terms.ends_on


def party_ids(terms: Terms) -> tuple[UUID, ...]:
    return tuple(party.organisation_id for party in terms.parties)


def require_party(agreement: Agreement, organisation_id: UUID) -> None:
    if organisation_id not in party_ids(agreement.terms):
        raise NOT_A_PARTY(organisation_id=str(organisation_id))


def needed(terms: Terms) -> list[Needed]:
    """Whose approval a text needs: of each party, the body that the text names."""
    return [Needed(party.organisation_id, party.approving_body) for party in terms.parties]


def lacking(type_: AgreementType, terms: Terms) -> tuple[Fault, ...]:
    """What the law, or the field, asks of a text of this type and it does not say."""
    if type_ is AgreementType.S75:
        return section_75.missing(examined(terms))
    return clause.missing(type_.value, terms.matters, terms.functions)


def awaited(standing: Sequence[BodyApproval]) -> list[dict[str, str]]:
    return [
        {"organisation_id": str(each.organisation_id), "body": each.body, "awaiting": each.awaiting}
        for each in standing
        if each.awaiting is not None
    ]


def require_move(agreement: Agreement, to: State) -> None:
    if to not in MOVES[agreement.state]:
        raise NO_SUCH_MOVE(state=agreement.state, asked_for=to, allowed=sorted(MOVES[agreement.state]))


def moved(agreement: Agreement, to: State) -> Agreement:
    return replace(agreement, state=to, version=agreement.version + 1)


def _standing(agreement: Agreement, decisions: Sequence[Decision]) -> Agreement:
    standing = approvals(needed(agreement.terms), decisions, agreement.edition)
    return replace(
        agreement,
        approvals=standing,
        approved_from=approved_from(standing),
        missing=tuple(fault.code for fault in lacking(agreement.type, agreement.terms)),
    )


def require_complete(type_: AgreementType, terms: Terms) -> None:
    """Refuse, with the list, to sign a text that lacks something."""
    if type_ is AgreementType.S75:
        section_75.require_complete(examined(terms))
    else:
        clause.require_complete(type_.value, terms.matters, terms.functions)
