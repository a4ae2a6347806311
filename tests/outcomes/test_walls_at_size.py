"""Walls that hold at any size: they can be looked up in indexes, and no function is asked of other bodies' rows."""

import pytest

from tests.outcomes.raw import acting

ROLES = ("community", "kernow", "council", "board", "auditor")


@pytest.mark.parametrize(
    "table", ["obligation_indicators", "obligations", "due_returns", "returns", "observations"]
)
@pytest.mark.parametrize("name", ROLES)
async def test_a_caller_finds_its_rows_by_an_index(plymouth, stack, table, name):
    async with acting(stack, plymouth.callers[name]) as connection:
        await connection.execute("set local enable_seqscan = off; set local enable_indexscan = off")
        plan = "\n".join(
            row[0] for row in await connection.fetch(f"explain select partnership_id from outcomes.{table}")
        )
    assert f"Seq Scan on {table}" not in plan, plan
    assert "Bitmap Index Scan" in plan, plan


async def test_audits_are_asked_for_in_the_partnerships_that_a_caller_audits_and_in_no_other(stack):
    connection = await stack.superuser()
    walls = await connection.fetch(
        "select tablename, qual from pg_policies where schemaname = 'outcomes' and qual like '%bodies_audited(%'"
    )
    await connection.close()
    assert len(walls) >= 16
    for wall in walls:
        assert wall["qual"].count("ctx_audited_in()") == wall["qual"].count("bodies_audited("), wall[
            "tablename"
        ]
