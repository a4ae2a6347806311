"""Raw SQL as the app's own role, in a partner's context: what the rules refuse, the database refuses again."""

import uuid

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


def journal(
    place, poster, kind, *sides, owner=None, reverses=None, journal_id=None, at="transaction_timestamp()"
):
    """A journal and its entries as plain inserts."""
    id_ = journal_id or uuid.uuid4()
    keeper = owner or place.council
    undone = f"'{reverses}'" if reverses else "null"
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


@pytest.mark.parametrize(
    "at",
    ["'2015-06-01T10:00:00Z'", "now() - interval '1 microsecond'", "now() + interval '1 hour'"],
)
async def test_a_journal_is_recorded_at_its_own_time(raw, place, at):
    """A journal of an earlier instant would change what was told as recorded then."""
    pay = ((place.fund, 100), (place.paid, -100))
    await taken(raw, place.nhs, place, *journal(place, place.nhs, "contribution", *pay))
    await refused(raw, place.nhs, place, *journal(place, place.nhs, "contribution", *pay, at=at))


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
