"""A partnership with its books, put into the database at once: what the measured requests read and post to."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from services.gateway.rules.policy_table import ROWS
from shared.caller import Caller
from tests.stack import Stack, a_caller

# What the measuring client may do: read everything, and post.
SCOPES = " ".join(
    sorted({"budget:post", *(row.scope for row in ROWS if row.scope and row.scope.endswith(":read"))})
)
YEARS = ("2012/13", "2013/14", "2014/15")
POOLS = 16
LINES = 2  # of each pool in each year

_AGREEMENT = """
insert into agreements (id, partnership_id, owner_organisation_id, reference, type, terms, party_ids, state, version,
    approved_from, signed_on, commenced_on)
values ($1, $2, $3, ($2::uuid)::text, 's75', '{"title": "Integrated commissioning"}', array[$3, $4]::uuid[], 'in_force', 4,
    '2012-02-01', '2012-03-01', '2012-04-01')
"""
_VERSION = """
insert into agreement_versions (agreement_id, version, partnership_id, owner_organisation_id, state, party_ids,
    shadow_consents, aligned_lines_open, recorded_at)
select id, version, partnership_id, owner_organisation_id, state, party_ids, '{}', false, '2012-04-01'
  from agreements where id = $1
"""
_POOL = """
insert into pools (id, partnership_id, owner_organisation_id, agreement_id, name, category, arrangement, recorded_at)
values ($1, $2, $3, $4, $5, (enum_range(null::category))[$6], 'pooled', '2012-04-01')
"""
_LINE = """
insert into lines (id, partnership_id, owner_organisation_id, pool_id, name, category, arrangement, financial_year,
    budget_pence, budget_status, legal_basis, legality_assessed_on, recorded_at)
select $1, partnership_id, $2, id, $3, category, arrangement, $4, 250000000, 'actual', 'lawful_to_pool',
    '2012-04-01', '2012-04-01' from pools where id = $5
"""
_ACCOUNT = """
insert into accounts (id, partnership_id, owner_organisation_id, pool_id, line_id, organisation_id, name, kind,
    arrangement, recorded_at)
select $1, partnership_id, owner_organisation_id, id, $2, $3, $4, $5, arrangement, '2012-04-01'
  from pools where id = $6
"""
_PROMISE = """
insert into contributions (id, partnership_id, owner_organisation_id, pool_id, arrangement, financial_year,
    amount_pence, amount_status, form, funding_source, recorded_at)
select gen_random_uuid(), partnership_id, $1, id, arrangement, $2, 600000000, 'actual', 'cash', 'core_budget',
    '2012-04-01' from pools where id = $3
"""


@dataclass(frozen=True)
class Pool:
    """A pooled fund: its account, the two partners' contribution accounts, and the accounts of its lines."""

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    fund: uuid.UUID = field(default_factory=uuid.uuid4)
    from_council: uuid.UUID = field(default_factory=uuid.uuid4)
    from_ccg: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Place:
    """A council that hosts and an NHS commissioner, with pooled funds, lines, accounts and promises."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    ccg: uuid.UUID = field(default_factory=uuid.uuid4)
    client: uuid.UUID = field(default_factory=uuid.uuid4)
    pools: tuple[Pool, ...] = field(default_factory=lambda: tuple(Pool() for _ in range(POOLS)))

    def another(self) -> "Place":
        """Another partnership of the same two bodies, open to the same client."""
        return Place(council=self.council, ccg=self.ccg, client=self.client)

    @property
    def caller(self) -> Caller:
        """A client of the council."""
        return a_caller(
            self.council, SCOPES, client=self.client, commissioner=self.partnership, host=self.partnership
        )

    def assertion(self, stack: Stack) -> dict[str, str]:
        """The header with which the gateway would vouch for the caller. It lasts a minute."""
        return {"X-Caller-Assertion": stack.assertion("budget", self.caller)}

    def journal(self, pool: int = 0, amount_pence: int = 1250) -> dict[str, Any]:
        """The body of a journal of two entries: the council pays into one of the funds."""
        return {
            "kind": "contribution",
            "effective_date": "2015-02-01",
            "narrative": "First quarter of the council's contribution",
            "entries": [
                {"account_id": str(self.pools[pool].fund), "amount_pence": amount_pence},
                {"account_id": str(self.pools[pool].from_council), "amount_pence": -amount_pence},
            ],
        }

    async def put(self, stack: Stack) -> "Place":
        """Insert everything but journals, with the guards of agreements off: how one comes about is not measured."""
        connection = await stack.superuser()
        try:
            await connection.execute("set search_path = budget; set session_replication_role = replica")
            agreement = uuid.uuid4()
            await connection.execute(_AGREEMENT, agreement, self.partnership, self.council, self.ccg)
            await connection.execute(_VERSION, agreement)
            for number, pool in enumerate(self.pools):
                owner = (self.partnership, self.council, agreement)
                await connection.execute(_POOL, pool.id, *owner, f"Pool {number}", number % 3 + 1)
                await self._fill(connection, pool, number)
        finally:
            await connection.close()
        return self

    async def _fill(self, connection: asyncpg.Connection, pool: Pool, number: int) -> None:
        name = f"{number}"
        await connection.execute(_ACCOUNT, pool.fund, None, None, f"Fund {name}", "fund", pool.id)
        for account, partner in ((pool.from_council, self.council), (pool.from_ccg, self.ccg)):
            words = f"From {partner} to {name}"
            await connection.execute(_ACCOUNT, account, None, partner, words, "contribution", pool.id)
            for year in YEARS:
                await connection.execute(_PROMISE, partner, year, pool.id)
        for year in YEARS:
            for each in range(LINES):
                line, words = uuid.uuid4(), f"Line {name}.{each} of {year}"
                owner = (self.council, self.ccg)[each % 2]
                await connection.execute(_LINE, line, owner, words, year, pool.id)
                await connection.execute(_ACCOUNT, uuid.uuid4(), line, None, words, "expenditure", pool.id)
