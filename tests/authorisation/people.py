"""Two partnerships that share nothing, and the principals of the matrix in them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import joserfc.jwt
import jwt

from tests.gateway.people import Operator, Visit, everything, make_operator
from tests.stack import Stack

YEARS = ["2014/15", "2015/16"]
# name: (place, role, kind). The places are `a` and `b`.
BODIES = {
    "council_a": ("a", "host", "local_authority"),
    "nhs_a": ("a", "commissioner", "nhs_commissioner"),
    "provider_a": ("a", "provider", "nhs_provider"),
    "associate": ("a", "associate", "nhs_commissioner"),
    "observer": ("a", "observer", "other_public_body"),
    "auditor": ("a", "auditor", "audit_firm"),
    "council_b": ("b", "host", "local_authority"),
    "nhs_b": ("b", "commissioner", "nhs_commissioner"),
    "provider_b": ("b", "provider", "independent_provider"),
}
NOBODIES = ("none", "malformed", "expired", "wrong_audience")
PRINCIPALS = (*NOBODIES, *BODIES)


@dataclass
class People:
    """Organisations, partnerships and tokens by name. The auditor is named for council_a."""

    gateway: Any
    operator: Operator
    organisations: dict[str, str] = field(default_factory=dict)
    partnerships: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)

    def roles(self, name: str) -> dict[str, set[str]]:
        """The partnerships of a body by role; a host is a commissioner as well."""
        place, role, _ = BODIES[name]
        held = {role, "commissioner"} if role == "host" else {role}
        return {each: {self.partnerships[place]} for each in held}


async def gather(gateway: Any, stack: Stack) -> People:
    """Enter everybody in the directory and sign them in, each with every scope, so that roles alone decide."""
    people = People(gateway, await make_operator(gateway, stack))
    for place in ("a", "b"):
        people.partnerships[place] = await people.operator.partnership()
    for name, (place, role, kind) in BODIES.items():
        people.organisations[name] = await people.operator.organisation(name, kind)
        named = {
            "audited_organisation_ids": [people.organisations["council_a"]],
            "financial_years": YEARS,
        }
        member = await people.operator.member(
            people.partnerships[place],
            people.organisations[name],
            role,
            **(named if role == "auditor" else {}),
        )
        people.members[name] = member["id"]
    for name, organisation in people.organisations.items():
        client = await people.operator.client(organisation, everything())
        people.clients[name], people.visits[name] = client.id, client.visit
        people.tokens[name] = client.visit.token
    good = people.tokens["council_a"] or ""
    people.tokens |= {"none": None, "malformed": good[:-8] + "AAAAAAAA"}
    people.tokens |= {
        "expired": _misused(gateway, good, iat=int(time.time()) - 400, exp=int(time.time()) - 100),
        "wrong_audience": _misused(gateway, good, aud="https://elsewhere.example/v1"),
    }
    return people


def _misused(gateway: Any, token: str, **changes: Any) -> str:
    """A token that is really signed with our own key and is wrong in one point alone."""
    key = gateway.state.token_keys.current().keys[0]
    claims = jwt.decode(token, options={"verify_signature": False})
    return joserfc.jwt.encode(jwt.get_unverified_header(token), {**claims, **changes}, key)
