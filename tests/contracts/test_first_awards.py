"""What a record that goes on was first awarded as: changes count from it, and an award is published and counted once."""

import uuid
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from services.contracts.rules.first_award import UNKNOWN, FirstAward, joined, shared
from tests.contracts.register import Place, a_key, backing
from tests.contracts.test_published_notices import Buyer
from tests.contracts.test_record_ends import joining, parting
from tests.contracts.test_successions import Merger
from tests.contracts.test_transfers import acted, asked, put, read
from tests.contracts.test_variations import acted as varied
from tests.contracts.test_variations import agreed, proposed, running
from tests.contracts.world import as_app

# Lifetime £1,095,000. From 1 April 2014 £480,000 a year: £230,000 more over two years, 21 percent.
SMALL: dict[str, Any] = {"after": {"value": {"amount_pence": 48_000_000}}, "ground": "commissioner_decision"}
HALVES = (Decimal(50), Decimal(50))


@pytest.fixture(scope="module")
async def pch(client_for, place):
    return await client_for("contracts", place.caller("pch"))


@pytest.fixture(scope="module")
async def phnt(client_for, place):
    return await client_for("contracts", place.caller("phnt"))


@pytest.fixture(scope="module")
async def council(client_for, place):
    return await client_for("contracts", place.caller("council"))


async def grown(ccg, pch, place) -> dict:
    """A contract of which a change of 21 percent, just within the rules, is in effect."""
    contract = await running(ccg, place)
    await varied(ccg, await agreed(ccg, pch, contract, **SMALL), "effect")
    return contract


async def more(ccg, contract_id: str, pence: int = 68_000_000) -> dict:
    """The test of another change of about half as much, which alone is within the rules."""
    made = await proposed(
        ccg, {"id": contract_id}, effective_on="2014-10-01", ground="commissioner_decision",
        after={"value": {"amount_pence": pence}},
    )  # fmt: skip
    await varied(ccg, made, "withdrawal")
    return made["modification"]


@pytest.mark.row("S5-C03")
async def test_a_novation_does_not_begin_the_count_of_changes_anew(ccg, pch, phnt, place):
    contract = await grown(ccg, pch, place)
    before = await more(ccg, contract["id"])
    made = await put(ccg, "novations", asked(place, contract, effective_on="2014-09-01"))
    for client in (ccg, pch, phnt):
        await acted(client, made, "consent", on="2014-08-01")
    await acted(ccg, made, "completion")
    new = await read(ccg, made["new_contract_id"])
    assert (new["carried_over"], (await read(ccg, contract["id"]))["carried_over"]) == (True, False)
    after = await more(ccg, made["new_contract_id"])
    assert after["outcome"] == "not_permitted"
    for name in ("original_value_pence", "cumulative_change_pence", "term_change_percent", "because"):
        assert after[name] == before[name], name
    effect = await agreed(
        ccg, phnt, new, effective_on="2014-10-01", after={"value": {"amount_pence": 48_100_000}},
        ground="commissioner_decision",
    )  # fmt: skip
    await varied(ccg, effect, "effect")
    again = await put(ccg, "novations",
                      asked(place, new, outgoing="phnt", incoming="pch", effective_on="2015-04-01"))  # fmt: skip
    for client in (ccg, pch, phnt):
        await acted(client, again, "consent", on="2014-08-01")
    await acted(ccg, again, "completion")
    last = await proposed(
        ccg, {"id": again["new_contract_id"]}, effective_on="2015-10-01", ground="commissioner_decision",
        after={"value": {"amount_pence": 104_000_000}},
    )  # fmt: skip
    test = last["modification"]
    assert test["original_value_pence"] == 109_500_000
    assert test["cumulative_change_pence"] > 23_000_000 + test["change_pence"]
    assert test["outcome"] == "not_permitted"


async def test_the_incoming_lead_counts_on_from_the_award(ccg, pch, council, place):
    contract = await grown(ccg, pch, place)
    body = asked(place, contract, "commissioner", "ccg", "council", effective_on="2014-09-01",
                 instrument={"title": "The Transfer Order"})  # fmt: skip
    made = await put(ccg, "statutory-transfers", body)
    await acted(ccg, made, "completion", resource="statutory-transfers")
    funding = [{"pool_id": str(place.pool), "organisation_id": str(place.council), "share_percent": "100"}]
    taken = await acted(council, made, "take-over", 201, resource="statutory-transfers", funding=funding)
    assert taken["carried_over"] is True
    await council.post(
        f"/v1/contracts/{taken['id']}/activation", json={"active_from": "2014-09-01"}, key=a_key(), version=1,
        seen=backing(taken),
    )  # fmt: skip
    test = await more(council, taken["id"])
    assert (test["original_value_pence"], test["outcome"]) == (109_500_000, "not_permitted")


async def test_parts_and_wholes_count_on_from_their_awards(ccg, pch, place):
    first, second = [await grown(ccg, pch, place) for _ in range(2)]
    whole = joining(first, second)
    await put(ccg, "consolidations", whole)
    test = await more(ccg, whole["contract_id"], 136_000_000)
    assert (test["original_value_pence"], test["cumulative_change_percent"]) == (219_000_000, "48.38")
    assert test["outcome"] == "not_permitted"
    parts = parting({"id": whole["contract_id"]}, "2015-01-01")
    await put(ccg, "splits", parts)
    for part in parts["parts"]:
        half = await proposed(ccg, {"id": part["contract_id"]}, effective_on="2015-04-01",
                              after={"value": {"amount_pence": 80_000_000}}, ground="commissioner_decision")  # fmt: skip
        assert half["modification"]["original_value_pence"] == 109_500_000
        assert half["modification"]["cumulative_change_pence"] == 23_000_000 + 32_000_000
        assert half["modification"]["outcome"] == "not_permitted"


def test_what_is_not_known_of_one_award_is_not_known_of_all() -> None:
    known = FirstAward(101, 7, None, None)
    assert joined([known, UNKNOWN]) == UNKNOWN
    assert joined([known, known]) == FirstAward(202, 14, None, None)
    assert [(each.value_pence, each.changed_pence) for each in shared(known, HALVES)] == [(51, 4), (50, 3)]
    assert shared(UNKNOWN, HALVES) == (UNKNOWN, UNKNOWN)


async def test_a_record_of_which_no_award_was_kept_decides_nothing(ccg, pch, place, stack):
    """Those that went on before it was kept: the test says that it does not know, and not that all is new."""
    contract = await grown(ccg, pch, place)
    parts = parting(contract, "2014-09-01")
    await put(ccg, "splits", parts)
    connection = await stack.superuser()
    try:
        ids = [uuid.UUID(each["contract_id"]) for each in parts["parts"]]
        await connection.execute("set session_replication_role = replica")
        await connection.execute(
            "delete from contracts.contract_first_awards where contract_id = any ($1)", ids
        )
    finally:
        await connection.close()
    test = await more(ccg, str(ids[0]))
    assert (test["original_value_pence"], test["outcome"]) == (None, "undecided")


async def test_what_was_first_awarded_is_for_the_lead_and_stays(client_for, stack):
    """Of a consolidation it tells what several contracts were awarded as together, which no party of some may know."""
    place = Place()
    ccg = await client_for("contracts", place.caller("ccg"))
    parts = parting(await running(ccg, place), "2014-09-01")
    await put(ccg, "splits", parts)
    id_ = uuid.UUID(parts["parts"][0]["contract_id"])
    for role in ("ccg", "council", "kernow", "pch", "scrutiny", "auditor", "stranger"):
        async with as_app(stack, place.caller(role)) as connection:
            rows = await connection.fetch("select 1 from contract_first_awards where contract_id = $1", id_)
            assert bool(rows) == (role == "ccg"), role
    for statement in (
        "update contracts.contract_first_awards set value_pence = 1 where contract_id = $1",
        "delete from contracts.contract_first_awards where contract_id = $1",
    ):
        connection = await stack.superuser()
        try:
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement, id_)
        finally:
            await connection.close()


@pytest.mark.parametrize("regime", ["psr", "pcr2015", "pa2023"])
async def test_an_award_is_published_and_counted_once(client_for, regime):
    """The record that goes on has been awarded: no notice falls due on it, and no summary counts it again."""
    buyer = await Buyer(client_for).put()
    contract = await buyer.award(
        regime, state="recorded_as_active", value={"amount_pence": 600_000_000, "status": "actual"}
    )
    due = await buyer.due(contract)
    assert due
    if regime == "psr":
        await buyer.notice(contract, "psr_award_notice", process="direct_award_c")
    other = await buyer.award(regime, state="recorded_as_active")
    whole = joining(contract, other, effective_on="2025-10-01")
    await put(buyer.council, "consolidations", whole)
    parts = parting({"id": whole["contract_id"]}, "2026-04-01")
    await put(buyer.council, "splits", parts)
    for each in parts["parts"]:
        assert await buyer.due({"id": each["contract_id"]}) == {}
    assert await buyer.due({"id": other["id"]}) == await buyer.due(contract) | {
        name: day for name, day in due.items() if name != "contract_copy"
    }
    answer = await buyer.council.get("/v1/psr-summaries", params={"financial_year": "2024-25"})
    summary = answer.json()
    assert summary["direct_award"] == (regime == "psr")
    assert [each["contract_id"] for each in summary["left_open"]] == [other["id"]] * (regime == "psr")


async def test_a_successor_in_law_counts_on_from_the_award(client_for):
    merger = Merger(client_for)
    ccg, pch = [await client_for("contracts", merger.place.caller(role)) for role in ("ccg", "pch")]
    parts = parting(await grown(ccg, pch, merger.place), "2014-09-01")
    await put(ccg, "splits", parts)
    assert (await merger.part(str(uuid.uuid4()))).status_code == 201
    successor = await client_for("contracts", merger.successor())
    part = parts["parts"][0]["contract_id"]
    assert (await read(successor, part))["owner_organisation_id"] == str(merger.new)
    test = await more(successor, part, 40_000_000)
    assert (test["original_value_pence"], test["cumulative_change_pence"] > 11_500_000) == (54_750_000, True)
