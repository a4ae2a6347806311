"""A line's budget through its year over HTTP: figures, profiles, grants; who may record them and who sees them."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


async def record(client, line, kind="revised", pence: int | None = 120_00, version=1, **changes):
    body = {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "amount": {"amount_pence": pence, "status": "tbc" if pence is None else "actual"},
        "effective_from": "2014-10-01",
        "reason": "Refresh of the medium term financial strategy",
        **changes,
    }
    return await client.post(f"/v1/lines/{line}/budgets", json=body, key=key(), version=version)


async def approved(place, **asked) -> list[int | None]:
    position = made(await place.position(place.pcc, **asked))
    return [each["budget_approved"]["amount_pence"] for each in position["lines"]]


@pytest.mark.row("S1-B13", "S1-B20")
async def test_a_revised_budget_holds_from_its_day_and_as_it_was_recorded(place):
    line = await place.line(place.pcc, None, "aligned", pence=100_00)
    first = made(await record(place.pcc, line))
    assert (first["number"], first["kind"], first["phase"]) == (1, "revised", "adjusted")
    assert await approved(place, as_at="2014-09-30") == [100_00]
    assert await approved(place, as_at="2014-10-01") == [120_00]
    for kind, pence, phase in (("proposed", 130_00, "proposed"), ("forecast_outturn", 125_00, "forecast")):
        version = made(await place.pcc.get(f"/v1/lines/{line}"))["version"]
        kept = made(await record(place.pcc, line, kind, pence, version))
        assert kept["phase"] == phase
    outturn = made(await record(place.pcc, line, "outturn", 124_50, 4, effective_from="2015-03-31"))
    assert outturn["phase"] == "executed"
    second = made(await record(place.pcc, line, pence=110_00, version=5, effective_from="2014-07-01"))
    # The figure of October is the later one by its day, whenever that of July was recorded.
    assert await approved(place, as_at="2014-09-30") == [110_00]
    assert await approved(place) == [120_00]
    seen = made(await place.pcc.get(f"/v1/lines/{line}/budget"))
    figures = ("original", "approved", "proposed", "forecast_outturn", "outturn")
    assert [seen[name]["amount_pence"] for name in figures] == [100_00, 120_00, 130_00, 125_00, 124_50]
    then = first["recorded_at"]
    before = made(await place.pcc.get(f"/v1/lines/{line}/budget", params={"as_recorded": then}))
    assert (before["approved"]["amount_pence"], before["outturn"]) == (120_00, None)
    asked = {"as_at": "2014-09-30", "as_recorded": then}
    assert await approved(place, **asked) == [100_00]
    listed = (await place.pcc.get(f"/v1/lines/{line}/budgets", params={"limit": 2})).json()
    assert [each["number"] for each in listed["items"]] == [1, 2]
    rest = (await place.pcc.get(listed["next"])).json()
    assert [each["number"] for each in rest["items"]] == [3, 4]
    assert second["number"] == 5


@pytest.mark.row("S1-B20")
async def test_what_a_budget_may_not_say(place):
    line = await place.line(place.pcc, None, "aligned", pence=100_00)
    unknown = await place.line(place.pcc, None, "aligned", pence=None)
    for sent, code, pointer in (
        (record(place.pcc, line, effective_from="2014-03-31"), "line_budget_outside_year", "/effective_from"),
        (record(place.pcc, line, effective_from="2016-02-29"), "line_budget_outside_year", "/effective_from"),
        (record(place.pcc, line, "original"), "line_budget_original_stands", "/kind"),
        (record(place.pcc, unknown), "line_budget_no_original", "/kind"),
        (record(place.pcc, line, "outturn", None), "line_budget_outturn_unknown", "/amount"),
        # In pounds, and in thousands of pounds.
        (record(place.pcc, line, pence=1_00), "line_budget_scale_doubtful", "/amount/amount_pence"),
        (record(place.pcc, line, pence=101_000_00), "line_budget_scale_doubtful", "/amount/amount_pence"),
        (
            record(place.pcc, line, decision_id=str(uuid.uuid4())),
            "line_budget_decision_unfit",
            "/decision_id",
        ),
    ):
        refused = await sent
        assert code_of(refused) == code, refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert made(await place.pcc.get(f"/v1/lines/{line}"))["version"] == 1
    made(await record(place.pcc, line, pence=1_00, scale_confirmed=True))
    stale = await record(place.pcc, line)
    assert (stale.status_code, code_of(stale)) == (412, "version_stale")
    known = made(await record(place.pcc, unknown, "original", effective_from="2014-05-01"))
    assert known["phase"] == "approved"
    assert code_of(await record(place.pcc, unknown, "original", version=2)) == "line_budget_original_stands"
    year = "2199/00"
    later = await place.line(place.pcc, None, "aligned", financial_year=year)
    early = await record(place.pcc, later, "outturn", 1, effective_from="2199-04-01")
    assert code_of(early) == "line_budget_outturn_early"


async def test_a_revision_to_unknown_leaves_the_position_incomplete(place):
    line = await place.line(place.ccg, None, "aligned", pence=100_00)
    made(await record(place.ccg, line, pence=None))
    summer = made(await place.position(place.pcc, as_at="2014-09-30"))
    assert summer["totals"]["aligned"]["budget_approved"]["known_pence"] == 100_00
    autumn = made(await place.position(place.pcc))
    total = autumn["totals"]["aligned"]["budget_approved"]
    assert total == {"known_pence": None, "complete": False, "missing_contributors": [str(place.nhs)]}


async def test_the_decision_behind_a_figure_is_the_owner_s_own_and_counts(place):
    line = await place.line(place.pcc, None, "aligned", pence=100_00)
    kinds = {"subject": "budget", "subject_id": str(line), "subject_title": "Budget", "edition": None}
    mine = made(await place.decide(place.pcc, "Cabinet", "2014-09-01", **kinds))
    theirs = made(await place.decide(place.ccg, "Governing Body", "2014-09-01", **kinds))
    refused = made(await place.decide(place.pcc, "Cabinet", "2014-09-01", **kinds, outcome="rejected"))
    for decision in (theirs, refused):
        answer = await record(place.pcc, line, decision_id=decision["id"])
        assert code_of(answer) == "line_budget_decision_unfit", answer.text
    kept = made(await record(place.pcc, line, decision_id=mine["id"]))
    assert kept["decision_id"] == mine["id"]


async def lay_down(client, line, version=1, interval="month", **how):
    body = {"id": str(uuid.uuid4()), "interval": interval, **how}
    return await client.post(f"/v1/lines/{line}/profiles", json=body, key=key(), version=version)


@pytest.mark.row("S5-B04")
async def test_a_profile_comes_to_the_budget_to_the_penny(place):
    line = await place.line(place.pcc, None, "aligned", pence=100_00)
    even = made(await lay_down(place.pcc, line))
    months = [each["amount_pence"] for each in even["parts"]]
    assert (sum(months), max(months) - min(months), len(months)) == (100_00, 1, 12)
    firsts = [each["first_day"] for each in even["parts"]]
    assert (firsts[0], firsts[10], firsts[11]) == ("2014-04-01", "2015-02-01", "2015-03-01")
    weighted = made(await lay_down(place.pcc, line, 2, "quarter", weights=["0", "1", "1", "1"]))
    quarters = [each["amount_pence"] for each in weighted["parts"]]
    assert (quarters[0], sum(quarters)) == (0, 100_00)
    exact = made(await lay_down(place.pcc, line, 3, "quarter", amounts_pence=[1, 2, 3, 99_94]))
    assert exact["number"] == 3
    for how, code, pointer in (
        ({"amounts_pence": [1, 2, 3, 99_93]}, "profile_not_the_budget", "/amounts_pence"),
        ({"amounts_pence": [1, 2, 99_97]}, "profile_parts_wrong", "/amounts_pence"),
        ({"weights": ["1"]}, "profile_parts_wrong", "/weights"),
        ({"weights": ["1"] * 4, "amounts_pence": [1] * 4}, "profile_one_way", "/amounts_pence"),
    ):
        refused = await lay_down(place.pcc, line, 4, "quarter", **how)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    assert code_of(await lay_down(place.pcc, line, 4, weights=["0"] * 12)) == "allocation_no_weight"
    made(await record(place.pcc, line, version=4))
    listed = (await place.pcc.get(f"/v1/lines/{line}/profiles")).json()["items"]
    assert [each["fits"] for each in listed] == [False, False, False]
    unknown = await place.line(place.pcc, None, "aligned", pence=None)
    assert code_of(await lay_down(place.pcc, unknown)) == "profile_budget_unknown"


async def test_a_line_of_several_years_is_read_over_them(place):
    name = "Extra care"
    first = await place.line(place.pcc, None, "aligned", pence=100_00, name=name)
    second = await place.line(
        place.pcc,
        None,
        "aligned",
        name=name,
        financial_year="2015/16",
        pence=None,
        continues_line_id=str(first),
    )
    third = await place.line(
        place.pcc, None, "aligned", name=name, financial_year="2016/17", continues_line_id=str(second)
    )
    made(await lay_down(place.pcc, third, interval="quarter"))
    seen = made(await place.pcc.get(f"/v1/lines/{second}/outlook"))
    assert [each["financial_year"] for each in seen["years"]] == ["2014/15", "2015/16", "2016/17"]
    assert (seen["known_pence"], seen["complete"]) == (200_00, False)
    assert [each["amount_pence"] for each in seen["years"][2]["profile"]["parts"]] == [25_00] * 4
    for changes in (
        {"financial_year": "2016/17"},
        {"financial_year": "2015/16", "category": "complex"},
        {"financial_year": "2015/16", "continues_line_id": str(uuid.uuid4())},
    ):
        body = place.line_body(None, "aligned", **{"continues_line_id": str(first), **changes})
        refused = await place.pcc.put(f"/v1/lines/{uuid.uuid4()}", json=body)
        assert code_of(refused) == "line_continues_wrongly", refused.text
    theirs = place.line_body(None, "aligned", financial_year="2015/16", continues_line_id=str(first))
    assert code_of(await place.ccg.put(f"/v1/lines/{uuid.uuid4()}", json=theirs)) == "line_continues_wrongly"


async def test_only_the_owner_changes_a_line_and_strangers_see_nothing(place):
    await place.approve()
    await place.sign()
    await place.commence()
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.pcc, pool, "pooled", financial_year="2015/16")
    made(await record(place.pcc, line, effective_from="2015-10-01"))
    assert made(await place.ccg.get(f"/v1/lines/{line}/budget"))["approved"]["amount_pence"] == 120_00
    for refused in (
        await record(place.ccg, line, version=2, effective_from="2015-10-01"),
        await lay_down(place.ccg, line, 2),
    ):
        assert (refused.status_code, code_of(refused)) == (409, "line_owners_only")
    aligned = await place.line(place.pcc, None, "aligned")
    made(await record(place.pcc, aligned))
    made(await lay_down(place.pcc, aligned, 2))
    others = [
        await place.client(**{role: place.partnership}) for role in ("provider", "observer", "associate")
    ]
    for client in (place.ccg, *others, await place.client(commissioner=uuid.uuid4())):
        for what in ("budget", "budgets", "profiles", "outlook", "met-demands", "moves"):
            hidden = await client.get(f"/v1/lines/{aligned}/{what}")
            absent = await client.get(f"/v1/lines/{uuid.uuid4()}/{what}")
            assert (hidden.status_code, absent.status_code) == (404, 404), (what, hidden.text)
        assert (await record(client, aligned, version=2)).status_code == 404
