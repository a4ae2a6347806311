"""The money part of the demonstration: business case, agreement, shadow pools, approvals, and the first journals."""

from __future__ import annotations

from typing import Any

from deploy.demo.ids import id_of, key_of
from deploy.demo.partner import Partner
from deploy.demo.plymouth import (
    AGREEMENT,
    CABINET_DATE,
    COMMENCEMENT,
    GOVERNING_BODY_DATE,
    INVENTED,
    LINES,
    PARTNERSHIP,
    POOLS,
    SECTION_75_CABINET,
    SECTION_75_GOVERNING_BODY,
    SIGNED,
    YEAR,
    PrintedLine,
    organisation_id,
)

BODIES = {"pcc": ("Cabinet", "cabinet"), "ccg": ("Governing Body", "governing_body")}
BUSINESS_CASE = id_of("business case")

# The seven matters of SI 2000/617 reg 7(3), in words of our own: the papers print no agreement.
MATTERS = {
    "aims_and_outcomes": "One budget and one set of outcomes for health and wellbeing in Plymouth.",
    "contributions": "Each partner contributes its approved budget for the services in scope; changes need both bodies.",
    "functions": "The commissioning functions that both partners bring into the arrangement.",
    "persons_and_services": "People of Plymouth; wellness, community and complex services, acute care left out.",
    "staff_goods_accommodation": "Commissioning staff of both partners stay with their employers and work together.",
    "duration_and_change": "From 1 April 2015, reviewed each year, ended by twelve months' notice.",
    "management_and_monitoring": "The council hosts; the pool manager reports each quarter to both partners.",
}


def approve_business_case(partner: Partner, key: str) -> None:
    """Record the partner's decision on the business case: approved, subject to further approvals."""
    decided_on = CABINET_DATE if key == "pcc" else GOVERNING_BODY_DATE
    body, body_type = BODIES[key]
    partner.post(
        "/v1/decisions",
        key_of("business case", key),
        {
            "id": str(id_of("business case", key)),
            "partnership_id": str(PARTNERSHIP),
            "subject": "business_case",
            "subject_id": str(BUSINESS_CASE),
            "subject_title": "Integrated Commissioning business case",
            "body": body,
            "body_type": body_type,
            "decided_on": decided_on,
            "outcome": "approved_subject_to",
            "conditions": [
                {
                    "number": 1,
                    "text": "Further approvals of both bodies before the pooled budgets and strategies go ahead.",
                    "recommendations": ["III", "IV"],
                }
            ],
            "key_decision": key == "pcc",
        },
    )


def draft_agreement(pcc: Partner) -> None:
    """The Section 75 agreement as a draft, with acute care left out of the third pool."""
    terms: dict[str, Any] = {
        "title": "Plymouth Section 75 agreement",
        "parties": [
            {
                "organisation_id": organisation_id("pcc"),
                "kind": "local_authority",
                "approving_body": "Cabinet",
            },
            {
                "organisation_id": organisation_id("ccg"),
                "kind": "nhs_body",
                "approving_body": "Governing Body",
            },
        ],
        "arrangements": ["pooled_fund"],
        "host_organisation_id": organisation_id("pcc"),
        "pool_manager": "Pooled fund manager (post)",
        "matters": [{"code": code, "text": text} for code, text in MATTERS.items()],
        "functions": ["community_health_services", "adult_social_care_commissioning"],
        "consultation": "Partners, providers and the public were consulted from June 2014.",
        "expected_improvement": "Services planned and bought once, for whole lives rather than by organisation.",
        "scope_rules": [
            {
                "tag": "acute",
                "category": "Complex / Bed Based Care",
                "reason": "The business case leaves acute care out of the complex and bed based pool.",
            }
        ],
        "begins_on": COMMENCEMENT,
    }
    pcc.put(
        f"/v1/agreements/{AGREEMENT}",
        {"partnership_id": str(PARTNERSHIP), "reference": "S75-PLYMOUTH-2015", "type": "s75", "terms": terms},
    )


def consent_to_shadow(partner: Partner, key: str) -> None:
    partner.post(f"/v1/agreements/{AGREEMENT}/shadow-consent", key_of("consent", key), {})


def pool_id(category: str) -> str:
    return str(id_of("pool", category))


def open_shadow_pools(pcc: Partner) -> None:
    """The three pools of the business case, in shadow until the agreement is in force."""
    for category, name in POOLS:
        pcc.put(
            f"/v1/pools/{pool_id(category)}",
            {
                "partnership_id": str(PARTNERSHIP),
                "agreement_id": str(AGREEMENT),
                "name": name,
                "category": category,
                "arrangement": "shadow",
            },
        )


def _money(line: PrintedLine) -> dict[str, Any]:
    return {"amount_pence": None if line.pounds is None else line.pounds * 100, "status": line.status}


def enter_budgets(partner: Partner, key: str) -> None:
    """The partner's lines and contributions of 2014/15 as printed; what is unknown is entered as unknown."""
    for line in LINES:
        if line.organisation != key:
            continue
        common = {
            "partnership_id": str(PARTNERSHIP),
            "pool_id": pool_id(line.category),
            "financial_year": YEAR,
        }
        partner.put(
            f"/v1/lines/{id_of('line', key, line.category)}",
            {
                **common,
                "name": line.name,
                "category": line.category,
                "arrangement": "shadow",
                "budget": _money(line),
                "legality": {
                    "basis": "agreement_not_in_force",
                    "assessed_on": GOVERNING_BODY_DATE,
                    "note": f"Figure from {line.source}.",
                },
            },
        )
        partner.put(
            f"/v1/contributions/{id_of('contribution', key, line.category)}",
            {**common, "amount": _money(line)},
        )


def approve_agreement(partner: Partner, key: str) -> None:
    """The body's own approval of the agreement. The day is invented: the road map says November."""
    body, body_type = BODIES[key]
    partner.post(
        "/v1/decisions",
        key_of("agreement", key),
        {
            "id": str(id_of("agreement decision", key)),
            "partnership_id": str(PARTNERSHIP),
            "subject": "agreement",
            "subject_id": str(AGREEMENT),
            "subject_title": "Plymouth Section 75 agreement",
            "edition": 1,
            "body": body,
            "body_type": body_type,
            "decided_on": SECTION_75_CABINET if key == "pcc" else SECTION_75_GOVERNING_BODY,
            "outcome": "approved",
            "reference": INVENTED[:60],
        },
    )


SIGNATORIES = {"pcc": "Director for People", "ccg": "Chief Officer"}


def execute_and_commence(pcc: Partner, ccg: Partner) -> None:
    """Each party's signature (its day is invented), and commencement on 1 April 2015 as the text says."""
    agreement = pcc.get(f"/v1/agreements/{AGREEMENT}")
    for key, partner in (("pcc", pcc), ("ccg", ccg)):
        signed = {each["organisation_id"] for each in agreement["signatories"]}
        if agreement["state"] == "approved" and organisation_id(key) not in signed:
            agreement = partner.post(
                f"/v1/agreements/{AGREEMENT}/execution",
                key_of("execution", key),
                {"signed_on": SIGNED, "office": SIGNATORIES[key]},
                agreement["version"],
            )
    if agreement["state"] == "executed":
        pcc.post(
            f"/v1/agreements/{AGREEMENT}/commencement",
            key_of("commencement"),
            {"commenced_on": COMMENCEMENT},
            agreement["version"],
        )


FUND = str(id_of("account", "fund"))
FROM_PCC = str(id_of("account", "from pcc"))
FIRST_JOURNAL = str(id_of("journal", "first contribution"))
FIRST_QUARTER_PENCE = 275_292_175  # a quarter of the printed 11,011,687 pounds; the payment is invented


def open_books(pcc: Partner) -> None:
    """Two accounts of the wellness pool, a real fund since commencement, and a first payment (invented)."""
    common = {"partnership_id": str(PARTNERSHIP), "arrangement": "pooled", "pool_id": pool_id("wellness")}
    pcc.put(f"/v1/accounts/{FUND}", {**common, "name": "Wellness fund", "kind": "fund"})
    pcc.put(
        f"/v1/accounts/{FROM_PCC}",
        {
            **common,
            "name": "Contribution of Plymouth City Council",
            "kind": "contribution",
            "organisation_id": organisation_id("pcc"),
        },
    )
    pcc.put(
        f"/v1/journals/{FIRST_JOURNAL}",
        {
            "kind": "contribution",
            "effective_date": COMMENCEMENT,
            "narrative": "First quarter's contribution of the council (invented)",
            "entries": [
                {"account_id": FUND, "amount_pence": FIRST_QUARTER_PENCE},
                {"account_id": FROM_PCC, "amount_pence": -FIRST_QUARTER_PENCE},
            ],
        },
    )
