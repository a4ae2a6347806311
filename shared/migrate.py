"""Brings a service's schema up to date (`python -m shared.migrate budget`), or prints its SQL (`--sql`)."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

import asyncpg
import sqlalchemy
from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK_TIMEOUT = "2s"
LOCK_TRIES = 10
_ROOT = Path(__file__).resolve().parent.parent
_LOCK_NOT_AVAILABLE = "55P03"
# A trigger asks about the one row that it fires for, so one plan serves every row. Left to itself the server plans anew
# each time as soon as it thinks the plan for this very row cheaper; once a ledger had grown, that was half of the cost
# of posting a journal.
_TRIGGERS_PLAN_ONCE = """
do $$ declare each record; begin
    for each in select p.oid::regprocedure as name, p.proowner::regrole as owner from pg_proc p
                 where p.pronamespace = current_schema()::regnamespace and p.prorettype = 'trigger'::regtype
                   and not coalesce(p.proconfig, '{}') @> '{plan_cache_mode=force_generic_plan}' loop
        execute 'set local role ' || each.owner;
        execute 'alter function ' || each.name || ' set plan_cache_mode = force_generic_plan';
    end loop;
end $$
"""


class CannotMigrate(Exception):
    """The schema cannot be brought up to date, in one sentence for the person who runs the command."""


def migrate(service: str, dsn: str) -> str:
    """Run every migration that is missing, each in a transaction of its own. Returns the revision reached.

    It runs an event loop of its own: from async code, call it in a thread.
    """
    config = _config(service, dsn)
    scripts = ScriptDirectory.from_config(config)
    head = _only_head(service, scripts)
    for attempt in range(1, LOCK_TRIES + 1):
        try:
            command.upgrade(config, "head")
        except (DBAPIError, asyncpg.PostgresError) as failure:
            if _state_of(failure) != _LOCK_NOT_AVAILABLE or attempt == LOCK_TRIES:
                raise
            # A reader or a backup holds a lock. Letting go for a while keeps writers from queueing behind us.
            time.sleep(0.2 * attempt)
        else:
            break
    return head


def _state_of(failure: DBAPIError | asyncpg.PostgresError) -> str | None:
    """The five-letter SQLSTATE, whether the driver said it (`run_sql`) or SQLAlchemy did."""
    return getattr(failure.orig if isinstance(failure, DBAPIError) else failure, "sqlstate", None)


def sql(service: str) -> None:
    """Print the SQL of all migrations of a service, for reading and for linters of SQL."""
    command.upgrade(_config(service, ""), "head", sql=True)


def head_of(service: str) -> str:
    """The revision that the code expects: the one line of the file `head` beside the migrations."""
    return (_ROOT / "services" / service / "migrations" / "head").read_text(encoding="ascii").strip()


def migrations_env(service: str) -> None:
    """All that a service's `migrations/env.py` has to do, online and offline."""
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            version_table="alembic_version",
            version_table_schema=service,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            context.execute(_TRIGGERS_PLAN_ONCE)
        return
    asyncio.run(_migrate_online(service, context.config.attributes["dsn"]))


def run_sql(text: str) -> None:
    """Run a text of many statements inside the migration's transaction.

    asyncpg takes one statement where there are parameters and any number where there are none,
    so this goes past SQLAlchemy to the driver's own connection. Offline, the text is printed.
    """
    if context.is_offline_mode():
        op.get_context().impl.static_output(text.strip().removesuffix(";") + ";")
        return
    bind = op.get_bind()
    bind.exec_driver_sql("select 1")  # opens the transaction, which SQLAlchemy leaves to the first statement
    connection = bind.connection.dbapi_connection
    if connection is None:
        raise CannotMigrate("The connection to the database was lost.")
    connection.run_async(lambda driver: driver.execute(text))


async def _migrate_online(service: str, dsn: str) -> None:
    """`dsn` is of the migrate role; it becomes the owner, so that everything made belongs to the owner."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        poolclass=NullPool,
        async_creator=lambda: asyncpg.connect(dsn, server_settings={"lock_timeout": LOCK_TIMEOUT}),
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_migrations, service)
    finally:
        await engine.dispose()


def _run_migrations(connection: sqlalchemy.Connection, service: str) -> None:
    connection.exec_driver_sql(f"set role {service}_owner")
    connection.exec_driver_sql(f"set search_path = {service}")
    connection.exec_driver_sql(f"select pg_advisory_lock(hashtext('migrations of {service}'))")
    connection.commit()
    context.configure(
        connection=connection,
        version_table="alembic_version",
        version_table_schema=service,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()  # where there was nothing to migrate, what was read has opened a transaction
    with connection.begin():
        connection.exec_driver_sql(_TRIGGERS_PLAN_ONCE)


def _config(service: str, dsn: str) -> Config:
    folder = _ROOT / "services" / service / "migrations"
    if not (folder / "env.py").exists():
        raise CannotMigrate(f"There is no service {service} with migrations.")
    config = Config(attributes={"dsn": dsn})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _only_head(service: str, scripts: ScriptDirectory) -> str:
    heads = scripts.get_heads()
    if heads != [head_of(service)]:
        raise CannotMigrate(
            f"The migrations of {service} end in {', '.join(heads) or 'nothing'}, and its file `head` says "
            f"{head_of(service)}: put them in one line."
        )
    return heads[0]


def main() -> int:
    """Migrate the services named, each with its `<SERVICE>_MIGRATE_URL`."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("service", nargs="+")
    words.add_argument("--sql", action="store_true", help="print the SQL and touch no database")
    given = words.parse_args()
    try:
        for service in given.service:
            if given.sql:
                sql(service)
                continue
            dsn = os.environ.get(f"{service.upper()}_MIGRATE_URL")
            if not dsn:
                raise CannotMigrate(f"{service.upper()}_MIGRATE_URL is not set.")
            print(f"{service} is at revision {migrate(service, dsn)}")
    except CommandError as failure:
        if "Can't locate revision" in str(failure):
            print(
                "The database is ahead of this code: it was migrated by a newer version. Run that one.",
                file=sys.stderr,
            )
        else:
            print(f"The migrations do not fit together: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"The database cannot be reached: {failure.strerror or failure}.", file=sys.stderr)
        return 1
    except (CannotMigrate, DBAPIError, asyncpg.PostgresError) as failure:
        print(str(failure).partition("\n")[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
