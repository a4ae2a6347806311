"""A model of contracts' lives for the property tests: its own arithmetic, and nothing of the product's code."""

import calendar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Record:
    """A contract as the model has it: one lead, one provider, a term, the furthest end, a total in pence."""

    name: str
    lead: str
    provider: str
    start: date
    end: date
    furthest: date
    pence: int
    ended: date | None = None
    parents: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        return self.ended is None

    def can_be_cut(self, day: date) -> bool:
        return self.runs and self.start < day <= self.end

    def gone(self, day: date) -> int:
        """What of the total falls on the days before a day: by days, a half penny upwards."""
        days, whole = (day - self.start).days, (self.end - self.start).days + 1
        return (2 * self.pence * days + whole) // (2 * whole)


@dataclass
class Model:
    """All records by name, and what was ever promised: what was registered and what variations added."""

    records: dict[str, Record] = field(default_factory=dict)
    promised: int = 0

    def register(self, record: Record) -> None:
        self.records[record.name] = record
        self.promised += record.pence

    def vary(self, name: str, pence: int) -> None:
        self.promised += pence - self.records[name].pence
        self.records[name] = replace(self.records[name], pence=pence)

    def extend(self, name: str, months: int) -> None:
        record = self.records[name]
        self.records[name] = replace(record, end=months_on(record.end, months))

    def can_extend(self, name: str, months: int, day: date) -> bool:
        record = self.records[name]
        return record.runs and day <= record.end and months_on(record.end, months) <= record.furthest

    def cut(self, name: str, day: date) -> int:
        """End a record the day before; the pence that go on."""
        record = self.records[name]
        kept = record.gone(day)
        self.records[name] = replace(record, ended=day - timedelta(days=1), pence=kept)
        return record.pence - kept

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
        self.records[name] = replace(self.records[name], ended=day)

    def acyclic(self) -> bool:
        done: set[str] = set()
        while True:
            free = [n for n, r in self.records.items() if n not in done and set(r.parents) <= done]
            if not free:
                return len(done) == len(self.records)
            done.update(free)


def months_on(end: date, months: int) -> date:
    """The last day of a term that is longer by so many months: counted from the day after its end."""
    first = end + timedelta(days=1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
