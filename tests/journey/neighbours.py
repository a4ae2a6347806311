"""A second partnership in the same house, Norfolk, with its own council, NHS commissioner, provider and observer."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.fund import MATTERS
from tests.journey.partnership import enter_partnership
from tests.journey.party import Party, new_id

MEMBERS = {
    "council": ("Norfolk County Council", "local_authority", "host"),
    "ccg": ("NHS South Norfolk CCG", "nhs_commissioner", "commissioner"),
    "provider": ("Norfolk community provider", "independent_provider", "provider"),
    "scrutiny": ("Norfolk scrutiny committee", "local_authority", "observer"),
}
BODIES = {"council": ("Cabinet", "cabinet"), "ccg": ("Governing Body", "governing_body")}
YEAR = "2015/16"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The parties of the second partnership, each with every scope, and their organisations' ids."""

    partnership: str
    organisation: dict[str, str]
    party: dict[str, Party]

    def __getitem__(self, key: str) -> Party:
        return self.party[key]

    def terms(self, **changes: Any) -> dict[str, Any]:
        """Terms that lack nothing."""
        kinds = {"council": "local_authority", "ccg": "nhs_body"}
        return {
            "title": "Norfolk Section 75 agreement",
            "parties": [
                {"organisation_id": self.organisation[key], "kind": kind, "approving_body": BODIES[key][0]}
                for key, kind in kinds.items()
            ],
            "arrangements": ["pooled_fund"],
            "host_organisation_id": self.organisation["council"],
            "pool_manager": "Head of integrated commissioning",
            "matters": [{"code": code, "text": text} for code, text in MATTERS.items()],
            "functions": ["community_health_services", "adult_social_care_commissioning"],
            "consultation": "Partners and the public were consulted.",
            "expected_improvement": "One plan for each person.",
            "scope_rules": [
                {"tag": "acute", "category": "Complex / Bed Based Care", "reason": "Left out for now."}
            ],
            "begins_on": "2015-04-01",
            **changes,
        }

    def draft(self, **changes: Any) -> dict[str, Any]:
        """A new draft of the council's."""
        body = {"partnership_id": self.partnership, "reference": f"S75-{new_id()[:8]}", "type": "s75"}
        return self["council"].put_new(f"/v1/agreements/{new_id()}", {**body, "terms": self.terms(**changes)})

    def decide(self, key: str, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The body of that party decides on the agreement."""
        body, body_type = BODIES[key]
        decision = {
            "id": new_id(),
            "partnership_id": self.partnership,
            "subject": "agreement",
            "subject_id": agreement["id"],
            "subject_title": "Section 75 agreement",
            "edition": agreement["edition"],
            "body": body,
            "body_type": body_type,
            "decided_on": "2015-03-02",
            "outcome": "approved",
        }
        return self[key].move("/v1/decisions", {**decision, **changes})

    def signature(self) -> dict[str, Any]:
        return {"signed_on": "2015-03-20", "office": "Chief officer"}

    def sign(self, agreement: dict[str, Any]) -> dict[str, Any]:
        """Both parties sign an approved agreement, each for itself."""
        address = f"/v1/agreements/{agreement['id']}"
        for key in BODIES:
            agreement = self[key].move(f"{address}/execution", self.signature(), agreement["version"])
        return agreement

    def pool(self, agreement: dict[str, Any], category: str, arrangement: str) -> dict[str, Any]:
        body = {"partnership_id": self.partnership, "agreement_id": agreement["id"], "category": category}
        return {**body, "name": f"{category} {new_id()[:8]}", "arrangement": arrangement}

    def line(self, pool: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            "partnership_id": self.partnership,
            "pool_id": pool["id"],
            "name": f"Line {new_id()[:8]}",
            "category": pool["category"],
            "arrangement": pool["arrangement"],
            "financial_year": YEAR,
            "budget": {"amount_pence": 100_00, "status": "actual"},
            "legality": {
                "basis": "lawful_to_pool" if pool["arrangement"] == "pooled" else "agreement_not_in_force",
                "assessed_on": "2015-03-02",
            },
            **changes,
        }

    def in_force(self) -> dict[str, Any]:
        """An agreement in force from 1 April 2015."""
        agreement = self.draft()
        for key in BODIES:
            self.decide(key, agreement)
        address = f"/v1/agreements/{agreement['id']}"
        approved = self["council"].read(address)
        executed = self.sign(approved)
        commencement = {"commenced_on": "2015-04-01"}
        return self["council"].move(f"{address}/commencement", commencement, executed["version"])


def settle(url: str, document: dict[str, Any], operator: Party) -> Neighbours:
    """The operator enters the second partnership and gives each of its parties a client."""
    entered = enter_partnership(url, document, operator, "Norfolk", "2014-07-16", MEMBERS)
    return Neighbours(entered.id, entered.organisation, entered.party)
