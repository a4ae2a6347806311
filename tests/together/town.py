"""A town whose council and NHS commissioner pool their money, made through the gateway by its own clients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.budget.place import Place, made
from tests.gateway.people import Client, Operator

YEAR = {"financial_year": "2015/16"}


def a_key() -> str:
    return f"key-{uuid.uuid4()}"


@dataclass
class Town:
    """`pcc` and `ccg` are clients of the two commissioners, `pch` one of the provider."""

    place: Place = field(init=False)
    pcc: Client = field(init=False)
    ccg: Client = field(init=False)
    pch: Client = field(init=False)
    pool: str = ""
    second_pool: str = ""
    indicator: str = ""

    async def settle(self, operator: Operator) -> Town:
        council = await operator.organisation("Town Council")
        nhs = await operator.organisation("Town CCG", "nhs_commissioner")
        trust = await operator.organisation("Town Care", "independent_provider")
        partnership = await operator.partnership(host=council, commissioner=nhs, provider=trust)
        self.pcc, self.ccg, self.pch = [await operator.client(each) for each in (council, nhs, trust)]
        self.place = Place(uuid.UUID(partnership), uuid.UUID(council), uuid.UUID(nhs))
        self.place.pcc, self.place.ccg = self.pcc.visit, self.ccg.visit  # type: ignore[assignment]  # same calls
        await self.place.bring_into_force()
        self.pool = str(await self.place.pool(arrangement="pooled"))
        self.second_pool = str(await self.place.pool("Community", arrangement="pooled"))
        self.indicator = str(uuid.uuid4())
        body = {
            "partnership_id": partnership, "code": "A-1", "title": "Admissions", "definition": "What it counts.",
            "value_type": "days", "unit": "days", "polarity": "low_is_good", "frequency": "quarterly",
        }  # fmt: skip
        made(await self.pcc.visit.put(f"/v1/indicators/{self.indicator}", json=body))
        return self

    async def line(self, pence: int = 1_000_00, pool: str | None = None, limited: bool = True) -> str:
        """A line of a pool with a budget, which nothing may be committed past."""
        asked = {**YEAR, "pence": pence}
        line = await self.place.line(self.pcc.visit, pool or self.pool, "pooled", **asked)  # type: ignore[arg-type]
        if limited:
            limit = {
                "partnership_id": str(self.place.partnership), "line_id": str(line), "basis": "adjusted_budget",
                "reason": "Costs must not exceed estimates",
            }  # fmt: skip
            made(await self.pcc.visit.put(f"/v1/commitment-limits/{uuid.uuid4()}", json=limit))
        return str(line)

    def funding(self, *shares: tuple[str, uuid.UUID, str]) -> list[dict[str, str]]:
        return [
            {"pool_id": pool, "organisation_id": str(body), "share_percent": share}
            for pool, body, share in shares
        ]

    async def contract(self, pence: int | None = 600_00, **changes: Any) -> dict[str, Any]:
        """An awarded contract of the council's, paid from the pool alone."""
        body = {
            "reference": f"C-{uuid.uuid4().hex[:8]}",
            "title": "Reablement at home",
            "state": "awarded",
            "partnership_id": str(self.place.partnership),
            "parties": [
                {"role": "lead_commissioner", "organisation_id": str(self.place.council)},
                {"role": "provider", "organisation_id": self.pch.organisation_id, "name": "Town Care"},
            ],
            "start_date": "2015-04-01",
            "end_date": "2016-03-31",
            "value": {"amount_pence": pence, "status": "tbc" if pence is None else "actual"},
            "funding": self.funding((self.pool, self.place.council, "100")),
            "indicator_ids": [self.indicator],
            **changes,
        }
        answer = await self.pcc.visit.put(f"/v1/contracts/{uuid.uuid4()}", json=body)
        return made(answer)

    async def move(self, contract: dict[str, Any], move: str, key: str | None = None, by=None, **body: Any):
        """Ask for a move of the contract at the version at which it was read."""
        return await (by or self.pcc).visit.post(
            f"/v1/contracts/{contract['id']}/{move}",
            json=body,
            key=key or a_key(),
            version=contract["version"],
        )

    async def activate(self, contract: dict[str, Any], *parts: tuple[str, int], **how: Any):
        commitments = [{"line_id": line, "amount_pence": pence} for line, pence in parts]
        return await self.move(
            contract, "activation", active_from="2015-04-01", commitments=commitments, **how
        )

    async def read(self, contract: dict[str, Any]) -> dict[str, Any]:
        return made(await self.pcc.visit.get(f"/v1/contracts/{contract['id']}"))

    async def commitments(self, contract: dict[str, Any]) -> list[tuple[str, int, int]]:
        """What is set aside for a contract: line, reserved and left, in pence."""
        asked = {"partnership_id": str(self.place.partnership), "contract_id": contract["id"]}
        items = made(await self.pcc.visit.get("/v1/commitments", params=asked))["items"]
        return sorted(
            (
                each["line_id"],
                each["reserved_pence"],
                each["reserved_pence"] - each["drawn_pence"] - each["released_pence"],
            )
            for each in items
        )

    async def joint_changes(self, contract: dict[str, Any]) -> list[dict[str, Any]]:
        asked = {"contract_id": contract["id"]}
        items: list[dict[str, Any]] = made(await self.pcc.visit.get("/v1/joint-changes", params=asked))[
            "items"
        ]
        return items
