"""A place that is governed in tests: two partners, who looks on, and the boards of the business case of 2014."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.gateway.people import Client, Operator

BOARDS = {
    "hwb": ("Health and Wellbeing Board", "HWB", "health_and_wellbeing_board", "pcc"),
    "integration": ("HWB Integration Programme Board", "Integration", "programme_board", None),
    "leadership": ("Shadow Leadership Board", None, "leadership_board", None),
    "cabinet": ("Cabinet", "PCC transformation", "cabinet", "pcc"),
    "governing": ("NEW Devon CCG Governing Body", "CCG Board", "governing_body", "ccg"),
    "cmt": ("Corporate Management Team", "CMT", "management_team", "pcc"),
    "smt": ("Senior Management Team", "SMT", "management_team", "ccg"),
    "pmo": ("Programme Management Office", "PMO", "project_group", None),
    "project": ("Project Group", None, "project_group", None),
    "sro": ("Senior Responsible Officers", "SRO", "office", None),
    "executives": ("Project Executives", None, "office", None),
    "monitoring": ("Monitoring Officer", None, "office", "pcc"),
    "procurement": ("Strategic Procurement", None, "office", "pcc"),
}


@dataclass
class Governed:
    """Organisations, their clients, the partnership, and boards by their key here."""

    operator: Operator
    partnership: str = ""
    organisations: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    boards: dict[str, str] = field(default_factory=dict)

    async def enter(self) -> Governed:
        roles = {"pcc": "commissioner", "ccg": "host", "home": "provider", "scrutiny": "observer"}
        for name in (*roles, "stranger", "firm"):
            self.organisations[name] = await self.operator.organisation(f"{name} {uuid.uuid4().hex[:6]}")
        self.partnership = await self.operator.partnership()
        for name, role in roles.items():
            await self.operator.member(self.partnership, self.organisations[name], role)
        await self.operator.partnership(commissioner=self.organisations["stranger"])
        await self.operator.member(
            self.partnership, self.organisations["firm"], "auditor",
            audited_organisation_ids=[self.organisations["pcc"]], financial_years=["2014/15"],
        )  # fmt: skip
        for name, organisation in self.organisations.items():
            self.clients[name] = await self.operator.client(organisation)
        return self

    async def put(self, collection: str, body: dict[str, Any], by: str = "pcc") -> Any:
        path = f"/v1/{collection}/{uuid.uuid4()}"
        return await self.clients[by].visit.put(path, json={"partnership_id": self.partnership, **body})

    async def made(self, collection: str, body: dict[str, Any], by: str = "pcc") -> dict[str, Any]:
        answer = await self.put(collection, body, by)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def move(self, thing: dict[str, Any], path: str, body: dict[str, Any], by: str = "pcc") -> Any:
        return await self.clients[by].visit.post(
            path, json=body, key=uuid.uuid4().hex, version=thing["version"]
        )

    async def board(self, key: str, **changes: Any) -> str:
        name, short, kind, of = BOARDS[key]
        body = {"name": name, "short_name": short, "kind": kind, "from_date": "2014-06-18", **changes}
        if of is not None:
            body |= {"organisation_id": self.organisations[of]}
        self.boards[key] = (await self.made("boards", body))["id"]
        return self.boards[key]

    async def everybody_else_finds_nothing(self, collection: str, record: str) -> None:
        """Another place's partner and those who hold no fitting role: like an absent record, and no item of a list."""
        absent = f"/v1/{collection}/{uuid.uuid4()}"
        stranger = self.clients["stranger"].visit
        found, missing = (await stranger.get(f"/v1/{collection}/{record}"), await stranger.get(absent))
        assert (
            (found.status_code, found.json()["code"])
            == (404, "not_found")
            == (
                missing.status_code,
                missing.json()["code"],
            )
        )
        listed = await stranger.get(f"/v1/{collection}", params={"partnership_id": self.partnership})
        assert (listed.status_code, listed.json()["items"]) == (200, [])
        for role in ("home", "scrutiny"):
            refused = await self.clients[role].visit.get(f"/v1/{collection}/{record}")
            assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
        for reader in ("pcc", "ccg", "firm"):
            read = await self.clients[reader].visit.get(f"/v1/{collection}/{record}")
            assert read.status_code == 200, read.text
            listed = await self.clients[reader].visit.get(
                f"/v1/{collection}", params={"partnership_id": self.partnership, "limit": 200}
            )
            assert read.json() in listed.json()["items"]


def seat(
    organisation: str, post: str, sits_as: str = "member", voice: str = "officer", **more: Any
) -> dict[str, Any]:
    base = {"post": post, "organisation_id": organisation, "sits_as": sits_as, "voice": voice}
    return {**base, "from_date": "2019-04-01", **more}


def code(answer: Any) -> tuple[int, str, str | None]:
    """Status, code and first pointer of a refusal."""
    body = answer.json()
    pointer = body["errors"][0]["pointer"] if body.get("errors") else None
    return answer.status_code, body["code"], pointer
