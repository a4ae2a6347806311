"""Southampton 2013 as its Cabinet report of 15 October prints it: two partners, an aligned unit, no pool.

Printed: the figures named so below, the dates of consultation and of Cabinet, the officer and whom to consult. All that
is marked invented is in no paper: the report prints no split of the unit's budget, no post's cost, no balance.
"""

from dataclasses import dataclass
from typing import Any

from tests.journey.partnership import Partnership
from tests.journey.party import new_id

MEMBERS = {
    "council": ("Southampton City Council", "local_authority", "commissioner"),
    "ccg": ("NHS Southampton City CCG", "nhs_commissioner", "commissioner"),
}
FROM = "2013-07-26"  # the launch of the consultation
CABINET_DAY = "2013-10-15"
CONSULTATION = {"opens_on": "2013-07-26", "closes_on": "2013-08-30"}
OFFICER, CONSULTED = "Head of Legal, HR and Democratic Services", "Director of People"
GOVERNING_BODY_DAY, OFFICER_DAY, SIGNED, COMMENCED = (  # invented
    "2013-10-16",
    "2013-10-24",
    "2013-10-25",
    "2013-11-01",
)

UNIT_PENCE = 3_600_000_00  # «The total budget required ... will be £3.6M»
EACH_PENCE = 90_800_00  # «£90,800 from SCC and £90,800 from the CCG from 2014/15»
PART_YEAR_PENCE = 37_833_33  # five twelfths of it, from 1 November, which is assumed
STAFFING = {"council": 2_018_400_00, "ccg": 1_400_000_00}  # invented; with the investment the unit's £3.6m
SPENT_PENCE = 150_000_00  # invented
NEW_POSTS = (70_000_00, 60_000_00, 51_600_00)  # three are printed; that they cost the £181,600 is invented
MISSING_MATTERS = ["financial", "personnel", "accountability", "disagreements", "evaluation"]

BODIES = {"council": ("Cabinet", "cabinet"), "ccg": ("Governing Body", "governing_body")}
KINDS = {"council": "local_authority", "ccg": "nhs_body"}
TAG = "commissioning_unit"


@dataclass(frozen=True, slots=True)
class Southampton:
    """What its partners send."""

    of: Partnership

    def terms(self, title: str, *matters: str, **changes: Any) -> dict[str, Any]:
        return {
            "title": title,
            "parties": [
                {
                    "organisation_id": self.of.organisation[key],
                    "kind": kind,
                    "approving_body": BODIES[key][0],
                }
                for key, kind in KINDS.items()
            ],
            "matters": [{"code": code, "text": f"What the partners say on {code}."} for code in matters],
            **changes,
        }

    def draft(self, reference: str, type_: str, terms: dict[str, Any]) -> dict[str, Any]:
        body = {"partnership_id": self.of.id, "reference": reference, "type": type_, "terms": terms}
        return self.of["council"].put_new(f"/v1/agreements/{new_id()}", body)

    def decision(self, key: str, subject: str, subject_id: str, **changes: Any) -> dict[str, Any]:
        """What the Cabinet, or the Governing Body, decided."""
        body, body_type = BODIES[key]
        return {
            "id": new_id(),
            "partnership_id": self.of.id,
            "subject": subject,
            "subject_id": subject_id,
            "subject_title": "Integrated Commissioning Unit",
            "body": body,
            "body_type": body_type,
            "decided_on": CABINET_DAY if key == "council" else GOVERNING_BODY_DAY,
            "outcome": "approved",
            **changes,
        }

    def line(self, name: str, year: str, pence: int, **changes: Any) -> dict[str, Any]:
        """An aligned line of the unit's staffing. That it is aligned is the partners' choice, not the law's."""
        return {
            "partnership_id": self.of.id,
            "name": name,
            "category": "community_intervention",
            "arrangement": "aligned",
            "financial_year": year,
            "budget": {"amount_pence": pence, "status": "estimate"},
            "legality": {
                "basis": "partners_choice",
                "assessed_on": CABINET_DAY,
                "note": "Section 75 with a pooled budget was considered and rejected (para 4).",
            },
            "tags": [TAG],
            **changes,
        }

    def post(self, name: str, pence: int, **changes: Any) -> dict[str, Any]:
        """A post of the unit. Posts made since Cabinet decided are paid for equally."""
        return {
            "partnership_id": self.of.id,
            "name": name,
            "created_on": COMMENCED,
            "shared_from": CABINET_DAY,
            "starts_on": COMMENCED,
            "start_assumed": True,
            "convention": "twelfths",
            "cost_pence": pence,
            "partners": [self.of.organisation["council"], self.of.organisation["ccg"]],
            **changes,
        }

    def waterfall(self, existing: int | None, savings: int) -> dict[str, Any]:
        """Para 28: existing resources, else savings of the year, else, as a last resort, the contingency."""
        status = "tbc" if existing is None else "estimate"
        return {
            "partnership_id": self.of.id,
            "title": "Part-year cost of the unit",
            "financial_year": "2013/14",
            "need": {
                "annual_pence": 2 * EACH_PENCE,
                "begins_on": COMMENCED,
                "convention": "twelfths",
                "share_percent": 50,
            },
            "sources": [
                {
                    "name": "Existing resources within the People Directorate",
                    "available": {"amount_pence": existing, "status": status},
                },
                {
                    "name": "In year savings delivered",
                    "available": {"amount_pence": savings, "status": "estimate"},
                },
                {
                    "name": CONTINGENCY,
                    "available": {"amount_pence": 500_000_00, "status": "estimate"},
                    "needs_approval": True,
                },
            ],
        }

    def spend(self, key: str, line: dict[str, Any], pence: int, day: str) -> dict[str, Any]:
        """The partner posts spending on its own line in its own books, out of a reserve."""
        common = {"partnership_id": self.of.id, "arrangement": "aligned"}
        partner = self.of[key]
        cost, paid = (
            partner.put_new(f"/v1/accounts/{new_id()}", {**common, "name": name, "kind": kind, **of})["id"]
            for name, kind, of in (
                (f"{line['name']}: spend", "expenditure", {"line_id": line["id"]}),
                (f"{line['name']}: paid from", "reserve", {}),
            )
        )
        body = {
            "kind": "expenditure",
            "effective_date": day,
            "narrative": "Pay of the unit's staff (invented)",
            "entries": [
                {"account_id": cost, "amount_pence": pence},
                {"account_id": paid, "amount_pence": -pence},
            ],
        }
        return partner.put_new(f"/v1/journals/{new_id()}", body)


CONTINGENCY = "General Fund Revenue Budget contingency"
