"""Versions of an agreement over HTTP: the old text holds while the new one is approved on all sides, then it takes over."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made

HOST_CHANGES = "The NHS body takes over as host."


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    return place


def path(place, *more) -> str:
    return "/".join([f"/v1/agreements/{place.agreement}/versions", *map(str, more)])


async def propose(place, client=None, reason=HOST_CHANGES, **changes):
    body = {"terms": place.terms(**changes), "reason": reason}
    at = await place.version()
    return await (client or place.pcc).post(path(place), json=body, key=key(), version=at)


async def version_of(place, edition) -> int:
    return made(await place.pcc.get(path(place, edition)))["version"]


async def move(place, edition, act, body, client=None):
    at = await version_of(place, edition)
    return await (client or place.pcc).post(path(place, edition, act), json=body, key=key(), version=at)


async def approve(place, edition):
    made(await place.decide(place.pcc, "Cabinet", "2016-02-09", edition=edition))
    made(await place.decide(place.ccg, "Governing Body", "2016-02-24", edition=edition))


SIGNED = {"signed_on": "2016-03-21", "office": "Chief officer"}
FROM_APRIL = {"commenced_on": "2016-04-01"}


@pytest.mark.row("S1-B24")
async def test_the_host_changes_by_a_version_that_both_sides_approve(place):
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.ccg, pool, "pooled", financial_year="2016/17")
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    proposed = made(
        await propose(place, host_organisation_id=str(place.nhs), pool_manager="Chief finance officer")
    )
    assert (proposed["edition"], proposed["stage"], proposed["missing"]) == (2, "draft", [])
    assert {each["organisation_id"] for each in proposed["approvals"]} == {str(place.council), str(place.nhs)}
    early = await move(place, 2, "execution", SIGNED)
    assert code_of(early) == "agreement_not_approved"
    made(await place.decide(place.pcc, "Cabinet", "2016-02-09", edition=2))
    assert made(await place.pcc.get(path(place, 2)))["stage"] == "draft"
    made(await place.decide(place.ccg, "Governing Body", "2016-02-24", edition=2))
    approved = made(await place.pcc.get(path(place, 2)))
    assert (approved["stage"], approved["approved_from"]) == ("approved", "2016-02-24")

    # All this time the old text holds.
    holds = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (holds["edition"], holds["terms"]["host_organisation_id"]) == (1, str(place.council))
    assert made(await place.pcc.get(f"/v1/pools/{pool}"))["owner_organisation_id"] == str(place.council)

    asked = {"partnership_id": str(place.partnership), "financial_year": "2016-17"}
    asked["as_recorded"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    await asyncio.sleep(0.01)
    report = await place.ccg.get("/v1/reports/section-75", params=asked)
    assert made(report)["pools"][0]["pool"]["host_organisation_id"] == str(place.council)

    half = made(await move(place, 2, "execution", SIGNED))
    assert (half["stage"], half["signed_on"]) == ("approved", None)
    assert code_of(await move(place, 2, "execution", SIGNED)) == "agreement_signed_already"
    signed = made(await move(place, 2, "execution", SIGNED, place.ccg))
    assert (signed["stage"], signed["signed_on"]) == ("executed", "2016-03-21")
    said = made(await move(place, 2, "commencement", FROM_APRIL))
    assert said["stage"] == "executed"
    new = made(await move(place, 2, "commencement", FROM_APRIL, place.ccg))
    assert (new["stage"], new["holds_from"]) == ("in_force", "2016-04-01")

    under = made(await place.ccg.get(f"/v1/agreements/{place.agreement}"))
    assert (under["edition"], under["holds_from"], under["commenced_on"]) == (2, "2016-04-01", "2015-04-01")
    assert under["terms"]["host_organisation_id"] == str(place.nhs)
    assert made(await place.pcc.get(f"/v1/pools/{pool}"))["owner_organisation_id"] == str(place.nhs)
    assert made(await place.pcc.get(f"/v1/accounts/{fund}"))["owner_organisation_id"] == str(place.nhs)
    # What was reported before names the host and the manager of then.
    assert (await place.ccg.get("/v1/reports/section-75", params=asked)).content == report.content
    del asked["as_recorded"]
    now = made(await place.ccg.get("/v1/reports/section-75", params=asked))["pools"][0]["pool"]
    assert (now["host_organisation_id"], now["pool_manager"]) == (str(place.nhs), "Chief finance officer")
    # The new host keeps the books, with the accounts that were opened under the old one.
    cost = await place.account(place.ccg, "expenditure", "pooled", pool_id=pool, line_id=line)
    await place.post(place.ccg, cost, fund, 500, effective_date="2016-05-01")


@pytest.mark.row("S1-B24")
async def test_the_old_text_stays_readable_with_the_days_on_which_it_held(place):
    first = made(await place.pcc.get(path(place, 1)))
    assert (first["stage"], first["holds_from"], first["held_until"]) == ("in_force", "2015-04-01", None)
    made(await propose(place, title="Integrated commissioning, second text", begins_on="2016-04-01"))
    await approve(place, 2)
    for client in (place.pcc, place.ccg):
        made(await move(place, 2, "execution", SIGNED, client))
    # The approved text names the day, so one party may say that it has come.
    made(await move(place, 2, "commencement", FROM_APRIL))
    listed = (await place.ccg.get(path(place))).json()
    assert [(each["stage"], each["holds_from"], each["held_until"]) for each in listed["items"]] == [
        ("superseded", "2015-04-01", "2016-03-31"),
        ("in_force", "2016-04-01", None),
    ]
    assert listed["items"][0]["terms"] == first["terms"]
    page = (await place.ccg.get(path(place), params={"limit": 1})).json()
    rest = (await place.ccg.get(page["next"])).json()
    assert [each["edition"] for each in page["items"] + rest["items"]] == [1, 2]


@pytest.mark.row("S1-G09")
async def test_a_third_partner_joins_and_another_leaves_by_a_version(place):
    third_id = uuid.uuid4()
    third = await place.client(third_id, commissioner=place.partnership)
    joining = {
        "organisation_id": str(third_id),
        "kind": "local_authority",
        "approving_body": "County Cabinet",
    }
    made(await propose(place, parties=[*place.terms()["parties"], joining], begins_on="2016-04-01"))
    agreement = made(await third.get(f"/v1/agreements/{place.agreement}"))
    assert agreement["candidates"] == [str(third_id)]
    await approve(place, 2)
    assert made(await place.pcc.get(path(place, 2)))["stage"] == "draft"
    # It decides and signs as one who joins, and can do nothing else before it is a party.
    wind = {"ended_on": "2016-01-31", "cause": "notice", "notice_given_on": "2015-12-01", "notice": "Letter"}
    assert code_of(await place.move("winding-up", wind, client=third)) == "agreement_parties_only"
    made(await place.decide(third, "County Cabinet", "2016-03-01", body_type="cabinet", edition=2))
    for client in (place.pcc, place.ccg, third):
        made(await move(place, 2, "execution", SIGNED, client))
    made(await move(place, 2, "commencement", FROM_APRIL, third))
    now = made(await third.get(f"/v1/agreements/{place.agreement}"))
    assert len(now["terms"]["parties"]) == 3
    assert now["candidates"] == []

    # The first NHS body leaves again, and its own body approves that it does.
    kept = [each for each in now["terms"]["parties"] if each["organisation_id"] != str(place.nhs)]
    nhs_too = [kept[0], {**kept[1], "kind": "nhs_body"}]
    leaving = made(await propose(place, parties=nhs_too, begins_on="2017-04-01"))
    assert str(place.nhs) in leaving["signer_ids"]
    assert {each["body"] for each in leaving["approvals"]} == {"Cabinet", "County Cabinet", "Governing Body"}


async def test_what_a_version_is_refused(place):
    path_ = path(place)
    same = await propose(place)
    assert (code_of(same), same.json()["errors"][0]["pointer"]) == ("agreement_version_same", "/terms")
    bad = await propose(place, host_organisation_id=str(uuid.uuid4()))
    assert (code_of(bad), bad.json()["errors"][0]["pointer"]) == (
        "agreement_not_a_party",
        "/terms/host_organisation_id",
    )
    body = {"terms": place.terms(title="Another"), "reason": "x"}
    assert (await place.pcc.post(path_, json=body, key=key())).status_code == 428
    assert (await place.pcc.post(path_, json=body, key=key(), version=1)).status_code == 412
    stranger = await place.client(commissioner=place.partnership)
    assert code_of(await propose(place, stranger, title="Another")) == "agreement_parties_only"
    made(await propose(place, title="Another"))
    second = await propose(place, title="A third")
    assert (code_of(second), second.json()["edition"]) == ("agreement_version_open", 2)
    assert code_of(await move(place, 2, "withdrawal", None, place.ccg)) == "agreement_version_of_another"
    wind = {"ended_on": "2016-03-31", "cause": "notice", "notice_given_on": "2015-12-01", "notice": "Letter"}
    assert code_of(await place.move("winding-up", wind)) == "agreement_version_under_way"
    withdrawn = made(await move(place, 2, "withdrawal", None))
    assert withdrawn["stage"] == "withdrawn"
    assert code_of(await move(place, 2, "execution", SIGNED)) == "agreement_version_move_refused"
    third = made(await propose(place, title="A third"))
    assert third["edition"] == 3
    on_none = await place.decide(place.pcc, "Cabinet", "2016-02-09", edition=4)
    assert code_of(on_none) == "decision_edition_wrong"
    await approve(place, 3)
    for client in (place.pcc, place.ccg):
        made(await move(place, 3, "execution", SIGNED, client))
    back = await move(place, 3, "commencement", {"commenced_on": "2015-04-01"})
    assert code_of(back) == "agreement_version_takes_over_too_early"


async def test_a_draft_has_no_versions_and_takes_none(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    assert (await place.pcc.get(path(place))).json() == {"items": [], "next": None}
    assert code_of(await propose(place, title="Another")) == "agreement_not_in_force"


async def test_versions_are_for_partners_and_auditors_only(place):
    auditor = await place.auditor([place.council])
    assert (await auditor.get(path(place, 1))).status_code == 200
    for standing in ({"provider": place.partnership}, {"commissioner": uuid.uuid4()}):
        other = await place.client(**standing)
        assert (await other.get(path(place))).status_code == 404
        assert (await other.get(path(place, 1))).status_code == 404
        await assert_hidden(other, f"/v1/agreements/{place.agreement}", "/v1/agreements", place.partnership)


async def test_the_database_lets_no_party_sign_for_another_nor_a_text_change(place, stack):
    made(await propose(place, host_organisation_id=str(place.nhs)))
    connection = await stack.connect("budget")
    try:
        await connection.execute(
            f"set app.organisation = '{place.council}'; set app.client = '{uuid.uuid4()}';"
            f"set app.organisations = '{{{place.council}}}'; set app.in_commissioner = '{{{place.partnership}}}'"
        )
        forged = f'[{{"organisation_id": "{place.nhs}", "office": "x", "signed_on": "2016-03-21"}}]'
        for statement, said in (
            (f"set signatories = '{forged}', version = version + 1", "signs for itself"),
            ("set stage = 'approved', version = version + 1", "not every party has approved"),
            ("set stage = 'in_force', version = version + 1", "cannot change that way"),
            ("set terms = '{}'", "permission denied"),
        ):
            with pytest.raises(Exception, match=said):
                await connection.execute(
                    f"update agreement_texts {statement} where agreement_id = $1 and edition = 2",
                    place.agreement,
                )
        with pytest.raises(Exception, match="cannot change that way"):
            await connection.execute(
                "update agreements set terms = t.terms, edition = 2, version = agreements.version + 1"
                " from agreement_texts t where t.agreement_id = agreements.id and t.edition = 2"
                " and agreements.id = $1",
                place.agreement,
            )
    finally:
        await connection.close()
