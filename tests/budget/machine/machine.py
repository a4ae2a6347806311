"""The state machine: what hypothesis may do to a partnership's books, in any order, with a look at them in between."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.budget.machine import acts_commitments, acts_ledger, acts_lines, acts_succession, acts_year
from tests.budget.machine.look import look
from tests.budget.machine.site import Site
from tests.budget.machine.story import next_act

DAYS = st.sampled_from(
    ("2015-06-30", "2015-04-01", "2015-04-30", "2015-05-15", "2015-09-10", "2015-12-31",
     "2016-02-29", "2016-03-27", "2016-03-31")
)  # fmt: skip
ODD_DAYS = st.one_of(DAYS, DAYS, DAYS, st.sampled_from(("2015-03-31", "2016-04-01")))
PENCE = st.one_of(st.integers(1, 60_00), st.integers(1, 600_00), st.just(1))
CLIENTS = st.sampled_from(("pcc", "ccg", "pcc deputy", "ccg deputy"))
PICK = st.integers(0, 1_000)
TWICE = st.sampled_from((False, False, False, False, True))
FLAWS = st.sampled_from(
    ("", "", "", "", "", "unbalanced", "nil", "unknown account", "other books", "budget book", "paid back",
     "2015-16-M01", "2015-16-M09", "2015-16-M13", "2016-17-M01", "a penny", "by hand")
)  # fmt: skip
LABELS = st.sampled_from(("2015-16-M01", "2015-16-M03", "2015-16-M06", "2015-16-M12", "2015-16-M13"))
MANY = 9  # journals in the books before their owner may be succeeded, late in a machine's life
LATE = 0.7
LOOK_EVERY = 8  # steps at least
WHAT = st.sampled_from(("expenditure", "expenditure", "contribution", "in_kind"))


class BooksMachine(RuleBasedStateMachine):
    """One partnership. `play.made_for` gives it the service, and the loop that the service lives in."""

    open_site: ClassVar[Callable[[], Coroutine[Any, Any, Site]]]
    loop: ClassVar[asyncio.AbstractEventLoop]
    length: ClassVar[int]
    steps: ClassVar[int] = 0
    happened: ClassVar[Counter]

    def __init__(self) -> None:
        super().__init__()
        self.done = self.looked_at = 0
        self.site: Site = self.run(type(self).open_site())

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(600)

    def act(self, act: Coroutine[Any, Any, Any]) -> None:
        type(self).steps += 1
        self.done += 1
        if self.site.heir:  # only what comes late is still posted in the books as the model knows them
            act.close()
            act = acts_succession.late(self.site, 1 + type(self).steps % 99)
        self.run(act)

    def pick(self, some: Any, at: int) -> Any:
        every = list(some)
        return every[at % len(every)]

    def line(self, at: int) -> str:
        """Mostly one that stands."""
        lines = self.site.model.lines.values()
        living = [each.id for each in lines if each.ended_on is None]
        found: str = self.pick([*living, *living, *self.site.model.ended], at)
        return found

    @rule()
    def ordinary(self):
        self.act(next_act(self.site))

    @rule()
    def ordinary_too(self):
        """A second time, so that an ordinary year is often well under way."""
        self.act(next_act(self.site))

    @rule(client=CLIENTS, what=WHAT, at=PICK, pence=PENCE, day=ODD_DAYS, flaw=FLAWS, twice=TWICE)
    def post(self, client, what, at, pence, day, flaw, twice):
        async def act():
            line = self.line(at)
            draft = await acts_ledger.draft_of(self.site, what, line, pence, day, client, flaw)
            await acts_ledger.post(self.site, client, draft, twice)

        self.act(act())

    @rule(at=PICK, pence=PENCE, day=DAYS)
    def spend(self, at, pence, day):
        async def act():
            line = self.line(at)
            owner = self.site.model.lines[line]
            host = owner.arrangement == "pooled" or owner.owner == self.site.model.council
            client = "pcc" if host else "ccg"
            draft = await acts_ledger.draft_of(self.site, "expenditure", line, pence, day, client)
            await acts_ledger.post(self.site, client, draft, False)

        self.act(act())

    @precondition(lambda self: self.site.model.journals)
    @rule(client=CLIENTS, at=PICK, day=ODD_DAYS, same=st.booleans(), twice=TWICE)
    def reverse(self, client, at, day, same, twice):
        journal = self.pick(self.site.model.journals.values(), at)
        self.act(acts_ledger.reverse(self.site, client, journal, journal.day if same else day, None, twice))

    @rule(
        items=st.lists(st.tuples(PICK, PENCE, DAYS, FLAWS), min_size=1, max_size=4),
        mode=st.sampled_from(("all_or_nothing", "continue")),
        twice=TWICE,
    )
    def batch(self, items, mode, twice):
        async def act():
            drafts = [
                await acts_ledger.draft_of(self.site, "expenditure", self.line(at), pence, day, "pcc", flaw)
                for at, pence, day, flaw in items
            ]
            await acts_ledger.post_batch(self.site, "pcc", drafts, mode, twice)

        self.act(act())

    @precondition(lambda self: any(posted for _, posted in self.site.batches.values()))
    @rule(at=PICK, twice=TWICE)
    def reverse_batch(self, at, twice):
        posted = [batch for batch, (_, journals) in self.site.batches.items() if journals]
        self.act(acts_ledger.reverse_batch(self.site, self.pick(posted, at), twice))

    @rule(client=CLIENTS, label=LABELS, twice=TWICE)
    def open_period(self, client, label, twice):
        self.act(acts_ledger.open_period(self.site, client, label, twice))

    @precondition(lambda self: self.site.model.periods)
    @rule(
        client=st.sampled_from(("pcc", "pcc deputy")),
        at=PICK,
        act=st.sampled_from(("closure", "soft-closure", "reopening")),
        twice=TWICE,
    )
    def move_period(self, client, at, act, twice):
        label = self.pick(self.site.model.periods, at)
        self.act(acts_ledger.move_period(self.site, client, label, act, twice))

    @rule(client=st.sampled_from(("pcc", "ccg")), at=PICK, pence=PENCE, day=ODD_DAYS, twice=TWICE)
    def reserve(self, client, at, pence, day, twice):
        self.act(acts_commitments.reserve(self.site, client, self.line(at), pence, day, twice))

    @rule(at=PICK, twice=TWICE)
    def limit(self, at, twice):
        self.act(acts_commitments.limit(self.site, self.line(at), twice))

    @precondition(lambda self: self.site.model.commitments)
    @rule(
        at=PICK,
        how=st.sampled_from(("vary", "release", "release all")),
        pence=PENCE,
        day=ODD_DAYS,
        twice=TWICE,
    )
    def move_commitment(self, at, how, pence, day, twice):
        held = self.pick(self.site.model.commitments.values(), at)
        if how == "vary":
            self.act(acts_commitments.vary(self.site, held, pence, day, twice))
        else:
            self.act(
                acts_commitments.release(self.site, held, pence if how == "release" else None, day, twice)
            )

    @precondition(lambda self: self.site.model.commitments and self.site.model.journals)
    @rule(at=PICK, by=PICK, beyond=st.booleans(), twice=TWICE)
    def draw_down(self, at, by, beyond, twice):
        held = self.pick(self.site.model.commitments.values(), at)
        accounts = self.site.model.spent_accounts(held.line)
        journals = self.site.model.journals.values()
        of_line = [each for each in journals if each.book == "actual" and each.charges(accounts)]
        if of_line:
            self.act(acts_commitments.draw(self.site, held, self.pick(of_line, by), beyond, twice))

    @rule(
        client=st.sampled_from(("pcc", "ccg")),
        giving=PICK,
        taking=PICK,
        pence=PENCE,
        day=ODD_DAYS,
        twice=TWICE,
    )
    def propose_virement(self, client, giving, taking, pence, day, twice):
        lines = self.line(giving), self.line(taking)
        self.act(acts_lines.propose(self.site, client, *lines, pence, day, twice))

    @precondition(lambda self: self.site.model.virements)
    @rule(
        client=CLIENTS,
        at=PICK,
        act=st.sampled_from(("approval", "approval", "approval", "refusal", "withdrawal")),
        twice=TWICE,
    )
    def decide_virement(self, client, at, act, twice):
        virements = self.site.model.virements.values()
        waiting = [each for each in virements if each.state == "proposed"]
        self.act(acts_lines.decide(self.site, client, self.pick(waiting or virements, at), act, twice))

    @rule(at=PICK, cut=st.integers(0, 120), short=st.sampled_from((0, 0, 0, 1)), day=ODD_DAYS, twice=TWICE)
    def split(self, at, cut, short, day, twice):
        line = self.line(at)
        whole = self.site.model.lines[line].budget or 100
        first = whole * cut // 100
        self.act(acts_lines.split(self.site, line, [first, whole - first - short], day, twice))

    @rule(at=PICK, to=st.sampled_from(("pooled", "aligned")), day=ODD_DAYS, twice=TWICE)
    def convert(self, at, to, day, twice):
        self.act(acts_lines.convert(self.site, self.line(at), to, day, twice))

    @rule(
        client=st.sampled_from(("pcc", "ccg")),
        at=PICK,
        pence=st.one_of(PENCE, PENCE, st.none(), st.just(0)),
        since=st.one_of(st.none(), ODD_DAYS),
        twice=TWICE,
    )
    def promise(self, client, at, pence, since, twice):
        pool = self.pick(self.site.funds, at)
        self.act(acts_lines.promise(self.site, client, pool, pence, since, twice))

    @rule(at=PICK, pence=st.sampled_from((1, 9_99, 10_00, 25_00)), day=DAYS, twice=TWICE)
    def set_aside(self, at, pence, day, twice):
        self.act(acts_year.set_aside(self.site, self.pick(self.site.funds, at), pence, day, twice))

    @rule(at=PICK, twice=TWICE)
    def propose_settlement(self, at, twice):
        self.act(acts_year.propose_settlement(self.site, self.pick(self.site.funds, at), twice))

    @precondition(lambda self: self.site.settlements)
    @rule(
        client=CLIENTS,
        at=PICK,
        how=st.sampled_from(("approve", "approve", "post", "withdraw")),
        day=DAYS,
        twice=TWICE,
    )
    def move_settlement(self, client, at, how, day, twice):
        id_ = self.pick(self.site.settlements, at)
        if how == "approve":
            self.act(acts_year.approve_settlement(self.site, client, id_, twice))
        elif how == "post":
            self.act(acts_year.post_settlement(self.site, id_, day, twice))
        else:
            self.act(acts_year.withdraw_settlement(self.site, id_, twice))

    @precondition(lambda self: len(self.site.model.journals) > 12 and not self.site.model.carried)
    @rule()
    def close_year(self):
        self.act(acts_ledger.close_year(self.site))

    @rule(at=PICK, twice=TWICE)
    def propose_year_end(self, at, twice):
        self.act(acts_year.propose_year_end(self.site, self.pick(self.site.funds, at), twice))

    @precondition(lambda self: self.site.year_ends)
    @rule(at=PICK, twice=TWICE)
    def post_year_end(self, at, twice):
        self.act(acts_year.post_year_end(self.site, self.pick(self.site.year_ends, at), twice))

    @precondition(lambda self: self.site.taken)
    @rule(at=PICK, changed=st.booleans(), twice=TWICE)
    def repeat(self, at, changed, twice):
        self.act(acts_ledger.repeat(self.site, self.pick(self.site.taken, at), changed, twice))

    @precondition(lambda self: len(self.site.model.journals) > MANY and self.done > LATE * self.length)
    @rule()
    def succeed(self):
        if not self.site.heir:
            self.act(acts_succession.succeed(self.site))

    @precondition(lambda self: self.site.heir)
    @rule()
    def look_after(self):
        type(self).steps += 1
        self.run(acts_succession.look_after(self.site))

    @precondition(lambda self: self.done >= self.looked_at + LOOK_EVERY)
    @rule(day=DAYS, pick=PICK)
    def look(self, day, pick):
        self.looked_at = self.done
        self.act(look(self.site, day, pick))

    def teardown(self) -> None:
        site = getattr(self, "site", None)
        if site is not None:
            after = (
                acts_succession.look_after(site) if site.heir else look(site, "2015-09-10", len(site.taken))
            )
            self.run(after)
            type(self).happened.update(site.happened)
