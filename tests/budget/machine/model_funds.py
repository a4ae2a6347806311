"""What the lines of one partnership should hold: budgets, commitments, virements, promises, and the position of all."""

from dataclasses import dataclass, field
from itertools import pairwise

from tests.budget.machine.model_ledger import FIRST_DAY, LAST_DAY, YEAR, LedgerModel, year_of

QUARTERS = ("2015-04-01", "2015-07-01", "2015-10-01", "2016-01-01")


@dataclass
class Line:
    id: str
    owner: str
    arrangement: str
    category: str
    budget: int | None
    pool: str | None = None
    counts_from: str = ""
    ended_on: str | None = None
    limited: bool = False

    def counts(self, day: str) -> bool:
        return self.counts_from <= day and (self.ended_on is None or day < self.ended_on)


@dataclass
class Commitment:
    id: str
    line: str
    maker: str
    moves: list[tuple[str, str, int]] = field(default_factory=list)  # kind, day, what it added to the rest
    drawn_by: dict[str, tuple[int, int]] = field(default_factory=dict)  # journal -> drawn, paid
    restored: set[str] = field(default_factory=set)
    reserved: int = 0
    drawn: int = 0
    released: int = 0
    version: int = 1

    @property
    def rest(self) -> int:
        return self.reserved - self.drawn - self.released


@dataclass
class Virement:
    id: str
    source: str
    target: str
    amount: int
    day: str
    owner: str
    maker: str
    asked: set[str]
    approved: set[str] = field(default_factory=set)
    state: str = "proposed"
    version: int = 1
    journal: str | None = None


@dataclass
class Promise:
    id: str
    owner: str
    pool: str
    amount: int | None
    instalments: list[tuple[str, int | None]]
    since: str = ""
    replaced_by: str | None = None


@dataclass
class FundsModel(LedgerModel):
    """The ledger and what stands beside it."""

    pools: dict[str, tuple[str, str]] = field(default_factory=dict)  # arrangement and category
    lines: dict[str, Line] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    virements: dict[str, Virement] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)

    def moved(self, line: str, until: str = "9999-12-31") -> int:
        return self.sums("budget", self.spent_accounts(line), until) or 0

    def actual(self, line: str, until: str = "9999-12-31") -> int | None:
        return self.sums("actual", self.spent_accounts(line), until)

    def adjusted(self, line: str, until: str = "9999-12-31") -> int | None:
        budget = self.lines[line].budget
        return None if budget is None else budget + self.moved(line, until)

    def committed(self, line: str, until: str = "9999-12-31") -> int | None:
        found = [
            pence
            for each in self.commitments.values()
            if each.line == line
            for _, day, pence in each.moves
            if day <= until
        ]
        return sum(found) if found else None

    def available(self, line: str) -> int | None:
        budget = self.adjusted(line)
        return None if budget is None else budget - (self.actual(line) or 0) - (self.committed(line) or 0)

    def touched(self, line: str, before: str = "") -> bool:
        """Whether anything was ever committed to a line, or posted to it: at all, or dated before a day."""
        accounts = {each.id for each in self.accounts.values() if each.line == line}
        posted = any(
            account in accounts
            for each in self.journals.values()
            if not before or each.day < before
            for account, _ in each.entries
        )
        return posted or any(each.line == line for each in self.commitments.values())

    def usable(self, line: Line, organisation: str) -> bool:
        return line.arrangement == "pooled" or line.owner == organisation

    def past_limit(self, line: Line, added: int) -> str | None:
        """Whether a line's limit, its adjusted budget, refuses to commit so much more."""
        if not line.limited or added <= 0:
            return None
        left = self.available(line.id)
        return "commitment_past_limit" if left is None or added > left else None

    def refusal_of_virement(self, each: Virement) -> str | None:
        source, target = self.lines[each.source], self.lines[each.target]
        if source is target:
            return "virement_same_line"
        if not self.usable(source, each.owner) or not self.usable(target, each.owner):
            return "line_unknown"
        if target.ended_on is not None or source.ended_on is not None:
            return "line_ended"
        one_owner = source.owner == target.owner or source.arrangement == "pooled"
        if source.arrangement != target.arrangement or not one_owner:
            return "virement_lines_differ"
        if (short := self.short(source.id, each.amount)) is not None:
            return short
        early = "journal_before_line" if each.day < max(source.counts_from, target.counts_from) else None
        return early if year_of(each.day) == YEAR else "virement_outside_year"

    def short(self, source: str, amount: int) -> str | None:
        free = self.available(source)
        if free is None:
            return "virement_from_unknown_budget"
        return "virement_more_than_free" if amount > free else None

    def standing(self, day: str) -> list[Promise]:
        """The promises that stand on a day: the last made of each party to a pool that has begun by then."""
        last = {(each.owner, each.pool): each for each in self.promises.values() if each.since <= day}
        return list(last.values())

    def parts(self, day: str, pool: str | None = None) -> list[dict]:
        """Each line, promise, silent party and receipt as one part of a position."""
        living = [
            each for each in self.lines.values() if each.counts(day) and (not pool or each.pool == pool)
        ]
        found = [self._of_line(each, day) for each in living]
        standing = [each for each in self.standing(day) if not pool or each.pool == pool]
        running = {each.pool for each in living if each.pool} | {each.pool for each in standing}
        said = {(each.owner, each.pool) for each in standing}
        due = [(each.owner, each.pool, each.amount) for each in standing]
        due += [
            (party, at, None)
            for at in running
            for party in (self.council, self.nhs)
            if (party, at) not in said
        ]
        found += [self._part(owner, at, due=[amount]) for owner, at, amount in due]
        for account in self.accounts.values():
            if account.kind == "contribution" and account.pool and (not pool or account.pool == pool):
                paid = self.sums("actual", {account.id}, day, FIRST_DAY)
                if paid is not None:
                    paid -= self._settled(account.id, day)
                    found.append(self._part(account.organisation, account.pool, received=-paid))
        return found

    def _settled(self, account: str, day: str) -> int:
        """What settlements and their reversals moved on a partner's account: no contribution."""
        return sum(
            each.charges({account})
            for each in self.journals.values()
            if FIRST_DAY <= each.day <= day
            and "risk_share_adjustment" in {each.kind, each.reverses and self.journals[each.reverses].kind}
        )

    def _part(self, owner: str | None, pool: str, **figures) -> dict:
        arrangement, category = self.pools[pool]
        return {"owner": owner, "pool": pool, "arrangement": arrangement, "category": category, **figures}

    def _of_line(self, line: Line, day: str) -> dict:
        return {
            "line": line.id,
            "owner": line.owner,
            "pool": line.pool,
            "arrangement": line.arrangement,
            "category": line.category,
            "approved": [line.budget],
            "adjusted": [self.adjusted(line.id, day)],
            "actual": [self.actual(line.id, day)],
            "committed": self.committed(line.id, day),
        }


def figures(parts: list[dict]) -> dict:
    """The figures of some parts: what is known of each, and whether that is all."""
    made: dict = {}
    for name in ("approved", "adjusted", "actual", "due"):
        amounts = [(part["owner"], each) for part in parts for each in part.get(name, ())]
        made[name] = (
            plus(each for _, each in amounts),
            all(each is not None for _, each in amounts),
            sorted({str(owner) for owner, each in amounts if each is None}),
        )
    whole = all(made[name][1] and made[name][0] is not None for name in ("adjusted", "actual"))
    made["variance"] = made["adjusted"][0] - made["actual"][0] if whole else None
    for name in ("received", "committed"):
        made[name] = plus(part.get(name) for part in parts)
    return made


def plus(amounts) -> int | None:
    """A sum over what is known; None where nothing is. Unknown is never nil."""
    known = [each for each in amounts if each is not None]
    return sum(known) if known else None


def shared(amount: int, weights: list[int]) -> list[int] | None:
    """Largest remainders, to the penny; equal ones go to the larger weight, then by place. None without weight."""
    if not sum(weights):
        return None
    size = abs(amount)
    parts = [size * weight // sum(weights) for weight in weights]
    order = sorted(
        (at for at, weight in enumerate(weights) if weight),
        key=lambda at: (-(size * weights[at] % sum(weights)), -weights[at], at),
    )
    for at in order[: size - sum(parts)]:
        parts[at] += 1
    return [part if amount >= 0 else -part for part in parts]


def quarterly(amount: int | None, days=QUARTERS) -> list[tuple[str, int | None]]:
    parts = [None] * len(days) if amount is None else shared(amount, [1] * len(days))
    assert parts is not None
    return list(zip(days, parts, strict=True))


def varied(former: list[tuple[str, int | None]], since: str, amount: int | None):
    """The instalments of a varied promise, or None where more was due already than it comes to."""
    due = [each for each in former if each[0] < since]
    later = [day for day, _ in former if day >= since]
    if any(pence is None for _, pence in due):
        return quarterly(amount, [day for day, _ in former])
    before = sum(pence or 0 for _, pence in due)
    if amount is not None and amount < before:
        return None
    rest = None if amount is None else amount - before
    if not later and rest == 0:
        return due
    return [*due, *quarterly(rest, later or [since])]


def in_order(days: list[str]) -> bool:
    return all(one < other for one, other in pairwise(days)) and days[-1] <= LAST_DAY
