"""What the service says to the database when it posts a journal, overheard, and said again by pgbench."""

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.budget.actions.post_journal import post_journal
from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from shared.db import Database
from shared.idempotency import Sent, _lock
from tests.performance.place import Place
from tests.stack import Stack


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message to the database: its text, and the values bound to $1, $2 ..."""

    sql: str
    arguments: tuple[Any, ...]


def posting_script(stack: Stack, place: Place, pools: int) -> str:
    """A script of pgbench that posts journals of two entries, to so many funds by turns, as the service does."""
    journal_id = uuid.uuid4()
    spoken = asyncio.run(_overhear(stack, place, journal_id))
    # What differs from one transaction to the next is made by the server, within the same round trips: the id, the
    # lock of the key, and which of the accounts.
    new_id = "lpad(to_hex((:n)::bigint), 32, '0')::uuid"
    lock = _lock(place.client, _sent(journal_id))
    changing: dict[Any, str] = {
        None: "null",
        journal_id: new_id,
        str(journal_id): f"{new_id}::text",
        lock: "(:n)::bigint",
    }
    for name in ("fund", "from_council"):
        accounts = [getattr(pool, name) for pool in place.pools[:pools]]
        every = ", ".join(f"'{account}'" for account in accounts)
        changing[accounts[0]] = f"(array[{every}]::uuid[])[(:p)::integer]"
    opening, *others = [_written(each, changing) for each in spoken]
    # Several statements in one message are one round trip: a pipeline is how pgbench says that.
    began = ["\\startpipeline", *(f"{each};" for each in opening.split("; ")), "\\endpipeline"]
    drawn = ["\\set n random(1, 9223372036854775807)", f"\\set p random(1, {pools})"]
    return "\n".join([*drawn, *began, *(f"{each};" for each in others)]) + "\n"


async def _overhear(stack: Stack, place: Place, journal_id: uuid.UUID) -> list[Spoken]:
    spoken: list[Spoken] = []
    db = await Database.open(stack.url("budget"), "budget", size=1)
    try:
        await _post(db, place, uuid.uuid4())  # on a new connection the driver asks about types first
        async with db._writing.acquire() as connection:
            connection.add_query_logger(
                lambda heard: spoken.append(Spoken(heard.query, tuple(heard.args or ())))
            )
        await _post(db, place, journal_id)
        await asyncio.sleep(0)  # the last message is heard on the next turn of the loop
    finally:
        await db.close()
    assert spoken[0].sql.startswith("begin"), spoken[0]
    assert spoken[-1].sql == "commit", spoken[-1]
    return spoken


async def _post(db: Database, place: Place, journal_id: uuid.UUID) -> None:
    body = place.journal()
    draft = Draft(
        id=journal_id,
        book=Book.ACTUAL,
        kind=JournalKind(body["kind"]),
        effective_date=date.fromisoformat(body["effective_date"]),
        posting_period=None,
        narrative=body["narrative"],
        client_reference=None,
        entries=tuple(Entry(uuid.UUID(each["account_id"]), each["amount_pence"]) for each in body["entries"]),
    )
    answer = await post_journal(db, place.caller, _sent(journal_id), draft)
    assert answer.status == 201
    assert not answer.replayed


def _sent(journal_id: uuid.UUID) -> Sent:
    return Sent("postJournal", str(journal_id), b"\0" * 32)


def _written(spoken: Spoken, changing: Mapping[Any, str]) -> str:
    """The message with its values in it, on one line; what changes is written as it is made."""

    def value(found: re.Match[str]) -> str:
        said = spoken.arguments[int(found[1]) - 1]
        # A journal's time is its own transaction's, or the database refuses it.
        return "statement_timestamp()" if isinstance(said, datetime) else literal(said, changing)

    return " ".join(re.sub(r"\$(\d+)", value, spoken.sql).split())


def literal(value: Any, changing: Mapping[Any, str]) -> str:
    """A value in SQL, as pgbench leaves it alone: a colon would be the beginning of a variable's name."""
    if isinstance(value, list | tuple):
        kind = {int: "bigint", str: "text"}.get(type(value[0]), "uuid") if value else "uuid"
        return f"array[{', '.join(literal(each, changing) for each in value)}]::{kind}[]"
    if isinstance(value, dict):
        return f"{literal(json.dumps(value), {})}::jsonb"
    if value in changing:
        return changing[value]
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, str):
        return "E'" + value.replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\072") + "'"
    # The driver's own UUID is one of uuid.UUID's kinds.
    kinds = ((uuid.UUID, "uuid"), (date, "date"), (bool, "boolean"), (int, "bigint"))
    kind = next(name for of, name in kinds if isinstance(value, of))
    return f"'{value}'::{kind}"
