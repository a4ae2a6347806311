"""Writes that are safe to repeat: the first answer is kept with what was sent, and given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from shared.audit import CHANGE_NAMES, Change, change_ctes, values_of
from shared.db import Along, Part, Prepared, Transaction, refuse_constraint
from shared.errors import Kind, reason
from shared.logs import request_id

KEY_REUSED = reason(
    "idempotency_key_reused",
    Kind.INVALID,
    "This key or id was used before with different content. Use a new one for a new request.",
)
STILL_RUNNING = reason(
    "request_still_running",
    Kind.CONFLICT,
    "The first request with this key is still running. Send it again in a moment.",
)
STALE = reason(
    "version_stale", Kind.STALE, "The record has changed since you read it. Read it again and decide anew."
)

KEPT_DAYS = 90

# The second lock: `find` lets one transaction through, and if it did not, the key would.
refuse_constraint("idempotency_keys_pkey", STILL_RUNNING)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, as far as repeating goes: the operation, its key, and a digest of path and body."""

    operation: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: status, body as bytes, ETag, and whether it was given before."""

    status: int
    body: bytes
    etag: str | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Relayed:
    """What another service answered, kept as it came."""

    body: bytes
    version: int | None = None


_FIND = Prepared(
    "select mine, digest, status, etag, body from find_answer($1, $2, $3, $4)",
    ("lock", "client", "operation", "key"),
    {},
)
_KEPT = (
    "insert into idempotency_keys (owner_client_id, operation, key, digest, status, etag, body, driven)"
    " values ({})"
)
_KEPT_NAMES = ("client", "operation", "key", "digest", "status", "etag", "body", "driven")
_TELL = Prepared("with " + change_ctes(first=1) + " select 1", CHANGE_NAMES, {})


def _kept_sql(first: int) -> str:
    return _KEPT.format(", ".join(f"${first + n}" for n in range(len(_KEPT_NAMES))))


_KEEP_ALONE = Prepared(_kept_sql(1), _KEPT_NAMES, {})


@cache
def _keep(part: Part) -> Prepared:
    """The statement that ends a write, with what was left to be written along with it."""
    first = 1 + len(part.names)
    return Prepared(
        f"with {part.sql}{', ' if part.sql else ''}kept as ({_kept_sql(first)}), "
        f"{change_ctes(first + len(_KEPT_NAMES))} select 1",
        (*(f"along {each}" for each in part.names), *_KEPT_NAMES, *CHANGE_NAMES),
        {},
    )


_NOTHING = Along(Part("", ()), {})


def _lock(client: UUID, sent: Sent) -> int:
    text = f"{client}\n{sent.operation}\n{sent.key}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


async def find(tx: Transaction, sent: Sent) -> Answer | None:
    """The answer given before to this client, operation and key, if there is one.

    Refuses a key sent again with other content, and a key whose first request is still running in another
    transaction. First thing in every write, so that a repeat finds its answer whatever the state is now.
    """
    client = tx.caller.client_id
    row = await tx.one(_FIND, lock=_lock(client, sent), client=client, operation=sent.operation, key=sent.key)
    if row["digest"] is None:
        if not row["mine"]:
            raise STILL_RUNNING(retry_after=1)
        return None
    if row["digest"] != sent.digest:
        raise KEY_REUSED()
    return Answer(row["status"], row["body"], row["etag"], replayed=True)


async def finish(
    tx: Transaction, sent: Sent, change: Change, thing: Any, status: int = 201, along: Along | None = None
) -> Answer:
    """Keep the answer and record the change in one round trip. Last thing in every write.

    `thing` is a frozen dataclass in the shape that goes over the wire; its `version`, where it has one,
    becomes the ETag. `along` is what is still to be written of it, in the same round trip.
    """
    answer = _answer(thing, status)
    along = along or _NOTHING
    more = {f"along {name}": value for name, value in along.values.items()}
    ending = {**_kept(tx, sent, answer), **values_of(change, tx.caller, request_id.get()), **more}
    await tx.do(_keep(along.part), **ending)
    return answer


async def write(tx: Transaction, along: Along) -> None:
    """Write at once what could have gone along with the end of the write."""
    await tx.do(_alone(along.part), **along.values)


@cache
def _alone(part: Part) -> Prepared:
    return Prepared(f"with {part.sql} select 1", part.names, {})


async def tell(tx: Transaction, changes: Iterable[Change]) -> None:
    """Record further changes of a write that makes more than one; `finish` records the last."""
    request = request_id.get()
    await tx.many(_TELL, [values_of(change, tx.caller, request) for change in changes])


async def finish_unchanged(tx: Transaction, sent: Sent, thing: Any, status: int = 200) -> Answer:
    """Keep the answer to a write that found everything as it was asked to be: there is no change to record."""
    answer = _answer(thing, status)
    await tx.do(_KEEP_ALONE, **_kept(tx, sent, answer))
    return answer


def not_kept(thing: Any, status: int = 201) -> Answer:
    """The answer to a write that took nothing: the key may be used again with something better."""
    return _answer(thing, status)


def _answer(thing: Any, status: int) -> Answer:
    version = getattr(thing, "version", None)
    body = thing.body if isinstance(thing, Relayed) else msgspec.json.encode(thing)
    return Answer(status, body, None if version is None else f'"{version}"')


def _kept(tx: Transaction, sent: Sent, answer: Answer) -> dict[str, Any]:
    return {
        "client": tx.caller.client_id,
        "operation": sent.operation,
        "key": sent.key,
        "digest": sent.digest,
        "status": answer.status,
        "etag": answer.etag,
        "body": answer.body,
        "driven": tx.caller.errand is not None,
    }


def check_version(actual: int, expected: int) -> None:
    """Refuse a change that was decided on an older version of the record."""
    if actual != expected:
        raise STALE(current_version=actual, sent_version=expected)
