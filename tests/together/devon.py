"""The Devon CCGs of 2019 with the council they worked with, and a gateway that dies on the way of their succession."""

from __future__ import annotations

import uuid
from importlib import import_module

from tests.budget.place import made
from tests.gateway.people import Visit, token_for
from tests.together.dying import Died
from tests.together.town import a_key

INSTRUMENT = "NHS Act 2006 section 14G, grant of merger application"


class Devon:
    """NEW Devon CCG (99P), South Devon and Torbay CCG (99Q), NHS Devon CCG (15N), and the council they worked with."""

    async def settle(self, operator):
        self.operator = operator
        tag = (
            uuid.uuid4().hex[:4].upper()
        )  # codes of public registers stand for one body, and tests make many
        self.codes = {
            name: f"{code}{tag}" for name, code in (("north", "99P"), ("south", "99Q"), ("devon", "15N"))
        }
        ids = {}
        for name, title in (
            ("north", "NEW Devon CCG"),
            ("south", "South Devon and Torbay CCG"),
            ("devon", "NHS Devon CCG"),
        ):
            since = "2019-04-01" if name == "devon" else "2013-04-01"
            code = {"scheme": "ods", "code": self.codes[name], "role": "ccg", "from_date": since}
            ids[name] = await operator.organisation(title, "nhs_commissioner", identifiers=[code])
        ids["council"] = await operator.organisation("Devon County Council")
        self.ids = ids
        self.partnership = await operator.partnership(host=ids["council"], commissioner=ids["north"])
        await operator.member(self.partnership, ids["south"], "commissioner")
        self.north, self.south, self.devon, self.council = [
            await operator.client(ids[name]) for name in ("north", "south", "devon", "council")
        ]
        colleague = await second_operator(operator)
        self.approver = colleague
        return self

    def body(self, **changes):
        return {
            "kind": "merger",
            "effective_date": "2019-04-01",
            "instrument": INSTRUMENT,
            "moves": [
                {"predecessor_id": self.ids[name], "successor_id": self.ids["devon"], "share": "1"}
                for name in ("north", "south")
            ],
            **changes,
        }

    async def record(self, **changes):
        self.path = f"/v1/successions/{uuid.uuid4()}"
        return await self.operator.visit.put(self.path, json=self.body(**changes))

    async def approve(self, by=None):
        version = made(await self.operator.visit.get(self.path))["version"]
        return await (by or self.approver).post(f"{self.path}/approval", key=a_key(), version=version)

    async def apply(self, key=None):
        return await self.operator.visit.post(f"{self.path}/application", key=key or a_key())

    async def members(self):
        items = made(await self.operator.visit.get(f"/v1/partnerships/{self.partnership}/members"))["items"]
        names = {value: key for key, value in self.ids.items()}
        return {
            (names[each["organisation_id"]], each["role"], each["from_date"], each["to_date"])
            for each in items
        }


async def second_operator(operator):
    """Another client of the operator's own organisation."""
    mine = made(await operator.visit.get("/v1/me"))
    client = str(uuid.uuid4())
    body = {
        "organisation_id": mine["organisation_id"],
        "name": f"Approver {client[:8]}",
        "scopes": mine["scopes"],
    }
    made(await operator.visit.put(f"/v1/clients/{client}", json=body))
    secret = made(await operator.visit.post(f"/v1/clients/{client}/secrets", json={}, key=a_key()))["secret"]
    token = (await token_for(operator.app, client, secret)).json()["access_token"]
    return Visit(operator.app, token)


class Gone:
    """The gateway dies before or after a step, counted over the steps."""

    def __init__(self, patches, die_at):
        self.passed = []
        self.die_at = die_at
        subject = import_module("services.gateway.joint.succession")
        for holder, name in (
            (subject, "move_memberships"), (subject.Errands, "drive"), (subject, "keep_succession_part"),
            (subject, "finish_succession"),
        ):  # fmt: skip
            self._around(patches, holder, name)

    def _around(self, patches, holder, name):
        real = getattr(holder, name)

        async def reaching(*arguments, **more):
            self._reach(f"before {name}")
            found = await real(*arguments, **more)
            self._reach(f"after {name}")
            return found

        patches.setattr(holder, name, reaching)

    def _reach(self, here):
        self.passed.append(here)
        if len(self.passed) == self.die_at + 1:
            raise Died(here)
