"""What the service says to the database when it posts a journal, overheard, and said again by pgbench."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.budget.actions.post_journal import post_journal
from services.budget.rules.journal import Book, Draft, Entry, JournalKind
from shared.db import Database
from shared.idempotency import Sent
from tests.performance.place import Place
from tests.stack import Stack

# A new id for each transaction, made of pgbench's random number by the server, within the same round trip.
_ID = "lpad(to_hex((:n)::bigint), 32, '0')::uuid"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message to the database: its text, and the values bound to $1, $2 ..."""

    sql: str
    arguments: tuple[Any, ...]


def posting_script(stack: Stack, place: Place, pool: int) -> str:
    """A script of pgbench that posts a journal of two entries to one fund as the service does."""
    journal_id = uuid.uuid4()
    spoken = asyncio.run(_overhear(stack, place, pool, journal_id))
    lines = ["\\set n random(1, 9223372036854775807)"]
    for each in spoken:
        said = _written(each, journal_id).split("; ")
        # Several statements in one message are one round trip: a pipeline is how pgbench says that.
        wrapped = ["\\startpipeline", *(f"{one};" for one in said), "\\endpipeline"] if len(said) > 1 else [f"{said[0]};"]
        lines += wrapped
    return "\n".join(lines) + "\n"


async def _overhear(stack: Stack, place: Place, pool: int, journal_id: uuid.UUID) -> list[Spoken]:
    spoken: list[Spoken] = []
    db = await Database.open(stack.url("budget"), "budget", size=1)
    try:
        async with db._writing.acquire() as connection:
            connection.add_query_logger(lambda heard: spoken.append(Spoken(heard.query, tuple(heard.args or ()))))
        body = place.journal(pool)
        draft = Draft(
            id=journal_id,
            book=Book.ACTUAL,
            kind=JournalKind(body["kind"]),
            effective_date=date.fromisoformat(body["effective_date"]),
            posting_period=None,
            narrative=body["narrative"],
            client_reference=None,
            entries=tuple(
                Entry(uuid.UUID(each["account_id"]), each["amount_pence"]) for each in body["entries"]
            ),
        )
        answer = await post_journal(db, place.caller, Sent("postJournal", str(journal_id), b"\0" * 32), draft)
        await asyncio.sleep(0)  # the last message is heard on the next turn of the loop
        assert answer.status == 201
        assert not answer.replayed
    finally:
        await db.close()
    assert spoken[0].sql.startswith("begin"), spoken[0]
    assert spoken[-1].sql == "commit", spoken[-1]
    return spoken


def _written(spoken: Spoken, journal_id: uuid.UUID) -> str:
    """The message with its values in it, on one line, with another id each time it is said."""

    def value(found: re.Match[str]) -> str:
        return _literal(spoken.arguments[int(found[1]) - 1], journal_id)

    said = re.sub(r"\$(\d+)", value, spoken.sql)
    return " ".join(said.split())


def _literal(value: Any, journal_id: uuid.UUID) -> str:
    match value:
        case None:
            return "null"
        case uuid.UUID():
            return _ID if value == journal_id else f"'{value}'::uuid"
        case bool():
            return str(value).lower()
        case int() if abs(value) > 2**40:
            return "(:n)::bigint"  # the lock of the key, which is as new as the id
        case int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case date():
            return f"'{value}'::date"
        case list() | tuple():
            kind = "bigint" if value and isinstance(value[0], int) else "uuid"
            return f"array[{', '.join(_literal(each, journal_id) for each in value)}]::{kind}[]"
        case dict():
            return f"{_text(json.dumps(value))}::jsonb"
        case str():
            return f"{_ID}::text" if value == str(journal_id) else _text(value)
    raise TypeError(f"how is a {type(value).__name__} written?")


def _text(value: str) -> str:
    """A text that pgbench leaves alone: it would take a colon for the name of a variable."""
    return "E'" + value.replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\072") + "'"
