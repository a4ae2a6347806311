"""A row for any table, made from its columns, so that a wall is tried where there is something behind it."""

import uuid
from dataclasses import dataclass
from typing import Any

import asyncpg

_COLUMNS = """
    select t.attname as name, format_type(t.atttypid, t.atttypmod) as type, y.typtype = 'e' as is_enum,
           y.typelem <> 0 and y.typcategory = 'A' as is_array,
           (select enumlabel from pg_enum where enumtypid = t.atttypid order by enumsortorder limit 1) as label
      from pg_attribute t join pg_type y on y.oid = t.atttypid
     where t.attrelid = $1::regclass and t.attnum > 0 and not t.attisdropped
       and t.attgenerated = '' and t.attidentity = ''
     order by t.attnum
"""
_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x' || gen_random_uuid()",
    "date": "date '2014-04-01'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
    "boolean": "true",
    "daterange": "daterange('2014-04-01', '2015-04-01')",
    "timestamp with time zone": "clock_timestamp()",
    "tstzrange": "tstzrange(clock_timestamp(), null)",
    "interval": "interval '1 day'",
}


@dataclass(frozen=True)
class AnyRow:
    """The statement that adds one row, every column filled."""

    table: str
    columns: tuple[str, ...]
    insert: str


def _value(column: Any) -> str:
    if column["is_array"]:
        return "'{}'"
    if column["is_enum"]:
        return f"'{column['label']}'"
    return _VALUES.get(column["type"], "1")


async def any_row(connection: asyncpg.Connection, table: str, **fixed: uuid.UUID | str) -> AnyRow:
    """`table` with its schema. `fixed` columns get a value of one's own, where the table has them."""
    columns: list[Any] = await connection.fetch(_COLUMNS, table)
    values = [f"'{fixed[each['name']]}'" if each["name"] in fixed else _value(each) for each in columns]
    names = tuple(str(each["name"]) for each in columns)
    listed = ", ".join(f'"{name}"' for name in names)
    return AnyRow(table, names, f"insert into {table} ({listed}) values ({', '.join(values)})")


async def let_anything_in(connection: asyncpg.Connection, table: str) -> None:
    """Drop the table's checks and leave its triggers and foreign keys out: for a transaction that is rolled back."""
    await connection.execute("set local session_replication_role = replica")
    checks: list[Any] = await connection.fetch(
        "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'", table
    )
    for each in checks:
        await connection.execute(f'alter table {table} drop constraint "{each["conname"]}"')
