"""A pool in force with an overspend, for tests of how it is settled: ids, accounts and the acts of both partners."""

import uuid
from dataclasses import dataclass, field

from tests.budget.place import SCOPES, Place, key, made
from tests.stack import Checked, a_caller


@dataclass
class Overspent(Place):
    """`pool` of 2015/16 has a budget of £300 and spent £400; `other` has £30 left. The council hosts both."""

    pool_of: uuid.UUID = field(init=False)
    other: uuid.UUID = field(init=False)
    accounts: dict = field(init=False)
    approver: Checked = field(init=False)

    async def prepare(self, client_for, budget=200_00, spent=400_00, promised=200_00) -> "Overspent":
        await self.enter(client_for)
        place = self.partnership
        second = a_caller(self.council, SCOPES, commissioner=place, host=place)
        self.approver = await client_for("budget", second)
        await self.bring_into_force()
        self.pool_of = await self.pool(arrangement="pooled")
        self.other = await self.pool("Other wellness", arrangement="pooled")
        year = {"financial_year": "2015/16"}
        lines = [
            await self.line(self.pcc, self.pool_of, "pooled", pence=budget, **year),
            await self.line(self.ccg, self.pool_of, "pooled", pence=100_00, **year),
            await self.line(self.pcc, self.other, "pooled", pence=50_00, **year),
        ]
        made(await self.promise(self.pcc, self.pool_of, promised, **year))
        made(await self.promise(self.ccg, self.pool_of, 100_00, **year))
        pooled = {"arrangement": "pooled", "effective_date": "2015-06-15"}
        for line, pool, pence in (
            (lines[0], self.pool_of, spent - 150_00),
            (lines[1], self.pool_of, 150_00),
            (lines[2], self.other, 20_00),
        ):
            await self.spend(self.pcc, line, pence, pool=pool, **pooled)
        self.accounts = {
            "fund_account_id": str(await self.account(self.pcc, "fund", "pooled", pool_id=self.pool_of)),
            "reserve_account_id": str(
                await self.account(self.pcc, "reserve", "pooled", pool_id=self.pool_of)
            ),
            "partners": [
                {
                    "organisation_id": str(partner),
                    "account_id": str(
                        await self.account(
                            self.pcc, "contribution", "pooled", pool_id=self.pool_of, organisation_id=partner
                        )
                    ),
                }
                for partner in (self.council, self.nhs)
            ],
            "pools": [
                {
                    "pool_id": str(self.other),
                    "account_id": str(await self.account(self.pcc, "fund", "pooled", pool_id=self.other)),
                }
            ],
        }
        # The spending was charged to the reserve; with this it holds £10 again.
        reserve, fund = self.accounts["reserve_account_id"], self.accounts["fund_account_id"]
        set_aside = {"kind": "prepayment", "effective_date": "2015-06-15"}
        await self.post(self.pcc, reserve, fund, spent + 10_00, **set_aside)
        return self

    def scheme(self, **changes) -> dict:
        return {
            "partnership_id": str(self.partnership),
            "pool_id": str(self.pool_of),
            "effective_from": "2015-04-01",
            "clause": "Schedule 3, part 2",
            "overspend": [
                {"kind": "pool_underspends", "pool_ids": [str(self.other)]},
                {"kind": "risk_reserve"},
                {
                    "kind": "contributions",
                    "caps": [{"organisation_id": str(self.nhs), "amount_pence": 15_00}],
                },
                {"kind": "to_be_agreed"},
            ],
            "underspend": [{"kind": "retained", "limit_pence": 20_00}, {"kind": "contributions"}],
            **changes,
        }

    async def record(self, client=None, **changes):
        return await (client or self.pcc).put(f"/v1/risk-shares/{uuid.uuid4()}", json=self.scheme(**changes))

    def basis(self, **changes) -> dict:
        return {
            "pool_id": str(self.pool_of),
            "financial_year": "2015/16",
            "source": "position",
            "risk_reserve": {"amount_pence": 10_00},
            **changes,
        }

    async def simulate(self, client=None, **changes):
        return await (client or self.pcc).post("/v1/settlements/simulation", json=self.basis(**changes))

    async def propose(self, client=None, **changes):
        return await (client or self.pcc).put(f"/v1/settlements/{uuid.uuid4()}", json=self.basis(**changes))

    async def act(self, client, settlement, act, body=None, version=None, headers=None):
        at = settlement["version"] if version is None else version
        options = {} if body is None else {"json": body}
        return await client.post(
            f"/v1/settlements/{settlement['id']}/{act}", key=key(), version=at, headers=headers, **options
        )

    async def approved(self) -> dict:
        proposed = made(await self.propose())
        half = made(await self.act(self.approver, proposed, "approval"))
        return made(await self.act(self.ccg, half, "approval"))

    def posting(self, **changes) -> dict:
        return {
            "journal_id": str(uuid.uuid4()),
            "effective_date": "2016-03-31",
            "narrative": "Settlement of 2015/16",
            "accounts": self.accounts,
            **changes,
        }
