"""Contracts paid from pools and from lines of bodies' own books: whose they are, who agrees, and what others see of them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.rules.contract_approval import Funding
from services.budget.rules.contract_reservation import ContractReservation, Part, check_split
from services.budget.rules.headroom import LineFunds
from services.budget.rules.line import Arrangement
from shared.money import Money, Status, allocate_by_name
from tests.budget.committing import body as commitment
from tests.budget.place import made
from tests.together.test_term_changes import agreed, effect, left, worth
from tests.together.town import YEAR, Town

DAY = date(2015, 4, 1)


@pytest.fixture(scope="module")
async def town(people):
    """One in which nobody has limits of its own: what others set aside is all that is asked for."""
    return await Town().settle(people)


async def own_line(town, client, pence=1_000_00):
    """An aligned line of a body's own books, in no pool."""
    return str(await town.place.line(client.visit, None, "aligned", pence=pence, **YEAR))


def shares(town, *parts):
    return [
        {"pool_id": pool, "organisation_id": str(body), "share_percent": share} for pool, body, share in parts
    ]


@pytest.mark.row("S1-C06")
async def test_a_lead_pays_its_share_from_its_own_books_and_partners_see_no_line_of_them(town):
    funding = shares(town, (town.pool, town.place.council, "60"), (None, town.place.council, "40"))
    contract = await town.contract(600_00, funding=funding)
    line, own = await town.line(), await own_line(town, town.pcc)
    uneven = await town.activate(contract, (line, 300_00), (own, 300_00))
    assert (uneven.status_code, uneven.json()["code"]) == (422, "commitment_split_differs")
    foreign = await own_line(town, town.ccg)
    refused = await town.activate(contract, (line, 360_00), (foreign, 240_00))
    assert (refused.status_code, refused.json()["code"]) == (422, "line_unknown")
    running = made(await town.activate(contract, (line, 360_00), (own, 240_00)))
    assert running["funding"][1]["pool_id"] is None
    assert await left(town, contract) == {line: 360_00, own: 240_00}
    path = f"/v1/contracts/{contract['id']}/activation"
    for client in (town.pcc, town.ccg):
        backing = made(await client.visit.get(path))["backing"]
        assert [each["line_id"] for each in backing["commitments"]] == [line]
        assert backing["own_commitments"] == 1
    asked = {"partnership_id": str(town.place.partnership), "contract_id": contract["id"]}
    theirs = made(await town.ccg.visit.get("/v1/commitments", params=asked))["items"]
    assert [each["line_id"] for each in theirs] == [line]
    made(await effect(town, await agreed(town, running, worth(700_00))))
    assert await left(town, contract) == {line: 420_00, own: 280_00}
    whole = await town.contract(100_00, funding=shares(town, (None, town.place.council, "100")))
    made(await town.activate(whole, (own, 100_00)))
    assert (
        made(await town.ccg.visit.get(f"/v1/contracts/{whole['id']}/activation"))["backing"]["commitments"]
        == []
    )


@pytest.mark.row("S1-C06")
async def test_another_body_s_own_books_pay_once_it_has_set_its_share_aside(town):
    """Its own commitment is its consent. What it holds beyond the share, and where, is told to nobody."""
    funding = shares(town, (town.pool, town.place.council, "60"), (None, town.place.nhs, "40"))
    contract = await town.contract(600_00, funding=funding)
    line, theirs = await town.line(), await own_line(town, town.ccg)
    parts = ((line, 360_00),)

    async def set_aside(pence, of=contract["id"]):
        body = commitment(town.place, theirs, pence, contract_id=of)
        return made(await town.ccg.visit.put(f"/v1/commitments/{uuid.uuid4()}", json=body))

    await set_aside(900_00, of=(await town.contract())["id"])  # for another contract
    await set_aside(239_99)
    refused = await town.activate(contract, *parts)
    assert (refused.status_code, refused.json()["code"]) == (409, "commitment_own_share_missing")
    assert refused.json()["own_shares_missing"] == [
        {"organisation_id": str(town.place.nhs), "financial_year": "2015/16", "amount_pence": 240_00}
    ]
    assert theirs not in refused.text
    assert await left(town, contract) == {}
    await set_aside(1)
    running = made(await town.activate(contract, *parts))
    assert await left(town, contract) == {line: 360_00}
    made(await effect(town, await agreed(town, running, worth(700_00))))
    assert await left(town, contract) == {
        line: 420_00
    }  # its share of what it costs more, and no part of theirs
    other = shares(town, (town.pool, town.place.council, "50"), (None, town.place.nhs, "50"))
    varied = await agreed(town, await town.read(contract), funding_after=other, on="2015-11-01")
    refused = await effect(town, varied)
    assert (refused.status_code, refused.json()["code"]) == (409, "commitment_own_shares_change")


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(1, 2400), min_size=2, max_size=4),
    st.integers(1, 4),
)
def test_what_others_are_to_bear_makes_the_whole_with_what_the_lead_named(total, hundredths, ours):
    """Whatever whole year the lead has in mind: its lines are taken, and the others' part fits to the penny."""
    lead = uuid.UUID(int=1)
    bodies = [
        lead if at < min(ours, len(hundredths) - 1) else uuid.UUID(int=at + 2)
        for at in range(len(hundredths))
    ]
    pools = [uuid.UUID(int=100 + at) if body == lead else None for at, body in enumerate(bodies)]
    rest = 10_000 - sum(hundredths)
    weights = [Decimal(each) / 100 for each in (*hundredths[:-1], hundredths[-1] + rest)]
    funding = tuple(map(Funding, pools, bodies, weights))
    whole = allocate_by_name(total, {each.source: each.share_percent for each in funding})
    named = [(each, whole[each.source]) for each in funding if each.pool_id is not None]
    lines = [
        LineFunds(uuid.uuid4(), uuid.UUID(int=9), lead, Arrangement.POOLED, each.pool_id, "2015/16",
                  Money(None, Status.TBC), party_ids=frozenset({lead}))
        for each, _ in named
    ]  # fmt: skip
    parts = tuple(Part(line.line_id, pence) for line, (_, pence) in zip(lines, named, strict=True))
    asked = ContractReservation(
        uuid.uuid4(), uuid.UUID(int=9), uuid.uuid4(), "it", DAY, None, funding, parts
    )  # fmt: skip
    split = check_split(asked, lines, lead)
    found = {f"own lines of {each.organisation_id}": each.amount_pence for each in split.own_shares}
    ours_pence = {each.source: pence for each, pence in named}
    assert split.whole_pence == sum(found.values()) + sum(ours_pence.values())
    assert allocate_by_name(split.whole_pence, {each.source: each.share_percent for each in funding}) == {
        **dict.fromkeys((each.source for each in funding), 0), **found, **ours_pence,
    }  # fmt: skip
