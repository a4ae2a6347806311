"""Virements over HTTP: who is asked, maker and approver apart, and budget that moves to the penny or not at all."""

import uuid

import pytest

from tests.budget.moving import YEAR, approvers, body, budgets, move, pointer_of, propose
from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S4-B12", "S3-B03")
async def test_budget_moves_once_every_owner_has_approved(place):
    _, lines, _ = await real_year(place)
    council, nhs = await approvers(place)
    proposed = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 125_01))
    assert [each["organisation_id"] for each in proposed["asked"]] == sorted(
        (str(place.council), str(place.nhs))
    )
    before = await budgets(place)
    first = made(await move(nhs, proposed, "approval"))
    assert (first["state"], first["version"], await budgets(place)) == ("proposed", 2, before)
    posted = made(await move(council, first, "approval"))
    assert (posted["state"], posted["reason"], posted["posting_period"]) == (
        "posted",
        "refocused_on_need",
        "2015-16-M06",
    )
    journal = made(await place.ccg.get(f"/v1/journals/{posted['journal_id']}"))
    assert (journal["kind"], journal["book"]) == ("virement", "budget")
    assert sum(each["amount_pence"] for each in journal["entries"]) == 0
    after = await budgets(place)
    assert after[str(lines["pcc"])] == before[str(lines["pcc"])] - 125_01
    assert after[str(lines["ccg"])] == before[str(lines["ccg"])] + 125_01
    assert sum(after.values()) == sum(before.values())
    again = await move(council, posted, "approval")
    assert (again.status_code, code_of(again)) == (409, "virement_not_proposed")
    assert made(await place.ccg.get(f"/v1/virements/{posted['id']}")) == posted


async def test_whoever_approves_last_posts_it(place):
    """The host may come first: in the pool's books a partner posts no other journal, but this one it approved."""
    _, lines, _ = await real_year(place)
    council, nhs = await approvers(place)
    proposed = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 1_00))
    first = made(await move(council, proposed, "approval"))
    posted = made(await move(nhs, first, "approval"))
    journal = made(await place.pcc.get(f"/v1/journals/{posted['journal_id']}"))
    assert (posted["state"], journal["posted_by_organisation_id"]) == ("posted", str(place.nhs))


async def test_the_maker_does_not_approve_by_client_or_by_person(place):
    _, lines, _ = await real_year(place)
    council, nhs = await approvers(place)
    ann = {"X-On-Behalf-Of": "Ann Smith"}
    proposed = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 1, headers=ann))
    own = await move(place.pcc, proposed, "approval", headers={"X-On-Behalf-Of": "Bob Jones"})
    assert (own.status_code, code_of(own)) == (409, "virement_maker_and_approver")
    same = await move(council, proposed, "approval", headers={"X-On-Behalf-Of": " ann  SMITH"})
    assert code_of(same) == "virement_maker_and_approver"
    assert code_of(await move(nhs, proposed, "approval", headers=ann)) == "virement_maker_and_approver"
    made(await move(council, proposed, "approval", headers={"X-On-Behalf-Of": "Bob Jones"}))


async def test_the_database_keeps_maker_and_approver_apart_too(place, stack):
    _, lines, _ = await real_year(place)
    proposed = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 1))
    connection = await stack.superuser()
    try:
        client = await connection.fetchval(
            "select proposed_by_client_id from budget.virements where id = $1", uuid.UUID(proposed["id"])
        )
        with pytest.raises(Exception, match="does not approve it"):
            await connection.execute(
                "insert into budget.virement_decisions (virement_id, partnership_id, owner_organisation_id, arrangement,"
                " financial_year, outcome, client_id) values ($1, $2, $3, 'pooled', '2015/16', 'approved', $4)",
                uuid.UUID(proposed["id"]),
                place.partnership,
                place.council,
                client,
            )
        with pytest.raises(Exception, match="does not move so"):
            await connection.execute(
                "update budget.virements set state = 'refused', version = 2 where id = $1",
                uuid.UUID(proposed["id"]),
            )
    finally:
        await connection.close()


async def test_odd_proposals_are_refused_with_their_place(place, client_for):
    pool, lines, fund = await real_year(place)
    unknown = await place.line(place.pcc, pool, "pooled", pence=None, **YEAR)
    pcc, ccg = lines["pcc"], lines["ccg"]
    elsewhere = await Place().enter(client_for)
    _, theirs, _ = await real_year(elsewhere)
    for source, target, pence, changes, code, pointer in (
        (pcc, pcc, 1, {}, "virement_same_line", "/to_line_id"),
        (pcc, lines["pcc aligned"], 1, {}, "virement_lines_differ", "/to_line_id"),
        (lines["ccg aligned"], pcc, 1, {}, "line_unknown", "/from_line_id"),
        (pcc, theirs["pcc"], 1, {}, "line_unknown", "/to_line_id"),
        (unknown, pcc, 1, {}, "virement_from_unknown_budget", "/from_line_id"),
        (pcc, ccg, 910_01, {}, "virement_more_than_free", "/amount_pence"),
        (pcc, ccg, 1, {"outcome": None}, "virement_outcome_needed", "/outcome"),
        (pcc, ccg, 1, {"effective_date": "2016-04-01"}, "virement_outside_year", "/effective_date"),
        (None, ccg, 1, {}, "virement_source_needed", "/from_line_id"),
        (pcc, ccg, 1, {"kind": "supplementary_estimate"}, "virement_source_needed", "/from_account_id"),
        (pcc, ccg, 1, {"posting_period": "M6"}, "ledger_period_unreadable", "/posting_period"),
        (pcc, ccg, 0, {}, "validation_failed", "/amount_pence"),
        (pcc, ccg, -5, {}, "validation_failed", "/amount_pence"),
        (pcc, ccg, 10**15 + 1, {}, "validation_failed", "/amount_pence"),
    ):
        refused = await propose(place.pcc, place, source, target, pence, **changes)
        assert (refused.status_code in {409, 422}, pointer_of(refused)) == (True, pointer), refused.text
        if code != "validation_failed":
            assert code_of(refused) == code
    leap = made(await propose(place.pcc, place, pcc, ccg, 910_00, effective_date="2016-02-29"))
    assert leap["effective_date"] == "2016-02-29"
    assert fund


@pytest.mark.row("S5-B13")
async def test_a_ring_fenced_line_is_not_emptied_for_another_purpose(place):
    pool, lines, _ = await real_year(place)
    fence = {"nature": {"ring_fence": {"grant": "Disabled Facilities Grant"}}}
    fenced = await place.line(place.pcc, pool, "pooled", pence=50_00, **YEAR, **fence)
    within = await place.line(place.pcc, pool, "pooled", pence=0, **YEAR, **fence)
    refused = await propose(place.pcc, place, fenced, lines["pcc"], 1)
    assert (refused.status_code, code_of(refused)) == (409, "virement_out_of_ring_fence")
    assert (refused.json()["grant"], pointer_of(refused)) == ("Disabled Facilities Grant", "/to_line_id")
    made(await propose(place.pcc, place, fenced, within, 1))
    made(await propose(place.pcc, place, lines["pcc"], fenced, 1))


async def test_a_supplementary_estimate_is_approved_and_posts_in_the_budget_book_only(place):
    pool, lines, fund = await real_year(place)
    council, _ = await approvers(place)
    reserve = await place.account(place.pcc, "reserve", "pooled", pool_id=pool)
    wrong = await place.account(place.pcc, "reserve", "aligned")
    estimate = {"kind": "supplementary_estimate", "from_account_id": str(reserve), "reason": "demand"}
    odd = await propose(
        place.pcc, place, None, lines["pcc"], 10_00, **{**estimate, "from_account_id": str(wrong)}
    )
    assert (code_of(odd), pointer_of(odd)) == ("virement_account_unfit", "/from_account_id")
    short = await propose(place.pcc, place, None, lines["pcc"], 10_00, **estimate)
    assert (short.status_code, code_of(short)) == (409, "virement_reserve_too_little")
    await place.post(place.pcc, reserve, fund, 15_00, kind="prepayment", effective_date="2015-06-01")
    first, second, proposed = [
        made(await propose(place.pcc, place, None, lines["pcc"], pence, **estimate))
        for pence in (6_00, 7_00, 10_00)
    ]
    posted = made(await move(council, proposed, "approval"))
    journal = made(await place.pcc.get(f"/v1/journals/{posted['journal_id']}"))
    assert (journal["kind"], journal["book"]) == ("supplementary_estimate", "budget")
    assert (await budgets(place))[str(lines["pcc"])] == 1_010_00
    spent = made(await place.position(place.pcc, "2015-16"))["totals"]["pooled"]["actual"]
    assert spent["known_pence"] == 135_00
    for each in (
        first,
        second,
    ):  # what was there when they were proposed was given since: the database says so
        again = await move(council, each, "approval")
        assert (again.status_code, code_of(again)) == (409, "virement_reserve_too_little"), again.text
    more = await propose(place.pcc, place, None, lines["pcc"], 5_01, **estimate)
    assert more.json()["available_pence"] == 5_00


async def test_approved_budget_moves_by_a_virement_only(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    entries = [
        {"account_id": str(cost), "amount_pence": 1},
        {"account_id": str(fund), "amount_pence": -1},
    ]
    by_hand = {
        "book": "budget",
        "kind": "virement",
        "effective_date": "2015-09-01",
        "narrative": "By hand",
        "entries": entries,
    }
    refused = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=by_hand)
    assert (refused.status_code, code_of(refused)) == (409, "journal_by_virement_only")
    council, nhs = await approvers(place)
    virement = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 5_00))
    posted = made(await move(council, made(await move(nhs, virement, "approval")), "approval"))
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-09-02", "narrative": "Back"}
    path = f"/v1/journals/{posted['journal_id']}/reversal"
    assert code_of(await place.pcc.post(path, json=undo, key=key())) == "journal_by_virement_only"


async def test_a_line_that_spent_its_budget_meanwhile_gives_nothing(place):
    pool, lines, fund = await real_year(place)
    council, nhs = await approvers(place)
    virement = made(await propose(place.pcc, place, lines["pcc"], lines["ccg"], 900_00))
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 20_00, effective_date="2015-08-01")
    first = made(await move(nhs, virement, "approval"))
    refused = await move(council, first, "approval")
    assert (refused.status_code, code_of(refused)) == (409, "virement_more_than_free")
    assert refused.json()["available_pence"] == 890_00
    stands = made(await place.pcc.get(f"/v1/virements/{virement['id']}"))
    assert (stands["state"], len(stands["given"])) == ("proposed", 1)


async def test_nobody_else_sees_or_moves_it(place):
    _, lines, _ = await real_year(place)
    aligned = await place.line(place.ccg, None, "aligned", pence=0, **YEAR)
    theirs = made(await propose(place.ccg, place, lines["ccg aligned"], aligned, 1))
    path = f"/v1/virements/{theirs['id']}"
    assert (await place.pcc.get(path)).status_code == 404
    assert (await move(place.pcc, theirs, "approval")).status_code == 404
    listed = await place.pcc.get("/v1/virements", params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == []
    for role in ("provider", "observer"):
        other = await place.client(**{role: place.partnership})
        await assert_hidden(other, path, "/v1/virements", place.partnership)
    stranger = await place.client(commissioner=uuid.uuid4())
    await assert_hidden(stranger, path, "/v1/virements", place.partnership)
    pages = await place.ccg.get(
        "/v1/virements",
        params={"partnership_id": str(place.partnership), "state": "proposed", "line_id": str(aligned)},
    )
    assert [each["id"] for each in pages.json()["items"]] == [theirs["id"]]


async def test_sent_again_it_counts_once(place):
    _, lines, _ = await real_year(place)
    council, nhs = await approvers(place)
    path = f"/v1/virements/{uuid.uuid4()}"
    sent = body(place, lines["pcc"], lines["ccg"], 5_00)
    first = await place.pcc.put(path, json=sent)
    again = await place.pcc.put(path, json=sent)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert code_of(await place.pcc.put(path, json={**sent, "amount_pence": 6_00})) == "idempotency_key_reused"
    made(await nhs.post(f"{path}/approval", json={}, key="approve-once-0001" + path, version=1))
    replayed = await nhs.post(f"{path}/approval", json={}, key="approve-once-0001" + path, version=1)
    assert replayed.headers["Idempotency-Replayed"] == "true"
    stale = await council.post(f"{path}/approval", json={}, key=key(), version=1)
    assert (stale.status_code, code_of(stale)) == (412, "version_stale")
    twice = await nhs.post(f"{path}/approval", json={}, key=key(), version=2)
    assert code_of(twice) == "virement_decided_already"
