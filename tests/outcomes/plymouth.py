"""A partnership for tests of the doors: two commissioners, an associate, two providers, an observer, an auditor."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from shared.caller import Audit
from tests.stack import Checked, a_caller

DEFINE = "outcome:read outcome:write return:read return:signoff"
LOOK = "outcome:read return:read"
REPORT = "outcome:read return:read return:submit"
EVERYTHING = "outcome:read outcome:write return:read return:submit return:signoff return:discuss"


@dataclass
class Plymouth:
    """Plymouth City Council leads; NEW Devon CCG commissions beside it; Kernow CCG joins one contract."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    ccg: uuid.UUID = field(default_factory=uuid.uuid4)
    kernow: uuid.UUID = field(default_factory=uuid.uuid4)
    community: uuid.UUID = field(default_factory=uuid.uuid4)
    hospital: uuid.UUID = field(default_factory=uuid.uuid4)
    board: uuid.UUID = field(default_factory=uuid.uuid4)
    auditor: uuid.UUID = field(default_factory=uuid.uuid4)
    community_contract: uuid.UUID = field(default_factory=uuid.uuid4)
    hospital_contract: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        p = self.partnership
        self.callers = {
            "council": a_caller(self.council, EVERYTHING, commissioner=p, host=p),
            "ccg": a_caller(self.ccg, EVERYTHING, commissioner=p),
            "kernow": a_caller(self.kernow, EVERYTHING, associate=p),
            "community": a_caller(self.community, EVERYTHING, provider=p),
            "hospital": a_caller(self.hospital, EVERYTHING, provider=p),
            "board": a_caller(self.board, EVERYTHING, observer=p),
            "auditor": self.auditing((self.council,), ("2014/15",)),
            "auditor_of_ccg": self.auditing((self.ccg,), ("2014/15",)),
            "stranger": a_caller(scopes=EVERYTHING, commissioner=uuid.uuid4(), provider=uuid.uuid4()),
        }

    def auditing(self, bodies: tuple[uuid.UUID, ...], years: tuple[str, ...]):
        return a_caller(
            self.auditor,
            EVERYTHING,
            auditor=self.partnership,
            audits=(Audit(self.partnership, bodies, years),),
        )

    async def clients(self, client_for) -> dict[str, Checked]:
        return {name: await client_for("outcomes", caller) for name, caller in self.callers.items()}

    def indicator(self, code: str, value_type: str = "days", polarity: str = "low_is_good", **more) -> dict:
        return {
            "partnership_id": str(self.partnership),
            "code": code,
            "title": f"Indicator {code}",
            "definition": "What it counts, and what not.",
            "value_type": value_type,
            "unit": {"days": "days", "percentage": "%", "count": "people", "rate": "per 100,000"}.get(
                value_type
            ),
            "polarity": polarity,
            "frequency": "quarterly",
            **more,
        }

    def obligation(self, *indicators: str, to: str = "community", **more) -> dict:
        provider, contract = (
            (self.community, self.community_contract)
            if to == "community"
            else (self.hospital, self.hospital_contract)
        )
        return {
            "partnership_id": str(self.partnership),
            "contract_id": str(contract),
            "lead_organisation_id": str(self.council),
            "provider_organisation_id": str(provider),
            "associate_organisation_ids": [str(self.kernow)] if to == "community" else [],
            "title": f"Quarterly return {uuid.uuid4().hex[:6]}",
            "frequency": "quarterly",
            "begins_on": "2014-04-01",
            "ends_on": "2015-06-30",
            "due_days": 20,
            "indicators": [{"indicator_id": each} for each in indicators],
            **more,
        }


async def put(client: Checked, path: str, body: dict, status: int = 201) -> dict[str, Any]:
    """PUT under a new id; the answer, which must have this status."""
    answer = await client.put(f"/v1/{path}/{uuid.uuid4()}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def move(
    client: Checked, found: dict, act: str, body: dict | None = None, status: int = 200
) -> dict[str, Any]:
    """POST a move of a return that was read at this version."""
    options: dict[str, Any] = {} if body is None else {"json": body}
    answer = await client.post(
        f"/v1/returns/{found['id']}/{act}", key=uuid.uuid4().hex, version=found["version"], **options
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def drafted(client: Checked, obligation: dict, period: str, values: dict[str, dict]) -> dict[str, Any]:
    body = {"obligation_id": obligation["id"], "period": period, "values": values}
    return await put(client, "returns", body)


async def accepted(
    clients: dict[str, Checked], obligation: dict, period: str, values: dict[str, dict], by="community"
):
    """A return drafted, submitted and accepted."""
    sent = await move(clients[by], await drafted(clients[by], obligation, period, values), "submission")
    return await move(clients["council"], sent, "acceptance", {"explanations_accepted": True})
