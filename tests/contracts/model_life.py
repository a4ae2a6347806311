"""A model of contracts' lives for the property tests: its own arithmetic, and nothing of the product's code."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any


@dataclass(frozen=True)
class Record:
    """A contract as the model has it: one lead, one provider, a term, the furthest end, a total in pence or, `yearly`,
    the pence of a whole year. `waiting`: something agreed on it has not taken effect."""

    name: str
    lead: str
    provider: str
    start: date
    end: date
    furthest: date
    pence: int
    ended: date | None = None
    parents: tuple[str, ...] = ()
    yearly: bool = False
    waiting: bool = False

    @property
    def worth(self) -> Fraction:
        """What it is worth in all, exactly."""
        return worth(self.pence, self.yearly, self.start, self.ended or self.end)

    @property
    def agreed_pence(self) -> int:
        """What was agreed over the whole term, each year to the penny, as the public is told."""
        if not self.yearly:
            return self.pence
        return sum(floor(each + Fraction(1, 2)) for each in in_years(self.pence, self.start, self.end))

    @property
    def runs(self) -> bool:
        return self.ended is None

    def can_be_cut(self, day: date) -> bool:
        return self.runs and self.start < day <= self.end and not self.waiting

    def gone(self, day: date) -> int:
        """What of the value stays: of a total what falls on the days before a day, by days, a half penny upwards."""
        if self.yearly:
            return self.pence
        days, whole = (day - self.start).days, (self.end - self.start).days + 1
        return (2 * self.pence * days + whole) // (2 * whole)


@dataclass
class Model:
    """All records by name, and what was ever promised: what was registered and what variations added."""

    records: dict[str, Record] = field(default_factory=dict)
    promised: Fraction = Fraction(0)

    def register(self, record: Record) -> None:
        self.records[record.name] = record
        self.promised += record.worth

    def change(self, name: str, **changes: Any) -> None:
        """A change that may promise more or less, as no move from record to record does."""
        before = self.records[name]
        self.records[name] = replace(before, **changes)
        self.promised += self.records[name].worth - before.worth

    def vary(self, name: str, pence: int) -> None:
        self.change(name, pence=pence, waiting=False)

    def wait(self, name: str) -> None:
        self.change(name, waiting=True)

    def extend(self, name: str, months: int) -> None:
        self.change(name, end=months_on(self.records[name].end, months))

    def can_extend(self, name: str, months: int, day: date) -> bool:
        record = self.records[name]
        return record.runs and day <= record.end and months_on(record.end, months) <= record.furthest

    def cut(self, name: str, day: date) -> int:
        """End a record the day before; the pence that go on."""
        record = self.records[name]
        kept = record.gone(day)
        self.records[name] = replace(record, ended=day - timedelta(days=1), pence=kept)
        return record.pence if record.yearly else record.pence - kept

    def can_join(self, one: Record, other: Record, day: date) -> bool:
        """Two records of one lead and provider; yearly values only to one end, or money would be made."""
        return (
            one.name != other.name and one.can_be_cut(day) and other.can_be_cut(day)
            and (one.lead, one.provider, one.yearly) == (other.lead, other.provider, other.yearly)
            and (one.end == other.end or not one.yearly)
        )  # fmt: skip

    def novate(self, name: str, day: date, new: str, lead: str, provider: str) -> None:
        record, left = self.records[name], self.cut(name, day)
        self.records[new] = replace(
            record, name=new, start=day, pence=left, lead=lead, provider=provider, parents=(name,)
        )

    def consolidate(self, names: tuple[str, ...], day: date, new: str) -> None:
        sources = [self.records[name] for name in names]
        left = sum(self.cut(name, day) for name in names)
        self.records[new] = replace(
            sources[0], name=new, start=day, pence=left, parents=names,
            end=max(each.end for each in sources), furthest=max(each.furthest for each in sources),
        )  # fmt: skip

    def split(self, name: str, day: date, news: tuple[str, ...], percents: tuple[int, ...]) -> None:
        """Parts by largest remainders; equal remainders go to the larger share first, then to the earlier part."""
        record, left = self.records[name], self.cut(name, day)
        parts = [left * each // 100 for each in percents]
        order = sorted(range(len(parts)), key=lambda at: (-(left * percents[at] % 100), -percents[at], at))
        for at in order[: left - sum(parts)]:
            parts[at] += 1
        for new, pence in zip(news, parts, strict=True):
            self.records[new] = replace(record, name=new, start=day, pence=pence, parents=(name,))

    def terminate(self, name: str, day: date) -> None:
        self.change(name, ended=day)

    def acyclic(self) -> bool:
        done: set[str] = set()
        while True:
            free = [n for n, r in self.records.items() if n not in done and set(r.parents) <= done]
            if not free:
                return len(done) == len(self.records)
            done.update(free)


def worth(pence: int, yearly: bool, start: date, last: date) -> Fraction:
    """A total, or what a yearly value comes to by the days of each financial year, exactly."""
    return sum(in_years(pence, start, last), Fraction(0)) if yearly else Fraction(pence)


def in_years(pence: int, start: date, last: date) -> Iterator[Fraction]:
    """What a yearly value comes to in each financial year."""
    day = start
    while day <= last:
        april = date(day.year if day.month > 3 else day.year - 1, 4, 1)
        following = april.replace(year=april.year + 1)
        upto = min(last + timedelta(days=1), following)
        yield Fraction(pence * (upto - day).days, (following - april).days)
        day = upto


def months_on(end: date, months: int) -> date:
    """The last day of a term that is longer by so many months: counted from the day after its end."""
    first = end + timedelta(days=1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
