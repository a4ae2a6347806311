"""A place whose books take imports: a pooled fund and lines with named accounts, and the posting of files to them."""

import uuid
from dataclasses import dataclass, field

from services.budget.commands.reconcile import reconcile
from tests.budget.place import Place, key

URL = "/v1/ledger-imports"
HEADINGS = "Reference,Date,Kind,Account,Amount,Narrative"


def csv_of(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join((headings, *rows, "")).encode()


def pair(reference: str, pounds: str, day: str = "15/06/2014", kind: str = "expenditure") -> list[str]:
    """The two rows of a journal that spends from the reserve."""
    less = pounds.strip("(-)") if pounds[0] in "(-" else f"-{pounds}"
    return [
        f'{reference},{day},{kind},Care,"{pounds}",Home care',
        f'{reference},{day},{kind},Reserve,"{less}",Home care',
    ]


@dataclass
class Imports(Place):
    """Aligned books of the council: a line with an expenditure account `Care`, and a `Reserve`."""

    line_id: uuid.UUID | None = None
    accounts: dict[str, uuid.UUID] = field(default_factory=dict)

    async def prepare(self, client_for) -> "Imports":
        await self.enter(client_for)
        self.line_id = await self.line(self.pcc, arrangement="aligned")
        await self.named("Care", "expenditure", line_id=self.line_id)
        await self.named("Reserve", "reserve")
        return self

    async def named(self, name, kind, client=None, arrangement="aligned", **where) -> uuid.UUID:
        id_ = uuid.uuid4()
        body = {
            "partnership_id": str(self.partnership),
            "name": name,
            "kind": kind,
            "arrangement": arrangement,
            **{each: str(value) for each, value in where.items()},
        }
        answer = await (client or self.pcc).put(f"/v1/accounts/{id_}", json=body)
        assert answer.status_code == 201, answer.text
        self.accounts[name] = id_
        return id_

    async def send(self, content: bytes, client=None, sent_as=None, kind="text/csv", **asked):
        params = {"partnership_id": str(self.partnership), **{k: str(v) for k, v in asked.items()}}
        return await (client or self.pcc).post(
            URL, params=params, content=content, headers={"content-type": kind}, key=sent_as or key()
        )

    async def journals(self, client=None) -> list[dict]:
        listed = await (client or self.pcc).get(
            "/v1/journals", params={"partnership_id": str(self.partnership), "limit": 200}
        )
        return listed.json()["items"]


async def broken(stack) -> dict[str, int]:
    """How many breaks each proof finds. Others' tests plant some in the same database: compare before and after.

    No sealer runs beside the tests, so what waits for its link grows with the time alone.
    """
    proof = await reconcile(stack.url("budget", "backup"))
    return {each.name: each.breaks for each in proof.checks if "waits longer" not in each.name}


def codes(report: dict) -> list[tuple[int, str, str]]:
    return [(each["line"], each["column"], each["code"]) for each in report["findings"]]


async def tried(place, *rows, headings=HEADINGS, **asked) -> dict:
    answer = await place.send(csv_of(*rows, headings=headings), dry_run=True, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()
