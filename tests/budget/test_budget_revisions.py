"""A revised budget is no way round a virement: what is used, a ring-fence, and money moved without a decision."""

import asyncio
import uuid

import pytest

from tests.budget.committing import YEAR, limit, reserve
from tests.budget.moving import budgets
from tests.budget.place import Place, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def revise(place, line, pence: int | None, version=None, **changes):
    if version is None:
        version = made(await place.pcc.get(f"/v1/lines/{line}"))["version"]
    body = {
        "id": str(uuid.uuid4()),
        "kind": "revised",
        "amount": {"amount_pence": pence, "status": "tbc" if pence is None else "actual"},
        "effective_from": "2015-09-01",
        "reason": "Refresh",
        **changes,
    }
    return await place.pcc.post(f"/v1/lines/{line}/budgets", json=body, key=key(), version=version)


async def decided(place, line) -> str:
    about = {"subject": "budget", "subject_id": str(line), "subject_title": "Budget", "edition": None}
    return made(await place.decide(place.pcc, "Cabinet", "2015-03-01", **about))["id"]


@pytest.mark.row("S5-B15")
async def test_a_budget_is_not_revised_below_what_is_used_of_a_limited_line(place):
    """Ninety pounds are spent and two hundred committed: 290 may be the budget, a penny less may not."""
    pool, lines, _ = await real_year(place)
    line = lines["pcc"]
    made(await limit(place.pcc, place, line))
    made(await reserve(place.pcc, place, line, 200_00))
    decision = await decided(place, line)
    refused = await revise(place, line, 289_99, decision_id=decision)
    assert (refused.status_code, code_of(refused)) == (409, "line_budget_below_used")
    facts = {
        name: refused.json()[name] for name in ("budget_adjusted_pence", "actual_pence", "committed_pence")
    }
    assert facts == {"budget_adjusted_pence": 289_99, "actual_pence": 90_00, "committed_pence": 200_00}
    # By way of an unknown figure it is no other.
    made(await revise(place, line, None))
    assert code_of(await revise(place, line, 289_99)) == "line_budget_below_used"
    made(await revise(place, line, 290_00))
    assert code_of(await reserve(place.pcc, place, line, 1)) == "commitment_past_limit"
    free = await place.line(place.pcc, pool, "pooled", pence=100_00, **YEAR)
    made(await reserve(place.pcc, place, free, 100_00))
    made(await revise(place, free, 99_99))


@pytest.mark.row("S1-B21")
async def test_a_ring_fence_is_not_emptied_by_a_revision(place):
    pool, _, _ = await real_year(place)
    line = await place.line(place.pcc, pool, "pooled", pence=300_00, nature={"funding_source": "bcf"}, **YEAR)
    decision = await decided(place, line)
    assert code_of(await revise(place, line, 0, decision_id=decision)) == "line_budget_fence_emptied"
    refused = await revise(place, line, 250_00)
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (
        "line_budget_needs_decision",
        "/decision_id",
    )
    made(await revise(place, line, 250_00, decision_id=decision))
    made(await revise(place, line, 280_00))
    made(await reserve(place.pcc, place, line, 260_00))
    assert code_of(await revise(place, line, 255_00, decision_id=decision)) == "line_budget_below_used"


@pytest.mark.row("S4-B11")
async def test_a_move_by_two_revisions_needs_a_decision(place):
    """Down here and up there is a virement; down alone, up alone, and a figure corrected are none."""
    pool, lines, _ = await real_year(place)
    giving = await place.line(place.pcc, pool, "pooled", pence=300_00, **YEAR)
    taking = await place.line(place.pcc, pool, "pooled", pence=300_00, **YEAR)
    made(await revise(place, giving, 50_00))
    made(await revise(place, giving, 60_00))
    refused = await revise(place, taking, 550_00)
    assert (refused.status_code, code_of(refused)) == (409, "line_budget_needs_decision")
    assert refused.json()["moved_pence"] == 240_00
    # Another's books are another's money, and other books are other money.
    made(await revise(place, lines["pcc aligned"], 41_00))
    # A typing error put right leaves nothing moved.
    made(await revise(place, giving, 300_00))
    made(await revise(place, taking, 550_00))
    assert code_of(await revise(place, giving, 299_00)) == "line_budget_needs_decision"
    made(await revise(place, giving, 50_00, decision_id=await decided(place, giving)))
    assert await budgets(place) | {str(giving): 50_00, str(taking): 550_00} == await budgets(place)


async def test_of_two_that_revise_at_once_one_needs_a_decision(place):
    pool, _, _ = await real_year(place)
    for _ in range(4):
        giving = await place.line(place.pcc, pool, "pooled", pence=300_00, **YEAR)
        taking = await place.line(place.pcc, pool, "pooled", pence=300_00, **YEAR)
        answers = await asyncio.gather(
            revise(place, giving, 200_00, version=1), revise(place, taking, 400_00, version=1)
        )
        codes = sorted(each.json().get("code", "kept") for each in answers)
        assert codes == ["kept", "line_budget_needs_decision"]
        # What was kept is put right again, so that the next two begin even.
        for line in (giving, taking):
            answer = await revise(place, line, 300_00)
            assert answer.status_code == 201, answer.text


async def test_the_database_refuses_the_same_past_the_rule(place, stack):
    pool, lines, _ = await real_year(place)
    plain = await place.line(place.pcc, pool, "pooled", pence=300_00, **YEAR)
    fenced = await place.line(
        place.pcc, pool, "pooled", pence=300_00, nature={"funding_source": "bcf"}, **YEAR
    )
    made(await limit(place.pcc, place, lines["pcc"]))
    made(await revise(place, plain, 310_00))
    connection = await stack.superuser()
    for line, pence, code in (
        (lines["pcc"], 89_99, "is below what is used"),
        (fenced, 0, "empties a ring-fence"),
        (fenced, 299_99, "that nobody decided on"),
        (lines["pcc"], 999_99, "that nobody decided on"),
    ):
        with pytest.raises(Exception, match=code):
            await connection.execute(
                "insert into budget.line_budgets (id, number, kind, amount_pence, amount_status, effective_from,"
                " reason, line_id, partnership_id, owner_organisation_id, arrangement, financial_year)"
                " select gen_random_uuid(), 99, 'revised', $2, 'actual', '2015-09-01', 'x', id, partnership_id,"
                " owner_organisation_id, arrangement, financial_year from budget.lines where id = $1",
                line,
                pence,
            )
    await connection.close()
