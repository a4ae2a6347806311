"""A partnership made through the doors: its two partners, their agreement, pools, lines, accounts and journals."""

import uuid
from dataclasses import dataclass, field

from services.budget.rules.section_75 import POOLED_FUND_MATTERS
from shared.caller import Audit, Share
from tests.stack import Checked, a_caller

SCOPES = "budget:read budget:post budget:write decision:write"


def key() -> str:
    return uuid.uuid4().hex


def made(answer):
    """The body of a success, or the words of the refusal as a failed test."""
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def code_of(answer) -> str:
    return answer.json()["code"]


async def assert_hidden(client, path, collection, partnership):
    """Absent and foreign answer the same but for the request id, and the list is empty."""
    foreign = (await client.get(path)).json()
    absent = (await client.get(f"{collection}/{uuid.uuid4()}")).json()
    for each in (foreign, absent):
        del each["request_id"], each["instance"]
    assert foreign == absent
    assert foreign["status"] == 404
    listed = await client.get(collection, params={"partnership_id": str(partnership)})
    assert listed.json() == {"items": [], "next": None}


@dataclass
class Place:
    """Ids and callers of one partnership. `pcc` and `ccg` are clients once `enter` has run."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    nhs: uuid.UUID = field(default_factory=uuid.uuid4)
    agreement: uuid.UUID = field(default_factory=uuid.uuid4)
    pool_id: uuid.UUID | None = None
    pcc: Checked = field(init=False)
    ccg: Checked = field(init=False)

    async def enter(self, client_for) -> "Place":
        self.client_for = client_for
        self.pcc = await self.client(self.council, commissioner=self.partnership, host=self.partnership)
        self.ccg = await self.client(self.nhs, commissioner=self.partnership)
        return self

    async def client(self, organisation=None, **standing) -> Checked:
        return await self.client_for("budget", a_caller(organisation, SCOPES, **standing))

    async def sharing(self, organisation: uuid.UUID, other: uuid.UUID, **standing) -> Checked:
        """A client with which the other partner shares its aligned lines, by a data-sharing agreement."""
        shares = (Share(self.partnership, other, ("aligned_line_detail",)),)
        standing = standing or {"commissioner": self.partnership}
        return await self.client_for("budget", a_caller(organisation, SCOPES, shares=shares, **standing))

    async def auditor(self, bodies=(), years=("2014/15",)) -> Checked:
        audit = Audit(self.partnership, tuple(bodies), tuple(years))
        caller = a_caller(scopes=SCOPES, audits=(audit,), auditor=self.partnership)
        return await self.client_for("budget", caller)

    def terms(self, **changes) -> dict:
        return {
            "title": "Integrated commissioning in Plymouth",
            "parties": [
                {
                    "organisation_id": str(self.council),
                    "kind": "local_authority",
                    "approving_body": "Cabinet",
                },
                {"organisation_id": str(self.nhs), "kind": "nhs_body", "approving_body": "Governing Body"},
            ],
            "arrangements": ["pooled_fund"],
            "host_organisation_id": str(self.council),
            "pool_manager": "Assistant Director, Integrated Commissioning",
            "matters": [{"code": each.code, "text": "As agreed."} for each in POOLED_FUND_MATTERS],
            "functions": ["community_nursing"],
            "consultation": "Together, in autumn 2014.",
            "expected_improvement": "One team and one budget.",
            "scope_rules": [
                {
                    "tag": "acute",
                    "category": "Complex / Bed Based Care",
                    "reason": "Left out by the business case.",
                }
            ],
            **changes,
        }

    async def draft(self, **changes) -> dict:
        body = {
            "partnership_id": str(self.partnership),
            "reference": f"S75-{self.agreement.hex[:8]}",
            "type": "s75",
            "terms": self.terms(**changes),
        }
        return made(await self.pcc.put(f"/v1/agreements/{self.agreement}", json=body))

    async def decide(self, client: Checked, body: str, decided_on: str, **changes):
        decision = {
            "id": str(uuid.uuid4()),
            "partnership_id": str(self.partnership),
            "subject": "agreement",
            "subject_id": str(self.agreement),
            "subject_title": "Section 75 agreement",
            "edition": 1,
            "body": body,
            "body_type": "cabinet" if body == "Cabinet" else "governing_body",
            "decided_on": decided_on,
            "outcome": "approved",
            **changes,
        }
        return await client.post("/v1/decisions", json=decision, key=key())

    async def approve(self) -> None:
        made(await self.decide(self.pcc, "Cabinet", "2015-02-10"))
        made(await self.decide(self.ccg, "Governing Body", "2015-02-25"))

    async def version(self) -> int:
        return made(await self.pcc.get(f"/v1/agreements/{self.agreement}"))["version"]

    async def sign(self, signed_on="2015-03-27", act="execution", **also) -> dict:
        """Both parties sign, each for itself."""
        made(await self.move(act, {"signed_on": signed_on, "office": "Director for People", **also}))
        second = {"signed_on": signed_on, "office": "Accountable Officer", **also}
        return made(await self.move(act, second, client=self.ccg))

    async def commence(self, commenced_on="2015-04-01") -> dict:
        """Both parties say the same day, since the text names none."""
        made(await self.move("commencement", {"commenced_on": commenced_on}))
        return made(await self.move("commencement", {"commenced_on": commenced_on}, client=self.ccg))

    async def move(self, act: str, body: dict, version: int | None = None, client: Checked | None = None):
        at = await self.version() if version is None else version
        return await (client or self.pcc).post(
            f"/v1/agreements/{self.agreement}/{act}", json=body, key=key(), version=at
        )

    async def bring_into_force(self) -> None:
        await self.draft()
        await self.approve()
        await self.sign()
        await self.commence()

    async def pool(self, name="Wellness", category="wellness", arrangement="shadow", **changes) -> uuid.UUID:
        id_ = uuid.uuid4()
        body = {
            "partnership_id": str(self.partnership),
            "agreement_id": str(self.agreement),
            "name": name,
            "category": category,
            "arrangement": arrangement,
            **changes,
        }
        made(await self.pcc.put(f"/v1/pools/{id_}", json=body))
        return id_

    def line_body(self, pool=None, arrangement="shadow", pence: int | None = 100_00, **changes) -> dict:
        basis = {
            "shadow": "agreement_not_in_force",
            "pooled": "lawful_to_pool",
            "aligned": "partners_choice",
        }
        return {
            "partnership_id": str(self.partnership),
            "pool_id": str(pool) if pool else None,
            "name": f"Line {uuid.uuid4().hex[:8]}",
            "category": "wellness",
            "arrangement": arrangement,
            "financial_year": "2014/15",
            "budget": {"amount_pence": pence, "status": "tbc" if pence is None else "actual"},
            "legality": {"basis": basis[arrangement], "assessed_on": "2014-09-01"},
            **changes,
        }

    async def line(self, client: Checked, pool=None, arrangement="shadow", **changes) -> uuid.UUID:
        id_ = uuid.uuid4()
        made(await client.put(f"/v1/lines/{id_}", json=self.line_body(pool, arrangement, **changes)))
        return id_

    async def account(self, client: Checked, kind: str, arrangement: str, **where) -> uuid.UUID:
        id_ = uuid.uuid4()
        body = {
            "partnership_id": str(self.partnership),
            "name": f"{kind} {id_.hex[:8]}",
            "kind": kind,
            "arrangement": arrangement,
            **{name: str(value) for name, value in where.items() if value is not None},
        }
        made(await client.put(f"/v1/accounts/{id_}", json=body))
        return id_

    async def spend(
        self, client, line, pence, *, pool=None, arrangement="shadow", effective_date="2014-06-15", kind=None
    ) -> dict:
        """Post expenditure on a line, against a reserve of the same books; accounts are opened for it."""
        cost = await self.account(client, "expenditure", arrangement, pool_id=pool, line_id=line)
        fund = await self.account(client, "reserve", arrangement, pool_id=pool)
        return await self.post(client, cost, fund, pence, effective_date=effective_date)

    async def post(self, client, debit, credit, pence, **changes) -> dict:
        body = {
            "kind": "expenditure",
            "effective_date": "2014-06-15",
            "narrative": "For a test",
            "entries": [
                {"account_id": str(debit), "amount_pence": pence},
                {"account_id": str(credit), "amount_pence": -pence},
            ],
            **changes,
        }
        return made(await client.put(f"/v1/journals/{uuid.uuid4()}", json=body))

    async def promise(self, client, pool, pence: int | None, **changes):
        body = {
            "partnership_id": str(self.partnership),
            "pool_id": str(pool),
            "financial_year": "2014/15",
            "amount": {"amount_pence": pence, "status": "tbc" if pence is None else "estimate"},
            **changes,
        }
        return await client.put(f"/v1/contributions/{uuid.uuid4()}", json=body)

    async def position(self, client, year="2014-15", **asked):
        params = {"partnership_id": str(self.partnership), "financial_year": year, **asked}
        return await client.get(
            "/v1/positions", params={name: str(value) for name, value in params.items() if value}
        )
