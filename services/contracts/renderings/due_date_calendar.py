"""Due dates as an iCalendar document (RFC 5545), which calendars subscribe to: a day-long event for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from services.contracts.rules.due_date import DueDate, DueKind

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
_SAID = {
    DueKind.LAST_DAY_TO_SERVE_NOTICE: "Last day to serve notice",
    DueKind.REVIEW: "Review",
    DueKind.EXTENSION_DECISION: "Decide on the extension",
    DueKind.RECOMMISSION_BY: "New procurement due",
    DueKind.ENDS: "Contract ends",
}


def calendar_of(due: Iterable[DueDate], as_at: date) -> bytes:
    """The whole calendar. An event keeps its identifier, so that a date that moves moves in the reader's calendar."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Integrated Commissioning//Due dates//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Contracts: what falls due",
    ]
    for each in due:
        lines += _event(each, as_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(due: DueDate, as_at: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{due.contract_id}-{due.kind.value}"
    yield f"DTSTAMP:{_day(as_at)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(due.on)}"
    if due.on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(due.on + timedelta(days=1))}"
    yield f"SUMMARY:{_text(f'{_SAID[due.kind]}: {due.reference} {due.title}')}"
    yield f"DESCRIPTION:{_text(due.because)}"
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
