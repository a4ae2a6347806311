"""What an import of ledger lines tells: its journals as any others, and references that were reversed."""

import uuid

import pytest

from tests.budget.importing import Imports, csv_of, pair
from tests.budget.place import key, made


@pytest.fixture
async def place(client_for):
    return await Imports().prepare(client_for)


async def test_a_journal_of_an_import_is_told_as_one_by_its_door(place, stack):
    made(await place.send(csv_of(*pair("GL-1", "5.00"))))
    await place.post(place.pcc, place.accounts["Care"], place.accounts["Reserve"], 500)
    connection = await stack.superuser()
    try:
        rows = await connection.fetch(
            "select thing, what, actor_organisation_id, actor_client_id, reader_organisation_ids,"
            " facts::jsonb - 'posted_with' as facts from budget.audit_events"
            " where partnership_id = $1 and what = 'journal_posted'",
            place.partnership,
        )
        events = await connection.fetchval(
            "select count(*) from budget.events where partnership_id = $1 and what = 'journal_posted'",
            place.partnership,
        )
    finally:
        await connection.close()
    assert len(rows) == events == 2
    assert rows[0] == rows[1]


@pytest.mark.parametrize("amount", ["12.34", "12.35"])
async def test_a_reference_that_was_reversed_is_not_told_as_unchanged(place, amount):
    made(await place.send(csv_of(*pair("R-1", "12.34"))))
    (posted,) = await place.journals()
    undo = {"id": str(uuid.uuid4()), "effective_date": "2014-06-15", "narrative": "Wrong"}
    made(await place.pcc.post(f"/v1/journals/{posted['id']}/reversal", json=undo, key=key()))
    answer = await place.send(csv_of(*pair("R-1", amount)), dry_run="true")
    report = made(answer)
    assert (report["counts"]["journals_unchanged"], report["counts"]["journals_left"]) == (0, 1)
    assert [(each["code"], each["reference"]) for each in report["findings"]] == [
        ("import_reference_reversed", "R-1")
    ]
