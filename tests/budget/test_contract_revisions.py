"""Budget that follows a contract whose terms change: the difference by year, pool and line, and never more or less."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.rules.commitment import Commitment, Level
from services.budget.rules.contract_approval import Funding
from services.budget.rules.contract_revision import (
    Adjustment,
    ContractRevision,
    YearWorth,
    raised,
    to_approve,
    to_lower,
)
from services.budget.rules.decision import Subject
from services.budget.rules.headroom import LineFunds
from services.budget.rules.line import Arrangement
from services.budget.rules.revision_plan import plan
from shared.money import Money, allocate_by_name
from tests.budget.committing import pointer_of
from tests.budget.place import Place, code_of, key, made
from tests.budget.test_contract_reservations import RESERVATIONS, left, wanted
from tests.budget.years import real_year

REVISIONS = "/v1/contract-revisions"


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def changed(place, asked, to_pence, *named, **more):
    """What the gateway asks when the contract of a reservation is worth so much from then on."""
    worth = asked["worth_pence"]
    years = [{"financial_year": "2015/16", "before_pence": worth, "after_pence": to_pence}]
    return {
        "partnership_id": asked["partnership_id"], "contract_id": asked["contract_id"], "title": asked["title"],
        "day": "2015-10-01", "reason": "The contract is varied", "subject": "variation",
        "decided_on_id": str(uuid.uuid4()), "worth_before_pence": worth, "worth_after_pence": to_pence,
        "years": years, "funding_before": asked["funding"], "funding": asked["funding"],
        "commitments": [{"line_id": str(line), "change_pence": pence} for line, pence in named], **more,
    }  # fmt: skip


async def test_a_contract_s_lines_bear_what_it_costs_more_in_proportion(place):
    pool, lines, _ = await real_year(place)
    second = await place.line(place.pcc, pool, "pooled", pence=200_00, financial_year="2015/16")
    asked = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 300_00), (second, 150_00))
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked))
    id_, body = uuid.uuid4(), changed(place, asked, 450_01)
    revised = made(await place.pcc.put(f"{REVISIONS}/{id_}", json=body))
    assert (revised["to_lower"], [each["change_pence"] for each in revised["raised"]]) == ([], [1])
    more = changed(place, {**asked, "worth_pence": 450_01}, 480_01)
    revised = made(await place.pcc.put(f"{REVISIONS}/{uuid.uuid4()}", json=more))
    assert sorted(each["change_pence"] for each in revised["raised"]) == [10_00, 20_00]
    assert (await left(place, lines["pcc"]), await left(place, second)) == (320_01, 160_00)
    again = await place.pcc.put(f"{REVISIONS}/{id_}", json=body)
    assert again.headers["idempotency-replayed"] == "true"
    assert await left(place, lines["pcc"]) == 320_01
    less = changed(place, {**asked, "worth_pence": 480_01}, 100_00)
    revised = made(await place.pcc.put(f"{REVISIONS}/{uuid.uuid4()}", json=less))
    assert sum(each["change_pence"] for each in revised["to_lower"]) == 100_00 - 480_01
    assert await left(place, lines["pcc"]) == 320_01  # the contract has not changed yet
    parts = [
        {"commitment_id": each["commitment_id"], "amount_pence": -each["change_pence"]}
        for each in revised["to_lower"]
    ]
    release = {
        "contract_id": asked["contract_id"], "day": "2015-10-01", "reason": "It costs less", "commitments": parts,
    }  # fmt: skip
    made(await place.pcc.post("/v1/contract-releases", json=release, key=key()))
    assert await left(place, lines["pcc"]) + await left(place, second) == 100_00


async def test_another_partnership_s_line_bears_nothing_of_it(place, client_for):
    pool, lines, _ = await real_year(place)
    asked = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 300_00))
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked))
    body = changed(place, asked, 310_00, (uuid.uuid4(), 10_00))
    refused = await place.pcc.put(f"{REVISIONS}/{uuid.uuid4()}", json=body)
    assert (code_of(refused), pointer_of(refused)) == ("line_unknown", "/commitments/0/line_id")
    elsewhere = await Place().enter(client_for)
    theirs = await elsewhere.pcc.put(f"{REVISIONS}/{uuid.uuid4()}", json=changed(place, asked, 310_00))
    assert theirs.status_code in {403, 404, 422}
    plain = {"X-Caller-Assertion": place.pcc.headers["X-Caller-Assertion"]}
    answer = await super(type(place.pcc), place.pcc).request(
        "PUT", f"{REVISIONS}/{uuid.uuid4()}", json=changed(place, asked, 310_00), headers=plain
    )
    assert (answer.status_code, code_of(answer)) == (403, "scope_missing")
    assert await left(place, lines["pcc"]) == 300_00


PENCE = st.integers(0, 10**7)


@st.composite
def contracts(draw):
    """A contract whose pools bear each year in its shares, spread over lines, some of it paid; and what it costs then."""
    cut = draw(st.integers(1, 999))
    shares = [Decimal(cut) / 10, Decimal(1000 - cut) / 10]
    pools = [uuid.UUID(int=each) for each in (1, 2)]
    funding = tuple(Funding(pool, uuid.UUID(int=9), share) for pool, share in zip(pools, shares, strict=True))
    weights = {str(each.pool_id): each.share_percent for each in funding}
    total, after = draw(st.integers(1000, 10**7)), draw(PENCE)  # each pool bears something
    lines, held = {}, []
    for pool, pence in allocate_by_name(total, weights).items():
        first = draw(st.integers(0, pence))
        for number, part in enumerate((first, pence - first)):
            line_id = uuid.uuid5(uuid.UUID(pool), str(number))
            lines[line_id] = LineFunds(
                line_id, uuid.UUID(int=7), uuid.UUID(int=9), Arrangement.POOLED, uuid.UUID(pool), "2015/16",
                Money(10**9),
            )  # fmt: skip
            paid = draw(st.integers(0, part))
            one = Commitment(
                uuid.uuid5(line_id, "c"), uuid.UUID(int=7), uuid.UUID(int=9), Arrangement.POOLED, "2015/16",
                line_id, uuid.UUID(int=9), Level.SERVICE, uuid.UUID(int=5), None, "it", part, paid,
            )  # fmt: skip
            held += [one] if part else []
    asked = ContractRevision(
        uuid.uuid4(), uuid.UUID(int=7), uuid.UUID(int=5), "it", date(2015, 10, 1), "why", Subject.VARIATION,
        uuid.uuid4(), total, after, (YearWorth("2015/16", total, after),), funding, funding,
    )  # fmt: skip
    return asked, held, lines, weights, after


@given(contracts())
@settings(max_examples=300, deadline=None)
def test_the_pools_bear_the_contract_as_it_then_is_to_the_penny(made_up):
    asked, held, lines, weights, after = made_up
    planned = plan(asked, held, lines, uuid.UUID(int=9))
    by_id = {each.id: each for each in held}
    pools, paid = dict.fromkeys(weights, 0), dict.fromkeys(weights, 0)
    for one in held:
        pools[str(lines[one.line_id].pool_id)] += one.reserved_pence
        paid[str(lines[one.line_id].pool_id)] += one.drawn_pence
    for each in planned:
        assert each.change_pence >= -by_id[each.commitment_id].rest_pence
        pools[str(each.pool_id)] += each.change_pence
    target = allocate_by_name(after, weights)
    assert pools == {pool: max(target[pool], paid[pool]) for pool in pools}
    assert len(raised(planned)) + len(to_lower(planned)) == len(planned)


@pytest.mark.parametrize(
    ("was", "now", "asked_of"),
    [
        (600_00, 650_00, 50_00),
        (600_00, None, 600_00),
        (None, 650_00, 650_00),
        (None, None, 7_00),
        (600_00, 600_00, None),
    ],
)
def test_no_limit_is_passed_by_way_of_a_worth_that_nobody_knows(was, now, asked_of):
    body = uuid.UUID(int=9)
    funding = (Funding(uuid.UUID(int=1), body, Decimal(100)),)
    asked = ContractRevision(
        uuid.uuid4(), uuid.UUID(int=7), uuid.UUID(int=5), "it", date(2015, 10, 1), "why", Subject.VARIATION,
        uuid.uuid4(), was, now, (), funding, funding,
    )  # fmt: skip
    moved = (Adjustment(uuid.uuid4(), uuid.uuid4(), uuid.UUID(int=1), "2015/16", 7_00),)
    found = to_approve(asked, moved)
    assert (None if found is None else found.amounts_pence) == (
        None if asked_of is None else {body: asked_of}
    )
