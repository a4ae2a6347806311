"""Positions over HTTP: what each role gets, what is unknown, as at a day and as recorded at an instant."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made
from tests.budget.years import real_year, shadow_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S1-B04", "S1-B11")
async def test_a_shadow_year_with_one_partner_s_figures_to_be_confirmed(place):
    pool, _, _ = await shadow_year(place)
    for client in (place.pcc, place.ccg):
        position = made(await place.position(client))
        assert position["complete"] is False
        assert position["missing_contributors"] == [
            {"organisation_id": str(place.nhs), "figures": ["actual", "budget", "contribution"]}
        ]
        assert position["withheld_contributors"] == []
        totals = position["totals"]
        assert totals["shadow"]["budget_approved"] == {
            "known_pence": 22_167_000_00,
            "complete": False,
            "missing_contributors": [str(place.nhs)],
        }
        nothing = {"known_pence": None, "complete": True, "missing_contributors": []}
        assert totals["pooled"]["budget_approved"] == nothing
        assert totals["whole"]["actual"]["known_pence"] == 1_000_00
        assert totals["whole"]["variance_pence"] is None
        assert len(position["lines"]) == 2
        by_pool = made(await place.position(client, partnership_id=None, pool_id=pool))
        assert by_pool["totals"] == totals
    seen = made(await place.position(place.pcc))
    pairs = {
        (each["category"], each["organisation_id"]): each["figures"]
        for each in seen["by_category_and_partner"]
    }
    theirs = pairs["wellness", str(place.nhs)]
    assert theirs["contributions_due"]["known_pence"] is None
    assert theirs["actual"]["known_pence"] is None


async def test_what_is_not_consented_to_is_withheld_and_named(place):
    await shadow_year(place, consent=False)
    position = made(await place.position(place.ccg))
    assert position["withheld_contributors"] == [
        {"organisation_id": str(place.council), "because": "shadow_consent_missing"}
    ]
    assert position["complete"] is False
    assert {each["owner_organisation_id"] for each in position["lines"]} == {str(place.nhs)}
    assert position["totals"]["whole"]["budget_approved"]["known_pence"] is None
    assert str(22_167_000_00) not in (await place.position(place.ccg)).text


def known(figures):
    return [
        figures["budget_approved"]["known_pence"],
        figures["actual"]["known_pence"],
        figures["contributions_due"]["known_pence"],
        figures["contributions_received_pence"],
    ]


@pytest.mark.row("S5-B01", "S4-B01")
async def test_three_totals_of_a_year_in_force(place):
    await real_year(place)
    for client, own in ((place.pcc, "pcc"), (place.ccg, "ccg")):
        position = made(await place.position(client, "2015-16"))
        totals = position["totals"]
        assert known(totals["pooled"]) == [1_500_00, 135_00, 1_500_00, 250_00]
        assert known(totals["aligned"]) == [77_00, 8_00, None, None]
        assert known(totals["whole"]) == [1_577_00, 143_00, 1_500_00, 250_00]
        assert totals["pooled"]["variance_pence"] == 1_500_00 - 135_00
        assert (position["complete"], position["missing_contributors"]) == (True, [])
        aligned = [each for each in position["lines"] if each["arrangement"] == "aligned"]
        assert {each["owner_organisation_id"] for each in aligned} == {
            str(place.council if own == "pcc" else place.nhs)
        }
        pairs = {
            (each["category"], each["organisation_id"]): known(each["figures"])[:2]
            for each in position["by_category_and_partner"]
        }
        assert pairs["complex_bed_based", str(place.nhs)] == [7_00, 1_00]
        assert pairs["wellness", str(place.nhs)] == [530_00, 48_00]


async def test_a_supplementary_estimate_adjusts_the_budget(place):
    pool, lines, fund = await real_year(place)
    reserve = await place.account(place.pcc, "reserve", "pooled", pool_id=pool)
    await place.post(place.pcc, reserve, fund, 10_00, kind="prepayment", effective_date="2015-06-01")
    estimate = {
        "partnership_id": str(place.partnership),
        "kind": "supplementary_estimate",
        "from_account_id": str(reserve),
        "to_line_id": str(lines["pcc"]),
        "amount_pence": 10_00,
        "permanence": "one_off",
        "reason": "demand",
        "effective_date": "2015-07-01",
    }
    path = f"/v1/virements/{uuid.uuid4()}"
    made(await place.pcc.put(path, json=estimate))
    approver = await place.client(place.council, commissioner=place.partnership)
    made(await approver.post(f"{path}/approval", json={}, key=key(), version=1))
    pooled = made(await place.position(place.ccg, "2015-16"))["totals"]["pooled"]
    assert pooled["budget_approved"]["known_pence"] == 1_500_00
    assert pooled["budget_adjusted"]["known_pence"] == 1_510_00


async def test_a_position_as_at_a_day_within_a_month(place):
    await real_year(place)
    for day, spent in (
        ("2015-04-14", None),
        ("2015-04-15", 90_00),
        ("2015-04-30", 90_00),
        ("2015-06-29", 90_00),
        ("2015-06-30", 135_00),
        ("2016-03-31", 135_00),
    ):
        pooled = made(await place.position(place.pcc, "2015-16", as_at=day))["totals"]["pooled"]
        assert pooled["actual"]["known_pence"] == spent, day
    outside = await place.position(place.pcc, "2015-16", as_at="2015-03-31")
    assert (outside.status_code, code_of(outside)) == (422, "as_at_outside_year")


async def test_observers_get_totals_and_nothing_below(place):
    await real_year(place)
    observer = await place.client(observer=place.partnership)
    seen = made(await place.position(observer, "2015-16"))
    full = made(await place.position(place.pcc, "2015-16"))
    assert seen["totals"] == full["totals"]
    for below in ("by_category", "by_partner", "by_category_and_partner", "by_pool", "lines"):
        assert seen[below] == []


async def test_an_observer_learns_who_is_missing_and_no_draft_s_shadow(place):
    await shadow_year(place, consent=False)
    observer = await place.client(observer=place.partnership)
    hidden = made(await place.position(observer))
    assert known(hidden["totals"]["whole"]) == [None, None, None, None]
    assert hidden["complete"] is False
    both = sorted([str(place.council), str(place.nhs)])
    assert hidden["withheld_contributors"] == [
        {"organisation_id": each, "because": "shadow_consent_missing"} for each in both
    ]
    for client in (place.pcc, place.ccg):
        path = f"/v1/agreements/{place.agreement}/shadow-consent"
        made(await client.post(path, key="consent-to-shadow-" + uuid.uuid4().hex))
    seen = made(await place.position(observer))
    full = made(await place.position(place.pcc))
    assert seen["totals"] == full["totals"]
    assert seen["missing_contributors"] == full["missing_contributors"]
    assert seen["withheld_contributors"] == []


async def test_auditors_get_their_bodies_and_years(place):
    await real_year(place)
    auditor = await place.auditor([place.council], ["2015/16"])
    position = made(await place.position(auditor, "2015-16"))
    assert known(position["totals"]["pooled"]) == [1_500_00, 135_00, 1_500_00, 250_00]
    assert known(position["totals"]["aligned"])[:2] == [40_00, 4_00]
    assert position["withheld_contributors"] == [
        {"organisation_id": str(place.nhs), "because": "not_in_audit"}
    ]
    assert (await place.position(auditor, "2014-15")).status_code == 404
    both = await place.auditor([place.council, place.nhs], ["2015/16"])
    whole = made(await place.position(both, "2015-16"))
    assert (whole["withheld_contributors"], known(whole["totals"]["aligned"])[:2]) == ([], [77_00, 8_00])


async def test_everybody_else_gets_the_same_404_for_what_is_foreign_and_absent(place):
    pool, _, _ = await real_year(place)
    others = [await place.client(**{role: place.partnership}) for role in ("provider", "associate")]
    others.append(await place.client(commissioner=uuid.uuid4()))
    for other in others:
        answers = [
            (await place.position(other, "2015-16")).json(),
            (await place.position(other, "2015-16", partnership_id=uuid.uuid4())).json(),
            (await place.position(other, "2015-16", partnership_id=None, pool_id=pool)).json(),
            (await place.position(other, "2015-16", partnership_id=None, pool_id=uuid.uuid4())).json(),
        ]
        for each in answers:
            del each["request_id"]
            assert each == answers[0]
            assert each["status"] == 404
    both = await place.position(place.pcc, "2015-16", pool_id=pool)
    assert (both.status_code, code_of(both)) == (422, "position_of_one_subject")
    assert (await place.position(place.pcc, "2015-17")).status_code == 422


@pytest.mark.row("S5-G06")
async def test_a_line_opened_by_the_agreement_is_shown_line_by_line(place):
    await place.draft(aligned_lines_open=True)
    line = await place.line(place.ccg, None, "aligned", pence=30_00)
    await place.spend(place.ccg, line, 3_00, arrangement="aligned")
    closed = made(await place.position(place.pcc))
    assert (closed["lines"], known(closed["totals"]["aligned"])[:2]) == ([], [30_00, 3_00])
    await place.approve()
    await place.sign()
    await place.commence()
    unshared = made(await place.position(place.pcc))
    assert (unshared["lines"], unshared["totals"]) == ([], closed["totals"])
    named = {"organisation_id": str(place.nhs), "because": "sharing_agreement_missing"}
    assert (closed["withheld_contributors"], unshared["withheld_contributors"]) == ([], [named])
    assert (
        unshared["complete"] is closed["complete"]
    )  # every figure is in the totals; the lines alone are not shown
    opened = made(await place.position(await place.sharing(place.council, place.nhs)))
    assert [each["line_id"] for each in opened["lines"]] == [str(line)]
    assert opened["totals"]["aligned"] == closed["totals"]["aligned"]
    assert opened["withheld_contributors"] == []


async def test_an_opened_line_keeps_its_status_and_qualifier(place):
    await place.draft(aligned_lines_open=True)
    about = {"amount_pence": 30_00, "status": "estimate", "qualifier": "more_than"}
    unknown = {"amount_pence": None, "status": "tbc", "qualifier": None}
    lines = {
        str(await place.line(place.ccg, None, "aligned", budget=each)): each for each in (about, unknown)
    }
    await place.approve()
    await place.sign()
    await place.commence()
    opened = made(await place.position(await place.sharing(place.council, place.nhs)))
    assert {each["line_id"]: each["budget_approved"] for each in opened["lines"]} == lines


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"as_recorded": "2015-04-01T00:00:00"}, "?as_recorded"),
        ({"as_recorded": "1427846400"}, "?as_recorded"),
        ({"as_recorded": "0001-01-01T00:00:00+23:00"}, "?as_recorded"),
        ({"as_recorded": "9999-12-31T23:59:59-23:00"}, "?as_recorded"),
        ({"as_recorded": "2015-04-01"}, "?as_recorded"),
        ({"as_at": "31/03/2015"}, "?as_at"),
        ({"as_at": "2016-04-01"}, "?as_at"),
    ],
)
async def test_an_odd_question_is_refused_by_its_name(place, asked, pointer):
    await place.draft()
    answer = await place.position(place.pcc, **asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
