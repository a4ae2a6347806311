"""What the database holds of a partnership: its ledger, and traces by which any change of any table is seen."""

import uuid
from typing import Any

import asyncpg

# Besides what a partnership's own tables hold: the keys are of clients, and are counted by the answers that they keep.
_TABLES = """
select table_name::text from information_schema.columns
 where table_schema = 'budget' and column_name = 'partnership_id' and table_name in (
       select table_name from information_schema.tables where table_schema = 'budget' and table_type = 'BASE TABLE')
 order by 1
"""
_ASKED: dict[str, str] = {}


async def traces(
    connection: asyncpg.Connection, partnership: uuid.UUID, clients: list[uuid.UUID]
) -> dict[str, list[int]]:
    """For each table, how many rows the partnership has in it and a digest of all of them; and the clients' keys."""
    if not _ASKED:
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        _ASKED["all"] = " union all ".join(
            f"select '{table}' as name, count(*), coalesce(sum(hashtext(t::text)), 0)::bigint as digest"
            f" from budget.{table} t where partnership_id = $1"
            for table in tables
        )
        _ASKED["all"] += (
            " union all select 'idempotency_keys', count(*), 0 from budget.idempotency_keys"
            " where owner_client_id = any ($2::uuid[])"
        )
    found = await connection.fetch(_ASKED["all"], partnership, clients)
    return {name: [count, digest] for name, count, digest in found}


async def ledger_rows(connection: asyncpg.Connection, partnership: uuid.UUID) -> dict[str, Any]:
    """Entries, balances, journals, commitments and audit rows, as plain values."""

    async def all_of(statement: str) -> list[list]:
        return [
            [str(each) if isinstance(each, uuid.UUID) else each for each in row]
            for row in await connection.fetch(statement, partnership)
        ]

    return {
        "entries": await all_of(
            "select journal_id, account_id, book::text, amount_pence, effective_date::text, posting_period,"
            " arrangement::text from budget.entries where partnership_id = $1 order by journal_id, position"
        ),
        "balances": await all_of(
            "select account_id, book::text, sum(amount_pence)::bigint from budget.balances"
            " where partnership_id = $1 group by 1, 2"
        ),
        "journals": await all_of(
            "select id, kind::text, book::text, reverses_journal_id from budget.journals where partnership_id = $1"
        ),
        "told": await all_of(
            "select thing_id, count(*) from budget.audit_events where partnership_id = $1"
            " and what = 'journal_posted' group by 1"
        ),
        "commitments": await all_of(
            "select c.id, c.line_id, c.reserved_pence, c.drawn_pence, c.released_pence, (select sum(m.amount_pence)"
            "::bigint from budget.commitment_moves m where m.commitment_id = c.id) from budget.commitments c"
            " where c.partnership_id = $1"
        ),
        "committed": await all_of(
            "select line_id, sum(amount_pence)::bigint from budget.commitment_balances"
            " where partnership_id = $1 group by 1"
        ),
    }
