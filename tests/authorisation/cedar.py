"""The second opinion: who may knock at which door and who may see which record, written in Cedar from the domain's table.

It was written beside the policy table and not from it. Where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cedarpy import is_authorized_batch

from services.gateway.rules.policy import Row
from tests.authorisation.people import BODIES, People
from tests.authorisation.records import RECORDS

# Doors. A principal's roles are those it holds anywhere; `host` implies `commissioner`.
DOORS = """
permit (principal, action == Action::"knock", resource) when { resource.public };

// A partner may knock at every door but those of whoever runs the system.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("commissioner") && !resource.operators };

// An associate is party to contracts: it reads and keeps them, reads outcomes, and signs off returns.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("associate")
       && (resource.service == "contracts" || resource.scope == "contract:write") };
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("associate") && resource.service == "outcomes"
       && (resource.method == "GET" || resource.scope == "return:signoff" || resource.scope == "return:discuss") };

// A provider reads its contracts and what hangs on them, and drafts, submits and discusses its returns.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("provider") && resource.service == "contracts" && resource.method == "GET" };
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("provider") && resource.service == "outcomes"
       && (resource.method == "GET" || resource.scope == "return:submit" || resource.scope == "return:discuss") };

// The other side of a contract answers to what its lead proposes.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("provider")
       && ["agreeVariation", "refuseVariation", "consentToNovation", "refuseNovation"].contains(resource.operation) };

// Either side of a contract disputes it with the other.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("provider") && resource.scope == "contract:discuss" };

// What the partners work with among themselves: services without a contract, what their register lacks.
forbid (principal, action == Action::"knock", resource)
when { !principal.roles.contains("commissioner")
       && (resource.path like "/v1/services*" || resource.path like "/v1/specifications*"
           || resource.path == "/v1/service-findings" || resource.path == "/v1/register-completeness"
           || resource.path == "/v1/psr-summaries") };
// Others' placements are seen inside a benchmark by a partner alone, and as an aggregate view by those who look on.
// An associate's views are of its contracts and a benchmark is of a whole place; a provider is never shown one.
forbid (principal, action == Action::"knock", resource)
when { resource.path like "/v1/rate-benchmarks*"
       && (principal.roles.contains("associate") || principal.roles.contains("provider")) };
// A draft is checked by whoever may submit it.
forbid (principal, action == Action::"knock", resource)
when { resource.scope == "return:submit"
       && !principal.roles.contains("commissioner") && !principal.roles.contains("provider") };

// An observer reads published contracts and accepted outcomes, and of money totals alone.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("observer") && resource.method == "GET"
       && ["contracts", "outcomes"].contains(resource.service) };
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("observer") && resource.method == "GET"
       && (resource.path == "/v1/positions" || resource.path == "/v1/reports/whole-place") };

// An auditor reads everything, writes nothing, and may try what a settlement would come to. Who decides is not for it.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("auditor") && resource.method == "GET"
       && ["budget", "contracts", "outcomes"].contains(resource.service) };
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("auditor") && resource.path == "/v1/settlements/simulation" };
forbid (principal, action == Action::"knock", resource)
when { !principal.roles.contains("commissioner") && resource.path == "/v1/delegations/deciders" };

// An auditor reads how its bodies govern what they do together.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("auditor") && resource.method == "GET" && resource.scope == "governance:read" };

// Everybody reads the directory, keeps its own clients, and sees the views of its partnerships.
permit (principal, action == Action::"knock", resource)
when { resource.service == "gateway" && !resource.operators
       && ["directory:read", "client:read", "client:write", "aggregate:read"].contains(resource.scope) };
// Everybody follows what happens to its own records: each service's feed and audit, and webhooks of its own.
permit (principal, action == Action::"knock", resource)
when { ["event:read", "audit:read", "webhook:read", "webhook:write"].contains(resource.scope)
       && resource.service != "budget" };
permit (principal, action == Action::"knock", resource)
when { resource.scope == "sharing:read" && !principal.roles.contains("observer") };
forbid (principal, action == Action::"knock", resource)
when { (principal.roles.contains("associate") || principal.roles.contains("provider"))
       && (resource.path like "/v1/scrutiny-grants*" || resource.path like "/v1/audit-samples*") };
// What scrutiny is given is for partners, scrutiny and auditors.
forbid (principal, action == Action::"knock", resource)
when { (principal.roles.contains("associate") || principal.roles.contains("provider"))
       && resource.path == "/v1/partnerships/{id}/scrutiny-pack" };
// A scrutiny body asks for records, and nobody else does; it reads what became of that.
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("observer") && resource.scope like "sharing:*"
       && (resource.method == "GET" || resource.method == "PUT") && resource.path like "/v1/scrutiny-grants*" };
permit (principal, action == Action::"knock", resource)
when { principal.roles.contains("observer") && resource.method == "GET" && resource.path like "/v1/audit-samples*" };
forbid (principal, action == Action::"knock", resource)
when { !principal.roles.contains("observer") && resource.method == "PUT" && resource.path like "/v1/scrutiny-grants*" };
permit (principal, action == Action::"knock", resource)
when { resource.scope == "sharing:write"
       && (principal.roles.contains("associate") || principal.roles.contains("provider")) };
"""

# Records, by the domain's table: rows are sights, columns are roles.
SIGHTS = """
permit (principal, action == Action::"see", resource)
when { ["partners", "working", "pooled", "contract", "passing", "defined", "whole", "owed", "limit", "duty"]
           .contains(resource.sight)
       && principal.commissions.contains(resource.partnership) };

// Pooled money and what the partners decide: the auditor's too, of the whole partnership.
permit (principal, action == Action::"see", resource)
when { ["partners", "pooled", "defined", "whole"].contains(resource.sight)
       && principal.audits.contains(resource.partnership) };
// What is one body's own, or a contract's: of the named bodies.
permit (principal, action == Action::"see", resource)
when { ["own", "books", "contract", "owed", "parties", "limit", "duty"].contains(resource.sight)
       && principal.audits.contains(resource.partnership) && principal.audited.contains(resource.owner) };

permit (principal, action == Action::"see", resource)
when { ["own", "books", "client", "parties", "contract", "owed", "care"].contains(resource.sight)
       && principal.organisation == resource.owner };
// The provider of a contract sees it, what it owes and is owed under it, whom it cares for, and what it reports by.
permit (principal, action == Action::"see", resource)
when { ["contract", "passing", "owed", "defined", "parties", "draft", "care"].contains(resource.sight)
       && principal.organisation == resource.provider };
// Observers: published fields of contracts, and definitions.
permit (principal, action == Action::"see", resource)
when { ["contract", "defined", "whole", "duty"].contains(resource.sight)
       && principal.observes.contains(resource.partnership) };
// The directory: everybody who belongs.
permit (principal, action == Action::"see", resource)
when { ["members", "directory"].contains(resource.sight) && principal.belongs.contains(resource.partnership) };
"""
SIGHT_OF = {each.key or each.collection: each.sight for each in RECORDS} | {
    "agreements": "partners",
    "organisations": "directory",
    "partnerships": "members",
    "clients": "client",
}


def may_knock(people: People, asked: Sequence[tuple[str, Row]]) -> list[bool]:
    """Whether each body may knock at each door."""
    doors = [_door(row) for row in {row.operation_id: row for _, row in asked}.values()]
    return _decided(
        DOORS,
        [*_bodies(people), *doors],
        [(name, "knock", f'Door::"{row.operation_id}"') for name, row in asked],
    )


def may_see(people: People, asked: Sequence[tuple[str, str, str]]) -> list[bool]:
    """Whether each body may see the record of this collection and owner."""
    records = {(collection, owner): _record(people, collection, owner) for _, collection, owner in asked}
    return _decided(
        SIGHTS,
        [*_bodies(people), *records.values()],
        [(name, "see", f'Record::"{collection} of {owner}"') for name, collection, owner in asked],
    )


def _decided(policies: str, entities: list[dict], asked: Iterable[tuple[str, str, str]]) -> list[bool]:
    requests = [
        {"principal": f'Body::"{name}"', "action": f'Action::"{action}"', "resource": resource, "context": {}}
        for name, action, resource in asked
    ]
    answers = is_authorized_batch(requests, policies, entities)
    assert not [error for each in answers for error in each.diagnostics.errors]
    return [each.allowed for each in answers]


def _bodies(people: People) -> list[dict]:
    found = []
    for name, (place, role, _) in BODIES.items():
        partnership = people.partnerships[place]
        roles = {role, "commissioner"} if role == "host" else {role}
        found.append(
            {
                "uid": {"type": "Body", "id": name},
                "attrs": {
                    "roles": sorted(roles),
                    "organisation": name,
                    "commissions": [partnership] if "commissioner" in roles else [],
                    "observes": [partnership] if role == "observer" else [],
                    "audits": [partnership] if role == "auditor" else [],
                    "audited": ["council_a"] if role == "auditor" else [],
                    "belongs": [partnership],
                },
                "parents": [],
            }
        )
    return found


def _door(row: Row) -> dict:
    return {
        "uid": {"type": "Door", "id": row.operation_id},
        "attrs": {
            "service": row.service,
            "method": row.method,
            "path": row.path,
            "operation": row.operation_id,
            "scope": row.scope or "",
            "public": row.scope is None,
            # The operator keeps the directory: it alone writes there.
            "operators": row.scope == "directory:write",
        },
        "parents": [],
    }


def _record(people: People, collection: str, owner: str) -> dict:
    place = BODIES[owner][0]
    return {
        "uid": {"type": "Record", "id": f"{collection} of {owner}"},
        "attrs": {
            "sight": SIGHT_OF[collection],
            "owner": owner,
            "provider": f"provider_{place}",
            "partnership": people.partnerships[place],
        },
        "parents": [],
    }
