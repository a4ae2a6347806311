"""A partnership in which each role is held by a body of its own, and how each looks at its views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.gateway.people import Operator, Visit

EVERY_SCOPE = (
    "aggregate:read",
    "budget:read",
    "contract:read",
    "outcome:read",
    "return:read",
    "directory:read",
)
NAMES = ("council", "ccg", "kernow", "trust", "board", "auditor")
YEAR = "2014/15"


@dataclass
class Roles:
    """Host and commissioner, an associate, a provider, an observer, and an auditor of the council for one year."""

    operator: Operator
    bodies: dict[str, str]
    partnership: str
    _visits: dict[tuple[str, tuple[str, ...]], Visit] = field(default_factory=dict)

    async def visit(self, name: str, scopes: tuple[str, ...] = EVERY_SCOPE) -> Visit:
        if (name, scopes) not in self._visits:
            self._visits[name, scopes] = (await self.operator.client(self.bodies[name], list(scopes))).visit
        return self._visits[name, scopes]

    async def look(
        self, view: str, name: str = "council", *, table: bool = False, place: str | None = None, **query: Any
    ) -> httpx.Response:
        """A view of the partnership as this body has it; with `table` as CSV."""
        visit = await self.visit(name)
        headers = {"Accept": "text/csv"} if table else {}
        address = f"/v1/partnerships/{place or self.partnership}/{view}"
        return await visit.get(address, params=query, headers=headers)


async def settle(operator: Operator) -> Roles:
    bodies = {name: await operator.organisation(f"{name} of views") for name in NAMES}
    bodies["unit"] = await operator.organisation("unit of views", "sub_unit", parent_id=bodies["council"])
    bodies["stranger"] = await operator.organisation("stranger to views")
    await operator.partnership(commissioner=bodies["stranger"])
    made = await operator.partnership(
        host=bodies["council"], commissioner=bodies["ccg"], associate=bodies["kernow"],
        provider=bodies["trust"], observer=bodies["board"],
    )  # fmt: skip
    appointment = {"audited_organisation_ids": [bodies["council"]], "financial_years": [YEAR]}
    await operator.member(made, bodies["auditor"], "auditor", **appointment)
    return Roles(operator, bodies, made)


def sources(told: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {each["service"]: (each["status"], each["because"]) for each in told["sources"]}


def withheld(told: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (each["service"], each["organisation_id"], each["because"]) for each in told["withheld_contributors"]
    }
