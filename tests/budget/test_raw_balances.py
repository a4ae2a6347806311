"""Raw SQL as the app's own role: balances and dimensions keep to their journals, and what was signed stays signed."""

import asyncpg
import pytest

from tests.budget.raw_books import a_place, refused, taken


@pytest.fixture(scope="module")
async def place(client_for):
    return await a_place(client_for)


@pytest.fixture(scope="module")
async def elsewhere(client_for):
    """Another partnership: the NHS body of the first is a partner there too."""
    return await a_place(client_for)


@pytest.fixture
async def raw(stack):
    connection = await stack.connect("budget")
    yield connection
    await connection.close()


async def test_balances_and_dimensions_keep_to_their_partnership_and_journal(raw, place, elsewhere):
    balance = (
        "insert into balances (account_id, book, effective_month, posting_period, recorded_month, partnership_id,"
        " owner_organisation_id, arrangement, amount_pence, entries, day_pence) values ('{account}', 'actual',"
        " '2015-06-01', '2015-16-M03', '2015-06-01', '{partnership}', '{owner}', 'pooled', {pence}, 1, '{days}')"
    )
    right = {
        "account": place.cost,
        "partnership": place.partnership,
        "owner": place.council,
        "pence": 1,
        "days": "{1}",
    }
    await taken(raw, place.council, place, balance.format(**right), host=place.partnership)
    for wrong in ({"account": elsewhere.cost}, {"pence": 10**16 + 1}, {"days": "{1,-10000000000000001}"}):
        statement = balance.format(**{**right, **wrong})
        await refused(raw, place.council, place, statement, host=place.partnership)
    posted = await place.post(
        place.pcc, place.fund, place.from_host, 100, kind="contribution", effective_date="2015-06-01"
    )
    said = (
        "insert into entry_dimensions (journal_id, position, version, partnership_id, owner_organisation_id,"
        " arrangement, financial_year, recorded_by_organisation_id, service_code) values ('{id}', 1, {version},"
        " '{partnership}', '{owner}', 'pooled', '2015/16', '{by}', 'ours')"
    )
    right = {
        "id": posted["id"],
        "version": 2,
        "partnership": place.partnership,
        "owner": place.council,
        "by": place.council,
    }
    await taken(raw, place.council, place, said.format(**right), host=place.partnership)
    await refused(raw, place.nhs, place, said.format(**{**right, "by": place.nhs}))
    await refused(raw, place.nhs, place, said.format(**right))
    await refused(raw, place.council, place, said.format(**{**right, "owner": place.nhs}))
    for table in ("entry_dimensions", "journal_batches"):
        for act in (f"update {table} set version = 1", f"delete from {table}", f"truncate {table}"):
            with pytest.raises(asyncpg.PostgresError, match=r"permission denied|does not exist"):
                await raw.execute(f"set search_path = budget; {act}")


async def test_what_was_signed_stays_signed(raw, place):
    for change in (
        "signatories = '[]'",
        "signed_on = signed_on + 1",
        "approvals = '[]'",
        "approved_from = approved_from - 30",
        "commenced_on = commenced_on - 30",
        'terms = terms || \'{"title": "Ours"}\'',
    ):
        statement = f"update agreements set version = version + 1, {change} where id = '{place.agreement}'"
        await refused(raw, place.nhs, place, statement)
