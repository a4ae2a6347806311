"""Raw SQL as the app's own role, in a partner's context: what the rules refuse, the database refuses again."""

import uuid
from dataclasses import dataclass, field

import asyncpg
import pytest

from shared.context import settings_of
from tests.budget.place import Place, made
from tests.stack import a_caller

REFUSED = (
    r"row-level security|foreign key|violates|not its partner's|is not whole|stays as it was|cannot change|must be of"
    r"|other books|without a settlement|passes over|only under an agreement in force"
)


@dataclass
class Filled(Place):
    """A place with a real pool, a line, its accounts and a promise."""

    line_id: uuid.UUID = field(init=False)
    cost: uuid.UUID = field(init=False)
    fund: uuid.UUID = field(init=False)
    other_fund: uuid.UUID = field(init=False)
    paid: uuid.UUID = field(init=False)
    from_host: uuid.UUID = field(init=False)
    promise_id: str = field(init=False)


async def a_place(client_for):
    place = Filled()
    await place.enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    place.line_id = await place.line(place.pcc, place.pool_id, "pooled", financial_year="2015/16")
    of = {"pool_id": place.pool_id}
    place.cost = await place.account(place.pcc, "expenditure", "pooled", **of, line_id=place.line_id)
    place.fund = await place.account(place.pcc, "fund", "pooled", **of)
    other = await place.pool("Other", arrangement="pooled")
    place.other_fund = await place.account(place.pcc, "fund", "pooled", pool_id=other)
    place.paid = await place.account(place.ccg, "contribution", "pooled", **of, organisation_id=place.nhs)
    place.from_host = await place.account(
        place.pcc, "contribution", "pooled", **of, organisation_id=place.council
    )
    promise = made(await place.promise(place.pcc, place.pool_id, 5_00, financial_year="2015/16"))
    place.promise_id = promise["id"]
    return place


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


async def acting(raw, organisation, *partnerships, host=None):
    """Within a transaction, in the context of this organisation as a commissioner of these partnerships."""
    caller = a_caller(organisation, "", commissioner=partnerships[0], **({"host": host} if host else {}))
    for name, value in settings_of(caller):
        await raw.execute("select set_config($1, $2, true)", name, value)


async def refused(raw, organisation, place, *statements, host=None):
    transaction = raw.transaction()
    await transaction.start()
    try:
        await acting(raw, organisation, place.partnership, host=host)
        await raw.execute("set local search_path = budget")
        together = "; ".join([*statements, "set constraints all immediate"])
        with pytest.raises(asyncpg.PostgresError, match=REFUSED):
            await raw.execute(together)
    finally:
        await transaction.rollback()


async def taken(raw, organisation, place, *statements, host=None):
    """The same way in, for what is right: the refusals above are not of the way in."""
    transaction = raw.transaction()
    await transaction.start()
    try:
        await acting(raw, organisation, place.partnership, host=host)
        await raw.execute("set local search_path = budget")
        for statement in statements:
            await raw.execute(statement)
        await raw.execute("set constraints all immediate")
    finally:
        await transaction.rollback()


def pool(place, **changes):
    row = {"owner": place.council, "agreement": place.agreement, "partnership": place.partnership, **changes}
    return (
        "insert into pools (id, partnership_id, owner_organisation_id, agreement_id, name, category, arrangement)"
        f" values (gen_random_uuid(), '{row['partnership']}', '{row['owner']}', '{row['agreement']}', 'Forged',"
        " 'wellness', 'pooled')"
    )


async def test_a_pool_is_the_host_s_of_its_agreement(raw, place, elsewhere):
    await taken(raw, place.council, place, pool(place), host=place.partnership)
    await refused(raw, place.nhs, place, pool(place, owner=place.nhs))
    await refused(raw, place.council, place, pool(place, owner=place.nhs), host=place.partnership)
    await refused(raw, uuid.uuid4(), place, pool(place))  # a commissioner who is no party
    await refused(raw, place.council, place, pool(place, agreement=elsewhere.agreement))


def account(place, **changes):
    row = {
        "id": uuid.uuid4(),
        "partnership": place.partnership,
        "owner": place.council,
        "pool": place.pool_id,
        "line": None,
        "arrangement": "pooled",
        **changes,
    }
    line = f"'{row['line']}'" if row["line"] else "null"
    return (
        "insert into accounts (id, partnership_id, owner_organisation_id, pool_id, line_id, name, kind, arrangement)"
        f" values ('{row['id']}', '{row['partnership']}', '{row['owner']}', '{row['pool']}', {line}, 'Forged',"
        f" 'reserve', '{row['arrangement']}')"
    )


async def test_an_account_is_its_pool_s_and_of_one_partnership(raw, place, elsewhere):
    await taken(raw, place.nhs, place, account(place))
    await refused(raw, place.nhs, place, account(place, owner=place.nhs))
    await refused(raw, uuid.uuid4(), place, account(place))
    await refused(raw, place.nhs, place, account(place, pool=elsewhere.pool_id))
    await refused(raw, place.nhs, place, account(place, line=elsewhere.line_id))


def promised(place, **changes):
    row = {"owner": place.nhs, "pool": place.pool_id, "replaces": None, **changes}
    replaces = f"'{row['replaces']}'" if row["replaces"] else "null"
    return (
        "insert into contributions (id, partnership_id, owner_organisation_id, pool_id, arrangement, financial_year,"
        " amount_pence, amount_status, form, funding_source, replaces_contribution_id) values (gen_random_uuid(),"
        f" '{place.partnership}', '{row['owner']}', '{row['pool']}', 'pooled', '2015/16', 1, 'actual', 'cash',"
        f" 'core_budget', {replaces})"
    )


async def test_a_contribution_replaces_one_of_its_own_in_its_own_pool(raw, place, elsewhere):
    await taken(raw, place.nhs, place, promised(place))
    await refused(raw, place.nhs, place, promised(place, replaces=place.promise_id))
    await refused(raw, place.nhs, place, promised(place, pool=elsewhere.pool_id))
    third = uuid.uuid4()
    await refused(raw, third, place, promised(place, owner=third))


def journal(place, poster, kind, *sides, owner=None, reverses=None, journal_id=None):
    """A journal and its entries as plain inserts."""
    id_ = journal_id or uuid.uuid4()
    keeper = owner or place.council
    undone = f"'{reverses}'" if reverses else "null"
    at = "'2015-06-01T10:00:00Z'"
    statements = [
        (
            "insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book,"
            " kind, effective_date, financial_year, posting_period, narrative, reverses_journal_id, recorded_at)"
            f" values ('{id_}', '{place.partnership}', '{keeper}', '{poster}', 'pooled', 'actual', '{kind}', '2015-06-01',"
            f" '2015/16', '2015-16-M03', 'By hand', {undone}, {at})"
        )
    ]
    statements += [
        "insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement,"
        f" book, amount_pence, effective_date, posting_period, recorded_at) values ('{id_}', {position}, '{of}',"
        f" '{place.partnership}', '{keeper}', 'pooled', 'actual', {pence}, '2015-06-01', '2015-16-M03', {at})"
        for position, (of, pence) in enumerate(sides, 1)
    ]
    return statements


async def test_a_partner_posts_nothing_but_its_own_contribution(raw, place, elsewhere):
    pay = ((place.fund, 100), (place.paid, -100))
    await taken(raw, place.nhs, place, *journal(place, place.nhs, "contribution", *pay))
    await taken(
        raw, place.nhs, place, *journal(place, place.nhs, "in_kind", (place.cost, 5), (place.paid, -5))
    )
    for kind, sides in (
        ("expenditure", ((place.cost, 100), (place.fund, -100))),
        ("income", pay),
        ("contribution", ((place.fund, 100), (place.from_host, -100))),
        ("contribution", ((place.fund, -100), (place.paid, 100))),
        ("contribution", ((place.fund, 100), (place.fund, -100))),
        ("contribution", ((place.cost, 100), (place.paid, -100))),
        ("in_kind", pay),
        ("contribution", ((place.paid, -1), (place.fund, -100), (place.fund, 101))),
        ("in_kind", ((place.paid, -1), (place.cost, -100), (place.cost, 101))),
        ("contribution", ((place.paid, -2), (place.fund, 1), (place.other_fund, 1))),
    ):
        await refused(raw, place.nhs, place, *journal(place, place.nhs, kind, *sides))
    shared = journal(place, place.council, "risk_share_adjustment", (place.fund, 100), (place.paid, -100))
    await refused(raw, place.council, place, *shared, host=place.partnership)
    # as if the pool's books were its own
    own = journal(place, place.nhs, "expenditure", (place.cost, 100), (place.fund, -100), owner=place.nhs)
    await refused(raw, place.nhs, place, *own)
    # with an account of another partnership
    far = journal(place, place.nhs, "contribution", (elsewhere.fund, 100), (place.paid, -100))
    await refused(raw, place.nhs, place, *far)


async def test_nothing_is_posted_later_than_the_first_open_period(raw, place):
    sides = (place.cost, 100), (place.fund, -100)
    plain = journal(place, place.council, "expenditure", *sides)
    await taken(raw, place.council, place, *plain, host=place.partnership)
    for period in ("2015-16-M04", "2016-17-M01", "2199-00-M01"):
        later = [each.replace("2015-16-M03", period) for each in plain]
        await refused(raw, place.council, place, *later, host=place.partnership)
    adjusting = journal(place, place.council, "prepayment", *sides)
    later = [each.replace("2015-16-M03", "2015-16-M13") for each in adjusting]
    await taken(raw, place.council, place, *later, host=place.partnership)


async def test_a_partner_undoes_only_what_it_posted(raw, place):
    of_host = await place.post(
        place.pcc, place.fund, place.from_host, 100, kind="contribution", effective_date="2015-06-01"
    )
    of_ccg = await place.post(
        place.ccg, place.fund, place.paid, 100, kind="contribution", effective_date="2015-06-01"
    )
    back = ((place.fund, -100), (place.paid, 100))
    undo = journal(place, place.nhs, "reversal", *back, reverses=of_ccg["id"])
    await taken(raw, place.nhs, place, *undo)
    undo = journal(place, place.nhs, "reversal", *back, reverses=of_host["id"])
    await refused(raw, place.nhs, place, *undo)


async def test_a_reversal_stands_in_the_books_of_what_it_undoes(raw, place, elsewhere):
    far = await elsewhere.post(
        elsewhere.pcc,
        elsewhere.fund,
        elsewhere.from_host,
        100,
        kind="contribution",
        effective_date="2015-06-01",
    )
    undo = journal(
        place, place.council, "reversal", (place.fund, -100), (place.from_host, 100), reverses=far["id"]
    )
    await refused(raw, place.council, place, *undo, host=place.partnership)


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
