"""The Devon CCGs of 2019 with the council they worked with, and a gateway that dies on the way of their succession."""

from __future__ import annotations

import uuid
from importlib import import_module

from tests.budget.place import Place, made
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

    async def stock(self):
        """What the groups hold on their last day: money in a pool and of their own, a contract each, what is owed under it.

        `paths` are where each of these things is read, by name.
        """
        ids = self.ids
        ids["trust"] = await self.operator.organisation("Devon Care", "independent_provider")
        await self.operator.member(self.partnership, ids["trust"], "provider")
        self.trust = await self.operator.client(ids["trust"])
        self.place = place = Place(
            *(uuid.UUID(each) for each in (self.partnership, ids["council"], ids["north"]))
        )
        place.pcc, place.ccg = self.council.visit, self.north.visit
        await place.bring_into_force()
        pool = await place.pool(arrangement="pooled")
        promise = made(await place.promise(self.north.visit, pool, 300_00, financial_year="2019/20"))
        line = await place.line(
            self.north.visit, None, "aligned", pence=500_00, financial_year="2018/19", name="Reablement"
        )
        spent = await place.spend(
            self.north.visit, line, 120_00, arrangement="aligned", effective_date="2018-06-15"
        )
        indicator = {
            "partnership_id": self.partnership, "code": "A-1", "title": "Admissions", "definition": "What it counts.",
            "value_type": "days", "unit": "days", "polarity": "low_is_good", "frequency": "quarterly",
        }  # fmt: skip
        measured = await self._put("north", "indicators", indicator)
        target = {"indicator_id": measured, "kind": "absolute", "value": "8"}
        target = await self._put("north", "targets", target)
        contracts = {
            name: await self._put(name, "contracts", self._contract(name, pool, measured))
            for name in ("north", "south")
        }
        obligation = await self._put("north", "obligations", self._obligation(contracts["north"], measured))
        values = {measured: {"value": "9"}}
        sent = {"obligation_id": obligation, "period": "2018Q4", "values": values}
        self.returned = await self._put("trust", "returns", sent)
        self.money = ([-120_00], 2)  # its reserve, closed by one journal and opened by another
        submitted = await self.trust.visit.post(
            f"/v1/returns/{self.returned}/submission", key=a_key(), version=1
        )
        assert submitted.status_code == 200, submitted.text
        self.paths = {
            "agreement": f"/v1/agreements/{place.agreement}", "pool": f"/v1/pools/{pool}",
            "contribution": f"/v1/contributions/{promise['id']}", "line": f"/v1/lines/{line}",
            "journal": f"/v1/journals/{spent['id']}", "indicator": f"/v1/indicators/{measured}",
            "target": f"/v1/targets/{target}", "contract": f"/v1/contracts/{contracts['north']}",
            "second contract": f"/v1/contracts/{contracts['south']}",
            "obligation": f"/v1/obligations/{obligation}", "return": f"/v1/returns/{self.returned}",
        }  # fmt: skip
        return self

    async def _put(self, name, collection, body):
        path = f"/v1/{collection}/{(id_ := str(uuid.uuid4()))}"
        made(await getattr(self, name).visit.put(path, json=body))
        return id_

    def _contract(self, name, pool, indicator):
        return {
            "reference": "COMMUNITY", "title": "Community services", "state": "recorded_as_active",
            "partnership_id": self.partnership, "start_date": "2018-04-01", "end_date": "2021-03-31",
            "parties": [
                {"role": "lead_commissioner", "organisation_id": self.ids[name]},
                {"role": "provider", "organisation_id": self.ids["trust"], "name": "Devon Care"},
            ],
            "value": {"amount_pence": 600_00, "status": "actual"}, "indicator_ids": [indicator],
            "funding": [{"pool_id": str(pool), "organisation_id": self.ids[name], "share_percent": "100"}],
        }  # fmt: skip

    def _obligation(self, contract, indicator):
        return {
            "partnership_id": self.partnership, "contract_id": contract, "title": "Quarterly return",
            "lead_organisation_id": self.ids["north"], "provider_organisation_id": self.ids["trust"],
            "associate_organisation_ids": [], "frequency": "quarterly", "begins_on": "2018-04-01",
            "ends_on": "2020-03-31", "due_days": 20, "indicators": [{"indicator_id": indicator}],
        }  # fmt: skip

    async def successor(self):
        """A client of the successor that admission has not met before, so that it carries its predecessors at once."""
        return (await self.operator.client(self.ids["devon"])).visit

    async def money_gone_over(self, visit):
        """What accounts held when their books were closed and opened again, in pence, and by how many journals."""
        asked = {"partnership_id": self.partnership, "limit": "200"}
        things = made(await visit.get("/v1/succeeded-things", params=asked))["items"]
        journals = made(await visit.get("/v1/journals", params={**asked, "kind": "succession"}))["items"]
        return sorted(each["amount_pence"] for each in things if each["thing"] == "account"), len(journals)

    async def preview(self):
        tried = made(await self.operator.visit.post(f"{self.path}/preview"))
        return {each["part"]: each for each in tried["parts"]}

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
