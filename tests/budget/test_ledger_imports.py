"""Imports of ledger lines through the doors."""

import pytest

from services.budget.commands.reconcile import reconcile
from tests.budget.importing import Imports, csv_of, pair
from tests.budget.place import made


@pytest.fixture
async def place(client_for):
    return await (await Imports().enter(client_for)).prepare()


async def test_rows_of_a_reference_become_a_journal_with_its_balances(place, stack):
    file = csv_of(*pair("GL-1", '"£1,234.00"'), *pair("GL-2", "12.50", "16/06/2014"))
    report = made(await place.send(file))
    assert report["counts"] == {
        "rows": 4,
        "rows_posted": 4,
        "rows_unchanged": 0,
        "rows_left": 0,
        "journals_posted": 2,
        "journals_unchanged": 0,
        "journals_left": 0,
    }
    posted = {each["client_reference"]: each for each in await place.journals()}
    assert [each["amount_pence"] for each in posted["GL-1"]["entries"]] == [123400, -123400]
