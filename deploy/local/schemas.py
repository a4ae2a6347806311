"""Tells whether the schemas are up to date without loading what migrates them: most starts have no need."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import asyncpg

from deploy.local.house import ROOT
from deploy.local.trouble import CannotStart


def behind(migrate_urls: Mapping[str, str]) -> list[str]:
    """The services whose schema is not at the revision that the code expects."""
    return asyncio.run(_behind(migrate_urls))


async def _behind(migrate_urls: Mapping[str, str]) -> list[str]:
    found = await asyncio.gather(*(_revision(service, url) for service, url in migrate_urls.items()))
    return [
        service
        for service, revision in zip(migrate_urls, found, strict=True)
        if revision != _expected(service)
    ]


async def _revision(service: str, url: str) -> str | None:
    """The revision of a schema, or None if it was never migrated."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            await connection.execute(f"set role {service}_owner")
            return await connection.fetchval(f"select version_num from {service}.alembic_version")  # type: ignore[no-any-return]  # noqa: S608 - a fixed name
        finally:
            await connection.close()
    except asyncpg.UndefinedTableError:
        return None
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        why = str(failure).partition("\n")[0] or type(failure).__name__
        raise CannotStart(
            f"The database of {service} cannot be used with {service.upper()}_MIGRATE_URL: {why}."
        ) from None


def _expected(service: str) -> str:
    head = ROOT / "services" / service / "migrations" / "head"
    return head.read_text(encoding="ascii").strip()
