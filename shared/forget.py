"""Forgets answers that were kept for a repeat long enough: `python -m shared.forget budget contracts outcomes gateway`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from datetime import timedelta
from uuid import UUID

import asyncpg

from shared.caller import Caller
from shared.db import Database, Prepared
from shared.errors import Refusal
from shared.idempotency import KEPT_DAYS

SETTING = "KEEP_ANSWERS_DAYS"
LEAST_DAYS = 30  # the database forgets nothing younger, whoever asks (shared/schema.sql)
AT_ONCE = 1000
# Answers of all clients go, and nobody reads them.
_NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())
_FORGET = Prepared("select forget_answers($1, $2) as forgotten", ("age", "most"), {})


class CannotForget(Exception):
    """Why nothing was forgotten, in one sentence for the person who runs the command."""


async def forget(service: str, url: str, days: int) -> int:
    """Forget a service's answers that are older, some at a time. Returns how many."""
    db = await Database.open(url, service, size=1)
    forgotten = 0
    try:
        while True:
            async with db.begin(_NOBODY, write=True) as tx:
                some: int = (await tx.one(_FORGET, age=timedelta(days=days), most=AT_ONCE))["forgotten"]
            forgotten += some
            if some < AT_ONCE:
                return forgotten
    finally:
        await db.close()


def kept_days(setting: str | None) -> int:
    """For how many days answers are kept; refuses fewer than the database does."""
    if setting is None:
        return KEPT_DAYS
    if not setting.isascii() or not setting.isdecimal() or not LEAST_DAYS <= int(setting) <= 36500:
        raise CannotForget(f"{SETTING} is a number of days, {LEAST_DAYS} at least.")
    return int(setting)


def main() -> int:
    """Forget in each service named, at its `<SERVICE>_DATABASE_URL`."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("service", nargs="+")
    given = words.parse_args()
    try:
        days = kept_days(os.environ.get(SETTING))
        for service in given.service:
            url = os.environ.get(f"{service.upper()}_DATABASE_URL")
            if not url:
                raise CannotForget(f"{service.upper()}_DATABASE_URL is not set.")
            forgotten = asyncio.run(forget(service, url, days))
            print(f"{service}: answers older than {days} days: {forgotten} forgotten")
    except Refusal as refusal:
        print(refusal.reason.sentence, file=sys.stderr)
        return 1
    except (CannotForget, OSError, asyncpg.PostgresError) as failure:
        print(str(failure).partition("\n")[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
