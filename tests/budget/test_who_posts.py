"""Who may post what in a pool: the host everything, another partner its own contribution, nobody else anything."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made


@pytest.fixture(scope="module")
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    return place


@pytest.fixture(scope="module")
async def books(place):
    line = await place.line(place.ccg, place.pool_id, "pooled", financial_year="2015/16")
    of = {"pool_id": place.pool_id}
    return {
        "cost": await place.account(place.ccg, "expenditure", "pooled", **of, line_id=line),
        "fund": await place.account(place.pcc, "fund", "pooled", **of),
        "reserve": await place.account(place.pcc, "reserve", "pooled", **of),
        "from_ccg": await place.account(place.ccg, "contribution", "pooled", **of, organisation_id=place.nhs),
        "from_pcc": await place.account(
            place.pcc, "contribution", "pooled", **of, organisation_id=place.council
        ),
    }


async def put(client, books, kind, debit, credit, pence=100):
    body = {
        "kind": kind,
        "effective_date": "2015-05-01",
        "narrative": "For a test",
        "entries": [
            {"account_id": str(books[debit]), "amount_pence": pence},
            {"account_id": str(books[credit]), "amount_pence": -pence},
        ],
    }
    return await client.put(f"/v1/journals/{uuid.uuid4()}", json=body)


async def reverse(client, journal):
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-05-02", "narrative": "By mistake"}
    return await client.post(f"/v1/journals/{journal['id']}/reversal", json=undo, key=key())


async def test_the_host_posts_for_everybody_and_undoes_anything(place, books):
    for kind, debit, credit in (
        ("contribution", "fund", "from_pcc"),
        ("contribution", "fund", "from_ccg"),
        ("contribution", "from_ccg", "fund"),
        ("expenditure", "cost", "fund"),
        ("in_kind", "cost", "from_ccg"),
    ):
        posted = made(await put(place.pcc, books, kind, debit, credit))
        made(await reverse(place.pcc, posted))
    theirs = made(await put(place.ccg, books, "contribution", "fund", "from_ccg"))
    assert theirs["posted_by_organisation_id"] == str(place.nhs)
    assert theirs["owner_organisation_id"] == str(place.council)
    made(await reverse(place.pcc, theirs))


@pytest.mark.parametrize(("kind", "debit"), [("contribution", "fund"), ("in_kind", "cost")])
async def test_a_partner_posts_and_undoes_its_own_contribution(place, books, kind, debit):
    posted = made(await put(place.ccg, books, kind, debit, "from_ccg"))
    made(await reverse(place.ccg, posted))


@pytest.mark.parametrize(
    ("kind", "debit", "credit", "status", "code", "pointer"),
    [
        ("expenditure", "cost", "fund", 403, "journal_kind_for_the_host", "/kind"),
        ("income", "fund", "cost", 403, "journal_kind_for_the_host", "/kind"),
        ("prepayment", "reserve", "fund", 403, "journal_kind_for_the_host", "/kind"),
        ("risk_share_adjustment", "fund", "from_pcc", 409, "journal_by_settlement_only", "/kind"),
        (
            "contribution",
            "fund",
            "from_pcc",
            403,
            "contribution_of_another_partner",
            "/entries/1/account_id",
        ),
        (
            "contribution",
            "from_ccg",
            "fund",
            403,
            "contribution_paid_back_by_the_host",
            "/entries/0/amount_pence",
        ),
        ("contribution", "cost", "from_ccg", 403, "journal_account_for_the_host", "/entries/0/account_id"),
        ("contribution", "fund", "fund", 422, "contribution_account_missing", "/entries"),
        ("in_kind", "fund", "from_ccg", 422, "in_kind_moves_no_cash", "/entries/0/account_id"),
    ],
)
async def test_what_is_the_host_s_a_partner_does_not_post(
    place, books, kind, debit, credit, status, code, pointer
):
    refused = await put(place.ccg, books, kind, debit, credit)
    assert (refused.status_code, code_of(refused)) == (status, code)
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_partner_does_not_undo_what_the_host_posted(place, books):
    for credit in ("from_ccg", "from_pcc"):
        posted = made(await put(place.pcc, books, "contribution", "fund", credit))
        refused = await reverse(place.ccg, posted)
        assert (refused.status_code, code_of(refused)) == (403, "journal_reversed_by_its_poster")
        made(await reverse(place.pcc, posted))


async def test_a_stranger_and_a_provider_post_nothing(place, books):
    for client in (
        await place.client(uuid.uuid4(), commissioner=place.partnership),
        await place.client(uuid.uuid4(), commissioner=uuid.uuid4()),
        await place.client(uuid.uuid4(), provider=place.partnership),
    ):
        refused = await put(client, books, "contribution", "fund", "from_ccg")
        assert (refused.status_code, code_of(refused)) == (422, "account_unknown")
