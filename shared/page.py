"""Keyset pages: a limit, an opaque cursor, and the link to the next page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from shared.errors import Kind, reason
from shared.text import forbidden_character

LARGEST_PAGE = 200
CURSOR_UNREADABLE = reason(
    "cursor_unreadable",
    Kind.INVALID,
    "This cursor is not one that a list gave you. Start the list again without it.",
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor of what follows (None at the end)."""

    items: tuple[T, ...]
    next_cursor: str | None


def cursor_of(*keys: Any) -> str:
    """The sort keys of a page's last row as text for a URL. It grants nothing: lists are scoped anew."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


def read_cursor(cursor: str | None, *types: type) -> tuple[Any, ...] | None:
    """The sort keys that a cursor carries, each of the type named, or a refusal."""
    if cursor is None:
        return None
    try:
        if len(cursor) > 1000:
            raise ValueError(cursor)
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys: tuple[Any, ...] = msgspec.json.decode(data, type=tuple[types])  # type: ignore[valid-type]
        if not all(_may_be_asked(key) for key in keys):
            raise ValueError(cursor)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise CURSOR_UNREADABLE("?cursor") from None
    return keys


def _may_be_asked(key: Any) -> bool:
    """Whether the database can take a key that somebody may have written by hand."""
    match key:
        case str():
            return forbidden_character(key) is None
        case int():
            return -(2**63) <= key < 2**63
        case datetime():
            return key.tzinfo is not None and _in_utc(key)
    return True


def _in_utc(instant: datetime) -> bool:
    """Whether it is an instant of the years that can be written, wherever it is told from."""
    try:
        return instant.astimezone(UTC).year > 1
    except OverflowError:
        return False


def page_of(rows: Sequence[T], limit: int, keys: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """A page from at most `limit + 1` rows: the extra row only tells that there is more."""
    items = tuple(rows[:limit])
    more = len(rows) > limit
    return Page(items, cursor_of(*keys(items[-1])) if more and items else None)
