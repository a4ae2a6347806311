"""A small world of contracts for tests of the walls: who leads, joins and provides, and who then sees what."""

import uuid
from contextlib import asynccontextmanager

from shared.context import settings_of
from tests.contracts.register import SCOPES, Place, a_key, backing, registered
from tests.stack import a_caller

ROLES = ("council", "ccg", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")

# Contract -> who sees it, by section 2 of the domain. `joint`: led by the CCG, Kernow joins, PCH provides.
# `councils`: led by the council, PCH provides. `acute`: led by the CCG, Kernow joins, PHNT provides. `planned`: in the
# pipeline, PCH already named. `private`: the council's, of no partnership, PHNT provides. `elsewhere`: a stranger's, PCH
# provides there too.
SEEN_BY = {
    "joint": {"council", "ccg", "kernow", "pch", "scrutiny", "auditor"},
    "councils": {"council", "ccg", "pch", "scrutiny"},
    "acute": {"council", "ccg", "kernow", "phnt", "scrutiny", "auditor"},
    "planned": {"council", "ccg"},
    "private": {"council", "phnt"},
    "elsewhere": {"stranger", "pch"},
}


class World:
    """The contracts of SEEN_BY in the database, and clients of all who look at them."""

    def __init__(self, client_for) -> None:
        self.place = Place()
        self._client_for = client_for
        self.clients: dict = {}
        self.made: dict[str, dict] = {}

    async def put(self) -> "World":
        place = self.place
        for role in ROLES:
            self.clients[role] = await self._client_for("contracts", place.caller(role))
        shared = {
            "parties": [
                {"role": "lead_commissioner", "organisation_id": str(place.ccg), "share_percent": "62.5"},
                {
                    "role": "associate_commissioner",
                    "organisation_id": str(place.kernow),
                    "share_percent": "37.5",
                },
            ],
            "funding": [
                {"pool_id": str(place.pool), "organisation_id": str(place.ccg), "share_percent": "62.5"},
                {"pool_id": str(uuid.uuid4()), "organisation_id": str(place.kernow), "share_percent": "37.5"},
            ],
            "review_date": "2015-06-01",
            "max_end_date": "2018-03-31",
        }
        individual = {
            "role": "provider",
            "organisation_id": str(place.pch),
            "name": "MRS J BLOGGS T/A THE LODGE",
        }
        await self._register("ccg", "joint", **with_provider(shared, {**individual, "kind": "individual"}))
        await self._register("council", "councils")
        phnt = {"role": "provider", "organisation_id": str(place.phnt), "name": "PHNT"}
        await self._register("ccg", "acute", **with_provider(shared, phnt))
        await self._register(
            "ccg", "planned", state="pipeline", start_date="2016-04-01", end_date="2019-03-31",
            stated_dates=[{"kind": "recommission_by", "on": "2016-03-31", "source": "Summary of projects"}],
        )  # fmt: skip
        await self._register("council", "private", provider="phnt", partnership_id=None)
        await self._register("stranger", "elsewhere", partnership_id=None)
        return self

    async def _register(self, lead: str, name: str, provider: str = "pch", **changes) -> None:
        body = self.place.contract(lead, provider, title=name, **changes)
        self.made[name] = await registered(self.clients[lead], body)

    def id(self, name: str) -> str:
        return self.made[name]["id"]

    def expected(self, role: str) -> set[str]:
        return {name for name, seen_by in SEEN_BY.items() if role in seen_by}

    def names(self, ids) -> set[str]:
        known = {made["id"]: name for name, made in self.made.items()}
        return {known[str(each)] for each in ids if str(each) in known}

    async def give_notice(self, name: str) -> None:
        """Activate a contract of the CCG's and serve notice on it."""
        ccg, url = self.clients["ccg"], f"/v1/contracts/{self.id(name)}"
        version = (await ccg.get(url)).json()["version"]
        await ccg.post(
            f"{url}/activation",
            json={"active_from": "2013-04-01"},
            key=a_key(),
            version=version,
            seen=backing(self.made[name]),
        )
        notice = {
            "served_on": "2014-09-30",
            "served_by": "commissioner",
            "ends_on": "2015-03-31",
            "reason": "Services brought together",
            "consultation": "Twelve weeks",
        }
        answer = await ccg.post(f"{url}/notice", json=notice, key=a_key(), version=version + 1)
        assert answer.status_code == 200, answer.text


def with_provider(shared: dict, provider: dict) -> dict:
    return {**shared, "parties": [*shared["parties"], provider]}


@asynccontextmanager
async def as_app(stack, caller=None):
    """A raw connection as the app role, in a transaction with the caller's context and no scoped query."""
    connection = await stack.connect("contracts")
    try:
        async with connection.transaction():
            if caller is not None:
                for name, value in settings_of(caller):
                    await connection.execute("select set_config($1, $2, true)", name, value)
            yield connection
    finally:
        await connection.close()


def a_random_caller(chance, organisations, partnerships):
    """Somebody with some roles, in some partnerships, appointed to some audits."""
    from shared.caller import Audit

    standing = {
        role: chance.sample(partnerships, chance.randrange(3))
        for role in ("commissioner", "associate", "provider", "observer", "auditor")
        if chance.random() < 0.4
    }
    audits = tuple(
        Audit(
            partnership,
            tuple(chance.sample(organisations, 2)),
            tuple(chance.sample(["2013/14", "2014/15", "2019/20"], 2)),
        )
        for partnership in chance.sample(partnerships, chance.choice([0, 0, 1, 2]))
    )
    own = chance.sample(organisations, chance.choice([1, 1, 2]))
    return a_caller(own[0], SCOPES, organisations=tuple(own), audits=audits, **standing)
