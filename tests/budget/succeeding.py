"""What tests of successions need: the gateway's errand, and a look at the books before and after."""

import uuid
from dataclasses import dataclass, field, replace

import asyncpg

from shared.caller import DRIVE, Errand
from tests.budget.place import SCOPES, Place, made
from tests.stack import Checked, a_caller

EVERYTHING = f"{SCOPES} budget:close"


@dataclass
class County(Place):
    """A partnership with a second NHS body, and who will succeed it."""

    second: uuid.UUID = field(default_factory=uuid.uuid4)
    successor: uuid.UUID = field(default_factory=uuid.uuid4)
    sdt: Checked = field(init=False)
    connection: asyncpg.Connection = field(init=False)

    async def prepare(self, stack, client_for) -> "County":
        """An agreement of all three in force, with a pool that the council hosts."""
        await self.enter(client_for)
        parties = self.terms()["parties"]
        second = {"organisation_id": str(self.second), "kind": "nhs_body", "approving_body": "Board"}
        self.sdt = await self.client(self.second, commissioner=self.partnership)
        await self.draft(parties=[*parties, second])
        await self.approve()
        made(await self.decide(self.sdt, "Board", "2015-02-25", body_type="board"))
        signed = {"signed_on": "2015-03-27", "office": "Director"}
        for client in (self.pcc, self.ccg, self.sdt):
            made(await self.move("execution", signed, client=client))
        for client in (self.pcc, self.ccg, self.sdt):
            made(await self.move("commencement", {"commenced_on": "2015-04-01"}, client=client))
        self.pool_id = await self.pool(arrangement="pooled")
        self.connection = await stack.superuser()
        return self

    @property
    def rows(self) -> tuple[tuple[uuid.UUID, uuid.UUID, int], ...]:
        return (self.nhs, self.successor, 1), (self.second, self.successor, 1)


def moves(*rows):
    return [
        {"predecessor_id": str(old), "successor_id": str(new), "share": str(share)}
        for old, new, share in rows
    ]


async def drive(client_for, operation, path, rows, partnerships, operator=None):
    """A client on the gateway's errand for one operation at one address."""
    organisations = tuple(dict.fromkeys(each for old, new, _ in rows for each in (old, new)))
    caller = a_caller(
        operator or uuid.uuid4(),
        client=operator or uuid.uuid4(),
        organisations=organisations,
        commissioner=list(partnerships),
        host=list(partnerships),
    )
    errand = Errand(operation, path)
    return await client_for("budget", replace(caller, scopes=frozenset({DRIVE}), errand=errand))


async def succeed(client_for, rows, partnerships, day="2019-04-01", kind="merger", id_=None, operator=None):
    """The answer to the budget's part of a succession."""
    id_ = id_ or uuid.uuid4()
    path = f"/v1/succession-parts/{id_}"
    client = await drive(client_for, "applyBudgetSuccession", path, rows, partnerships, operator)
    return await client.put(path, json=body(rows, day, kind))


async def preview(client_for, rows, partnerships, day="2019-04-01", kind="merger"):
    path = "/v1/succession-previews"
    client = await drive(client_for, "previewBudgetSuccession", path, rows, partnerships)
    return await client.post(path, json=body(rows, day, kind))


def body(rows, day, kind):
    return {
        "effective_date": day,
        "kind": kind,
        "instrument": "NHS Act 2006 section 14G",
        "moves": moves(*rows),
    }


async def as_successor(client_for, new, olds, partnership, **more):
    """A client of who succeeded: the rows of those before it count as its own."""
    caller = a_caller(new, EVERYTHING, organisations=(new, *olds), commissioner=partnership, **more)
    return await client_for("budget", caller)
