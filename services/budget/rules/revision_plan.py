"""How each commitment of a contract changes with its value, term or funding: the difference, by year, pool and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from services.budget.rules.commitment import Commitment
from services.budget.rules.contract_approval import others_sources, source_name, source_weights
from services.budget.rules.contract_reservation import LINE_TWICE, MORE_THAN_WORTH, OUTSIDE_FUNDING
from services.budget.rules.contract_revision import Adjustment, ContractRevision, LineChange, YearWorth
from services.budget.rules.headroom import LineFunds
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import allocate, allocate_by_name

LINE_NEEDED = reason(
    "commitment_line_needed",
    Kind.INVALID,
    "No line of this pool bears the contract in this year yet. Name the lines that are to bear the difference.",
)
OWN_SHARES_CHANGE = reason(
    "commitment_own_shares_change",
    Kind.CONFLICT,
    "Other bodies pay a part of this contract from their own books, so its shares cannot change while it runs. Leave the"
    " shares as they are, or let a new contract begin.",
)
CHANGE_DIFFERS = reason(
    "commitment_change_differs",
    Kind.INVALID,
    "In each year the lines of a pool take on its share of what the contract costs more or less. Change the amounts.",
)
CHANGE_PAST_REST = reason(
    "commitment_change_past_rest",
    Kind.CONFLICT,
    "The line has less left for the contract than it is to give back. What was paid stays paid.",
)


@dataclass(frozen=True, slots=True)
class _Year:
    """One financial year of the contract's budget: its commitments on usable lines of pools that fund it."""

    label: str
    worth: YearWorth
    held: tuple[tuple[Commitment, LineFunds], ...]
    named: tuple[tuple[int, LineChange, LineFunds], ...]

    def in_pool(self, pool: str) -> list[tuple[Commitment, LineFunds]]:
        return [each for each in self.held if _source(each[1]) == pool]

    def standing(self) -> dict[str, int]:
        """What each pool has paid and still sets aside."""
        return _by_pool((line, held.reserved_pence - held.released_pence) for held, line in self.held)

    def left(self) -> dict[str, int]:
        return _by_pool((line, held.rest_pence) for held, line in self.held)


def plan(
    asked: ContractRevision, held: Sequence[Commitment], lines: Mapping[UUID, LineFunds], lead: UUID
) -> tuple[Adjustment, ...]:
    """How each commitment changes, so that in every year the pools bear the contract as it then is (S1-C06).

    A year without budget set aside for the contract is left alone unless lines of it are named. Lines that the caller
    may not use, and lines outside the pools that fund the contract, keep what they hold.
    """
    before, after = source_weights(asked.funding_before), source_weights(asked.funding)
    others = {**others_sources(asked.funding_before, lead), **others_sources(asked.funding, lead)}
    if others and before != after:
        raise OWN_SHARES_CHANGE(
            "/commitments", organisation_ids=sorted(str(each) for each in others.values())
        )
    full, before = after, {source: weight for source, weight in before.items() if source not in others}
    after = {source: weight for source, weight in after.items() if source not in others}
    seen: set[UUID] = set()
    for at, named in enumerate(asked.changes):
        if named.line_id in seen:
            raise LINE_TWICE(f"/commitments/{at}/line_id")
        seen.add(named.line_id)
        if _source(lines[named.line_id]) not in {*before, *after}:
            raise OUTSIDE_FUNDING(f"/commitments/{at}/line_id", pool_ids=sorted(after))
    found: list[Adjustment] = []
    for year in _years(asked, held, lines, {*before, *after}):
        wanted = _wanted(asked, year, before, after, full)
        if year.named:
            _check_named(year, wanted)
            found += _named(asked, year)
        else:
            found += _followed(year, wanted)
    return tuple(each for each in found if each.change_pence)


def _source(line: LineFunds) -> str:
    return source_name(line.pool_id, line.owner_organisation_id)


def _by_pool(parts: Iterable[tuple[LineFunds, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line, pence in parts:
        sums[_source(line)] = sums.get(_source(line), 0) + pence
    return sums


def _years(
    asked: ContractRevision, held: Sequence[Commitment], lines: Mapping[UUID, LineFunds], pools: set[str]
) -> Iterator[_Year]:
    """The years in which something can change, in order of time."""
    worths = {each.financial_year: each for each in asked.years}
    ours = [
        (each, lines[each.line_id])
        for each in held
        if each.line_id in lines and _source(lines[each.line_id]) in pools
    ]
    named = [(at, each, lines[each.line_id]) for at, each in enumerate(asked.changes)]
    labels = {
        *worths,
        *(line.financial_year for _, line in ours),
        *(line.financial_year for *_, line in named),
    }
    for label in sorted(labels):
        yield _Year(
            label,
            worths.get(label, YearWorth(label, 0, 0)),
            tuple(each for each in ours if each[1].financial_year == label),
            tuple(each for each in named if each[2].financial_year == label),
        )


def _wanted(
    asked: ContractRevision,
    year: _Year,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    full: Mapping[str, Decimal],
) -> dict[str, int]:
    """By how much the budget of each pool changes in a year.

    What other bodies bear from their own books is theirs to change, and no part of it. Where the rest bore the year in
    the shares of the funding, it does so afterwards, to the penny. New shares hold for what is not paid yet.
    """
    standing, left = year.standing(), year.left()
    named = sum(each.change_pence for _, each, _ in year.named)
    change = year.worth.change_pence
    if change is not None and len(full) > len(after):
        change = sum(pence for source, pence in allocate_by_name(change, full).items() if source in after)
    if change is None or not any(standing.values()):
        change = named
        if year.worth.after_pence is not None and named > year.worth.after_pence:
            raise MORE_THAN_WORTH(
                "/commitments",
                financial_year=year.label,
                worth_pence=year.worth.after_pence,
                committed_pence=named,
            )
    if not after:
        return {}
    if before != after and read_financial_year(year.label).last_day >= asked.day:
        whole = max(sum(left.values()) + change, 0)
        return _difference(allocate_by_name(whole, after), left)
    if standing and standing == _nonzero(allocate_by_name(sum(standing.values()), after)):
        return _difference(allocate_by_name(max(sum(standing.values()) + change, 0), after), standing)
    return allocate_by_name(change, after)


def _nonzero(parts: Mapping[str, int]) -> dict[str, int]:
    return {pool: pence for pool, pence in parts.items() if pence}


def _difference(target: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    return {pool: target.get(pool, 0) - now.get(pool, 0) for pool in sorted({*target, *now})}


def _check_named(year: _Year, wanted: Mapping[str, int]) -> None:
    asked = _by_pool((line, each.change_pence) for _, each, line in year.named)
    if _nonzero(asked) != _nonzero(wanted):
        raise CHANGE_DIFFERS(
            "/commitments", financial_year=year.label, expected_pence=dict(wanted), asked_pence=asked
        )


def _named(asked: ContractRevision, year: _Year) -> Iterator[Adjustment]:
    """The lines that were named, each with its own difference."""
    for at, each, line in year.named:
        here = [held for held, own in year.held if own.line_id == line.line_id]
        if each.change_pence < 0:
            rest = sum(held.rest_pence for held in here)
            if -each.change_pence > rest:
                raise CHANGE_PAST_REST(f"/commitments/{at}/change_pence", rest_pence=rest)
            yield from _shared(year, [(held, line) for held in here], each.change_pence, at)
        elif here:
            yield _of(here[0], line, each.change_pence, at)
        else:
            new = uuid5(asked.id, str(line.line_id))
            yield Adjustment(
                new, line.line_id, line.pool_id, line.financial_year, each.change_pence, True, at
            )


def _followed(year: _Year, wanted: Mapping[str, int]) -> Iterator[Adjustment]:
    """The lines that bear the year already, each in proportion to what it bears, or has left to give back."""
    if not any(year.standing().values()):
        return
    for pool, change in sorted(wanted.items()):
        if change == 0:
            continue
        here = year.in_pool(pool)
        if change > 0:
            here = [each for each in here if each[1].ended_on is None]
            if not here:
                raise LINE_NEEDED(
                    "/commitments", pool_id=pool, financial_year=year.label, change_pence=change
                )
        yield from _shared(year, here, change)


def _shared(
    year: _Year, here: Sequence[tuple[Commitment, LineFunds]], change: int, at: int | None = None
) -> Iterator[Adjustment]:
    """A difference over commitments. What was drawn down cannot be given back: then as much as there is."""
    if change < 0:
        weights = [held.rest_pence for held, _ in here]
        change = -min(-change, sum(weights))
    else:
        weights = [held.reserved_pence - held.released_pence for held, _ in here]
    if not sum(weights):
        weights = [1] * len(here)
    if not here or change == 0:
        return
    for (held, line), pence in zip(here, allocate(change, weights), strict=True):
        yield _of(held, line, pence, at)


def _of(held: Commitment, line: LineFunds, change: int, at: int | None) -> Adjustment:
    return Adjustment(held.id, line.line_id, line.pool_id, line.financial_year, change, named_at=at)
