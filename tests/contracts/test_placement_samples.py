"""An auditor's sample of placements: those that their owner named, within the auditor's years, and nothing else."""

import uuid

import pytest

from services.contracts.store import placements
from shared.caller import Audit, Grant
from shared.db import Database
from tests.contracts.care import CARE, carer, joined, moved, placed, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app
from tests.stack import a_caller


class Sample:
    """`named` and `other` run from April 2014, `past` ended in March 2014, `next` begins in April 2015."""

    def __init__(self, place, made) -> None:
        self.place, self.made = place, made

    def auditor(self, *names, owner=None, audits=None, **standing):
        place = self.place
        ids = tuple(uuid.UUID(self.made[name]["id"]) for name in names)
        grants = (Grant("placement", owner or place.ccg, ids),)
        audits = (Audit(place.partnership, (place.ccg,), ("2014/15",)),) if audits is None else audits
        standing = standing or {"auditor": place.partnership}
        return a_caller(place.auditor, CARE, audits=audits, grants=grants, **standing)

    def names(self, ids) -> set[str]:
        known = {uuid.UUID(each["id"]): name for name, each in self.made.items()}
        return {known[uuid.UUID(str(each))] for each in ids}


@pytest.fixture(scope="module")
async def sample(client_for):
    place = Place()
    ccg = await client_for("contracts", carer(place, "ccg"))
    kernow = await client_for("contracts", carer(place, "kernow"))
    contract_id = await running(ccg, place, **joined(place, "pch"))
    old = {"start_date": "2013-05-01", "review_date": None, "end_date": "2014-03-31"}
    late = {"start_date": "2015-04-01", "review_date": None, "end_date": None}
    past = await placed(ccg, contract_id, place.pch, **old)
    made = {
        "named": await placed(ccg, contract_id, place.pch),
        "other": await placed(ccg, contract_id, place.pch),
        "past": await moved(ccg, past, "end", on="2014-03-31", reason="moved"),
        "next": await placed(ccg, contract_id, place.pch, **late),
        "kernows": await placed(kernow, contract_id, place.pch),
    }
    return Sample(place, made)


@pytest.fixture(scope="module")
async def unwalled(stack):
    """The service's database as a role that row-level security does not bind: only the scoped query is left."""
    database = await Database.open(stack.cluster.superuser_dsn(), "contracts", size=2)
    yield database
    await database.close()


@pytest.mark.row("S4-C04")
@pytest.mark.parametrize(
    ("case", "sees"),
    [
        ("sampled", {"named"}),
        ("outside its years", set()),
        ("of two years", {"named", "past"}),
        ("all of it", {"named"}),
        ("not its own body", set()),
        ("another's grant", set()),
        ("another's placement", set()),
        ("no appointment", set()),
        ("a scrutiny body", set()),
        ("another partnership", set()),
    ],
)
async def test_the_sample_and_nothing_else_is_seen(sample, client_for, stack, unwalled, case, sees):
    place = sample.place
    here, two = place.partnership, ("2013/14", "2014/15")
    caller = {
        "sampled": lambda: sample.auditor("named"),
        "outside its years": lambda: sample.auditor("past", "next"),
        "of two years": lambda: sample.auditor("named", "past", audits=(Audit(here, (place.ccg,), two),)),
        "all of it": lambda: sample.auditor("named", "past", "next", "kernows"),
        "not its own body": lambda: sample.auditor(
            "named", audits=(Audit(here, (place.council,), ("2014/15",)),)
        ),
        "another's grant": lambda: sample.auditor("named", owner=place.council),
        "another's placement": lambda: sample.auditor("kernows"),
        "no appointment": lambda: sample.auditor("named", audits=()),
        "a scrutiny body": lambda: sample.auditor("named", audits=(), observer=here),
        "another partnership": lambda: sample.auditor(
            "named", audits=(Audit(uuid.uuid4(), (place.ccg,), ("2014/15",)),)
        ),
    }[case]()
    client = await client_for("contracts", caller)
    listed = (await client.get("/v1/placements", params={"limit": 200})).json()["items"]
    assert sample.names(each["id"] for each in listed) == sees
    for name, made in sample.made.items():
        answer = await client.get(f"/v1/placements/{made['id']}")
        assert answer.status_code == (200 if name in sees else 404), name
    async with as_app(stack, caller) as connection:
        rows = await connection.fetch("select id from placements")
        assert await connection.fetch("select from placement_steps") == []
    assert sample.names(row["id"] for row in rows) == sees
    async with unwalled.begin(caller) as tx:
        assert sample.names(each.id for each in await placements.page(tx, {}, 200, None)) == sees
        assert await placements.page(tx, {}, 200, None, own=True) == []


async def test_a_sample_is_read_and_not_changed(sample, client_for):
    client = await client_for("contracts", sample.auditor("named"))
    made = sample.made["named"]
    url, asked = f"/v1/placements/{made['id']}", {"person_reference": made["person_reference"]}
    refused = [
        await client.patch(url, json={"unit_rate": "1"}, version=made["version"]),
        await client.post(
            f"{url}/end", json={"on": "2014-06-01", "reason": "moved"}, key=a_key(), version=made["version"]
        ),
        await client.get("/v1/placement-subject-access", params=asked),
    ]
    assert [each.status_code for each in refused] == [404, 404, 404]
    assert (await client.get("/v1/high-costs")).json()["items"] == []
