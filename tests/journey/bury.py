"""Bury 2016: one commissioning organisation from April 2017, its money pooled where the law allows and else aligned.

Printed in the programme's document of October 2016: the aim, «pooled, where legally possible and aligned where this is
not legally possible (pooling in Shadow form)», all programme budgets in scope, the dates and the two bodies. It prints
not one amount: every figure here is invented, and so are the days of decisions and signatures.
"""

from dataclasses import dataclass, field
from typing import Any

from deploy.demo.fund import MATTERS
from tests.journey.partnership import Partnership
from tests.journey.party import new_id

MEMBERS = {
    "council": ("Bury Council", "local_authority", "host"),
    "ccg": ("NHS Bury CCG", "nhs_commissioner", "commissioner"),
}
FROM = "2016-10-19"  # the joint leadership team approved the programme's document
DAY_ONE = "2017-04-01"
CRITERIA = (
    "2016-12"  # «Draft timelines and Criteria for pooling and aligning budgets», November to December 2016
)
TESTED_ON = "2016-12-14"  # invented
DECIDED = {"council": "2017-03-01", "ccg": "2017-03-08"}  # invented; the plan says January to March 2017
SIGNED = "2017-03-24"  # invented
SHADOW_YEAR, YEAR, NEXT_YEAR = "2016/17", "2017/18", "2018/19"
BODIES = {"council": ("Cabinet", "cabinet"), "ccg": ("Board", "governing_body")}
KINDS = {"council": "local_authority", "ccg": "nhs_body"}
CATEGORIES = ("wellness", "community_intervention", "complex_bed_based")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme budget: whose, how large in pounds (invented), and which of its functions the law excludes."""

    owner: str
    name: str
    category: str
    pounds: int
    functions: tuple[str, ...] = ()
    kept_as: str = "shadow"  # until day one; what may not be pooled is aligned, or goes on in shadow
    nature: dict[str, Any] = field(default_factory=dict)


REGISTERED = {"allocation_basis": "registered_population"}
PERSONAL = {**REGISTERED, "personal_budget": "integrated_personal_budget"}
PROGRAMMES = (
    Programme("council", "Public health", "wellness", 11_000_000),
    Programme("council", "Home care and reablement", "community_intervention", 9_000_000),
    Programme("council", "Residential and nursing care", "complex_bed_based", 30_000_000),
    Programme("ccg", "Community nursing", "community_intervention", 16_000_000, nature=REGISTERED),
    Programme("ccg", "Continuing health care", "complex_bed_based", 14_000_000, nature=PERSONAL),
    Programme("ccg", "Surgery", "complex_bed_based", 60_000_000, ("surgery",), "aligned", REGISTERED),
    Programme(
        "ccg",
        "Emergency ambulances",
        "complex_bed_based",
        8_000_000,
        ("emergency_ambulance",),
        nature=REGISTERED,
    ),
)
POOLED, ALIGNED, SHADOW = 80_000_000_00, 60_000_000_00, 8_000_000_00
WHOLE = POOLED + ALIGNED + SHADOW


@dataclass(frozen=True, slots=True)
class Bury:
    """What its partners send, and the agreement and pools once they are there."""

    of: Partnership
    agreement: str = field(default_factory=new_id)
    pool: dict[str, str] = field(default_factory=lambda: {each: new_id() for each in CATEGORIES})

    def draft(self) -> dict[str, Any]:
        """The agreement of the council, which hosts; nothing is missing from it."""
        council = self.of.organisation["council"]
        terms = {
            "title": "One Commissioning Organisation",
            "parties": [
                {
                    "organisation_id": self.of.organisation[key],
                    "kind": kind,
                    "approving_body": BODIES[key][0],
                }
                for key, kind in KINDS.items()
            ],
            "arrangements": ["pooled_fund"],
            "host_organisation_id": council,
            "pool_manager": "Pooled fund manager (post)",
            "matters": [{"code": code, "text": f"For Bury: {text}"} for code, text in MATTERS.items()],
            "functions": ["community_health_services", "adult_social_care_commissioning"],
            "consultation": "Staff of the CCG were consulted from November 2016 to March 2017.",
            "expected_improvement": "One pooled budget, less duplication, a whole view of each person.",
            "stages": [
                {"stage": "aligned_management", "begins_on": FROM},
                {"stage": "pooled_same_employers", "begins_on": DAY_ONE},
            ],
            "begins_on": DAY_ONE,
            "review_on": "2017-10-01",
        }
        body = {"partnership_id": self.of.id, "reference": "OCO-2017", "type": "s75", "terms": terms}
        return self.of["council"].put_new(f"/v1/agreements/{self.agreement}", body)

    def open_shadow(self) -> None:
        """Both let the other see their shadow lines while the agreement is a draft; the host opens three pools."""
        for key in BODIES:
            self.of[key].move(f"/v1/agreements/{self.agreement}/shadow-consent")
        for category, pool in self.pool.items():
            self.of["council"].put_new(
                f"/v1/pools/{pool}", self.pool_body(f"OCO {category}", category, "shadow")
            )

    def pool_body(self, name: str, category: str, arrangement: str) -> dict[str, Any]:
        return {
            "partnership_id": self.of.id,
            "agreement_id": self.agreement,
            "name": name,
            "category": category,
            "arrangement": arrangement,
        }

    def line(self, one: Programme, year: str, arrangement: str, basis: str, **changes: Any) -> dict[str, Any]:
        """The line of a programme's budget with the outcome of its legality test."""
        return {
            "partnership_id": self.of.id,
            "pool_id": None if arrangement == "aligned" else self.pool[one.category],
            "name": one.name,
            "category": one.category,
            "arrangement": arrangement,
            "financial_year": year,
            "budget": {"amount_pence": one.pounds * 100, "status": "estimate"},
            "legality": {"basis": basis, "assessed_on": TESTED_ON, "note": None},
            "criteria_version": CRITERIA,
            "functions": list(one.functions),
            "nature": one.nature,
            **changes,
        }

    def opened(self, one: Programme, year: str) -> dict[str, Any]:
        """Its line as the partners open it before day one."""
        basis = "statutory_exclusion" if one.functions else "agreement_not_in_force"
        return self.of[one.owner].put_new(f"/v1/lines/{new_id()}", self.line(one, year, one.kept_as, basis))

    def pooled(self, name: str, pounds: int, **changes: Any) -> dict[str, Any]:
        """A further line of the council's in the real pool of community services, in the year after the first."""
        one = Programme("council", name, "community_intervention", pounds)
        body = self.line(one, NEXT_YEAR, "pooled", "lawful_to_pool", **changes)
        return self.of["council"].put_new(f"/v1/lines/{new_id()}", body)

    def conversion(self, line: dict[str, Any], day: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": new_id(),
            "line_id": new_id(),
            "name": line["name"],
            "arrangement": "pooled",
            "pool_id": self.pool[line["category"]],
            "converted_on": day,
            "legality": {"basis": "lawful_to_pool", "assessed_on": TESTED_ON, "note": None},
            "criteria_version": CRITERIA,
            "reason": "The agreement is in force and the law lets this programme be pooled.",
            **changes,
        }

    def decide(self, key: str) -> dict[str, Any]:
        body, body_type = BODIES[key]
        decision = {
            "id": new_id(),
            "partnership_id": self.of.id,
            "subject": "agreement",
            "subject_id": self.agreement,
            "subject_title": "One Commissioning Organisation from April 2017",
            "edition": 1,
            "body": body,
            "body_type": body_type,
            "decided_on": DECIDED[key],
            "outcome": "approved",
        }
        return self.of[key].move("/v1/decisions", decision)

    def standing(self) -> dict[str, Any]:
        """The agreement as it stands."""
        told: dict[str, Any] = self.of["council"].read(f"/v1/agreements/{self.agreement}")
        return told

    def position(self, key: str, year: str = YEAR, **asked: Any) -> dict[str, Any]:
        query = {"partnership_id": self.of.id, "financial_year": year.replace("/", "-"), **asked}
        told: dict[str, Any] = self.of[key].read("/v1/positions", **query)
        return told

    def account(self, kind: str, **of: Any) -> str:
        """A further account of the host's in the pool of community services."""
        common = {"partnership_id": self.of.id, "arrangement": "pooled"}
        pool = self.pool["community_intervention"]
        body = {**common, "pool_id": pool, "name": f"{kind} {new_id()[:8]}", "kind": kind, **of}
        made: str = self.of["council"].put_new(f"/v1/accounts/{new_id()}", body)["id"]
        return made


def journal(kind: str, day: str, debit: str, credit: str, pence: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "effective_date": day,
        "narrative": "Invented for the journey",
        "entries": [
            {"account_id": debit, "amount_pence": pence},
            {"account_id": credit, "amount_pence": -pence},
        ],
    }


def budgets(position: dict[str, Any]) -> dict[str, int | None]:
    """The approved budget of each total, in pence."""
    return {name: each["budget_approved"]["known_pence"] for name, each in position["totals"].items()}
