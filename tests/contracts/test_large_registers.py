"""Long registers: memory that does not grow with them, reports in pages, and nothing left of one that was broken off."""

import asyncio
import gc
import uuid
from pathlib import Path

import pytest

from services.contracts.api.import_turns import IMPORT_TURNS
from shared.web import csv_files
from tests.contracts.register import SCOPES, a_key
from tests.contracts.test_register_imports import CSV, HEADINGS, URL, a_file, everything
from tests.stack import a_caller

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def council(client_for):
    partnership = uuid.uuid4()
    return await client_for("contracts", a_caller(None, SCOPES, commissioner=partnership, host=partnership))


async def lines(rows: int, odd: int = 0):
    """So many rows, some hundreds at a time; every `odd`th ends on a day that there is not."""
    yield ",".join(HEADINGS).encode() + b"\r\n"
    for start in range(0, rows, 500):
        text = []
        for number in range(start, min(start + 500, rows)):
            ends = "31/02/2199" if odd and number % odd == 0 else "31/03/2199"
            said = f'"Care and support at home, lot {number % 97}, {"x" * 400}"'
            text.append(
                f"L-{number},{said},Provider {number % 977} Ltd,01/04/2014,{ends},{1 + number % 9999}.{number % 100:02d},"
            )
        yield ("\r\n".join(text) + "\r\n").encode()


async def sent(client, content, **parameters) -> dict:
    answer = await client.post(URL, content=content, headers=CSV, params=parameters, key=a_key(), timeout=300)
    assert answer.status_code == (200 if parameters.get("dry_run") else 201), answer.text
    return answer.json()


def resident() -> int:
    """The memory of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


async def test_memory_does_not_grow_with_the_register(council):
    """Five thousand rows are 30 MiB as Python holds them; a hundred thousand would be 600."""
    await sent(council, lines(600), dry_run=True)
    gc.collect()
    before, most, done = resident(), 0, asyncio.Event()

    async def watch():
        nonlocal most
        while not done.is_set():
            most = max(most, resident())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    tried = await sent(council, lines(5000), dry_run=True)
    done.set()
    await watching
    assert tried["counts"]["taken"] == 5000
    assert most - before < 16 * MEBIBYTE


async def test_the_report_of_a_long_register_is_read_in_pages(council, client_for):
    report = await sent(council, lines(1200, odd=100))
    assert (report["counts"]["rows"], report["counts"]["taken"], report["counts"]["rejected"]) == (
        1200,
        1188,
        12,
    )
    assert [row["outcome"] for row in report["rows"]] == ["rejected"] * 12
    assert report["rows"][0]["line"] == 2
    assert report["rows"][0]["findings"][0] == {
        "column": "end_date",
        "read": "31/02/2199",
        "code": "register_date_unreadable",
        "detail": "This is not a date like 31/03/2015 or 31-Mar-2015.",
    }
    url = f"{URL}/{report['register_import_id']}"
    assert (await council.get(url)).json() == report
    (listed,) = (await council.get(URL)).json()["items"]
    assert listed == {name: value for name, value in report.items() if name != "rows"}
    rows = await _all(council, f"{url}/rows")
    assert [row["line"] for row in rows] == list(range(2, 1202))
    assert [row["outcome"] for row in rows].count("rejected") == 12
    assert (await _all(council, f"{url}/rows", outcome="rejected")) == report["rows"]
    assert len(await _all(council, f"{url}/rows", with_findings="false")) == 1188
    kept = {each["id"] for each in await everything(council)}
    assert {row["contract_id"] for row in rows if row["contract_id"]} == kept
    again = await sent(council, lines(1200, odd=100))
    assert (again["counts"]["unchanged"], again["counts"]["taken"]) == (1188, 0)
    other = await client_for("contracts", a_caller(None, SCOPES, commissioner=uuid.uuid4()))
    for address in (url, f"{url}/rows"):
        assert (await other.get(address)).status_code == 404
    assert (await other.get(URL)).json()["items"] == []


async def _all(client, url: str, **parameters) -> list[dict]:
    found, at = [], client.base_url.copy_with(path=url, params={"limit": 200, **parameters})
    while at:
        page = (await client.get(at)).json()
        found += page["items"]
        at = page["next"]
    return found


async def test_nothing_is_left_of_a_register_that_breaks_off(council):
    async def broken():
        async for piece in lines(1500):
            yield piece
        yield b'L-1500,"a quoted cell that never ends'

    answer = await council.post(URL, content=broken(), headers=CSV, key=a_key())
    assert (answer.status_code, answer.json()["code"]) == (422, "csv_row_unended")
    assert answer.json()["line"] == 1502
    assert await everything(council) == []
    assert (await council.get(URL)).json()["items"] == []


async def test_a_body_that_left_a_partnership_changes_none_of_its_contracts(client_for):
    own, here = uuid.uuid4(), uuid.uuid4()
    row = ("P-1", "Day care", "Acme Ltd", "01/04/2014", "31/03/2199", "1.00", "")
    before = await client_for("contracts", a_caller(own, SCOPES, commissioner=here, host=here))
    made = await sent(before, a_file(row), partnership_id=str(here))
    after = await client_for("contracts", a_caller(own, SCOPES, commissioner=uuid.uuid4()))
    for tried in (True, False):
        report = await sent(after, a_file((*row[:5], "2.00", "")), dry_run=tried)
        assert [each["code"] for each in report["rejected_because"]] == ["register_partnership_left"]
    kept = (await after.get(f"/v1/contracts/{made['rows'][0]['contract_id']}")).json()
    assert (kept["value"]["amount_pence"], kept["version"]) == (100, 1)


async def test_odd_bytes_and_columns_are_said_and_harm_nothing(council):
    """A control in a date is told as its code; a column that is no reference does not make a contract of every row."""
    report = await sent(council, a_file(("N-1", "Day care", "Acme Ltd", "01/04\x02/2014", "", "", "")))
    assert report["rows"][0]["findings"][0]["read"] == "U+0002"
    rows = [("SAME", f"Care {number}", "Acme Ltd", "", "", "1", "") for number in range(501)]
    report = await sent(council, a_file(*rows, ("OTHER", "Care", "Acme Ltd", "", "", "1", "")))
    assert (report["counts"]["taken"], report["counts"]["rejected"]) == (1, 501)
    (cause,) = report["rejected_because"]
    assert (cause["code"], cause["rows"], cause["first_lines"]) == (
        "register_reference_overused", 501, list(range(2, 22)),
    )  # fmt: skip
    assert (report["reused_references"], report["control_total"]["read_pence"]) == (1, 100)
    marked = b"\xef\xbb\xbf" + a_file(("B-1", "Day care", "Acme Ltd", "", "", "", ""))
    assert (await sent(council, marked))["counts"]["taken"] == 1
    wide = a_file(("B-2", "Day care", "Acme Ltd", "", "", "", "")).decode().encode("utf-16")
    answer = await council.post(URL, content=wide, headers=CSV, key=a_key())
    assert (answer.status_code, answer.json()["code"]) == (422, "csv_not_text")


async def test_slow_senders_keep_nobody_else_out(client_for, monkeypatch):
    """More of them than there are turns, were they of one organisation; each other organisation's file still goes in."""
    monkeypatch.setattr(IMPORT_TURNS, "_wait_seconds", 0.05)
    slow, other, third = [
        await client_for("contracts", a_caller(uuid.uuid4(), SCOPES, commissioner=uuid.uuid4()))
        for _ in range(3)
    ]
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(first: int):
        async for piece in lines(first):
            yield piece
        begun.set()
        await go_on.wait()

    async def sending(client, content):
        return await client.post(URL, content=content, headers=CSV, key=a_key())

    running = asyncio.create_task(sending(slow, slowly(10)))
    await asyncio.wait_for(begun.wait(), 10)
    again = await asyncio.gather(*(sending(slow, lines(3)) for _ in range(4)))
    assert {(each.status_code, each.json()["code"]) for each in again} == {(429, "import_under_way")}
    assert {each.headers["retry-after"] for each in again} == {"30"}
    for client in (other, third):
        assert (await sent(client, lines(5)))["counts"]["taken"] == 5
    go_on.set()
    answer = await running
    assert (answer.status_code, answer.json()["counts"]["taken"]) == (201, 10)


async def test_a_sender_that_sends_nothing_more_loses_its_place(client_for, monkeypatch):
    monkeypatch.setattr(csv_files, "PACE", csv_files.Pace(seconds=0.3, least_bytes=1024))
    slow = await client_for("contracts", a_caller(uuid.uuid4(), SCOPES, commissioner=uuid.uuid4()))

    async def stuck():
        async for piece in lines(10):
            yield piece
        await asyncio.sleep(30)

    answer = await slow.post(URL, content=stuck(), headers=CSV, key=a_key())
    assert (answer.status_code, answer.json()["code"]) == (503, "import_too_slow")
    assert answer.headers["retry-after"] == "30"
    assert await everything(slow) == []
    assert (await sent(slow, lines(5)))["counts"]["taken"] == 5
