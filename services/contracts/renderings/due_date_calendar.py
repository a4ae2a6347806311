"""Due dates as an iCalendar document (RFC 5545), which calendars subscribe to: a day-long event for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


@dataclass(frozen=True, slots=True)
class Event:
    """Something on one day. `key` stays the same when the day or the words change."""

    key: str
    on: date
    summary: str
    description: str


def calendar_of(events: Iterable[Event], as_at: date) -> bytes:
    """The whole calendar. An event keeps its identifier, so that a date that moves moves in the reader's calendar."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Integrated Commissioning//Due dates//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Contracts: what falls due",
    ]
    for each in events:
        lines += _event(each, as_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(event: Event, as_at: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.key}"
    yield f"DTSTAMP:{_day(as_at)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(event.on)}"
    if event.on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(event.on + timedelta(days=1))}"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")  # strftime writes years before 1000 without their zeros


def _text(text: str) -> str:
    """Text as RFC 5545 section 3.3.11 has it: nothing in it can begin a line or a property of its own."""
    for character in ("\\", ";", ","):
        text = text.replace(character, "\\" + character)
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets; those that follow begin with a space. No letter is cut in two."""
    part, room = "", _LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield part
            part, room = " ", _LONGEST_LINE - 1
        part, room = part + letter, room - size
    yield part
