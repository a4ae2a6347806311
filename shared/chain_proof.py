"""Proofs over the audit of a service: every change has its two rows and its link, and every link follows the one before."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from shared.caller import Caller
from shared.chain import beginning, leaf_of, next_hash, record_of
from shared.db import Database, Prepared, Transaction
from shared.errors import Refusal

FINE, BROKEN, NOT_DONE = 0, 1, 2
MOST_SHOWN = 100
_AT_ONCE = 1000
# The proof is nobody's: it is made on a role that sees every row and may change none.
NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: how many breaks it found, and the first of them in words."""

    name: str
    breaks: int
    shown: tuple[str, ...]


class CannotProve(Exception):
    """Why no proof could be made, in one sentence for the person who runs the command."""


_PAIRS = Prepared(
    """
    select coalesce(a.id, e.id)::text || ': ' || (a.id is not null)::integer || ' audit rows, '
           || (e.id is not null)::integer || ' events' as broken
      from audit_events a full join events e
        on (e.id, e.what, e.thing, e.thing_id, e.owner_organisation_id)
         = (a.id, a.what, a.thing, a.thing_id, a.owner_organisation_id)
     where a.id is null or e.id is null
    """,
    (),
    {},
)
_UNSEALED = Prepared(
    """
    select a.id::text || ': recorded at ' || a.recorded_at || ' and not sealed' as broken
      from audit_events a left join chain_links l on l.id = a.id
     where l.id is null and a.recorded_at < clock_timestamp() - interval '5 minutes'
    """,
    (),
    {},
)
_TOLD = Prepared(
    """
    select l.position || ': told to nobody, or not to its owner' as broken
      from chain_links l join events e on e.id = l.id
     where not exists (select from feed_entries f
                        where f.audience_id = e.owner_organisation_id and f.position = l.position and f.id = l.id)
    """,
    (),
    {},
)
_LINKS = Prepared(
    "select l.position, l.leaf, l.hash, a.* from chain_links l left join audit_events a on a.id = l.id"
    " where l.position > $1 order by l.position limit $2",
    ("after", "most"),
    {},
)
_END = Prepared("select position, hash from sealing", (), {})
_SEES_ALL = Prepared(
    "select rolbypassrls or rolsuper as all from pg_roles where rolname = current_user", (), {}
)


async def prove(tx: Transaction, service: str) -> list[Proof]:
    """Every proof over the audit, in the transaction's snapshot."""
    return [
        await _asked(tx, "every audit row has its event, of one id", _PAIRS),
        await _asked(tx, "no change waits longer than 5 minutes for its link", _UNSEALED),
        await _asked(tx, "every sealed change is told to its owner", _TOLD),
        proof("every link of the chain follows and holds its row", await _walk(tx, service)),
    ]


def proof(name: str, broken: Sequence[str]) -> Proof:
    return Proof(name, len(broken), tuple(broken[:MOST_SHOWN]))


async def _asked(tx: Transaction, name: str, question: Prepared) -> Proof:
    return proof(name, [row["broken"] for row in await tx.all(question)])


async def _walk(tx: Transaction, service: str) -> list[str]:
    broken, position, before = [], 0, beginning(service)
    while rows := await tx.all(_LINKS, after=position, most=_AT_ONCE):
        for row in rows:
            if row["position"] != position + 1:
                broken.append(f"{row['position']}: follows {position}")
            position = row["position"]
            if row["id"] is None or leaf_of(record_of(row)) != row["leaf"]:
                broken.append(f"{position}: its row is gone or was changed")
            if next_hash(before, position, row["leaf"]) != row["hash"]:
                broken.append(f"{position}: does not follow the link before it")
            before = row["hash"]
    end = await tx.one(_END)
    if (end["position"], end["hash"]) != (position, before):
        broken.append(f"{position}: the chain was sealed to {end['position']}")
    return broken


async def reconcile(
    service: str, address: str, more: Callable[[Transaction], Awaitable[list[Proof]]] | None = None
) -> list[Proof]:
    """Make every proof of a service in one snapshot, at the address of its backup role."""
    name = f"{service.upper()}_BACKUP_URL"
    if not address:
        raise CannotProve(f"Set {name} to the address of the role {service}_backup.")
    try:
        db = await Database.open(address, service, size=1)
    except OSError as error:
        raise CannotProve(f"The database cannot be reached: {error}.") from None
    try:
        async with db.begin(NOBODY, snapshot=True) as tx:
            if not (await tx.one(_SEES_ALL))["all"]:
                raise CannotProve(
                    f"This role does not see every row, so its proof would be worth nothing: use {service}_backup."
                )
            return [*await prove(tx, service), *(await more(tx) if more else ())]
    except Refusal as refusal:
        raise CannotProve(refusal.reason.sentence) from None
    finally:
        await db.close()


def run(service: str, more: Callable[[Transaction], Awaitable[list[Proof]]] | None = None) -> int:
    """Print the report as JSON. Answers 0, or 1 where something is broken, or 2 where nothing could be proved."""
    argparse.ArgumentParser(prog=f"python -m services.{service}.commands.reconcile").parse_args()
    try:
        made = asyncio.run(reconcile(service, os.environ.get(f"{service.upper()}_BACKUP_URL", ""), more))
    except CannotProve as error:
        print(error, file=sys.stderr)
        return NOT_DONE
    breaks = sum(each.breaks for each in made)
    print(
        json.dumps(
            {"service": service, "breaks": breaks, "checks": [asdict(each) for each in made]}, indent=2
        )
    )
    return BROKEN if breaks else FINE
