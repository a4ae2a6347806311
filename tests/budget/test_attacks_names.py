"""Attacks by spelling: one person, written in two ways, is maker and approver."""

import pytest

from tests.budget.moving import approvers, move, propose
from tests.budget.place import Place, code_of, made
from tests.budget.settling import Overspent
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


SPELLINGS = (
    *("A. Smith", " a.  smith ", "A. SMITH", "A.\tSmith"),
    *("\uff21. Smith", "A.\u00a0Smith", "A. Smi\u00adth", "A. Smi\u200bth", "\u0410. Smith"),
)


async def test_one_person_in_another_spelling_does_not_approve_what_it_proposed(place):
    _, lines, _ = await real_year(place)
    second, _ = await approvers(place)
    maker = {"X-On-Behalf-Of": "A. Smith"}
    proposed = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 1_00, headers=maker))
    for spelling in SPELLINGS:
        approver = {b"X-On-Behalf-Of": spelling.encode()}
        refused = await move(second, proposed, "approval", headers=approver)
        assert code_of(refused) in {"virement_maker_and_approver", "person_unreadable"}, (
            spelling,
            refused.text,
        )
    made(await move(second, proposed, "approval", headers={"X-On-Behalf-Of": "B. Jones"}))


async def test_one_person_in_another_spelling_does_not_approve_a_settlement(client_for):
    place = await Overspent().prepare(client_for)
    made(await place.record())
    proposed = made(await place.propose())
    # Proposed for nobody named: then the clients alone tell maker and approver apart.
    assert code_of(await place.act(place.pcc, proposed, "approval")) == "settlement_maker_approves"
    for spelling in SPELLINGS[4:]:
        odd = await place.act(
            place.approver, proposed, "approval", headers={b"X-On-Behalf-Of": spelling.encode()}
        )
        assert (odd.status_code, code_of(odd)) == (400, "person_unreadable")
