"""Migrations in one line, and how far the tables that the code knows differ from those that are there."""

import ast
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import asyncpg
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects.postgresql import ENUM, dialect

from tests.architecture.sources import Source, at, imported_names

# Made by shared/schema.sql and used by shared code alone, which writes its statements as text.
SHARED_TABLES = frozenset(
    {
        "audit_events",
        "events",
        "idempotency_keys",
        "alembic_version",
        "chain_links",
        "feed_entries",
        "sealing",
    }
)
# Tables that no statement of the code names.
OF_THE_DATABASE = {
    **{
        f"gateway.{table}": "made and worked on by the queue library"
        for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics")
    },
    "contracts.rate_benchmark_members": "only the function that publishes a table reads and writes it",
    "gateway.used_assertion_ids": "only a function of the database touches it",
}
_MAY_IMPORT = {"shared.migrate", "shared.schema"}


def _constants(source: Source) -> dict[str, Any]:
    found = {}
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                found[target.id] = node.value.value
    return found


def one_line(files: Iterable[Source], heads: dict[str, str]) -> Iterator[str]:
    """Migrations whose file name, revision and place in the line differ, and `head` files that name another end.

    `heads` holds the text of each service's `head` file. The file exists so that two new migrations meet in git.
    """
    lines: dict[str, list[Source]] = {}
    for source in files:
        if source.parts[2:4] == ("migrations", "versions"):
            lines.setdefault(source.parts[1], []).append(source)
        elif source.room == "migrations" and source.stem == "__init__":
            yield at(
                source,
                1,
                "a folder of migrations has no __init__.py, or the import contracts cannot be exhaustive",
            )
    for service, line in sorted(lines.items()):
        previous = None
        for number, source in enumerate(sorted(line, key=lambda each: each.stem), 1):
            constants, expected = _constants(source), f"{number:04d}"
            if (
                not re.fullmatch(rf"{expected}_[a-z0-9_]+", source.stem)
                or constants.get("revision") != expected
            ):
                yield at(
                    source, 1, f"is number {expected} and says so neither in its name nor in its revision"
                )
            if constants.get("down_revision", "") != previous:
                yield at(source, 1, f"does not follow {previous}")
            previous = expected
        if heads.get(service) != f"{previous}\n":
            yield f"services/{service}/migrations/head:1: says {heads.get(service)!r} and the line ends with {previous}"


def leaning(files: Iterable[Source]) -> Iterator[str]:
    """Migrations that import code which changes after they have run."""
    for source in files:
        if source.room == "migrations":
            for line, module, name in imported_names(source):
                ours = module.partition(".")[0] in {"shared", "services", "deploy", "tests"}
                if ours and not {module, f"{module}.{name}"} & _MAY_IMPORT:
                    yield at(source, line, f"imports {module}, which changes after this has run")


def metadata_of(service: str) -> MetaData:
    """What the store believes about its schema, with every module of it loaded."""
    store = import_module(f"services.{service}.store")
    for module in iter_modules(store.__path__, f"{store.__name__}."):
        import_module(module.name)
    metadata: MetaData = import_module(f"services.{service}.store.tables").metadata
    return metadata


_COLUMNS = """
    select c.relname as table, t.attname as name, format_type(t.atttypid, t.atttypmod) as type, t.attnotnull as filled,
           exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and t.attnum = any (i.indkey)) as key
      from pg_attribute t join pg_class c on c.oid = t.attrelid
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and t.attnum > 0 and not t.attisdropped
"""
_LABELS = """
    select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
      from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = $1::regnamespace group by 1
"""
_LINKS = """
    select format('%s.%s -> %s.%s', k.conrelid::regclass, own.attname, k.confrelid::regclass, other.attname) as link
      from pg_constraint k cross join lateral unnest(k.conkey, k.confkey) pair (own, other)
      join pg_attribute own on own.attrelid = k.conrelid and own.attnum = pair.own
      join pg_attribute other on other.attrelid = k.confrelid and other.attnum = pair.other
     where k.contype = 'f' and k.connamespace = $1::regnamespace
"""


def _believed(table: Table) -> dict[str, tuple[str, bool, bool]]:
    made = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type its dialects
    return {
        column.name: (
            re.sub(r"^\w+\.", "", column.type.compile(made)).lower().replace("float", "double precision"),
            not column.nullable,
            column.primary_key,
        )
        for column in table.columns
    }


def _links(metadata: MetaData) -> set[str]:
    """Foreign keys column by column: the database may have them in one key together with the owner."""
    return {
        f"{table.name}.{column.name} -> {link.target_fullname.partition('.')[2]}"
        for table in metadata.tables.values()
        for column in table.columns
        for link in column.foreign_keys
    }


def _labels(metadata: MetaData) -> dict[str, list[str]]:
    types = (column.type for table in metadata.tables.values() for column in table.columns)
    return {str(each.name): list(each.enums) for each in types if isinstance(each, ENUM)}


async def drift(connection: asyncpg.Connection, schema: str, metadata: MetaData) -> list[str]:
    """Tables, columns, types, nullability, keys, links and enum labels that differ between code and database."""
    await connection.execute(f"set search_path = {schema}")
    there: dict[str, dict[str, tuple[str, bool, bool]]] = {}
    rows: list[Any] = await connection.fetch(_COLUMNS, schema)
    for row in rows:
        there.setdefault(row["table"], {})[row["name"]] = (row["type"], row["filled"], row["key"])
    believed = {table.name: _believed(table) for table in metadata.tables.values()}
    unknown = set(there) - set(believed) - SHARED_TABLES
    findings = [
        f"{name}: in the database only" for name in unknown if f"{schema}.{name}" not in OF_THE_DATABASE
    ]
    for name, columns in believed.items():
        real = there.get(name, {})
        findings += [
            f"{name}.{column}: code {columns.get(column)}, database {real.get(column)}"
            for column in set(columns) | set(real)
            if columns.get(column) != real.get(column)
        ]
    rows = await connection.fetch(_LABELS, schema)
    labels = {row["name"]: list(row["labels"]) for row in rows}
    findings += [
        f"enum {name}: code {known}, database {labels.get(name)}"
        for name, known in _labels(metadata).items()
        if labels.get(name) != known
    ]
    rows = await connection.fetch(_LINKS, schema)
    real_links = {row["link"] for row in rows}
    findings += [f"link that is not there: {each}" for each in _links(metadata) - real_links]
    return sorted(findings)
