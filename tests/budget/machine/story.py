"""An ordinary year, act by act: what hypothesis may weave into its own, and what the planted faults are planted in."""

from collections.abc import Awaitable, Callable

from tests.budget.machine import acts_commitments, acts_ledger, acts_lines, acts_year
from tests.budget.machine.look import look
from tests.budget.machine.site import Site

Act = Callable[[Site], Awaitable[None]]


def _at(some, number: int):
    every = list(some)
    return every[number % len(every)] if every else None


def spend(number: int, pence: int, day: str) -> Act:
    async def act(site: Site) -> None:
        line = _at(site.model.lines, number)
        where = site.model.lines[line]
        host = where.arrangement == "pooled" or where.owner == site.model.council
        client = "pcc" if host else "ccg"
        draft = await acts_ledger.draft_of(site, "expenditure", line, pence, day, client)
        await acts_ledger.post(site, client, draft, False)

    return act


def contribute(client: str, pence: int) -> Act:
    async def act(site: Site) -> None:
        draft = await acts_ledger.draft_of(
            site, "contribution", next(iter(site.model.lines)), pence, "2015-05-15", client
        )
        await acts_ledger.post(site, client, draft, False)

    return act


def promise(client: str, pool: int, pence: int | None, since: str | None = None) -> Act:
    async def act(site: Site) -> None:
        await acts_lines.promise(site, client, _at(site.funds, pool), pence, since, False)

    return act


async def batch(site: Site) -> None:
    drafts = [
        await acts_ledger.draft_of(
            site, "expenditure", _at(site.model.lines, at), 2_00 + at, "2015-09-10", "pcc", flaw
        )
        for at, flaw in ((0, ""), (1, ""), (3, "nil"))
    ]
    await acts_ledger.post_batch(site, "pcc", drafts, "continue", False)


def reserve(number: int, pence: int, twice: bool = False) -> Act:
    async def act(site: Site) -> None:
        await acts_commitments.reserve(site, "pcc", _at(site.model.lines, number), pence, "2015-04-30", twice)

    return act


def with_commitment(act: Callable[..., Awaitable[None]], *more) -> Act:
    async def done(site: Site) -> None:
        held = _at(site.model.commitments.values(), 0)
        if held is not None:
            await act(site, held, *more, False)

    return done


def draw(undone: bool) -> Act:
    """Draw the first commitment down by a payment of its line, or restore it by a payment's reversal."""

    async def act(site: Site) -> None:
        held = _at(site.model.commitments.values(), 0)
        if held is None:
            return
        accounts = site.model.spent_accounts(held.line)
        drawn = set(held.drawn_by)
        for each in list(site.model.journals.values()):
            fits = each.reverses in drawn if undone else each.reverses is None
            if fits and each.book == "actual" and each.charges(accounts):
                await acts_commitments.draw(site, held, each, True, False)
                return

    return act


def vire(giving: int, taking: int, pence: int) -> Act:
    async def act(site: Site) -> None:
        lines = _at(site.model.lines, giving), _at(site.model.lines, taking)
        await acts_lines.propose(site, "pcc", *lines, pence, "2015-09-10", False)

    return act


def decide(client: str) -> Act:
    async def act(site: Site) -> None:
        each = _at([one for one in site.model.virements.values() if one.state == "proposed"], 0)
        if each is not None:
            await acts_lines.decide(site, client, each, "approval", False)

    return act


async def split(site: Site) -> None:
    free = [each for each in site.model.lines.values() if each.budget and not site.model.touched(each.id)]
    line = _at(free, 0)
    if line is not None and line.budget > 1:
        await acts_lines.split(site, line.id, [1, line.budget - 1], "2015-06-30", False)


async def convert(site: Site) -> None:
    free = [
        each
        for each in site.model.lines.values()
        if each.arrangement == "aligned" and not site.model.touched(each.id)
    ]
    line = _at(free, 0)
    if line is not None:
        await acts_lines.convert(site, line.id, "pooled", "2015-09-10", False)


def period(act: str, client: str = "pcc") -> Act:
    async def done(site: Site) -> None:
        if act == "open":
            await acts_ledger.open_period(site, client, "2015-16-M06")
        elif "2015-16-M06" in site.model.periods:
            await acts_ledger.move_period(site, client, "2015-16-M06", act)

    return done


async def reverse(site: Site) -> None:
    """Of a payment that drew the first commitment down, if one did."""
    drawn = {id_ for each in site.model.commitments.values() for id_ in each.drawn_by}
    journals = [each for each in site.model.journals.values() if not drawn or each.id in drawn]
    journal = _at(journals, 0)
    if journal is not None:
        await acts_ledger.reverse(site, "pcc", journal, journal.day, None, True)


def repeat(changed: bool) -> Act:
    async def act(site: Site) -> None:
        if site.taken:
            await acts_ledger.repeat(site, _at(site.taken, len(site.taken) // 2), changed, False)

    return act


async def settle(site: Site) -> None:
    """Propose it for the second pool, let both parties approve, and post."""
    pool = _at(site.funds, 1)
    await acts_year.set_aside(site, pool, 10_00, "2015-09-01", False)
    await acts_year.propose_settlement(site, pool, False)
    standing = [id_ for id_, each in site.settlements.items() if each["state"] == "proposed"]
    for id_ in standing[:1]:
        await acts_year.approve_settlement(site, "pcc deputy", id_, False)
        await acts_year.approve_settlement(site, "ccg", id_, True)
        await acts_year.post_settlement(site, id_, "2016-03-31", False)


async def carry(site: Site) -> None:
    """Close what is open of the year, propose what is left of the first pool, and carry it forward."""
    await acts_ledger.close_year(site)
    await acts_year.propose_year_end(site, _at(site.funds, 0), False)
    for id_ in list(site.year_ends)[-1:]:
        await acts_year.post_year_end(site, id_, True)


async def reverse_what_was_carried(site: Site) -> None:
    """Refused to host and partner alike: a journal that carried a year forward stands."""
    for journal in [each for each in site.model.journals.values() if each.kind == "carry_forward"]:
        for client in ("pcc", "ccg"):
            await acts_ledger.reverse(site, client, journal, journal.day, None, False)


async def look_at_it(site: Site) -> None:
    await look(site, "2015-06-30", len(site.taken))


ACTS: tuple[Act, ...] = (
    promise("pcc", 0, 1_000_00),
    promise("ccg", 0, 500_01),
    promise("pcc", 1, 300_00),
    promise("ccg", 1, 200_03),
    contribute("pcc", 250_00),
    contribute("ccg", 125_01),
    spend(0, 40_00, "2015-06-30"),
    spend(1, 30_00, "2015-06-30"),
    spend(7, 3_00, "2015-05-15"),
    reserve(0, 100_00),
    draw(undone=False),
    vire(0, 1, 25_00),
    decide("pcc deputy"),
    decide("ccg deputy"),
    look_at_it,
    batch,
    with_commitment(acts_commitments.vary, 110_00, "2015-09-10"),
    with_commitment(acts_commitments.release, 5_00, "2015-12-31"),
    spend(3, 310_07, "2015-09-10"),
    spend(4, 230_00, "2015-12-31"),
    split,
    convert,
    period("open"),
    period("closure"),
    spend(0, 1_50, "2015-09-10"),
    reserve(1, 1_000_00, twice=True),
    look_at_it,
    reverse,
    draw(undone=True),
    period("reopening", "pcc deputy"),
    promise("pcc", 0, 1_100_00, "2015-09-10"),
    repeat(changed=False),
    repeat(changed=True),
    settle,
    look_at_it,
    carry,
    reverse_what_was_carried,
    spend(0, 7_00, "2016-03-31"),
    look_at_it,
)


async def next_act(site: Site) -> None:
    """The next act of the year; after the last one the year begins again, and much of it is refused."""
    number = site.acts
    site.acts += 1
    await ACTS[number % len(ACTS)](site)
