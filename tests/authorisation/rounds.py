"""The two rounds of the matrix: first everything that must change nothing, then what may be written."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from services.gateway.rules.policy import Row
from services.gateway.rules.policy_table import ROWS
from tests.authorisation.bodies import Names, body_of, example_of, filled, query_of
from tests.authorisation.cedar import SIGHT_OF, may_see
from tests.authorisation.house import Told, ask
from tests.authorisation.people import BODIES, NOBODIES, People
from tests.authorisation.records import OWNERS, World

ABSENT = "absent"
TARGETS = (*OWNERS, ABSENT)


@dataclass(frozen=True)
class Case:
    """One cell: who calls which operation, and on whose record, or on one that is not there."""

    principal: str
    row: Row
    target: str

    def __str__(self) -> str:
        return f"{self.principal} {self.row.operation_id} on {self.target}"


@dataclass
class Rounds:
    """What was answered, by cell. `sees` is the Cedar model's word on records that stand in the address."""

    people: People
    world: World
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    answers: dict[Case, Told] = field(default_factory=dict)
    taken: dict[Case, Told] = field(default_factory=dict)
    written: dict[Case, Told] = field(default_factory=dict)
    sees: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.absent: Names = {name: str(uuid.uuid4()) for name in self.world.names["council_a"]}
        asked = [
            (name, collection, owner)
            for name in BODIES
            for collection, owners in self.world.records.items()
            if collection in SIGHT_OF
            for owner in owners
        ]
        self.sees = dict(zip(asked, may_see(self.people, asked), strict=True))

    def visible(self, case: Case) -> bool | None:
        """Whether the record in the address is the caller's to see; None where the address names none that is known."""
        collection = collection_of(case.row)
        if case.target == ABSENT:
            return False if collection is not None else None
        if collection is None or case.target not in self.world.records.get(collection, {}):
            return None
        return self.sees[case.principal, collection, case.target]

    def own_place(self, case: Case) -> bool:
        return case.target != ABSENT and BODIES[case.target][0] == BODIES[case.principal][0]

    def names(self, target: str) -> Names:
        return self.absent if target == ABSENT else self.world.names[target]

    def address(self, row: Row, target: str, first: str | None = None) -> str:
        """The path with its ids put in: the record of the target, or `first`; what is nested is not there."""
        steps, collection = [], collection_of(row)
        for step in row.path.split("/"):
            if not step.startswith("{"):
                steps.append(step)
            elif len(steps) == 3 and collection is not None:
                known = self.world.records.get(collection, {}).get(target)
                steps.append(
                    first
                    or (known if target != ABSENT else None)
                    or str(uuid.UUID(int=hash((collection, target)) % 2**120))
                )
            else:
                steps.append(
                    "1" if step in {"{edition}", "{number}"} else "11111111-1111-4111-8111-111111111111"
                )
        return "/".join(steps)

    async def send(self, case: Case, first: str | None = None, names: Names | None = None) -> Told:
        chosen = names or self.names(case.target)
        body, kind = body_of(case.row, chosen)
        target = self.address(case.row, case.target, first) + query_of(case.row, chosen)
        token = self.people.tokens[case.principal]
        told = await ask(self.people.gateway, case.row.method, target, token, body, kind, 1)
        for _ in range(3):
            if told.status != 503:  # a machine that has too much to do says so, and is asked again
                break
            told = await ask(self.people.gateway, case.row.method, target, token, body, kind, 1)
        return told

    async def first_round(self) -> None:
        """Everything that must change nothing: who is nobody, roles that fit no row, reads, and foreign records."""
        await _each_apart(self._nobodies, NOBODIES)
        await _each_apart(self._bodies, tuple(BODIES))

    async def _nobodies(self, principal: str) -> None:
        for row in ROWS:
            for target in TARGETS if row.scope is not None else ():
                case = Case(principal, row, target)
                self.answers[case] = await self.send(case)

    async def _bodies(self, principal: str) -> None:
        for row in ROWS:
            if row.scope is None:
                continue
            for target in TARGETS:
                case = Case(principal, row, target)
                if row.method == "GET" or not fits(row, principal) or self._denied(case):
                    self.answers[case] = await self.send(case)
            if row.method == "PUT" and fits(row, principal) and (collection := collection_of(row)):
                await self._taken(principal, row, collection)

    async def _taken(self, principal: str, row: Row, collection: str) -> None:
        """A creation under the id of somebody else's record, with everything else the caller's own."""
        mine = next((each for each in OWNERS if BODIES[each][0] == BODIES[principal][0]), OWNERS[0])
        for owner, record in self.world.records.get(collection, {}).items():
            if BODIES[owner][0] != BODIES[principal][0]:
                case = Case(principal, row, owner)
                self.taken[case] = await self.send(case, first=record, names=self.world.names[mine])

    def _denied(self, case: Case) -> bool:
        """A write that must fail: on another place's record or in its name, or on a record that is hidden or absent."""
        if case.row.method == "PUT" and case.row.path.count("{") == 1:
            return placed(case.row, address=False) and not self.own_place(case)
        if not placed(case.row):
            return False
        return not self.own_place(case) or self.visible(case) is False

    async def second_round(self) -> None:
        """What the policy table opens on records that the caller sees, or in its own place."""
        for principal in BODIES:
            for row in ROWS:
                if row.scope is None or row.method == "GET" or not fits(row, principal):
                    continue
                for target in TARGETS:
                    case = Case(principal, row, target)
                    if case not in self.answers and (self.own_place(case) or not placed(row)):
                        first = str(uuid.uuid4()) if row.method == "PUT" else None
                        self.written[case] = await self.send(case, first=first)

    def row(self, method: str, path: str) -> Row:
        return next(each for each in ROWS if (each.method, each.path) == (method, path))

    async def read(self, principal: str, target: str) -> Told:
        return await ask(self.people.gateway, "GET", target, self.people.tokens[principal])

    async def every_item(self, principal: str, row: Row, names: Names) -> set[str] | None:
        """The ids of a whole list, page after page; None where its items have none."""
        found: set[str] = set()
        query = query_of(row, {name: value for name, value in names.items() if name == "partnership_id"})
        target: str | None = row.path + query + ("&" if query else "?") + "limit=100"
        while target is not None:
            told = await self.read(principal, target)
            assert told.status == 200, f"{principal} {target}: {told.status} {told.code}"
            items = told.body["items"] if isinstance(told.body, dict) and "items" in told.body else []
            if any("id" not in each for each in items):
                return None
            found |= {each["id"] for each in items}
            target = told.body.get("next") if isinstance(told.body, dict) else None
        return found


async def _each_apart(round_: Any, principals: tuple[str, ...]) -> None:
    async with asyncio.TaskGroup() as group:
        for each in principals:
            group.create_task(round_(each))


def fits(row: Row, principal: str) -> bool:
    """Whether the policy table opens the door to the one role of a body."""
    role = BODIES[principal][1]
    held = {role, "commissioner", "organisation"} if role == "host" else {role, "organisation"}
    return row.scope is None or bool(row.roles & held)


def collection_of(row: Row) -> str | None:
    """The collection whose record stands first in the address."""
    steps = row.path.split("/")
    return steps[2] if len(steps) > 3 and steps[3].startswith("{") else None


def placed(row: Row, *, address: bool = True) -> bool:
    """Whether the request says of which place or record it speaks, in its address or elsewhere."""
    probe = dict.fromkeys(_PROBE, "0")
    return (
        (address and "{" in row.path)
        or filled(example_of(row.operation_id), probe) != example_of(row.operation_id)
        or bool(query_of(row, probe))
    )


_PROBE = ("partnership_id", "agreement_id", "pool_id", "line_id", "contract_id", "indicator_id", "obligation_id",
          "organisation_id", "owner_organisation_id", "account_id")  # fmt: skip


def told_apart(rounds: Rounds, case: Case, told: Told) -> str:
    """An answer with its ids taken out, so that foreign and absent can be held against each other."""
    text = json.dumps(told.without_names(), sort_keys=True)
    names = dict(rounds.names(case.target))
    for records in rounds.world.records.values():
        if case.target in records:
            names[records[case.target]] = records[case.target]
    for value in sorted(
        {*names.values(), rounds.address(case.row, case.target).split("/")[-1]}, key=len, reverse=True
    ):
        text = text.replace(value, "*") if len(value) > 8 else text
    return text
