"""Risk shares and settlements over HTTP: simulated, proposed, approved by each party, disputed in part, posted."""

import uuid

import pytest

from tests.budget.place import assert_hidden, code_of, key, made
from tests.budget.settling import Overspent
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    return await Overspent().prepare(client_for)


@pytest.mark.row("S1-B11", "S2-B18")
async def test_a_variance_on_unknown_figures_is_incomplete_and_cannot_be_proposed(client_for):
    place = await Overspent().prepare(client_for, budget=None)
    made(await place.record())
    found = made(await place.simulate())["outcome"]
    assert (found["complete"], found["variance_pence"]) == (False, None)
    assert found["missing"] == [{"fact": "variance", "organisation_id": str(place.council), "pool_id": None}]
    refused = await place.propose()
    assert (refused.status_code, code_of(refused)) == (409, "settlement_incomplete")
    assert refused.json()["missing"] == [{"fact": "variance", "organisation_id": str(place.council)}]


@pytest.mark.row("S1-B11")
async def test_an_unknown_contribution_stops_at_the_step_that_needs_it(client_for):
    place = await Overspent().prepare(client_for, promised=None)
    made(await place.record())
    found = made(await place.simulate())["outcome"]
    assert [each["taken_pence"] for each in found["steps"]] == [30_00, 10_00]
    assert (found["unsettled_pence"], found["complete"]) == (60_00, False)
    assert found["missing"][0]["organisation_id"] == str(place.council)


@pytest.mark.row("S1-B22")
async def test_a_settlement_is_approved_by_each_party_and_posted_as_one_journal(place):
    made(await place.record())
    proposed = made(await place.propose())
    assert proposed["state"] == "proposed"
    for client in (place.pcc,):
        refused = await place.act(client, proposed, "approval")
        assert (refused.status_code, code_of(refused)) == (409, "settlement_maker_approves")
    early = await place.act(place.pcc, proposed, "posting", place.posting())
    assert code_of(early) == "settlement_not_approved_by_all"
    assert set(early.json()["awaiting"]) == {str(place.council), str(place.nhs)}
    half = made(await place.act(place.approver, proposed, "approval"))
    assert half["state"] == "proposed"
    again = await place.act(place.approver, half, "approval")
    assert code_of(again) == "settlement_approved_already"
    approved = made(await place.act(place.ccg, half, "approval"))
    assert (approved["state"], len(approved["approvals"])) == ("approved", 2)
    assert approved == made(await place.ccg.get(f"/v1/settlements/{proposed['id']}"))
    body = place.posting()
    posted = made(await place.act(place.pcc, approved, "posting", body))
    assert posted["state"] == "posted"
    assert posted["postings"] == [
        {"journal_id": body["journal_id"], "steps": [1, 2, 3], "reversed_by_journal_id": None}
    ]
    journal = made(await place.ccg.get(f"/v1/journals/{body['journal_id']}"))
    assert (journal["kind"], journal["book"]) == ("risk_share_adjustment", "actual")
    amounts = {each["account_id"]: each["amount_pence"] for each in journal["entries"]}
    named = place.accounts
    assert amounts == {
        named["fund_account_id"]: 95_00,
        named["reserve_account_id"]: -10_00,
        named["pools"][0]["account_id"]: -30_00,
        named["partners"][0]["account_id"]: -40_00,
        named["partners"][1]["account_id"]: -15_00,
    }
    second = await place.propose(risk_reserve=None)
    assert (code_of(second), second.json()["errors"][0]["pointer"]) == (
        "settlement_stands_already",
        "/pool_id",
    )


async def test_the_same_person_behind_two_clients_is_refused(place):
    made(await place.record())
    person = {"X-On-Behalf-Of": "Finance lead"}
    url = f"/v1/settlements/{uuid.uuid4()}"
    proposed = made(await place.pcc.put(url, json=place.basis(), headers=person))
    refused = await place.act(
        place.approver, proposed, "approval", headers={"X-On-Behalf-Of": "finance LEAD"}
    )
    assert code_of(refused) == "settlement_maker_approves"
    made(await place.act(place.approver, proposed, "approval", headers={"X-On-Behalf-Of": "Treasurer"}))


async def test_the_database_knows_maker_and_approver_apart(place, stack):
    made(await place.record())
    proposed = made(await place.propose())
    connection = await stack.superuser()
    try:
        with pytest.raises(Exception, match="does not approve"):
            await connection.execute(
                "insert into budget.settlement_approvals (settlement_id, partnership_id, owner_organisation_id,"
                " financial_year, approved_by_client_id) select id, partnership_id, owner_organisation_id,"
                " financial_year, proposed_by_client_id from budget.settlements where id = $1",
                uuid.UUID(proposed["id"]),
            )
        for state in ("approved", "posted"):
            with pytest.raises(Exception, match=r"not every party|cannot move"):
                await connection.execute(
                    "update budget.settlements set state = $2, version = version + 1 where id = $1",
                    uuid.UUID(proposed["id"]),
                    state,
                )
    finally:
        await connection.close()


@pytest.mark.row("S1-B22")
async def test_the_undisputed_part_proceeds_and_the_rest_follows_the_dispute(place):
    made(await place.record())
    approved = await place.approved()
    contest = {"id": str(uuid.uuid4()), "steps": [2], "grounds": "The reserve is for equipment."}
    unknown = await place.act(place.ccg, approved, "disputes", {**contest, "steps": [9]})
    assert (code_of(unknown), unknown.json()["errors"][0]["pointer"]) == ("settlement_step_unknown", "/steps")
    disputed = made(await place.act(place.ccg, approved, "disputes", contest))
    posted = made(await place.act(place.pcc, disputed, "posting", place.posting()))
    assert (posted["state"], posted["postings"][0]["steps"]) == ("part_posted", [1, 3])
    waiting = await place.act(place.pcc, posted, "posting", place.posting())
    assert code_of(waiting) == "settlement_nothing_undisputed"
    late = {"id": str(uuid.uuid4()), "steps": [1], "grounds": "Too late."}
    assert code_of(await place.act(place.ccg, posted, "disputes", late)) == "settlement_step_posted"
    end = f"disputes/{contest['id']}/resolution"
    answer = {"outcome": "steps_stand", "explanation": "Agreed on 12 May."}
    assert code_of(await place.act(place.pcc, posted, end, answer)) == "settlement_dispute_of_another"
    resolved = made(await place.act(place.ccg, posted, end, answer))
    assert code_of(await place.act(place.ccg, resolved, end, answer)) == "settlement_dispute_resolved"
    last = made(await place.act(place.pcc, resolved, "posting", place.posting()))
    assert (last["state"], last["postings"][1]["steps"]) == ("posted", [2])


async def test_steps_that_fall_away_are_not_posted(place):
    made(await place.record())
    approved = await place.approved()
    contest = {"id": str(uuid.uuid4()), "steps": [2], "grounds": "The reserve is for equipment."}
    disputed = made(await place.act(place.ccg, approved, "disputes", contest))
    posted = made(await place.act(place.pcc, disputed, "posting", place.posting()))
    fallen = {"outcome": "steps_fall", "explanation": "The reserve stays."}
    done = made(await place.act(place.ccg, posted, f"disputes/{contest['id']}/resolution", fallen))
    assert done["state"] == "posted"


async def test_a_settlement_is_withdrawn_once_its_journal_is_reversed(place):
    made(await place.record())
    approved = await place.approved()
    body = place.posting()
    posted = made(await place.act(place.pcc, approved, "posting", body))
    because = {"because": "The accrual was wrong."}
    refused = await place.act(place.ccg, posted, "withdrawal", because)
    assert (code_of(refused), refused.json()["journals"]) == ("settlement_still_in_books", 1)
    back = {"id": str(uuid.uuid4()), "effective_date": "2016-03-31", "narrative": "Wrong accrual"}
    made(await place.pcc.post(f"/v1/journals/{body['journal_id']}/reversal", json=back, key=key()))
    reopened = made(await place.pcc.get(f"/v1/settlements/{posted['id']}"))
    withdrawn = made(await place.act(place.ccg, reopened, "withdrawal", because))
    assert withdrawn["state"] == "withdrawn"
    assert made(await place.propose())["state"] == "proposed"


async def test_the_posting_names_the_right_accounts_of_the_right_year(place):
    made(await place.record())
    approved = await place.approved()
    partners = place.accounts["partners"]
    swapped = [
        {**one, "account_id": two["account_id"]} for one, two in zip(partners, partners[::-1], strict=True)
    ]
    fund = place.accounts["fund_account_id"]
    for changes, code, pointer in (
        ({"effective_date": "2016-04-01"}, "settlement_other_year", "/effective_date"),
        ({"posting_period": "2015-16-M15"}, "ledger_period_unreadable", "/posting_period"),
        ({"accounts": {**place.accounts, "partners": swapped}}, "settlement_account_unfit", None),
        ({"accounts": {**place.accounts, "reserve_account_id": None}}, "settlement_account_needed", None),
        ({"accounts": {**place.accounts, "reserve_account_id": fund}}, "settlement_account_unfit", None),
        (
            {"accounts": {**place.accounts, "fund_account_id": str(uuid.uuid4())}},
            "settlement_account_unfit",
            "/accounts/fund_account_id",
        ),
        ({"accounts": {**place.accounts, "pools": []}}, "settlement_account_needed", "/accounts/pools"),
    ):
        refused = await place.act(place.pcc, approved, "posting", place.posting(**changes))
        assert code_of(refused) == code, refused.text
        if pointer:
            assert refused.json()["errors"][0]["pointer"] == pointer
    partner = await place.act(place.ccg, approved, "posting", place.posting())
    assert partner.status_code == 403  # the host keeps the pool's books
    stale = await place.act(place.pcc, approved, "posting", place.posting(), version=1)
    assert stale.status_code == 412
    assert made(await place.pcc.get(f"/v1/settlements/{approved['id']}"))["postings"] == []


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"source": "forecast"}, "settlement_variance_needed", "/variance"),
        ({"variance": {"amount_pence": 1}}, "settlement_from_the_books", "/variance"),
        ({"as_at": "2016-04-01"}, "settlement_as_at", "/as_at"),
        ({"pool_id": str(uuid.uuid4())}, "pool_unknown", "/pool_id"),
        ({"risk_share_id": str(uuid.uuid4())}, "settlement_risk_share_unknown", "/risk_share_id"),
        ({"financial_year": "2014/15"}, "risk_share_none_in_effect", "/pool_id"),
        ({"risk_reserve": {"amount_pence": -1}}, "settlement_fact_negative", "/risk_reserve/amount_pence"),
        ({"risk_reserve": {"amount_pence": 1, "status": "tbc"}}, "money_status_mismatch", "/risk_reserve"),
    ],
)
async def test_a_basis_that_does_not_hold_together_is_refused(place, changes, code, pointer):
    made(await place.record())
    for refused in (await place.simulate(**changes), await place.propose(**changes)):
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_a_shadow_pool_is_simulated_and_never_settled(client_for):
    place = Overspent()
    await place.enter(client_for)
    await place.draft()
    for client in (place.pcc, place.ccg):
        made(await client.post(f"/v1/agreements/{place.agreement}/shadow-consent", key=key()))
    place.pool_of = place.other = await place.pool()
    line = await place.line(place.pcc, place.pool_of)
    await place.spend(place.pcc, line, 140_00, pool=place.pool_of)
    steps = [{"kind": "to_be_agreed"}]
    made(await place.record(effective_from="2014-04-01", overspend=steps))
    assert (
        made(await place.simulate(financial_year="2014/15", risk_reserve=None))["outcome"][
            "to_be_agreed_pence"
        ]
        == 40_00
    )
    assert (
        code_of(await place.propose(financial_year="2014/15", risk_reserve=None)) == "settlement_of_a_shadow"
    )


async def test_strangers_and_those_without_a_share_see_nothing(place):
    recorded = made(await place.record())
    proposed = made(await place.propose())
    for standing in ({}, {"provider": place.partnership}, {"observer": place.partnership}):
        stranger = await place.client_for("budget", a_caller(scopes="budget:read budget:write", **standing))
        await assert_hidden(
            stranger, f"/v1/risk-shares/{recorded['id']}", "/v1/risk-shares", place.partnership
        )
        await assert_hidden(
            stranger, f"/v1/settlements/{proposed['id']}", "/v1/settlements", place.partnership
        )
        assert code_of(await place.simulate(stranger)) == "pool_unknown"
        assert (await place.act(stranger, proposed, "approval")).status_code == 404
    auditor = await place.auditor(years=("2015/16",))
    assert made(await auditor.get(f"/v1/settlements/{proposed['id']}"))["id"] == proposed["id"]
    other_year = await place.auditor(years=("2014/15",))
    assert (await other_year.get(f"/v1/settlements/{proposed['id']}")).status_code == 404


async def test_a_commissioner_who_is_no_party_takes_no_part(place):
    made(await place.record())
    proposed = made(await place.propose())
    third = await place.client(uuid.uuid4(), commissioner=place.partnership)
    assert code_of(await place.record(third)) == "risk_share_parties_record"
    assert code_of(await place.act(third, proposed, "approval")) == "settlement_not_a_party"
    assert (
        code_of(await place.act(third, proposed, "withdrawal", {"because": "x"})) == "settlement_not_a_party"
    )
    made(await place.act(place.ccg, proposed, "withdrawal", {"because": "We settle on the forecast."}))
    assert code_of(await place.propose(third)) == "settlement_not_a_party"
