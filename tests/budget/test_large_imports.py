"""Large files: memory that does not grow with them, and nothing left of one that was broken off."""

import asyncio
import gc
from pathlib import Path

import pytest

from tests.budget.importing import HEADINGS, URL, Imports, broken, csv_of, pair
from tests.budget.place import key, made

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def place(client_for):
    return await Imports().prepare(client_for)


async def lines(rows: int):
    """So many rows of journals of two, some thousands at a time."""
    yield f"{HEADINGS}\r\n".encode()
    for start in range(0, rows // 2, 2000):
        text = []
        for number in range(start, min(start + 2000, rows // 2)):
            day = f"{1 + number % 28:02d}/{4 + number % 9:02d}/2014"
            text += pair(f"GL-{number}", f"{number % 977}.{1 + number % 99:02d}", day)
        yield ("\r\n".join(text) + "\r\n").encode()


def resident() -> int:
    """The memory of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


async def test_memory_does_not_grow_with_the_file(place, stack):
    made(await place.send(lines(2000), dry_run=True))
    gc.collect()
    proofs = await broken(stack)
    before, most, done = resident(), 0, asyncio.Event()

    async def watch():
        nonlocal most
        while not done.is_set():
            most = max(most, resident())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    report = made(await place.send(lines(200_000)))
    done.set()
    await watching
    assert report["counts"]["rows_posted"] == 200_000
    assert most - before < 64 * MEBIBYTE
    assert await broken(stack) == proofs


async def test_fifty_thousand_rows_of_which_each_is_wrong_are_counted_and_some_are_told(place):
    async def wrong():
        async for piece in lines(50_000):
            yield piece.replace(b"/2014", b"/1814")

    report = made(await place.send(wrong(), dry_run=True))
    assert report["counts"]["rows_left"] == 50_000
    assert [(each["code"], each["times"]) for each in report["causes"]] == [
        ("import_date_unreadable", 50_000)
    ]
    assert len(report["findings"]) == 200


async def test_nothing_is_left_of_a_file_that_breaks_off(place, stack):
    pieces = [piece async for piece in lines(20_000)]
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    answers = []

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        answers.append(message)

    request = place.pcc.build_request(
        "POST", URL, params={"partnership_id": str(place.partnership)}, headers={"content-type": "text/csv"}
    )
    headers = [
        (name.lower(), value) for name, value in request.headers.raw if name.lower() != b"content-length"
    ]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": URL,
        "raw_path": URL.encode(),
        "query_string": request.url.query,
        "headers": [*headers, (b"idempotency-key", key().encode())],
        "scheme": "http",
        "server": ("budget", 80),
        "client": ("127.0.0.1", 1),
    }
    await stack.open_apps["budget"](scope, receive, send)
    assert answers[0]["status"] == 400
    await _nothing_is_there(place, stack)


@pytest.mark.parametrize(
    "statement", ["copy", "create temporary table import_journals", "insert into journals"]
)
async def test_nothing_is_left_of_an_import_whose_session_is_killed(place, stack, client_for, statement):
    """The session is ended while that statement runs or has run; the file goes through when it is sent again."""
    content, attempts = b"".join([piece async for piece in lines(20_000)]), 0
    while True:  # an import that was done before it could be killed is followed by one in another place
        sent_as = key()
        sending = asyncio.create_task(place.send(content, sent_as=sent_as))
        killed = await _killed(stack, sending, statement)
        answer = await sending
        attempts += 1
        if killed or attempts == 8:
            break
        place = await Imports().prepare(client_for)
    assert killed
    assert answer.status_code == 503, answer.text
    await _nothing_is_there(place, stack)
    assert made(await place.send(content, sent_as=sent_as))["counts"]["rows_posted"] == 20_000


async def _killed(stack, sending, statement) -> int:
    """How many sessions were ended in that statement, before the import was done."""
    killer, killed = await stack.superuser(), 0
    try:
        while not killed and not sending.done():
            killed = await killer.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where application_name = 'budget-write' and query ilike '%' || $1 || '%' and pid <> pg_backend_pid()"
                " and xact_start is not null",
                statement,
            )
    finally:
        await killer.close()
    return killed


async def _nothing_is_there(place, stack):
    connection = await stack.superuser()
    try:
        for table in ("journals", "entries", "balances", "audit_events", "events", "ledger_imports"):
            what = (
                " and what in ('journal_posted', 'ledger_imported')"
                if table in ("audit_events", "events")
                else ""
            )
            found = await connection.fetchval(
                f"select count(*) from budget.{table} where partnership_id = $1{what}", place.partnership
            )
            assert found == 0, table
        assert await connection.fetchval("select count(*) from pg_class where relname like 'import\\_%'") == 0
    finally:
        await connection.close()
    listed = await place.pcc.get(URL, params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == []


async def test_two_imports_run_at_once_and_a_third_is_sent_away(place):
    async def slowly(number, hold):
        yield csv_of(*pair(f"GL-{number}", "5.00"))
        await hold.wait()

    hold = asyncio.Event()
    running = [asyncio.create_task(place.send(slowly(n, hold))) for n in range(2)]
    await asyncio.sleep(0.5)
    third = await place.send(csv_of(*pair("GL-3", "5.00")))
    hold.set()
    assert (third.status_code, third.json()["code"]) == (503, "imports_busy")
    assert third.headers["retry-after"] == "30"
    for each in running:
        made(await each)
