"""Payments: due, paid, contested and why; the undisputed part proceeds; walls; random lives against a model."""

import asyncio
import random
import uuid

import pytest

from tests.contracts.care import carer, joined, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app
from tests.stack import Audit, a_caller

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "stranger")


class Till:
    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id

    async def put(self, who="ccg", **changes):
        body = {
            "contract_id": self.contract_id,
            "provider_organisation_id": str(self.place.pch),
            "reference": f"INV-{uuid.uuid4().hex[:10]}",
            "amount": {"amount_pence": 100_000, "status": "actual"},
            "due_on": "2014-05-31",
            "invoiced_on": "2014-05-01",
            **changes,
        }
        return await self.clients[who].put(f"/v1/payments/{uuid.uuid4()}", json=body)

    async def post(self, payment, move, who="ccg", **body):
        url = f"/v1/payments/{payment['id']}/{move}"
        return await self.clients[who].post(url, json=body, key=a_key(), version=payment["version"])


@pytest.fixture(scope="module")
async def till(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    return Till(place, clients, await running(clients["ccg"], place, **joined(place, "pch", "phnt")))


async def test_an_invoice_is_contested_in_part_and_the_rest_is_paid(till):
    made = (await till.put()).json()
    assert (made["state"], made["undisputed_pence"]) == ("invoiced", 100_000)
    words = {"reason": "wrong_rate", "words": "The uplift was not agreed.", "answer_by": "2014-05-24"}
    contested = (await till.post(made, "disputes", on="2014-05-10", contested_pence=30_000, **words)).json()
    assert (contested["undisputed_pence"], contested["contested_pence"]) == (70_000, 30_000)
    seen = (await till.clients["pch"].get(f"/v1/payments/{made['id']}")).json()
    assert seen == contested, "the provider sees what is contested and why"
    over = await till.post(contested, "payment", on="2014-05-28", amount_pence=70_001)
    assert (over.status_code, over.json()["code"], over.json()["out_by_pence"]) == (
        422,
        "payment_too_much",
        1,
    )
    paid = (await till.post(contested, "payment", on="2014-05-28", amount_pence=70_000)).json()
    assert (paid["state"], paid["undisputed_pence"]) == ("invoiced", 0)
    dispute = f"disputes/{paid['disputes'][0]['id']}"
    back = await till.post(paid, f"{dispute}/stage", on="2014-06-01", stage="raised", due_on="2014-06-20")
    assert back.json()["code"] == "payment_dispute_stage_unfit"
    staged = (
        await till.post(paid, f"{dispute}/stage", on="2014-06-01", stage="joint_review", due_on="2014-06-20")
    ).json()
    for outcome, pence in (("upheld", 29_999), ("rejected", 1), ("settled", 0), ("settled", 30_000)):
        unfit = await till.post(
            staged, f"{dispute}/resolution", on="2014-06-20", outcome=outcome, credited_pence=pence
        )
        assert unfit.json()["code"] == "payment_credit_unfit"
    settled = (
        await till.post(
            staged, f"{dispute}/resolution", on="2014-06-20", outcome="settled", credited_pence=12_345
        )
    ).json()
    assert (settled["undisputed_pence"], settled["credited_pence"], settled["state"]) == (
        17_655,
        12_345,
        "invoiced",
    )
    ended = (await till.post(settled, "payment", on="2014-06-30", amount_pence=17_655)).json()
    assert (ended["state"], ended["paid_pence"], ended["undisputed_pence"]) == ("paid", 87_655, 0)
    for move, body in (
        ("payment", {"on": "2014-07-01", "amount_pence": 1}),
        ("cancellation", {"on": "2014-07-01", "reason": "Twice"}),
        ("disputes", {"on": "2014-07-01", "contested_pence": 1, **words}),
    ):
        assert (await till.post(ended, move, **body)).json()["code"] == "payment_not_open"


async def test_what_is_credited_whole_is_not_paid(till):
    made = (await till.put()).json()
    dispute = {"on": "2014-05-10", "contested_pence": 100_000, "reason": "duplicate", "words": "Sent twice."}
    contested = (await till.post(made, "disputes", **dispute)).json()
    end = {"on": "2014-06-20", "outcome": "upheld", "credited_pence": 100_000}
    move = f"disputes/{contested['disputes'][0]['id']}/resolution"
    ended = (await till.post(contested, move, **end)).json()
    assert (ended["state"], ended["paid_pence"], ended["credited_pence"]) == ("cancelled", 0, 100_000)
    paid = await till.clients["ccg"].get("/v1/payments", params={"state": "paid", "limit": 200})
    assert made["id"] not in {each["id"] for each in paid.json()["items"]}


async def test_nothing_is_done_to_a_payment_on_a_day_to_come(till, stack):
    ahead = await till.put(invoiced_on="2190-01-01")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "payment_day_to_come")
    assert ahead.json()["errors"][0]["pointer"] == "/invoiced_on"
    later = (await till.put(invoiced_on=None, due_on="2190-01-01")).json()
    assert later["state"] == "scheduled", "what is to be paid later is scheduled"
    invoice = {"reference": f"INV-{uuid.uuid4().hex[:10]}", "amount": later["amount"] | {"qualifier": None}}
    made = (await till.put()).json()
    words = {"contested_pence": 1, "reason": "quality", "words": "See the notes."}
    contested = (await till.post((await till.put()).json(), "disputes", on="2014-06-01", **words)).json()
    dispute = f"disputes/{contested['disputes'][0]['id']}"
    for payment, move, body in (
        (later, "invoice", invoice),
        (made, "payment", {"amount_pence": 1}),
        (made, "disputes", words),
        (made, "cancellation", {"reason": "Twice"}),
        (contested, f"{dispute}/stage", {"stage": "answered", "due_on": "2190-02-01"}),
        (contested, f"{dispute}/resolution", {"outcome": "upheld", "credited_pence": 1}),
    ):
        answer = await till.post(payment, move, on="2190-01-01", **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_day_to_come"), move
        assert (await till.clients["ccg"].get(f"/v1/payments/{payment['id']}")).json() == payment
    entry = (
        "insert into contracts.payment_entries (payment_id, version, owner_organisation_id, entry, holds_from, pence,"
        " organisation_id, client_id) values ($1, 2, $2, 'pay', '2190-01-01', 1, $2, $2)"
    )
    connection = await stack.superuser()
    try:
        with pytest.raises(Exception, match="no entry of a day to come"):
            await connection.execute(entry, uuid.UUID(made["id"]), till.place.ccg)
    finally:
        await connection.close()


async def test_what_is_scheduled_may_be_unknown_until_it_is_invoiced(till):
    unknown = {"amount_pence": None, "status": "tbc"}
    made = (await till.put(amount=unknown, invoiced_on=None)).json()
    assert (made["state"], made["undisputed_pence"], made["amount"]["amount_pence"]) == (
        "scheduled",
        None,
        None,
    )
    early = await till.post(made, "payment", on="2014-05-28", amount_pence=1)
    assert early.json()["code"] == "payment_not_open"
    blank = await till.post(made, "invoice", on="2014-05-01", reference="INV-1", amount=unknown)
    assert (blank.status_code, blank.json()["code"]) == (422, "payment_amount_unknown")
    known = (
        await till.post(
            made,
            "invoice",
            on="2014-05-01",
            reference="INV-1",
            amount={"amount_pence": 5, "status": "actual"},
        )
    ).json()
    assert (known["state"], known["undisputed_pence"], known["reference"]) == ("invoiced", 5, "INV-1")
    gone = (await till.post(known, "cancellation", on="2014-05-02", reason="Recorded twice")).json()
    assert gone["state"] == "cancelled"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": {"amount_pence": 0, "status": "actual"}}, 422, "payment_amount_not_positive"),
        ({"amount": {"amount_pence": -3728, "status": "actual"}}, 422, "payment_amount_not_positive"),
        ({"amount": {"amount_pence": None, "status": "tbc"}}, 422, "payment_amount_unknown"),
        ({"amount": {"amount_pence": "(3728)", "status": "actual"}}, 422, "fields_invalid"),
        ({"period_start": "2014-05-01", "period_end": "2014-04-30"}, 422, "payment_period_turned"),
        ({"contract_id": str(uuid.uuid4())}, 422, "payment_contract_unknown"),
        ({"provider_organisation_id": str(uuid.uuid4())}, 422, "payment_provider_not_of_contract"),
        ({"reference": "Jane Bloggs 12/03/1950"}, 422, "fields_invalid"),
    ],
)
async def test_what_does_not_fit_is_refused(till, changes, status, code):
    answer = await till.put(**changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_each_sees_its_own_and_the_auditor_those_of_the_year(till, stack, client_for):
    made = {"ccg": (await till.put()).json(), "kernow": (await till.put("kernow")).json()}
    twice = await till.put(reference=made["ccg"]["reference"])
    assert (twice.status_code, twice.json()["code"]) == (409, "payment_reference_used")
    here = till.place.partnership
    callers = {role: carer(till.place, role) for role in ROLES}
    for year in ("2014/15", "2015/16"):
        audits = (Audit(here, (till.place.ccg,), (year,)),)
        callers[year] = a_caller(uuid.uuid4(), "contract:read", audits=audits, auditor=here)
    sees = {"ccg": {"ccg"}, "kernow": {"kernow"}, "pch": {"ccg", "kernow"}, "2014/15": {"ccg"}}
    for role, caller in callers.items():
        client = await client_for("contracts", caller)
        found = {
            each["id"] for each in (await client.get("/v1/payments", params={"limit": 200})).json()["items"]
        }
        async with as_app(stack, caller) as connection:
            rows = {str(row["id"]) for row in await connection.fetch("select id from payments")}
            entries = {
                str(row["payment_id"])
                for row in await connection.fetch("select payment_id from payment_entries")
            }
        for name, each in made.items():
            shown = name in sees.get(role, set())
            assert (each["id"] in found) is (each["id"] in rows) is (each["id"] in entries) is shown, (
                role,
                name,
            )
            assert ((await client.get(f"/v1/payments/{each['id']}")).status_code == 200) is shown
        if role not in ("ccg", "2014/15", "2015/16"):
            for name in ("ccg", "kernow"):
                if role != name:
                    body = {"on": "2014-05-28", "amount_pence": 1}
                    answer = await client.post(
                        f"/v1/payments/{made[name]['id']}/payment", json=body, key=a_key(), version=1
                    )
                    assert answer.status_code == 404, (role, name)


async def test_two_who_pay_at_once_pay_once(till):
    made = (await till.put()).json()
    answers = await asyncio.gather(
        *(till.post(made, "payment", on="2014-05-28", amount_pence=100_000) for _ in range(5))
    )
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412, 412]


async def test_the_database_refuses_what_the_rules_refuse(till, stack):
    id_ = (await till.put()).json()["id"]
    change = f"update payments set version = version + 1, {{}} where id = '{id_}'"
    attempts = {
        change.format("paid_pence = 100001"): "payments_within_amount",
        change.format("contested_pence = 1, paid_pence = 100000"): "payments_within_amount",
        change.format("paid_pence = 1"): "is not what its entries come to",
        change.format("state = 'paid'"): "payments_paid",
        change.format("paid_pence = 100000"): "payments_paid",
        change.format("credited_pence = 100000, state = 'paid'"): "payments_paid_something",
        change.format("amount_pence = 1"): "does not go back",
        f"update payments set version = version where id = '{id_}'": "counts one on",
        f"delete from payments where id = '{id_}'": "append-only",
        f"delete from payment_entries where payment_id = '{id_}'": "append-only",
    }
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement + "; set constraints all immediate")
            await transaction.rollback()
    finally:
        await connection.close()


async def test_random_lives_of_payments_keep_to_the_amount_to_the_penny(till):
    """Against a model of its own: what is paid, credited, contested and left always comes to the amount."""
    chance = random.Random(7)
    taken = 0
    for _ in range(12):
        amount = chance.randrange(1, 10_000)
        payment = (await till.put(amount={"amount_pence": amount, "status": "actual"})).json()
        paid, credited, over = 0, 0, False
        open_disputes: dict[str, int] = {}
        for _ in range(9):
            left = amount - paid - credited - sum(open_disputes.values())
            pence = chance.choice([1, max(left, 1), left + 1, chance.randrange(1, amount + 1)])
            what = chance.choice(["payment", "disputes", "resolution"])
            if what == "payment":
                answer = await till.post(payment, "payment", on="2014-06-01", amount_pence=pence)
                may = not over and pence <= left
                paid += pence * may
            elif what == "disputes":
                body = {"contested_pence": pence, "reason": "quality", "words": "See the notes."}
                answer = await till.post(payment, "disputes", on="2014-06-01", **body)
                may = not over and pence <= left
            else:
                if not open_disputes:
                    continue
                id_, contested = open_disputes.popitem()
                outcome = chance.choice(["upheld", "rejected"])
                credit = contested if outcome == "upheld" else 0
                body = {"on": "2014-06-02", "outcome": outcome, "credited_pence": credit}
                answer = await till.post(payment, f"disputes/{id_}/resolution", **body)
                may, credited = True, credited + credit
            assert (answer.status_code == 200) is may, answer.text
            taken += may
            if may:
                payment = answer.json()
                if what == "disputes":
                    open_disputes[payment["disputes"][-1]["id"]] = pence
            contested = sum(open_disputes.values())
            over = contested == 0 and paid + credited == amount
            told = (payment["paid_pence"], payment["credited_pence"], payment["contested_pence"])
            assert told == (paid, credited, contested)
            assert payment["undisputed_pence"] + sum(told) == amount
            assert payment["state"] == (("paid" if paid else "cancelled") if over else "invoiced")
    assert taken > 25
