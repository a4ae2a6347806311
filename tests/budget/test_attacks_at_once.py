"""Moves sent twice at once at one version, through two clients: one counts, the other is told why not, and none breaks."""

import asyncio
import uuid

import pytest

from tests.budget.committing import move as commit_move
from tests.budget.committing import pay, reserve
from tests.budget.place import Place, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def both(place, path, body, version):
    """Each of two clients of the council, three times."""
    second = await place.client(place.council, commissioner=place.partnership, host=place.partnership)
    return await asyncio.gather(
        *(each.post(path, json=body, key=key(), version=version) for each in (place.pcc, second) * 3)
    )


def one_counts(answers) -> None:
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] in (200, 201), [answer.text for answer in answers]
    assert set(statuses[1:]) <= {409, 412}, [(answer.status_code, answer.text) for answer in answers]


async def test_a_milestone_is_reached_once(place):
    await place.draft()
    body = {
        "partnership_id": str(place.partnership),
        "agreement_id": str(place.agreement),
        "name": "Formed",
        "planned": "2015-03",
        "source": "Business case of June 2014",
    }
    id_ = uuid.uuid4()
    made(await place.pcc.put(f"/v1/milestones/{id_}", json=body))
    reached = {"reached": "2015-04", "source": "Partnership paper of 2018"}
    one_counts(await both(place, f"/v1/milestones/{id_}/reached", reached, 1))


async def test_entries_are_described_once_at_a_version(place):
    pool, lines, fund = await real_year(place)
    paid = await pay(place, pool, lines["pcc"], fund, 5_00)
    said = {"entries": [{"position": 1, "service_code": "reablement"}]}
    path = f"/v1/journals/{paid['id']}/dimensions"
    probe = await place.pcc.get(path)
    one_counts(await both(place, path, said, made(probe)["version"]))


async def test_a_commitment_moves_once_at_a_version(place):
    _, lines, _ = await real_year(place)
    held = made(await reserve(place.pcc, place, lines["pcc"], 100_00))
    body = {"amount_pence": 60_00, "effective_date": "2015-05-01", "reason": "Ended early"}
    one_counts(await both(place, f"/v1/commitments/{held['id']}/release", body, held["version"]))


async def test_a_payment_that_was_paid_back_frees_no_budget(place):
    pool, lines, fund = await real_year(place)
    held = made(await reserve(place.pcc, place, lines["pcc"], 100_00))
    paid = await pay(place, pool, lines["pcc"], fund, 80_00)
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-07-01", "narrative": "Paid twice"}
    made(await place.pcc.post(f"/v1/journals/{paid['id']}/reversal", json=undo, key=key()))
    refused = await commit_move(place.pcc, held, "draw-down", journal_id=paid["id"])
    assert (refused.status_code, code_of(refused)) == (409, "commitment_journal_reversed")
