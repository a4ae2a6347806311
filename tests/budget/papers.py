"""Plymouth 2014 and 2015 as the papers have it, for tests of rules: two partners, one agreement, its decisions."""

import uuid
from dataclasses import replace
from datetime import date

from services.budget.rules.agreement import Agreement, AgreementType, commence, draft, sign
from services.budget.rules.body_type import BodyType
from services.budget.rules.category import Category
from services.budget.rules.decision import Decision, Outcome, Subject
from services.budget.rules.scope_rule import ScopeRule
from services.budget.rules.section_75 import (
    POOLED_FUND_MATTERS,
    BodyKind,
    PartnershipArrangement,
    StatedMatter,
)
from services.budget.rules.signature import Commencing, Signatory
from services.budget.rules.terms import Party, Terms

PARTNERSHIP = uuid.UUID(int=0x1)
PCC = uuid.UUID(int=0xA)
CCG = uuid.UUID(int=0xB)
TODAY = date(2015, 6, 1)

ACUTE = ScopeRule("acute", Category.COMPLEX_BED_BASED, "The business case leaves acute care out of pool 3.")

TERMS = Terms(
    title="Integrated commissioning in Plymouth",
    parties=(
        Party(PCC, BodyKind.LOCAL_AUTHORITY, "Cabinet"),
        Party(CCG, BodyKind.NHS_BODY, "Governing Body"),
    ),
    arrangements=(PartnershipArrangement.POOLED_FUND,),
    host_organisation_id=PCC,
    pool_manager="Assistant Director, Integrated Commissioning",
    matters=tuple(
        StatedMatter(each.code, f"As schedule {number} says.", f"Schedule {number}")
        for number, each in enumerate(POOLED_FUND_MATTERS, 1)
    ),
    functions=("community_nursing", "residential_care"),
    consultation="Providers, staff and the public, together, in autumn 2014.",
    expected_improvement="One team and one budget for each person's care.",
    scope_rules=(ACUTE,),
)


def an_agreement(**changes) -> Agreement:
    return draft(
        replace(
            Agreement(uuid.UUID(int=0x75), PARTNERSHIP, PCC, "S75-PLYMOUTH", AgreementType.S75, TERMS),
            **changes,
        )
    )


def a_decision(organisation=PCC, body="Cabinet", decided_on=date(2015, 2, 10), **changes) -> Decision:
    return replace(
        Decision(
            id=uuid.uuid4(),
            owner_organisation_id=organisation,
            partnership_id=PARTNERSHIP,
            subject=Subject.AGREEMENT,
            subject_id=uuid.UUID(int=0x75),
            subject_title="Section 75 agreement",
            edition=1,
            body=body,
            body_type=BodyType.CABINET if organisation == PCC else BodyType.GOVERNING_BODY,
            decided_on=decided_on,
            outcome=Outcome.APPROVED,
        ),
        **changes,
    )


def both_approve() -> list[Decision]:
    return [a_decision(), a_decision(CCG, "Governing Body", date(2015, 2, 25))]


def signature(organisation=PCC, signed_on=date(2015, 3, 27)) -> Signatory:
    office = "Director for People" if organisation == PCC else "Accountable Officer"
    return Signatory(organisation, office, signed_on)


def signed_by_both(agreement: Agreement, signed_on=date(2015, 3, 27), today=TODAY) -> Agreement:
    for party in (PCC, CCG):
        agreement = sign(agreement, signature(party, signed_on), today)
    return agreement


def commenced_by_both(agreement: Agreement, commenced_on=date(2015, 4, 1), today=TODAY) -> Agreement:
    for party in (PCC, CCG):
        agreement = commence(agreement, Commencing(party, commenced_on), today)
    return agreement
