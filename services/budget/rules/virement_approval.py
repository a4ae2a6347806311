"""Who of an organisation approves or refuses a virement: not its maker, and only who its limits name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import Decision, Subject, counts_from
from services.budget.rules.virement import Asked, Given, Verdict, Virement, VirementState
from shared.errors import Kind, reason
from shared.text import fold_key

NOT_PROPOSED = reason(
    "virement_not_proposed", Kind.CONFLICT, "This virement is no longer proposed, so it moves no further."
)
NOT_ASKED = reason(
    "virement_not_asked", Kind.CONFLICT, "No approval of your organisation is asked for on this virement."
)
DECIDED_ALREADY = reason(
    "virement_decided_already", Kind.CONFLICT, "Your organisation has decided on this virement before."
)
MAKER_APART = reason(
    "virement_maker_and_approver",
    Kind.CONFLICT,
    "Whoever proposed a virement does not approve it: use another client, for another person.",
)
WRONG_DECIDER = reason(
    "virement_wrong_decider",
    Kind.CONFLICT,
    "By your organisation's limits this is for another body or officer to decide.",
)
DECISION_NEEDED = reason(
    "virement_decision_needed",
    Kind.CONFLICT,
    "A body decides by a recorded decision of its own on this virement that counts by today. Name that decision.",
)
MAKER_WITHDRAWS = reason(
    "virement_maker_withdraws", Kind.CONFLICT, "Only the organisation that proposed a virement withdraws it."
)


@dataclass(frozen=True, slots=True)
class Maker:
    """Which client did something, and for whom it says that it did."""

    client_id: UUID
    person: str | None = None


def decide(
    virement: Virement,
    given: Given,
    maker: Maker,
    approver: Maker,
    decision: Decision | None,
    today: date,
) -> Virement:
    """The virement with one organisation's verdict. One refusal ends it; the last approval lets it be posted."""
    asked = _require_open(virement, given.organisation_id)
    if given.outcome is Verdict.APPROVED:
        _check_apart(maker, approver)
        _check_decider(virement, asked, given, decision, today)
    state = VirementState.REFUSED if given.outcome is Verdict.REFUSED else virement.state
    return replace(virement, given=(*virement.given, given), state=state, version=virement.version + 1)


def _require_open(virement: Virement, organisation_id: UUID) -> Asked:
    if virement.state is not VirementState.PROPOSED:
        raise NOT_PROPOSED(state=virement.state.value)
    for each in virement.asked:
        if each.organisation_id == organisation_id:
            if any(given.organisation_id == organisation_id for given in virement.given):
                raise DECIDED_ALREADY()
            return each
    raise NOT_ASKED()


def _check_apart(maker: Maker, approver: Maker) -> None:
    same_person = (
        maker.person is not None
        and approver.person is not None
        and fold_key(maker.person) == fold_key(approver.person)
    )
    if maker.client_id == approver.client_id or same_person:
        raise MAKER_APART()


def _check_decider(
    virement: Virement, asked: Asked, given: Given, decision: Decision | None, today: date
) -> None:
    """An officer decides under the limit of the office; a body by a decision that is on record and counts."""
    if not asked.may_decide:
        return
    named = fold_key(given.decider or "")
    able = [each for each in asked.may_decide if fold_key(each.decider) == named]
    if not able:
        may = [each.decider for each in asked.may_decide]
        raise WRONG_DECIDER("/decider", may_decide=may, counted_pence=asked.may_decide[0].counted_pence)
    if able[0].decider_type is BodyType.OFFICER:
        return
    counts = None if decision is None else counts_from(decision)
    if (
        decision is None
        or decision.owner_organisation_id != given.organisation_id
        or (decision.subject, decision.subject_id) != (Subject.VIREMENT, virement.id)
        or fold_key(decision.body) != named
        or counts is None
        or counts > today
    ):
        raise DECISION_NEEDED("/decision_id", body=able[0].decider, counts_from=counts)


def fully_approved(virement: Virement) -> bool:
    approved = {each.organisation_id for each in virement.given if each.outcome is Verdict.APPROVED}
    return approved == {each.organisation_id for each in virement.asked}


def withdraw(virement: Virement, organisation_id: UUID) -> Virement:
    if virement.owner_organisation_id != organisation_id:
        raise MAKER_WITHDRAWS()
    if virement.state is not VirementState.PROPOSED:
        raise NOT_PROPOSED(state=virement.state.value)
    return replace(virement, state=VirementState.WITHDRAWN, version=virement.version + 1)
