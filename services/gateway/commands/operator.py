"""Make the operator once and print its credentials: `python -m services.gateway.commands.operator`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.gateway.actions.make_operator import make_operator
from services.gateway.store import organisations
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal

# Whoever may run this on the machine may see whether there is an operator.
_SOMEBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset(), operator=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print {client_id, client_secret} as JSON. Answers 0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway.commands.operator", description=__doc__)
    parser.add_argument(
        "--renew", action="store_true", help="a new client; the operator's other clients are disabled"
    )
    chosen = parser.parse_args(arguments)
    url = os.environ.get("GATEWAY_DATABASE_URL")
    if not url:
        print("Set GATEWAY_DATABASE_URL to the gateway's database.", file=sys.stderr)
        return 1
    try:
        print(asyncio.run(_make(url, renew=chosen.renew)))
    except (Refusal, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


async def _make(url: str, *, renew: bool) -> str:
    db = await Database.open(url, "gateway", 1)
    try:
        async with db.begin(_SOMEBODY) as tx:
            existing = await organisations.operator(tx)
        return json.dumps(asdict(await make_operator(db, existing, renew=renew)), default=str)
    finally:
        await db.close()


if __name__ == "__main__":
    sys.exit(main())
