"""Who answers for what among which boards, with heads of columns as papers print them."""

from __future__ import annotations

import uuid

import pytest

from tests.gateway.governing import Governed, code

ACTIVITIES = (
    "Business case", "Section 75 agreement", "Pooled budget", "Workforce", "Communications", "Consultation",
    "Equality impact assessment", "Information sharing", "Procurement", "Performance framework", "Risk register",
    "Integrated strategies", "Transition",
)  # fmt: skip


@pytest.fixture(scope="module")
async def place(operator):
    found = await Governed(operator).enter()
    for key in ("hwb", "integration", "cabinet", "governing", "pmo", "project"):
        await found.board(key)
    return found


@pytest.mark.row("S1-G07")
async def test_thirteen_activities_by_six_boards_with_look_alike_heads(place):
    """The heads as the business case has them: two are typed in Cyrillic letters. No mark of it can be read."""
    heads = ["PCC transformation", "CCG Board", "нwв", "Integration", "РМО", "Project Group"]  # noqa: RUF001
    chart = {
        "title": "Who answers for the programme",
        "source": "Business case of June 2014",
        "columns": [{"printed": each} for each in heads],
        "activities": [{"name": each, "marks": [None] * 6} for each in ACTIVITIES],
    }
    made = await place.made("responsibility-charts", chart)
    assert [each["printed"] for each in made["columns"]] == heads
    wanted = [place.boards[key] for key in ("cabinet", "governing", "hwb", "integration", "pmo", "project")]
    assert [each["board_id"] for each in made["columns"]] == wanted
    assert (len(made["activities"]), made["unread_marks"], made["complete"]) == (13, 78, False)
    assert made["unanswered"] == list(ACTIVITIES)
    known = [{"name": each, "marks": ["A", "R", "C", "I", "none", "none"]} for each in ACTIVITIES]
    path = f"/v1/responsibility-charts/{made['id']}/marks"
    read = await place.move(made, path, {"activities": known})
    assert (read.json()["complete"], read.json()["unanswered"], read.json()["version"]) == (True, [], 2)
    assert code(await place.move(made, path, {"activities": known}))[0] == 412
    assert code(await place.move(read.json(), path, {"activities": known}, "ccg"))[:2] == (
        409,
        "governance_of_another",
    )
    await place.everybody_else_finds_nothing("responsibility-charts", made["id"])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"columns": [{"printed": "Nobody"}]}, (422, "chart_column_unknown", "/columns/0/printed")),
        (
            {"columns": [{"printed": "HWB"}, {"printed": "Health and Wellbeing Board"}]},
            (422, "chart_column_twice", "/columns/1"),
        ),
        (
            {"columns": [{"printed": "HWB", "board_id": str(uuid.uuid4())}]},
            (422, "board_unknown", "/columns/0/board_id"),
        ),
        (
            {"activities": [{"name": "One", "marks": ["A", "A"]}]},
            (422, "chart_two_accountable", "/activities/0/marks"),
        ),
        ({"activities": [{"name": "One", "marks": ["A"]}]}, (422, "chart_row_width", "/activities/0/marks")),
        (
            {"activities": [{"name": each, "marks": ["A", "R"]} for each in ("PMO", "РМО")]},  # noqa: RUF001
            (422, "chart_activity_twice", "/activities/1/name"),
        ),
    ],
)
async def test_charts_that_do_not_hold_together(place, changes, wrong):
    chart = {
        "title": f"Chart {uuid.uuid4().hex[:8]}",
        "source": "A paper",
        "columns": [{"printed": "HWB"}, {"printed": "PMO"}],
        "activities": [{"name": "One", "marks": ["A", "R"]}],
    }
    assert code(await place.put("responsibility-charts", {**chart, **changes})) == wrong


async def test_the_head_of_a_column_names_no_person(place):
    chart = {
        "title": f"Chart {uuid.uuid4()}",
        "source": "Business case of June 2014",
        "columns": [{"printed": "For 943 476 5919", "board_id": place.boards["hwb"]}],
        "activities": [{"name": "Business case", "marks": ["A"]}],
    }
    refused = await place.put("responsibility-charts", chart)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/columns/0/printed")
