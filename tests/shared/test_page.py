"""Pages: the cursor goes round unchanged, a forged one is refused, and pages follow without gap or repeat."""

import base64
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refusal
from shared.page import cursor_of, page_of, read_cursor
from shared.text import forbidden_character

INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 bounds
PLAIN = st.text(max_size=50).filter(lambda text: forbidden_character(text) is None)


@given(INSTANTS, st.uuids(), PLAIN, st.integers(-(2**63), 2**63 - 1), st.dates())
def test_a_cursor_goes_round_unchanged(instant, id_, text, number, day):
    cursor = cursor_of(instant, id_, text, number, day)
    assert read_cursor(cursor, datetime, UUID, str, int, date) == (instant, id_, text, number, day)
    assert cursor.isascii()
    assert not set(cursor) & set("=+/&?")


def test_no_cursor_is_the_first_page():
    assert read_cursor(None, datetime, UUID) is None


def forged(*keys: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


SOME = str(UUID(int=7))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "a",
        "=====",
        "bm90IGpzb24",
        forged(),
        forged(SOME),
        forged("2014-01-01T00:00:00Z", SOME, SOME),
        forged(SOME, "2014-01-01T00:00:00Z"),
        forged("2014-01-01T00:00:00", SOME),
        forged("0001-01-01T00:00:00Z", SOME),
        forged("9999-12-31T23:59:59.999999-14:00", SOME),
        forged("0002-01-01T00:00:00+14:00", SOME),
        forged("2014-01-01T00:00:00Z", "not an id"),
        forged(None, SOME),
        forged("2014-01-01T00:00:00Z", {"a": 1}),
        base64.urlsafe_b64encode(b'{"0": 1}').decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        forged("2014-01-01T00:00:00Z", SOME) + "\n",
        forged("x" * 2000, SOME),
    ],
)
def test_a_forged_cursor_is_refused(cursor):
    with pytest.raises(Refusal) as refused:
        read_cursor(cursor, datetime, UUID)
    assert refused.value.code == "cursor_unreadable"
    assert refused.value.faults[0].pointer == "?cursor"


@pytest.mark.parametrize(
    ("key", "kind"), [("nul \0", str), ("turn \u202e", str), (2**63, int), (-(10**40), int)]
)
def test_a_key_that_the_database_could_not_take_is_refused(key, kind):
    with pytest.raises(Refusal):
        read_cursor(forged(key), kind)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(Refusal):
        read_cursor(text, datetime, UUID)


@dataclass(frozen=True)
class Thing:
    number: int


@given(st.sets(st.integers(0, 10_000), max_size=60), st.integers(1, 20))
def test_pages_follow_each_other_without_gap_or_repeat(numbers, limit):
    rows = [Thing(number) for number in sorted(numbers)]
    seen: list[Thing] = []
    after = -1
    for _ in range(len(rows) + 1):
        page = page_of(
            [row for row in rows if row.number > after][: limit + 1], limit, lambda row: (row.number,)
        )
        assert len(page.items) <= limit
        seen += page.items
        if page.next_cursor is None:
            break
        keys = read_cursor(page.next_cursor, int)
        assert keys is not None
        after = keys[0]
    assert seen == rows
