"""Answers kept for a repeat are forgotten by age, by nobody sooner than 30 days, and nothing is then made twice."""

import subprocess
import sys
import uuid
from datetime import timedelta

import asyncpg
import pytest

from shared import forget
from shared.forget import CannotForget, kept_days
from tests.stack import SERVICES, a_caller

KEEP = (
    "insert into {}.idempotency_keys (owner_client_id, operation, key, digest, status, body, recorded_at)"
    " values ($1, 'testThing', $2, 'd', 201, 'b', now() - $3::interval)"
)


async def keep(admin, service: str, *ages: int) -> uuid.UUID:
    """Answers of one client that are so many days old, the key being the age."""
    client = uuid.uuid4()
    for age in ages:
        await admin.execute(KEEP.format(service), client, str(age), timedelta(days=age, minutes=1))
    return client


async def kept(admin, service: str, client: uuid.UUID) -> list[int]:
    rows = await admin.fetch(f"select key from {service}.idempotency_keys where owner_client_id = $1", client)
    return sorted(int(row["key"]) for row in rows)


@pytest.mark.parametrize("service", SERVICES)
async def test_old_answers_of_every_client_are_forgotten_and_the_others_stay(
    stack, admin, service, monkeypatch
):
    await forget.forget(service, stack.url(service), 90)
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    first = await keep(admin, service, 0, 89, 90, 200, 400)
    second = await keep(admin, service, 91, 5)
    assert await forget.forget(service, stack.url(service), 90) == 4
    assert await kept(admin, service, first) == [0, 89]
    assert await kept(admin, service, second) == [5]
    assert await forget.forget(service, stack.url(service), 90) == 0


@pytest.mark.parametrize("service", SERVICES)
async def test_the_answer_to_an_errand_is_never_forgotten(stack, admin, service):
    """The rest of a change of several services may be gone on with after any time, and finds what was done."""
    client = await keep(admin, service, 100, 200)
    errands = (
        f"update {service}.idempotency_keys set driven = true where owner_client_id = $1 and key = '200'"
    )
    await admin.execute(errands, client)
    assert await forget.forget(service, stack.url(service), 30) >= 1
    assert await kept(admin, service, client) == [200]


async def test_nobody_forgets_an_answer_of_the_last_thirty_days(stack, admin):
    client = await keep(admin, "budget", 0, 29, 30)
    assert await forget.forget("budget", stack.url("budget"), 0) >= 1
    assert await kept(admin, "budget", client) == [0, 29]


async def test_the_service_itself_may_not_delete_an_answer(stack, admin):
    client = await keep(admin, "budget", 400)
    app = await stack.connect("budget")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("delete from budget.idempotency_keys")
    finally:
        await app.close()
    assert await kept(admin, "budget", client) == [400]


async def test_a_request_sent_again_after_that_makes_nothing_twice(stack, admin, client_for):
    partnership, made = uuid.uuid4(), uuid.uuid4()
    caller = a_caller(None, "outcome:read outcome:write", commissioner=partnership)
    council = await client_for("outcomes", caller)
    body = {"partnership_id": str(partnership), "name": "Ours", "edition": "1"}
    assert (await council.put(f"/v1/frameworks/{made}", json=body)).status_code == 201
    await admin.execute(
        "update outcomes.idempotency_keys set recorded_at = now() - interval '91 days' where owner_client_id = $1",
        caller.client_id,
    )
    assert await forget.forget("outcomes", stack.url("outcomes"), 90) >= 1
    again = await council.put(f"/v1/frameworks/{made}", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "id_unavailable")
    listed = await council.get("/v1/frameworks", params={"partnership_id": str(partnership)})
    assert [each["id"] for each in listed.json()["items"]] == [str(made)]


@pytest.mark.parametrize("setting", ["29", "0", "-90", "ninety", "", "9" * 400, "٩٠"])
def test_a_setting_that_keeps_too_little_or_is_no_number_is_refused(setting):
    with pytest.raises(CannotForget, match="30 at least"):
        kept_days(setting)


def test_the_days_are_ninety_unless_set():
    assert (kept_days(None), kept_days("30")) == (90, 30)


def run(environment: dict[str, str], *services: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shared.forget", *services],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_command_says_what_it_did_or_why_not(stack, admin):
    await forget.forget("gateway", stack.url("gateway"), 30)
    await keep(admin, "gateway", 31)
    environment = {**stack.environment(), "KEEP_ANSWERS_DAYS": "30"}
    done = run(environment, "gateway", "contracts")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "gateway: answers older than 30 days: 1 forgotten"
    unset = run({}, "budget")
    assert (unset.returncode, unset.stderr) == (1, "BUDGET_DATABASE_URL is not set.\n")
    for address in ("postgresql://x@127.0.0.1:1/x", stack.url("budget").replace("budget_app", "nobody")):
        away = run({"BUDGET_DATABASE_URL": address}, "budget")
        assert (away.returncode, away.stdout) == (1, "")
        assert len(away.stderr.splitlines()) == 1
