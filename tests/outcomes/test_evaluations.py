"""Evaluations along three axes with a board's decision, benefits, and the five ratings of KPIs."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from services.outcomes.rules.kpi_rating import AwardRegime, is_statutory
from tests.outcomes.plymouth import Plymouth, accepted, put
from tests.outcomes.raw import acting

AXES = ("outcome", "quality", "cost_effectiveness")
BOARD = "Integrated Commissioning Board"


@pytest.fixture(scope="module")
def devon():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, devon):
    return await devon.clients(client_for)


@pytest.fixture(scope="module")
async def measured(parties, devon):
    """Three indicators, one for each axis, with targets, a figure each, and what they are reported under."""
    ids = {}
    for axis in AXES:
        body = devon.indicator(axis, axis=axis)
        ids[axis] = (await put(parties["council"], "indicators", body))["id"]
        target = {"indicator_id": ids[axis], "kind": "absolute", "value": "7"}
        await put(parties["council"], "targets", target)
    owed = await put(parties["council"], "obligations", devon.obligation(*ids.values()))
    values = dict(zip(ids.values(), ({"value": "6"}, {"value": "7"}, {"value": "9"}), strict=True))
    await accepted(parties, owed, "2014Q2", values)
    return {"ids": ids, "owed": owed, "values": values}


def evaluation(devon, **more) -> dict:
    return {
        "partnership_id": str(devon.partnership),
        "title": "Integrated model, first year",
        "as_at": "2014-09-30",
        "conclusion": "Delays fell; unit costs did not.",
        "body_organisation_id": str(devon.ccg),
        "body_name": BOARD,
        **more,
    }


async def decide(client, found, status=200, **more):
    body = {"state": "signed_off", "decided_on": "2015-05-12", "minute": "Noted and signed off.", **more}
    answer = await client.post(
        f"/v1/evaluations/{found['id']}/decision", json=body, key=uuid.uuid4().hex, version=found["version"]
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def read(client, path, status=200, **asked):
    answer = await client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == status, answer.text
    return answer.json()


async def in_the_third_quarter(parties, measured):
    """What whoever comes first of these tests has accepted for all of them: every figure at its worst."""
    if not measured.get("third quarter"):
        worst = {each: {"value": "99"} for each in measured["ids"].values()}
        measured["third quarter"] = await accepted(parties, measured["owed"], "2014Q3", worst) or True


@pytest.mark.row("S3-O02", "S4-O04")
async def test_a_review_has_three_axes_stays_as_submitted_and_is_signed_off_by_its_board(
    parties, devon, measured
):
    made = await put(parties["council"], "evaluations", evaluation(devon))
    first = await read(parties["council"], f"evaluations/{made['id']}/review")
    assert [(each["axis"], [line["code"] for line in each["lines"]]) for each in first["axes"]] == [
        (each, [each]) for each in AXES
    ]
    colours = [each["lines"][0]["rating"] for each in first["axes"]]
    assert (colours, first["missing_axes"], first["complete"]) == (["green", "green", "red"], [], True)
    await in_the_third_quarter(parties, measured)
    assert await read(parties["council"], f"evaluations/{made['id']}/review") == first
    assert (await decide(parties["council"], made, 403))["code"] == "evaluation_not_body"
    assert (await decide(parties["ccg"], made, 422, state="submitted"))[
        "code"
    ] == "evaluation_decision_missing"
    assert (await decide(parties["ccg"], made, 422, decided_on="2199-01-01"))[
        "code"
    ] == "evaluation_decided_in_future"
    signed = await decide(parties["ccg"], made)
    assert (signed["state"], signed["body_name"], signed["decided_by_organisation_id"]) == (
        "signed_off",
        BOARD,
        str(devon.ccg),
    )
    assert (await decide(parties["ccg"], signed, 409, state="referred_back"))["code"] == "evaluation_decided"
    listed = await read(
        parties["board"], "evaluations", partnership_id=str(devon.partnership), state="signed_off"
    )
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    tomorrow = (datetime.now(tz=UTC) + timedelta(days=2)).date().isoformat()
    for change, pointer in (
        ({"as_at": tomorrow}, "/as_at"),
        ({"framework_id": str(uuid.uuid4())}, "/framework_id"),
    ):
        refused = await put(parties["council"], "evaluations", evaluation(devon, **change), 422)
        assert refused["errors"][0]["pointer"] == pointer


async def test_an_evaluation_without_an_axis_names_it(parties, devon, measured):
    framework = {"partnership_id": str(devon.partnership), "name": "Empty", "edition": "1"}
    of = {"framework_id": (await put(parties["council"], "frameworks", framework))["id"]}
    made = await put(parties["council"], "evaluations", evaluation(devon, **of))
    found = await read(parties["ccg"], f"evaluations/{made['id']}/review")
    assert found["missing_axes"] == list(AXES)


@pytest.mark.row("S5-O08")
async def test_a_benefit_of_one_commissioning_organisation_is_registered_once_with_its_figures(
    parties, devon, measured
):
    body = {
        "partnership_id": str(devon.partnership),
        "reference": "OCO-07",
        "title": "Fewer duplicate assessments",
        "description": "One assessment serves the council and the NHS.",
        "kind": "efficiency",
        "indicator_id": measured["ids"]["outcome"],
        "unit": "assessments a year",
        "baseline_value": "4200",
        "expected_value": "3800",
        "expected_by": "2018-03-31",
        "source": "Business case, 2016",
        "accountable": "Chief officer",
    }
    made = await put(parties["council"], "benefits", body)
    assert (made["change"], made["expected_value"]) == ("-400", "3800")
    assert (await put(parties["council"], "benefits", body, 409))["code"] == "benefit_taken"
    for change, code, pointer in (
        ({"qualifier": "up_to"}, "bound_is_no_expectation", "/qualifier"),
        ({"expected_value": "4200"}, "benefit_unchanged", "/expected_value"),
        ({"indicator_id": str(uuid.uuid4())}, "benefit_indicator_unknown", "/indicator_id"),
    ):
        refused = await put(parties["council"], "benefits", {**body, "reference": "X", **change}, 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, pointer)
    asked = {"partnership_id": str(devon.partnership), "indicator_id": measured["ids"]["outcome"]}
    assert (await read(parties["ccg"], "benefits", **asked))["items"] == [made]


def duty(devon, measured, **more) -> dict:
    return {
        "partnership_id": str(devon.partnership),
        "contract_id": str(devon.community_contract),
        "award_regime": "pa2023",
        "value_pence": 500_000_001,
        "indicator_ids": list(measured["ids"].values()),
        **more,
    }


async def test_a_kpi_has_one_of_five_ratings_and_is_statutory_only_where_the_act_says_so(
    parties, devon, measured
):
    for change, code, pointer in (
        ({"indicator_ids": list(measured["ids"].values())[:2]}, "kpis_too_few", "/indicator_ids"),
        ({"value_pence": None}, "kpi_value_unknown", "/value_pence"),
        ({"indicator_ids": [str(uuid.uuid4())]}, "kpi_unknown", "/indicator_ids/0"),
        ({"contract_id": str(uuid.uuid4())}, "kpi_unknown", "/indicator_ids/0"),
    ):
        refused = await put(parties["council"], "kpi-duties", duty(devon, measured, **change), 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, pointer)
    made = await put(parties["council"], "kpi-duties", duty(devon, measured))
    assert made["statutory"] is True
    again = await put(parties["council"], "kpi-duties", duty(devon, measured), 409)
    assert again["code"] == "kpi_duty_taken"
    asked = {"partnership_id": str(devon.partnership), "as_at": "2014-06-30"}
    found = await read(parties["ccg"], "ratings", **asked)
    assert [(each["code"], each["level"], each["statutory"]) for each in found["ratings"]] == [
        ("cost_effectiveness", "requires_improvement", True),
        ("outcome", "good", True),
        ("quality", "good", True),
    ]
    await in_the_third_quarter(parties, measured)
    later = await read(parties["ccg"], "ratings", **{**asked, "as_at": "2014-12-31"})
    assert {each["level"] for each in later["ratings"]} == {"inadequate"}
    assert (await read(parties["stranger"], "ratings", 404, **asked))["code"] == "not_found"
    assert await read(parties["community"], f"kpi-duties/{made['id']}", 404)
    # The contract's value may be withheld where it is kept, so who only observes is told neither it nor its side of £5m.
    asked = {"partnership_id": str(devon.partnership)}
    for name, pence, statutory in (
        ("ccg", 500_000_001, True),
        ("auditor", 500_000_001, True),
        ("board", None, None),
    ):
        [told] = (await read(parties[name], "kpi-duties", **asked))["items"]
        assert told == {**made, "value_pence": pence, "statutory": statutory}
        assert (await read(parties[name], f"kpi-duties/{made['id']}")) == told
        rated = (await read(parties[name], "ratings", **asked, as_at="2014-12-31"))["ratings"]
        assert [each["statutory"] for each in rated] == [statutory] * 3


@pytest.mark.parametrize(
    ("regime", "pence", "excepted", "expected"),
    [
        (AwardRegime.PA2023, 500_000_001, False, True),
        (AwardRegime.PA2023, 500_000_000, False, False),
        (AwardRegime.PA2023, 500_000_001, True, False),
        (AwardRegime.PA2023, None, False, False),
        (AwardRegime.PA2023_LIGHT_TOUCH, 900_000_000, False, False),
        (AwardRegime.PSR, 900_000_000, False, False),
        (AwardRegime.PCR2015, 900_000_000, False, False),
    ],
)
def test_section_52_is_for_contracts_of_more_than_five_million_under_the_act(
    regime, pence, excepted, expected
):
    assert is_statutory(regime, pence, excepted) is expected


async def test_the_database_alone_lets_only_the_body_decide_and_nobody_else_read(
    parties, devon, measured, stack
):
    made = await put(parties["council"], "evaluations", evaluation(devon))
    decide_it = (
        "update evaluations set state = 'signed_off', decided_on = current_date, minute = 'x', version = version + 1,"
        " decided_by_organisation_id = $2, decided_by_client_id = $2 where id = $1"
    )
    for name, done in (("council", 0), ("board", 0), ("stranger", 0), ("ccg", 1)):
        caller = devon.callers[name]
        async with acting(stack, caller) as connection:
            answer = await connection.execute(decide_it, uuid.UUID(made["id"]), caller.organisation_id)
            assert answer == f"UPDATE {done}", name
    for table in ("evaluations", "benefits", "kpi_duties"):
        for name in ("community", "stranger"):
            async with acting(stack, devon.callers[name]) as connection:
                assert await connection.fetchval(f"select count(*) from {table}") == 0, (table, name)
