"""The inspection export through the door: everything one may see and nothing more, streamed, and the same again."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.budget.store import audit_exports
from tests.budget.place import Place, code_of, made
from tests.budget.reporting import ask, ask_csv, assert_not_for
from tests.budget.years import real_year, shadow_year

NOBODY = ("foreign commissioner", "provider", "associate", "observer", "auditor of another year")


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def of(export, record):
    return [each for each in export["items"] if each["record"] == record]


def spent(export):
    return sum(each["amount_pence"] for each in of(export, "entry") if each["account_kind"] == "expenditure")


@pytest.mark.row("S5-B10")
async def test_an_export_balances_and_holds_all_of_the_year(place):
    _, lines, _ = await real_year(place)
    export = made(await ask(place.pcc, place, "audit-export"))
    entries = of(export, "entry")
    assert sum(each["amount_pence"] for each in entries) == 0
    assert spent(export) == 135_00 + 4_00
    # Journal by journal, numbered.
    assert {each["position"] for each in entries} == {1, 2}
    # Another's aligned books are its own, and are named as left out.
    assert str(lines["ccg aligned"]) not in {each["line_id"] for each in entries}
    assert export["withheld_contributors"] == [
        {"organisation_id": str(place.nhs), "because": "aligned_is_its_owners"}
    ]
    assert export["complete"] is False
    events = of(export, "audit_event")
    assert {"journal_posted"} <= {each["what"] for each in events}
    own = {str(place.council)}
    assert all(own & {each["owner_organisation_id"], each["by_organisation_id"]} for each in events)


async def test_decisions_of_the_year_are_in_it(place):
    await real_year(place)
    export = made(await ask(place.ccg, place, "audit-export", "2014-15"))
    told = sorted((each["day"], each["what"], each["text"]) for each in of(export, "decision"))
    assert told == [
        ("2015-02-10", "approved", "Cabinet: Section 75 agreement"),
        ("2015-02-25", "approved", "Governing Body: Section 75 agreement"),
    ]
    assert of(made(await ask(place.ccg, place, "audit-export")), "decision") == []
    assert (
        of(made(await ask(place.ccg, place, "audit-export", "2014-15", as_at="2015-02-09")), "decision") == []
    )


@pytest.mark.row("S5-B10")
async def test_an_auditor_sees_its_named_bodies_and_years(place):
    _, lines, _ = await real_year(place)
    pooled_only = made(await ask(await place.auditor(years=("2015/16",)), place, "audit-export"))
    assert spent(pooled_only) == 135_00
    assert {each["because"] for each in pooled_only["withheld_contributors"]} == {"not_in_audit"}
    assert of(pooled_only, "audit_event") == []
    of_nhs = await place.auditor(bodies=(place.nhs,), years=("2015/16",))
    export = made(await ask(of_nhs, place, "audit-export"))
    assert spent(export) == 135_00 + 3_00 + 1_00
    shown = {each["line_id"] for each in of(export, "entry")}
    assert str(lines["pcc aligned"]) not in shown
    assert [each["organisation_id"] for each in export["withheld_contributors"]] == [str(place.council)]
    assert (await ask(of_nhs, place, "audit-export", "2014-15")).status_code == 404


async def test_shadow_without_consent_is_left_out_and_named(place):
    _, ours, _ = await shadow_year(place, consent=False)
    export = made(await ask(place.ccg, place, "audit-export", "2014-15"))
    assert str(ours) not in {each["line_id"] for each in of(export, "entry")}
    assert {"organisation_id": str(place.council), "because": "shadow_consent_missing"} in export[
        "withheld_contributors"
    ]


async def test_batches_join_without_a_gap_or_a_repeat(place, monkeypatch):
    await real_year(place)
    whole = made(await ask(place.pcc, place, "audit-export"))
    for size in (1, 2, 3):
        monkeypatch.setattr(audit_exports, "BATCH", size)
        again = made(await ask(place.pcc, place, "audit-export", as_recorded=whole["as_recorded"]))
        assert again["items"] == whole["items"]
    keys = [(each["record"], each["id"], each["position"]) for each in whole["items"]]
    assert len(keys) == len(set(keys)) > 10


async def test_the_same_instant_gives_the_same_bytes(place):
    pool, lines, fund = await real_year(place)
    await asyncio.sleep(0.01)
    then = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    await asyncio.sleep(0.05)
    before = await ask(place.pcc, place, "audit-export", as_recorded=then)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 1_00, effective_date="2015-05-01")
    after = await ask(place.pcc, place, "audit-export", as_recorded=then)
    assert (after.status_code, after.content) == (200, before.content)
    assert spent(made(await ask(place.pcc, place, "audit-export"))) == 140_00


async def test_the_table_is_safe_and_says_where_it_ends(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 1_50, effective_date="2015-05-01", narrative="+44 call")
    rows = await ask_csv(place.pcc, place, "audit-export")
    assert (rows[-1]["Record"], rows[-1]["Position"]) == ("end", str(len(rows) - 1))
    assert "'+44 call" in {each["Text"] for each in rows}
    amounts = {each["Amount (£)"] for each in rows if each["Text"] == "'+44 call"}
    assert amounts == {"1.50", "-1.50"}


async def test_whom_it_is_not_for(place):
    await real_year(place)
    await assert_not_for(place, "audit-export", NOBODY)
    assert code_of(await ask(place.pcc, place, "audit-export", as_at="2016-04-01")) == "as_at_outside_year"
