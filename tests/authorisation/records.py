"""What the principals reach for: for each collection a record of the council, one of the NHS body, one of strangers.

A new collection needs one line in RECORDS: what it is called, and who may see such a record (a sight of
tests/authorisation/cedar.py). Its body is the example of its OpenAPI with the ids of the place put in; what the
example does not say rightly for a real place is said in `over`. Where `over` is a text `@lines`, it is the id of
that record of the same owner; `#name` is an id of the place, and `*` a new id.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.authorisation.bodies import Names, example_of, filled
from tests.authorisation.people import People

OWNERS = ("council_a", "nhs_a", "council_b")
YEAR = {"financial_year": "2015/16"}


@dataclass(frozen=True)
class Record:
    """A collection, who may see its records, what its example lacks, and whose records there are.

    `hosts` alone make some things; the NHS body's record is then made by the council too.
    """

    collection: str
    sight: str
    over: Mapping[str, Any] = field(default_factory=dict)
    hosts: bool = False
    by: str | None = None  # the body of each place that makes it, where no commissioner does: `provider`
    key: str | None = None  # another name for it, where a collection has two kinds of records


_PARTIES = [
    {"role": "lead_commissioner", "organisation_id": "#organisation_id"},
    {"role": "provider", "organisation_id": "#provider_organisation_id"},
]
_LINE = {**YEAR, "category": "wellness", "tags": [], "functions": [], "criteria_version": ...}
_POUND = {"amount_pence": 100}
_MET = {
    "outcomes_shared": True, "needs_two_or_more": True, "one_party_but_users_overlap": False,
    "outcomes_aligned_not_dependent": False, "operates_independently": False, "limited_overlap": False,
}  # fmt: skip
_SPENT = {
    "kind": "expenditure",
    "client_reference": ...,
    "entries": [
        {"account_id": "@costs", "amount_pence": 100},
        {"account_id": "@accounts", "amount_pence": -100},
    ],
}
_SAVED = [{"financial_year": "2014/15", "lower": {"amount_pence": 1}, "higher": {"amount_pence": 2}}]
_RISKS = {
    "overspend": [{"kind": "remainder", "organisation_id": "#organisation_id"}],
    "underspend": [{"kind": "retained"}],
}
_CONTRACT = {"parties": _PARTIES, "partnership_id": "#partnership_id", "award_regime": "psr"}
_RUNS = {**_CONTRACT, "state": "recorded_as_active"}
_ON = {"effective_on": "2014-10-01"}
_PASSES = {
    **_ON, "role": "commissioner", "new_contract_id": "*",
    "outgoing_organisation_id": "#organisation_id", "incoming_organisation_id": "#fellow_organisation_id",
}  # fmt: skip
_PARTS = [
    {"contract_id": "*", "reference": name, "title": name, "share_percent": share}
    for name, share in (("Nursing", "62.5"), ("Therapy", "37.5"))
]
_CHARTED = {
    "columns": [{"printed": "HWB", "board_id": "@boards"}],
    "activities": [{"name": "Sign the agreement", "marks": ["A"]}],
}
RECORDS: tuple[Record, ...] = (
    # budget
    Record("pools", "partners", {"arrangement": "pooled"}, hosts=True),
    Record("lines", "pooled", _LINE),
    Record("accounts", "pooled", {"kind": "expenditure", "line_id": "@lines"}, key="costs"),
    Record("accounts", "pooled"),
    Record("milestones", "partners"),
    Record("decisions", "partners", {"reference": "D"}),
    Record("contributions", "pooled", YEAR),
    Record("funding-requirements", "partners", YEAR),
    Record("scope-assessments", "partners", {"agreed_on": "2015-04-01", "answers": _MET}),
    Record("attributions", "partners", {"as_at": "2015-09-01"}),
    Record("posts", "partners", {"partners": ["#organisation_id"]}),
    Record("addressable-spends", "partners", {"printed_total": "2,803,219"}),
    Record("reference-figures", "partners"),
    Record("periods", "books", {"books": "aligned"}),
    Record("ledger-code-maps", "own", YEAR),
    Record("report-requirements", "partners", YEAR),
    Record("report-statements", "partners", YEAR),
    Record("risk-shares", "partners", _RISKS),
    Record(
        "appraisals", "partners", {"service": dict.fromkeys(("income", "direct_cost", "overheads"), _POUND)}
    ),
    Record("savings", "partners", {"amounts": _SAVED, "base_year": ..., "arises_in": "service"}),
    Record("saving-plans", "partners"),
    Record("waterfalls", "partners", {"need": {"annual_pence": 100, "share_percent": 50}}),
    Record("delegations", "limit"),
    Record("commitment-limits", "pooled"),
    Record("warning-thresholds", "limit", {"in_force_from": "2014-04-01"}),
    Record("forecasts", "pooled"),
    Record("action-plans", "pooled"),
    Record("journals", "pooled", _SPENT, hosts=True),
    Record("settlements", "partners", YEAR, hosts=True),
    Record("lines", "pooled", _LINE, key="spares"),
    Record("virements", "pooled", {"from_line_id": "@lines", "to_line_id": "@spares", "amount_pence": 100}),
    Record("partner-journals", "own"),
    # outcomes
    Record("frameworks", "defined"),
    Record("indicators", "defined", {"code": "outcome"}),
    Record("baselines", "defined", {"period": "2012Q2"}),
    Record("targets", "defined"),
    Record("comparators", "defined", {"values": [{"period": "2014Q2", "value": "9.7"}]}),
    Record("populations", "whole"),
    Record("area-hierarchies", "whole"),
    Record("needs", "whole", {"indicator_ids": []}),
    Record("benefits", "whole"),
    Record("evaluations", "whole", {"body_organisation_id": "#organisation_id"}),
    # contracts
    Record("contracts", "contract", {**_CONTRACT, "state": "awarded"}),
    Record("contracts", "contract", _RUNS, key="running"),
    Record("contracts", "contract", _RUNS, key="novated"),
    Record("contracts", "contract", _RUNS, key="transferred"),
    Record("contracts", "contract", _RUNS, key="joined"),
    Record("contracts", "contract", _RUNS, key="joining"),
    Record("contracts", "contract", _RUNS, key="divided"),
    Record("novations", "passing", {"contract_id": "@novated", **_PASSES}),
    Record("statutory-transfers", "passing", {"contract_id": "@transferred", **_PASSES}),
    Record(
        "consolidations",
        "passing",
        {"source_contract_ids": ["@joined", "@joining"], "contract_id": "*", **_ON},
    ),
    Record("splits", "passing", {"source_contract_id": "@divided", "parts": _PARTS, **_ON}),
    Record("services", "working"),
    Record("published-notices", "contract", {"kind": "psr_award_notice", "process": "competitive"}),
    Record("specifications", "working"),
    Record("contract-specifications", "owed", {"contract_id": "@running"}),
    Record("payments", "parties"),
    Record("management-actions", "owed", {"withheld_percent": ...}),
    Record("rates", "owed"),
    Record("placements", "care", {"contract_id": "@running", "state": "active"}),
    Record("obligations", "owed"),
    Record("kpi-duties", "duty", {"indicator_ids": ["@indicators"]}),
    Record("validation-rules", "owed", {"left": "#{outcome}", "right": "2"}),
    Record("returns", "draft", {"values": {}}, by="provider"),
    Record("spc-settings", "defined"),
    Record("commitments", "pooled", {"amount_pence": 100}),
    # gateway
    Record("webhooks", "client"),
    Record("issuers", "client", {"clients": {}}),
    Record("boards", "partners"),
    Record("boards", "partners", {"kind": "assurance_body"}, key="assurers"),
    Record("responsibility-charts", "partners", _CHARTED),
    Record("risks", "partners", {"route": ["@assurers"]}),
    Record("programme-parts", "partners"),
    Record("papers", "partners"),
    Record("timetable-entries", "partners"),
    Record("assurance-reports", "partners", {"board_id": "@assurers"}),
    Record(
        "data-sharing-agreements", "parties", {"party_ids": ["#organisation_id", "#provider_organisation_id"]}
    ),
)


# Collections without a record here, and why: of them only what is absent is reached for.
NO_RECORD = {
    "scope-imports": "made by a file, with the sight of the assessments that it makes",
    "journal-batches": "made of journals, which have the same sight",
    "ledger-imports": "made by a file, with the sight of the journals that it posts",
    "register-imports": "made by a file, and read by who sent it; see tests/contracts/test_large_registers.py",
    "placement-imports": "made by a file, and read by who sent it; see tests/contracts/test_placement_imports.py",
    "year-ends": "needs the fourteen closed periods of a year",
    "year-end-packs": "needs the fourteen closed periods of a year",
    "systems": "the partnerships of one body; see tests/gateway/test_system_roll_up.py",
    "observations": "made when a return is accepted",
    "scrutiny-grants": "an observer stands in one place alone; see tests/gateway/test_record_grants.py",
    "audit-samples": "an auditor stands in one place alone; see tests/gateway/test_record_grants.py",
    "variations": "proposed on a contract that has come into force",
    "publishers": "named after the bodies themselves, and open to everybody once something is published",
    "providers": "a body as its contracts make it; see tests/contracts/test_provider_views.py",
    "joint-changes": "made when a contract comes into force with its budget; see tests/journey",
    "triggers": "raised by a rule and never by hand",
    "successions": "recorded by the operator alone, between bodies of no partnership; see tests/together/test_successions.py",
    "placement-disposals": "made of placements whose retention is over",
    "rate-benchmarks": "needs five placements of three providers; see tests/contracts/test_rate_benchmarks.py",
    "lock-exceptions": "needs an obligation whose input has closed; see tests/outcomes/test_input_windows.py",
}


@dataclass
class World:
    """The records by collection and owner, and the ids by which bodies of a place name them."""

    people: People
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    async def make(self, record: Record) -> None:
        for owner in OWNERS:
            maker = self._maker(record, owner)
            made = await self._made(record, owner, maker)
            if made is not None:
                self.records.setdefault(record.key or record.collection, {})[owner] = made
                if record.key is not None:
                    continue
                field_name = f"{record.collection.replace('-', '_').removesuffix('s')}_id"
                self.names[owner][field_name] = made

    def _maker(self, record: Record, owner: str) -> str:
        place = "a" if owner != "council_b" else "b"
        if record.by is not None:
            return f"{record.by}_{place}"
        return f"council_{place}" if record.hosts else owner

    async def _made(self, record: Record, owner: str, maker: str) -> str | None:
        path, own = f"/v1/{record.collection}", str(uuid.uuid4())
        creates = _operation("PUT", path + "/{id}") or _operation("POST", path)
        assert creates is not None, f"{record.collection}: no operation makes one"
        method, operation_id = creates
        over = {name: self._named(value, owner) for name, value in record.over.items()}
        body = filled(example_of(operation_id), self.names[owner]) | over
        body = {name: value for name, value in body.items() if value is not ...}
        body = _unique(body, own)
        visit = self.people.visits[maker]
        if method == "PUT":
            answer = await visit.put(f"{path}/{own}", json=body)
        else:
            body = {**body, "id": own} if "id" in body else body
            answer = await visit.post(path, json=body, key=uuid.uuid4().hex)
        if answer.status_code not in (200, 201):
            self.failed[f"{record.collection} of {owner}"] = (
                f"{answer.status_code} {answer.text}\n   {json.dumps(body)[:600]}"
            )
            return None
        return str(answer.json().get("id", own))

    def _named(self, value: Any, owner: str) -> Any:
        if isinstance(value, str) and value.startswith("@"):
            return self.records[value[1:]].get(owner)
        if isinstance(value, str) and value.startswith("#") and value[1:] in self.names[owner]:
            return self.names[owner][value[1:]]
        if value == "*":
            return str(uuid.uuid4())
        if isinstance(value, list):
            return [self._named(each, owner) for each in value]
        if isinstance(value, dict):
            return {name: self._named(each, owner) for name, each in value.items()}
        return value


def _unique(body: dict[str, Any], own: str) -> dict[str, Any]:
    """Names and references are unique within their owner, so each record has its own."""
    return {
        name: f"{value} {own[:8]}" if name in {"name", "title"} and isinstance(value, str)
        else f"{value}-{own[:8]}" if name in {"reference", "benefit_id"} and isinstance(value, str)
        else value
        for name, value in body.items()
    }  # fmt: skip


def _operation(method: str, path: str) -> tuple[str, str] | None:
    from tests.authorisation.house import DOCUMENT

    found = DOCUMENT["paths"].get(path, {}).get(method.lower())
    return (method, found["operationId"]) if found else None
