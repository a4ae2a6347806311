"""A partnership with contracts, as tests of contracts need them: who calls, and what they send."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.stack import Audit, a_caller

SCOPES = "contract:read contract:write variation:answer"
DAY = {"as_at": "2014-07-15"}


@dataclass
class Place:
    """A council that hosts, an NHS commissioner, an associate from next door, two providers, those who look on."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    ccg: uuid.UUID = field(default_factory=uuid.uuid4)
    kernow: uuid.UUID = field(default_factory=uuid.uuid4)
    pch: uuid.UUID = field(default_factory=uuid.uuid4)
    phnt: uuid.UUID = field(default_factory=uuid.uuid4)
    scrutiny: uuid.UUID = field(default_factory=uuid.uuid4)
    auditor: uuid.UUID = field(default_factory=uuid.uuid4)
    stranger: uuid.UUID = field(default_factory=uuid.uuid4)
    pool: uuid.UUID = field(default_factory=uuid.uuid4)

    def caller(self, name: str):
        here = self.partnership
        if name == "auditor":
            audits = (Audit(here, (self.ccg,), ("2014/15",)),)
            return a_caller(self.auditor, SCOPES, audits=audits, auditor=here)
        standing: dict[str, Any] = {
            "council": {"commissioner": here, "host": here},
            "ccg": {"commissioner": here},
            "kernow": {"associate": here},
            "pch": {"provider": here},
            "phnt": {"provider": here},
            "scrutiny": {"observer": here},
            "stranger": {"commissioner": uuid.uuid4()},
        }[name]
        return a_caller(getattr(self, name), SCOPES, **standing)

    def contract(self, lead: str = "ccg", provider: str = "pch", **changes) -> dict:
        """A contract that could be activated: dates, pools, shares and an indicator."""
        return {
            "reference": f"C-{uuid.uuid4().hex[:8]}",
            "title": "Community health services",
            "state": "awarded",
            "partnership_id": str(self.partnership),
            "category": "community_intervention",
            "parties": [
                {"role": "lead_commissioner", "organisation_id": str(getattr(self, lead))},
                {
                    "role": "provider",
                    "organisation_id": str(getattr(self, provider)),
                    "name": provider.upper(),
                },
            ],
            "start_date": "2013-04-01",
            "end_date": "2016-03-31",
            "notice_period": {"count": 6, "unit": "months"},
            "value": {"amount_pence": 123_456_700, "status": "actual"},
            "funding": [
                {
                    "pool_id": str(self.pool),
                    "organisation_id": str(getattr(self, lead)),
                    "share_percent": "100",
                }
            ],
            "indicator_ids": [str(uuid.uuid4())],
            **changes,
        }


def a_key() -> str:
    return "key-" + uuid.uuid4().hex


async def registered(client, body: dict) -> dict:
    """Register a contract under a new id; its answer."""
    answer = await client.put(f"/v1/contracts/{uuid.uuid4()}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def summary(client, place: Place, **parameters) -> dict:
    """The summary of the place as at a day in July 2014, or as asked for."""
    answer = await client.get(
        "/v1/contract-summaries", params={"partnership_id": str(place.partnership), **DAY, **parameters}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def backing(made: dict) -> dict:
    """What the gateway says that it saw behind a contract when it brings it into force."""
    commitment = {
        "commitment_id": str(uuid.uuid4()),
        "line_id": str(uuid.uuid4()),
        "pool_id": made["funding"][0]["pool_id"] if made["funding"] else None,
        "financial_year": "2013/14",
        "amount_pence": 100,
    }
    return {"approvals": [], "commitments": [commitment], "indicator_ids": made["indicator_ids"]}
