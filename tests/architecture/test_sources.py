"""Source code: one way to a transaction, no clock in a rule, reading that never writes, sentences that stand once."""

import sys

import pytest

from tests.architecture import pure, statements, transactions
from tests.architecture.sources import CODE, EVERYTHING, Source, sources, sql_files

HELD = [
    (transactions.endings, CODE),
    (transactions.beginnings, CODE),
    (transactions.session_settings, CODE),
    (transactions.clocks, ("services",)),
    (transactions.reading_doors, ("services",)),
    (pure.rules, ("services",)),
    (statements.built_sql, CODE),
    (statements.idle_exemptions, CODE),
    (statements.reasons, CODE),
    (statements.bare_refusals, CODE),
    (statements.model_imports, ("tests",)),
]


@pytest.mark.parametrize(("check", "folders"), HELD, ids=[each.__name__ for each, _ in HELD])
def test_the_repository_keeps_to(check, folders):
    assert "\n".join(check(sources(*folders))) == ""


def test_sql_files_set_nothing_for_longer_than_a_transaction():
    assert sql_files()
    assert "\n".join(transactions.session_settings(sql_files())) == ""


def test_reasons_were_found_at_all():
    assert len(list(statements._declared(sources(*CODE)))) > 60
    assert sys.modules["shared.errors"].REASONS.keys() >= {"not_found", "id_unavailable"}


def test_the_folders_of_the_whole_repository_are_read():
    assert {each.parts[0] for each in sources(*EVERYTHING)} == set(EVERYTHING)


STORE, RULE = "services/budget/store/journals.py", "services/budget/rules/journal.py"
API, ACTION = "services/budget/api/journals.py", "services/budget/actions/post_journal.py"
INSIDE = "def get(table, id_, base, column):\n    return "
GET = '@router.get("/x")\nasync def get(door):\n    '
PLANTED = [
    (transactions.endings, STORE, "await connection.commit()"),
    (transactions.endings, ACTION, "await tx.do(Prepared('rollback', (), {}))"),
    (transactions.endings, STORE, "SQL = 'insert into pools values (1); commit'"),
    (transactions.endings, STORE, "SQL = 'BEGIN ISOLATION LEVEL serializable'"),
    (transactions.endings, STORE, "SQL = 'savepoint here'"),
    (
        transactions.beginnings,
        ACTION,
        "async def a(engine):\n    async with engine.begin() as tx:\n        pass",
    ),
    (transactions.beginnings, ACTION, "async def a(db):\n    tx = await db.begin(1).__aenter__()"),
    (transactions.beginnings, STORE, "import asyncpg"),
    (transactions.beginnings, STORE, "async def a(db):\n    return await db._writing.acquire()"),
    (transactions.session_settings, STORE, "SQL = 'set role budget_owner'"),
    (transactions.session_settings, STORE, "SQL = 'set local role budget_owner'"),
    (transactions.session_settings, STORE, "SQL = \"select 1; SET app.organisation = 'x'\""),
    (transactions.session_settings, STORE, "SQL = 'set session statement_timeout = 0'"),
    (transactions.session_settings, STORE, "SQL = \"select set_config('app.organisation', $1, false)\""),
    (transactions.session_settings, STORE, "SQL = f\"select set_config('{a}', concat(1, 2), FALSE)\""),
    (transactions.session_settings, "shared/x.sql", "select 1;\nset search_path = budget;"),
    (transactions.clocks, RULE, "from datetime import date\nx = date.today()"),
    (transactions.clocks, RULE, "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (transactions.clocks, ACTION, "from time import monotonic"),
    (transactions.clocks, STORE, "import time\nx = time.time()"),
    (transactions.clocks, STORE, "SQL = 'select * from pools where until < current_date'"),
    (transactions.clocks, STORE, "x = select(pools).where(pools.c.until < func.current_date())"),
    (transactions.clocks, RULE, "import uuid\nx = uuid.uuid4()"),
    (transactions.clocks, RULE, "import random"),
    (
        transactions.reading_doors,
        API,
        GET + "async with door.db.begin(door.caller, write=True) as tx:\n        pass",
    ),
    (
        transactions.reading_doors,
        API,
        GET + "async with door.db.begin(door.caller, write=flag) as tx:\n        pass",
    ),
    (
        transactions.reading_doors,
        API,
        "from services.budget.actions.post_journal import post_journal\n" + GET + "await post_journal(door)",
    ),
    (pure.rules, RULE, "import logging"),
    (pure.rules, RULE, "from shared.db import prepare"),
    (pure.rules, RULE, "from uuid import uuid4"),
    (pure.rules, RULE, "from dataclasses import dataclass\n@dataclass\nclass Pool:\n    name: str"),
    (pure.rules, "services/outcomes/renderings/chart.py", "import os"),
    (statements.built_sql, STORE, INSIDE + "f'select * from {table}'"),
    (statements.built_sql, STORE, INSIDE + "'select id from pools where id = ' + id_"),
    (statements.built_sql, STORE, INSIDE + "'delete from %s' % table"),
    (statements.built_sql, STORE, INSIDE + "'update {} set a = 1'.format(table)"),
    (statements.built_sql, STORE, INSIDE + "base + ' order by ' + column"),
    (
        statements.built_sql,
        STORE,
        "def _sql(x):\n    return f'select {x} from pools'\nasync def get(tx, x):\n    return _sql(x)",
    ),
    (statements.reasons, RULE, "def f():\n    X = reason('a_b', Kind.INVALID, 'A sentence.')"),
    (statements.reasons, RULE, "X = reason('a_b', Kind.INVALID, f'A sentence of {x}.')"),
    (statements.reasons, RULE, "X = reason('A-b', Kind.INVALID, 'A sentence.')"),
    (statements.reasons, RULE, "X = reason('a_b', Kind.INVALID, 'no sentence')"),
    (
        statements.reasons,
        RULE,
        "X = reason('a_b', Kind.INVALID, 'A sentence.')\nY = reason('a_b', Kind.INVALID, 'Another.')",
    ),
    (
        statements.reasons,
        RULE,
        "X = reason('a_b', Kind.INVALID, 'A sentence.')\nY = reason('b_a', Kind.INVALID, 'A  sentence.')",
    ),
    (statements.reasons, RULE, "X = reason('a_b', Kind.INVALID, 'A sentence.')\nY = 'A sentence.'"),
    (statements.bare_refusals, RULE, "raise Refusal(X)"),
    (statements.bare_refusals, API, "raise HTTPException(404)"),
    (statements.model_imports, "tests/budget/model_ledger.py", "from shared.money import allocate"),
    (
        statements.model_imports,
        "tests/budget/model_ledger.py",
        "def f():\n    import services.budget.rules.journal",
    ),
    (statements.model_imports, "tests/budget/test_ledger.py", "class LedgerModel:\n    pass"),
]


@pytest.mark.parametrize(("check", "path", "text"), PLANTED)
def test_a_planted_fault_is_found(check, path, text):
    assert list(check([Source(path, text)]))


RIGHT = [
    (transactions.endings, STORE, "SQL = 'create function f() as $$\\nbegin\\n  return null;\\nend $$'"),
    (transactions.endings, STORE, '"""Nobody may rollback; commit is done by shared.db."""'),
    (
        transactions.beginnings,
        API,
        "async def a(door):\n    async with door.db.begin(door.caller) as tx:\n        pass",
    ),
    (transactions.session_settings, STORE, "SQL = 'update pools set name = $1 where id = $2'"),
    (transactions.session_settings, STORE, "SQL = \"select set_config('app.x', $1, true)\""),
    (transactions.session_settings, STORE, "SQL = 'set constraints all immediate'"),
    (transactions.clocks, API, "from datetime import date\nx = date.today()"),
    (transactions.clocks, STORE, "SQL = 'select clock_timestamp()'"),
    (transactions.reading_doors, API, GET + "async with door.db.begin(door.caller) as tx:\n        pass"),
    (statements.built_sql, STORE, "SQL = f'select {COLUMNS} from pools'"),
    (statements.built_sql, STORE, "def _sql(x):\n    return f'select {x} from pools'\nSQL = _sql('id')"),
    (transactions.beginnings, API, "async def f(outgoing):\n    await outgoing.begin(200)\n    begin(x)"),
    (statements.built_sql, RULE, "words = f'selected {count} from the list'"),
    (statements.reasons, RULE, "X = reason('a_b', Kind.INVALID, 'A sentence.')"),
    (statements.model_imports, "tests/budget/model_ledger.py", "from fractions import Fraction"),
]


@pytest.mark.parametrize(("check", "path", "text"), RIGHT)
def test_what_is_right_is_let_through(check, path, text):
    assert not list(check([Source(path, text)]))
