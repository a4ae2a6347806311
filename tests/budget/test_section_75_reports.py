"""The pool manager's report through the door: its figures, its words, its table, and whom it is for."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made
from tests.budget.reporting import ask, ask_csv, assert_not_for, lay_down, say
from tests.budget.years import real_year, shadow_year

NOBODY = ("foreign commissioner", "provider", "associate", "observer", "auditor of another year")


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S3-B01", "S5-B05")
async def test_a_quarter_shows_what_was_due_received_and_spent_by_its_end(place):
    pool, lines, _ = await real_year(place)
    first = made(await ask(place.ccg, place, "section-75", quarter=1))
    assert (first["quarter"], first["as_at"], first["due_on"]) == (1, "2015-06-30", None)
    (of_pool,) = first["pools"]
    assert of_pool["pool"]["pool_id"] == str(pool)
    assert of_pool["pool"]["pool_manager"] == "Assistant Director, Integrated Commissioning"
    assert of_pool["pool"]["host_organisation_id"] == str(place.council)
    figures = of_pool["figures"]
    assert figures["budget_adjusted"]["known_pence"] == 1_500_00
    assert figures["actual"]["known_pence"] == 135_00
    assert figures["contributions_received_pence"] == 250_00
    # The lines add up to the pool, and nobody's aligned money is in it.
    assert sum(each["actual_pence"] for each in of_pool["lines"]) == 135_00
    assert {each["line_id"] for each in of_pool["lines"]} == {str(lines["pcc"]), str(lines["ccg"])}
    by = {each["organisation_id"]: each for each in of_pool["contributions"]}
    assert by[str(place.council)]["received_pence"] == 250_00
    assert by[str(place.nhs)]["promised"]["known_pence"] == 500_00
    assert first["complete"] is True
    early = made(await ask(place.ccg, place, "section-75", quarter=1, as_at="2015-04-30"))
    assert early["pools"][0]["figures"]["actual"]["known_pence"] == 90_00


async def test_the_year_s_report_is_due_when_it_was_said_to_be(place):
    await real_year(place)
    made(await lay_down(place.pcc, place, "section_75", "2016-05-31"))
    made(await lay_down(place.pcc, place, "section_75", "2015-07-31", quarter=1))
    year = made(await ask(place.pcc, place, "section-75"))
    assert (year["as_at"], year["due_on"]) == ("2016-03-31", "2016-05-31")
    assert year["due_source"] == "Schedule 4 of the agreement"
    made(await lay_down(place.pcc, place, "section_75", "2016-06-14"))
    assert made(await ask(place.pcc, place, "section-75"))["due_on"] == "2016-06-14"
    assert made(await ask(place.pcc, place, "section-75", quarter=1))["due_on"] == "2015-07-31"
    assert made(await ask(place.pcc, place, "section-75", quarter=2))["due_on"] is None


async def test_activity_is_what_was_said_and_nothing_else(place):
    pool, *_ = await real_year(place)
    assert made(await ask(place.pcc, place, "section-75", quarter=1))["pools"][0]["activity"] == []
    words = {"quarter": 1, "pool_id": str(pool)}
    made(await say(place.pcc, place, "section_75", "activity", text="400 referrals", **words))
    made(await say(place.pcc, place, "section_75", "activity", text="412 referrals", **words))
    shown = made(await ask(place.ccg, place, "section-75", quarter=1))["pools"][0]["activity"]
    assert shown == [{"organisation_id": str(place.council), "text": "412 referrals"}]
    assert made(await ask(place.ccg, place, "section-75", quarter=2))["pools"][0]["activity"] == []


@pytest.mark.row("S1-B11")
async def test_an_unknown_contribution_is_named_and_never_nil(place):
    await shadow_year(place)
    report = made(await ask(place.pcc, place, "section-75", "2014-15"))
    assert report["complete"] is False
    assert [each["organisation_id"] for each in report["missing_contributors"]] == [str(place.nhs)]
    assert "contribution" in report["missing_contributors"][0]["figures"]
    row = next(
        each
        for each in await ask_csv(place.pcc, place, "section-75", "2014-15")
        if each["Row"] == "line" and each["Organisation"] == str(place.nhs)
    )
    assert (row["Approved budget (£)"], row["Actual to date (£)"], row["Complete"]) == ("", "", "no")


async def test_shadow_without_consent_is_withheld_and_named(place):
    await shadow_year(place, consent=False)
    report = made(await ask(place.pcc, place, "section-75", "2014-15"))
    assert report["complete"] is False
    assert report["withheld_contributors"] == [
        {"organisation_id": str(place.nhs), "because": "shadow_consent_missing"}
    ]
    owners = {each["owner_organisation_id"] for each in report["pools"][0]["lines"]}
    assert owners == {str(place.council)}


async def test_the_table_is_in_pounds_and_starts_no_formula(place):
    pool, *_ = await real_year(place)
    trap = '=HYPERLINK("http://x")'
    made(
        await place.pcc.put(
            f"/v1/lines/{uuid.uuid4()}",
            json=place.line_body(pool, "pooled", name=trap, pence=7_05, financial_year="2015/16"),
        )
    )
    rows = await ask_csv(place.pcc, place, "section-75")
    whole = next(each for each in rows if each["Row"] == "pool")
    assert (whole["Budget as adjusted (£)"], whole["Contributions received (£)"]) == ("1507.05", "250.00")
    names = [each["Name"] for each in rows if each["Row"] == "line"]
    assert "'" + trap in names
    assert not [each for row in rows for each in row.values() if each[:1] in {"=", "+", "@"}]


async def test_as_recorded_keeps_its_bytes_when_the_books_move_on(place):
    pool, lines, fund = await real_year(place)
    await asyncio.sleep(0.01)
    then = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    await asyncio.sleep(0.05)
    before = await ask(place.ccg, place, "section-75", as_recorded=then)
    assert before.status_code == 200, before.text
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    await place.post(place.pcc, cost, fund, 11_00, effective_date="2015-09-01")
    await place.pool("Opened later", arrangement="pooled")
    made(await say(place.pcc, place, "section_75", "activity", text="Later", pool_id=str(pool)))
    made(await lay_down(place.pcc, place, "section_75", "2016-05-31"))
    after = await ask(place.ccg, place, "section-75", as_recorded=then)
    assert after.content == before.content
    now = made(await ask(place.ccg, place, "section-75"))
    assert now["pools"][-1]["figures"]["actual"]["known_pence"] == 146_00


async def test_whom_it_is_not_for(place):
    pool, *_ = await real_year(place)
    await assert_not_for(place, "section-75", NOBODY)
    await assert_not_for(place, "section-75", NOBODY, pool_id=pool)
    elsewhere = await Place().enter(place.client_for)
    await elsewhere.draft()
    theirs = await elsewhere.pool()
    assert (await ask(place.pcc, place, "section-75", pool_id=theirs)).status_code == 404


async def test_an_auditor_of_the_year_sees_the_pools_and_no_aligned_line(place):
    _, lines, _ = await real_year(place)
    report = made(await ask(await place.auditor(years=("2015/16",)), place, "section-75"))
    assert report["pools"][0]["figures"]["actual"]["known_pence"] == 135_00
    shown = {each["line_id"] for each in report["pools"][0]["lines"]}
    assert shown == {str(lines["pcc"]), str(lines["ccg"])}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"quarter": 1, "as_at": "2015-07-01"}, "report_day_outside"),
        ({"as_at": "2016-04-01"}, "report_day_outside"),
        ({"as_at": "2015-03-31"}, "report_day_outside"),
        ({"quarter": 5}, "fields_invalid"),
        ({"as_recorded": "2199-01-01T00:00:00Z"}, "as_recorded_not_settled"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(place, asked, code):
    assert code_of(await ask(place.pcc, place, "section-75", **asked)) == code


async def test_leap_day_ends_no_quarter(place):
    await real_year(place)
    assert made(await ask(place.pcc, place, "section-75", quarter=4))["as_at"] == "2016-03-31"
    assert (
        made(await ask(place.pcc, place, "section-75", quarter=4, as_at="2016-02-29"))["as_at"]
        == "2016-02-29"
    )


async def test_statements_and_requirements_are_the_partners(place):
    pool, *_ = await real_year(place)
    said = made(await say(place.pcc, place, "section_75", "activity", text="x", pool_id=str(pool)))
    laid = made(await lay_down(place.pcc, place, "section_75", "2016-05-31"))
    stranger = await place.client(commissioner=uuid.uuid4())
    provider = await place.client(provider=place.partnership)
    for client in (stranger, provider):
        await assert_hidden(
            client, f"/v1/report-statements/{said['id']}", "/v1/report-statements", place.partnership
        )
        await assert_hidden(
            client, f"/v1/report-requirements/{laid['id']}", "/v1/report-requirements", place.partnership
        )
    assert made(await place.ccg.get(f"/v1/report-statements/{said['id']}")) == said
    assert made(await place.ccg.get(f"/v1/report-requirements/{laid['id']}")) == laid


async def test_what_says_nothing_or_names_what_is_not_there_is_refused(place):
    pool, *_ = await real_year(place)
    answers = [
        (await say(place.pcc, place, "section_75", "activity"), "report_statement_empty", "/text"),
        (
            await say(place.pcc, place, "section_75", "activity", text="x", pool_id=str(uuid.uuid4())),
            "pool_unknown",
            "/pool_id",
        ),
        (
            await say(place.pcc, place, "better_care_fund", "hwb_sign_off", text="Signed"),
            "report_sign_off_needs_decision",
            "/decision_id",
        ),
        (
            await say(place.pcc, place, "better_care_fund", "hwb_sign_off", decision_id=str(uuid.uuid4())),
            "report_decision_unknown",
            "/decision_id",
        ),
        (await lay_down(place.pcc, place, "section_75", "2015-03-31"), "report_due_before_year", "/due_on"),
        (
            await lay_down(
                place.pcc,
                place,
                "section_75",
                "2016-05-31",
                conditions=[{"code": "a", "text": "x"}, {"code": "a", "text": "y"}],
            ),
            "report_conditions_repeated",
            "/conditions",
        ),
    ]
    for answer, code, pointer in answers:
        assert (code_of(answer), answer.json()["errors"][0]["pointer"]) == (code, pointer)
    assert pool
