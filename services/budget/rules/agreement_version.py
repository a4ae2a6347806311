"""A new version of an agreement in force: it goes through approval while the old text holds, then takes over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.budget.rules.agreement import (
    NOT_APPROVED,
    Agreement,
    AgreementType,
    State,
    awaited,
    is_approved,
    lacking,
    needed,
    party_ids,
    require_complete,
)
from services.budget.rules.approval import BodyApproval, Needed, approvals, approved_from
from services.budget.rules.decision import Decision
from services.budget.rules.signature import Commencing, Signatory, agreed_day, is_settled, with_signature
from services.budget.rules.terms import NOT_A_PARTY, Terms, check
from shared.errors import Kind, reason
from shared.text import fold_key

NOT_IN_FORCE = reason(
    "agreement_not_in_force",
    Kind.CONFLICT,
    "Only an agreement in force is changed by a new version. A draft is changed as it stands.",
)
VERSION_OPEN = reason(
    "agreement_version_open",
    Kind.CONFLICT,
    "A version of this agreement is on its way already. Bring it into force or withdraw it, then propose another.",
)
VERSION_SAME = reason(
    "agreement_version_same", Kind.INVALID, "The new version says what the agreement says already."
)
NO_SUCH_VERSION_MOVE = reason(
    "agreement_version_move_refused",
    Kind.CONFLICT,
    "This version of the agreement cannot move that way from the state it is in.",
)
TAKES_OVER_TOO_EARLY = reason(
    "agreement_version_takes_over_too_early",
    Kind.INVALID,
    "A version takes over after the day from which the present one holds.",
)
ANOTHER_S_VERSION = reason(
    "agreement_version_of_another",
    Kind.CONFLICT,
    "Only the party that proposed a version withdraws it. Your body can decide against it.",
)


class VersionStage(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    EXECUTED = "executed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({VersionStage.DRAFT, VersionStage.APPROVED, VersionStage.EXECUTED})


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """One text of an agreement, by its edition, and where it stands. `owner_organisation_id` proposed it.

    `signer_ids` are those whose bodies approve and who sign: the parties of this text and of the one it replaces.
    It held, or holds, from `holds_from` to `held_until`.
    """

    agreement_id: UUID
    edition: int
    partnership_id: UUID
    owner_organisation_id: UUID
    type: AgreementType
    terms: Terms
    reason: str | None
    signer_ids: tuple[UUID, ...]
    stage: VersionStage = VersionStage.DRAFT
    version: int = 1
    approvals: tuple[BodyApproval, ...] = ()
    approved_from: date | None = None
    signed_on: date | None = None
    signatories: tuple[Signatory, ...] = ()
    commencing: tuple[Commencing, ...] = ()
    holds_from: date | None = None
    held_until: date | None = None
    missing: tuple[str, ...] = ()


def propose(
    agreement: Agreement, versions: Sequence[AgreementVersion], by: UUID, terms: Terms, reason_: str
) -> AgreementVersion:
    """A new version as a draft, by a party. Parties may join or leave by it, and the host may change (S1-B24)."""
    if agreement.state is not State.IN_FORCE:
        raise NOT_IN_FORCE(state=agreement.state)
    if by not in party_ids(agreement.terms):
        raise NOT_A_PARTY(organisation_id=str(by))
    still_open = [each.edition for each in versions if each.stage in OPEN]
    if still_open:
        raise VERSION_OPEN(edition=still_open[0])
    staying = [each for each in party_ids(terms) if each in party_ids(agreement.terms)]
    check(staying[0] if staying else by, terms)
    if terms == agreement.terms:
        raise VERSION_SAME("/terms")
    everyone = tuple(dict.fromkeys((*party_ids(agreement.terms), *party_ids(terms))))
    made = AgreementVersion(
        agreement_id=agreement.id,
        edition=latest_edition(agreement, versions) + 1,
        partnership_id=agreement.partnership_id,
        owner_organisation_id=by,
        type=agreement.type,
        terms=terms,
        reason=reason_,
        signer_ids=everyone,
    )
    return _standing(made, agreement, ())


def first_version(agreement: Agreement) -> AgreementVersion:
    """The text with which an agreement came into force, as the first of its versions."""
    return AgreementVersion(
        agreement_id=agreement.id,
        edition=agreement.edition,
        partnership_id=agreement.partnership_id,
        owner_organisation_id=agreement.owner_organisation_id,
        type=agreement.type,
        terms=agreement.terms,
        reason=None,
        signer_ids=party_ids(agreement.terms),
        stage=VersionStage.IN_FORCE,
        approvals=agreement.approvals,
        approved_from=agreement.approved_from,
        signed_on=agreement.signed_on,
        signatories=agreement.signatories,
        commencing=agreement.commencing,
        holds_from=agreement.holds_from,
        missing=agreement.missing,
    )


def latest_edition(agreement: Agreement, versions: Iterable[AgreementVersion]) -> int:
    return max([agreement.edition, *(each.edition for each in versions)])


def settle(
    version: AgreementVersion, agreement: Agreement, decisions: Sequence[Decision], today: date
) -> AgreementVersion:
    """The version after a decision: approved once the body of everyone who signs has approved it."""
    if version.stage not in {VersionStage.DRAFT, VersionStage.APPROVED}:
        return version
    looked_at = replace(_standing(version, agreement, decisions), version=version.version + 1)
    if is_approved(looked_at.approvals, looked_at.missing, today):
        return replace(looked_at, stage=VersionStage.APPROVED)
    return replace(looked_at, stage=VersionStage.DRAFT, signatories=())


def sign(version: AgreementVersion, signature: Signatory, today: date) -> AgreementVersion:
    """One party signs the version for itself; executed once everyone has, those who leave by it too."""
    require_complete(version.type, version.terms)
    if version.stage is VersionStage.DRAFT:
        raise NOT_APPROVED(awaiting=awaited(version.approvals), approved_from=version.approved_from)
    _require_stage(version, VersionStage.APPROVED)
    signed = with_signature(version.signatories, version.signer_ids, signature, version.approved_from, today)
    changed = replace(version, signatories=signed, version=version.version + 1)
    if len(signed) < len(version.signer_ids):
        return changed
    return replace(changed, stage=VersionStage.EXECUTED, signed_on=max(each.signed_on for each in signed))


def take_over(
    version: AgreementVersion, present: AgreementVersion, agreement: Agreement, said: Commencing, today: date
) -> tuple[AgreementVersion, AgreementVersion, Agreement]:
    """The version, the one that held so far, and the agreement, after a party said from when the version holds.

    It takes over where the approved text names that day, or once every party has said the same. The old text
    held until the day before and stays readable; when the agreement first commenced does not change.
    """
    _require_stage(version, VersionStage.EXECUTED)
    if agreement.state is not State.IN_FORCE:
        raise NOT_IN_FORCE(state=agreement.state)
    if said.organisation_id not in version.signer_ids:
        raise NOT_A_PARTY(organisation_id=str(said.organisation_id))
    if agreement.holds_from is not None and said.commenced_on <= agreement.holds_from:
        raise TAKES_OVER_TOO_EARLY("/commenced_on", holds_from=agreement.holds_from)
    heard = agreed_day(version.commencing, version.terms, said, today)
    changed = replace(version, commencing=heard, version=version.version + 1)
    if not is_settled(heard, version.terms, version.signer_ids):
        return changed, present, agreement
    day = said.commenced_on
    old = replace(
        present,
        stage=VersionStage.SUPERSEDED,
        held_until=day - timedelta(days=1),
        version=present.version + 1,
    )
    new = replace(changed, stage=VersionStage.IN_FORCE, holds_from=day)
    return new, old, _under(new, agreement)


def withdraw(version: AgreementVersion, by: UUID) -> AgreementVersion:
    """Taken back by the party that proposed it, before it is signed by all."""
    if version.stage not in {VersionStage.DRAFT, VersionStage.APPROVED}:
        raise NO_SUCH_VERSION_MOVE(stage=version.stage)
    if by != version.owner_organisation_id:
        raise ANOTHER_S_VERSION()
    return replace(version, stage=VersionStage.WITHDRAWN, version=version.version + 1)


def joining(agreement: Agreement, version: AgreementVersion | None) -> Agreement:
    """The agreement with who would join by this version; with none, nobody would."""
    candidates = () if version is None else version.signer_ids
    new = tuple(each for each in candidates if each not in party_ids(agreement.terms))
    return replace(agreement, candidates=new, version=agreement.version + 1)


def _under(version: AgreementVersion, agreement: Agreement) -> Agreement:
    return replace(
        agreement,
        terms=version.terms,
        edition=version.edition,
        approvals=version.approvals,
        approved_from=version.approved_from,
        signed_on=version.signed_on,
        signatories=version.signatories,
        commencing=version.commencing,
        holds_from=version.holds_from,
        missing=version.missing,
        candidates=(),
        version=agreement.version + 1,
    )


def _standing(
    version: AgreementVersion, agreement: Agreement, decisions: Sequence[Decision]
) -> AgreementVersion:
    """Approval is needed on both sides: by the bodies of the new text's parties and of the present text's."""
    wanted = {
        (each.organisation_id, fold_key(each.body)): each
        for each in (*needed(version.terms), *_leaving(version, agreement))
    }
    standing = approvals(tuple(wanted.values()), decisions, version.edition)
    return replace(
        version,
        approvals=standing,
        approved_from=approved_from(standing),
        missing=tuple(fault.code for fault in lacking(version.type, version.terms)),
    )


def _leaving(version: AgreementVersion, agreement: Agreement) -> list[Needed]:
    staying = party_ids(version.terms)
    return [each for each in needed(agreement.terms) if each.organisation_id not in staying]


def _require_stage(version: AgreementVersion, wanted: VersionStage) -> None:
    if version.stage is not wanted:
        raise NO_SUCH_VERSION_MOVE(stage=version.stage)
