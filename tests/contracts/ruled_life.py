"""A random life of contracts under the pure rules, beside a model of its own: every move is made by both, or refused by both."""

import random
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.contracts.rules import consolidation, extension, transfer, variation_move
from services.contracts.rules.carry_over import check_ready
from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract, EndStatus, checked
from services.contracts.rules.life import TerminationReason, terminate
from services.contracts.rules.lineage import check_lineage, parents
from services.contracts.rules.party import Party, Role, of_role
from services.contracts.rules.state import State
from services.contracts.rules.terms import NAMES, Terms, difference
from services.contracts.rules.variation import Variation, VariationKind, VariationReason, VariationState
from shared.errors import Refusal
from shared.money import Money
from tests.contracts import told_life
from tests.contracts.model_life import Model, Record, months_on, worth
from tests.contracts.things import contract
from tests.contracts.told_life import content_of

TODAY = date(2030, 1, 1)
BODIES = [f"body {at}" for at in range(3)]
IDS = {name: uuid.uuid5(uuid.NAMESPACE_URL, name) for name in [*BODIES, "provider a", "provider b"]}


class Life:
    """The rules and the model side by side: every move is made by both, or refused by both."""

    def __init__(self, seed: int) -> None:
        self.chance, self.model = random.Random(seed), Model()
        self.found: dict[str, Contract] = {}
        self.history: dict[str, list[tuple[Terms, Terms]]] = {}
        self.first: dict[str, Contract] = {}
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.waiting: dict[str, Variation] = {}
        together = self.chance.random() < 0.5
        for _ in range(2):
            start = date(2012, 4, 1) + timedelta(days=self.chance.randrange(400))
            end = date(2016, 6, 30) if together else start + timedelta(days=self.chance.randrange(300, 1500))
            months = self.chance.choice([0, 6, 12])
            furthest = months_on(end, months) if months else end
            record = Record(
                self.name(), BODIES[0], self.chance.choice(["provider a", "provider a", "provider b"]),
                start, end, furthest, self.chance.randrange(10**9), yearly=self.chance.random() < 0.5,
            )  # fmt: skip
            self.model.register(record)
            made = contract(
                id=ident(record.name), owner_organisation_id=IDS[record.lead], state=State.ACTIVE, value=Money(record.pence),
                start_date=start, end_date=end, end_status=EndStatus.STATED, max_end_date=furthest, notice_period=None,
                value_basis=ValueBasis.ANNUAL if record.yearly else ValueBasis.TOTAL,
                funding=(), parties=(Party(Role.LEAD_COMMISSIONER, IDS[record.lead]), Party(Role.PROVIDER, IDS[record.provider])),
            )  # fmt: skip
            self.begin(record.name, checked(made))

    def name(self) -> str:
        return f"contract {self.chance.random()}"

    def begin(self, name: str, made: Contract) -> None:
        self.found[name] = self.first[name] = made
        self.history[name] = []
        self.told[name] = [content_of(made)]

    def change(self, name: str, after: Contract) -> None:
        changed = difference(self.found[name], after)
        if changed:
            self.history[name].append(changed)
        self.found[name] = after
        self.told[name].append(content_of(after))

    def move(self) -> str:
        """One move of some running contract, on some day that may be a wrong one."""
        running = [name for name, record in self.model.records.items() if record.runs]
        if not running:
            return "over"
        name = self.chance.choice(running)
        record = self.model.records[name]
        day = record.start + timedelta(days=self.chance.randrange(-2, (record.end - record.start).days + 3))
        kind = self.chance.choice(["extend", "vary", "novate", "novate", "consolidate", "split", "terminate"])
        allowed: bool = getattr(self, kind)(name, record, day)
        return f"{kind} {'made' if allowed else 'refused'}"

    def extend(self, name: str, record: Record, day: date) -> bool:
        months = self.chance.choice([6, 12])
        allowed = self.model.can_extend(name, months, day) and months_on(record.end, months) > record.end
        decision = extension.Extension(day, ends_on=months_on(record.end, months))
        after = self.tried(allowed, lambda: extension.extend(self.found[name], decision))
        if after is not None:
            self.change(name, after)
            self.model.extend(name, months)
        return allowed

    def vary(self, name: str, record: Record, day: date) -> bool:
        if record.waiting:
            self.take_effect(name)
            return True
        pence = self.chance.randrange(10**9)
        allowed = record.start <= day <= record.end and pence != record.pence
        asked = Variation(
            uuid.uuid4(), ident(name), IDS[record.lead], None, VariationKind.LOCAL, VariationReason.PRICE, "Price", day,
            Terms(), Terms(value=Money(pence)),
        )  # fmt: skip
        made = self.tried(allowed, lambda: variation_move.propose(self.found[name], asked, ()))
        if made is not None:
            self.waiting[name] = replace(made, state=VariationState.AGREED)
            self.model.wait(name)
            if self.chance.random() < 0.7:
                self.take_effect(name)
        return allowed

    def take_effect(self, name: str) -> None:
        agreed = self.waiting.pop(name)
        after, held = variation_move.take_effect(self.found[name], agreed, (), TODAY)
        assert held.state is VariationState.IN_EFFECT
        assert agreed.after.value is not None
        self.change(name, after)
        self.model.vary(name, agreed.after.value.amount_pence or 0)

    def waits_on(self, *names: str) -> list[Variation]:
        return [self.waiting[name] for name in names if name in self.waiting]

    def novate(self, name: str, record: Record, day: date) -> bool:
        leads = self.chance.random() < 0.5
        incoming = self.chance.choice(BODIES if leads else ["provider a", "provider b"])
        outgoing, new = record.lead if leads else record.provider, self.name()
        allowed = incoming != outgoing and record.can_be_cut(day)
        asked = transfer.Transfer(
            uuid.uuid4(), ident(name), ident(new), transfer.TransferKind.NOVATION,
            transfer.TransferRole.COMMISSIONER if leads else transfer.TransferRole.PROVIDER,
            IDS[outgoing], IDS[incoming], day, "Passes on", IDS[record.lead],
        )  # fmt: skip
        made = self.tried(
            allowed
            or (record.waiting and incoming != outgoing and replace(record, waiting=False).can_be_cut(day)),
            lambda: transfer.propose(self.found[name], asked),
        )
        if made is not None:
            waits = self.waits_on(name)
            with pytest.raises(Refusal):
                transfer.complete(self.found[name], made, TODAY, waits)
            for who in made.needed:
                made = transfer.consent(made, transfer.Consent(who, True, day, None, who, who))
            with pytest.raises(Refusal) as early:
                transfer.complete(self.found[name], made, day - timedelta(days=1), waits)
            assert early.value.code == "cut_not_yet"
            done = self.tried(allowed, lambda: transfer.complete(self.found[name], made, TODAY, waits))
            if done is None:
                return allowed
            ended, going, done = done
            if leads:
                going, done = transfer.take_over(done, going, (), None, None)
                going = replace(going, state=State.ACTIVE)  # as its activation leaves it
            assert done.state is transfer.TransferState.COMPLETED
            self.change(name, ended)
            self.begin(new, going)
            self.model.novate(
                name, day, new, incoming if leads else record.lead, record.provider if leads else incoming
            )
        return allowed

    def consolidate(self, name: str, record: Record, day: date) -> bool:
        other = self.chance.choice(list(self.model.records))
        second, new = self.model.records[other], self.name()
        allowed = self.model.can_join(record, second, day)
        sources = [self.found[name], self.found[other]]
        called = consolidation.NewContract(ident(new), "ONE", "One")

        def join() -> tuple[tuple[Contract, ...], Contract]:
            check_ready(day, TODAY, self.waits_on(name, other))
            return consolidation.consolidate(sources, called, day)

        made = self.tried(allowed, join)
        if made is not None:
            ended, going = made
            kept = consolidation.Regrouping(
                uuid.uuid4(),
                consolidation.RegroupingKind.CONSOLIDATION,
                IDS[record.lead],
                None,
                day,
                "",
                (),
                (),
            )
            proven = consolidation.proven(kept, sources, ended, [going])
            if not record.yearly:
                assert sum(each.amount_pence or 0 for each in proven.going_on) == proven.value_after_pence
            for each, after in zip((name, other), ended, strict=True):
                self.change(each, after)
            self.begin(new, going)
            self.model.consolidate((name, other), day, new)
        return allowed

    def split(self, name: str, record: Record, day: date) -> bool:
        first = self.chance.randrange(1, 99)
        percents = (first, 99 - first, 1)
        allowed, news = min(percents) > 0 and record.can_be_cut(day), tuple(self.name() for _ in range(3))
        parts = [
            consolidation.NewContract(ident(new), new, new, Decimal(each))
            for new, each in zip(news, percents, strict=True)
        ]

        def part() -> tuple[Contract, tuple[Contract, ...]]:
            check_ready(day, TODAY, self.waits_on(name))
            return consolidation.split(self.found[name], parts, day)

        made = self.tried(allowed, part)
        if made is not None:
            self.change(name, made[0])
            for new, going in zip(news, made[1], strict=True):
                self.begin(new, going)
            self.model.split(name, day, news, percents)
        return allowed

    def terminate(self, name: str, record: Record, day: date) -> bool:
        allowed = record.start <= day <= record.end
        ended = self.tried(allowed, lambda: terminate(self.found[name], day, TerminationReason.AGREED))
        if ended is not None:
            self.change(name, ended)
            self.model.terminate(name, day)
        return allowed

    def tried(self, allowed: bool, act):
        if allowed:
            return act()
        with pytest.raises(Refusal):
            act()
        return None

    def check(self) -> None:
        """Everything that must hold after every move."""
        records = self.model.records
        assert sum(map(worth_of, self.found.values())) == self.model.promised
        assert not self.waiting.keys() & {each for record in records.values() for each in record.parents}
        assert self.model.acyclic()
        links = {each.id: parents(each) for each in self.found.values()}
        for name, found in self.found.items():
            record = records[name]
            lead, provider = (
                of_role(found.parties, role) for role in (Role.LEAD_COMMISSIONER, Role.PROVIDER)
            )
            assert (
                [each.organisation_id for each in lead] == [IDS[record.lead]] == [found.owner_organisation_id]
            )
            assert [each.organisation_id for each in provider] == [IDS[record.provider]]
            assert (found.start_date, found.end_date, found.max_end_date, found.ended_on) == (
                record.start, record.end, record.furthest, record.ended,
            )  # fmt: skip
            assert found.value.amount_pence == record.pence
            assert (found.end_date or date.max) <= record.furthest
            assert parents(found) == {ident(each) for each in record.parents}
            assert all(records[each].ended == record.start - timedelta(days=1) for each in record.parents)
            check_lineage(found, links)
            rebuilt = self.first[name]
            for before, after in self.history[name]:
                changed = {
                    at: getattr(after, at) for at in NAMES if getattr(after, at) != getattr(before, at)
                }
                assert all(getattr(rebuilt, at) == getattr(before, at) for at in changed)
                rebuilt = replace(rebuilt, **changed)
            assert {at: getattr(rebuilt, at) for at in NAMES} == {at: getattr(found, at) for at in NAMES}

    def check_told(self, schema: Path) -> int:
        """What is told of each contract that changed merges to its record, and that is what stands. How many releases."""
        releases = 0
        for name, found in self.found.items():
            if len(self.told[name]) == 1:
                continue
            made = told_life.record(found, self.told[name])
            said = told_life.check_merges(schema, made)["contracts"][0]
            record = self.model.records[name]
            assert said["value"] == {"amount": record.agreed_pence / 100, "currency": "GBP"}
            assert said["status"] == ("active" if record.runs else "terminated")
            begins, ends = said["period"]["startDate"], said["period"]["endDate"]
            assert begins[:10] == record.start.isoformat()
            assert ends[:10] == record.end.isoformat()
            releases += len(made["releases"])
        return releases


def worth_of(found: Contract) -> Fraction:
    """What a contract as it stands is worth over the days that it ran or will run, by the model's arithmetic."""
    start, last = found.start_date, found.ended_on or found.end_date
    assert start is not None
    assert last is not None
    return worth(found.value.amount_pence or 0, found.value_basis is ValueBasis.ANNUAL, start, last)


def ident(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, name)
