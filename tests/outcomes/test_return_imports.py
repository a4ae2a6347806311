"""Figures of returns as CSV: a dry run, good rows into drafts, each bad one named by line and column, safe to repeat."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.rules.return_import import COLUMNS, by_code, read_figure
from services.outcomes.rules.submission import AskedValue
from tests.outcomes.figures import an_indicator
from tests.outcomes.plymouth import drafted, move, put

HEAD = "Obligation,Period,Financial year,Financial quarter,Indicator,Value,Status,Numerator,Denominator,Explanation"


@pytest.fixture
async def form(clients, plymouth):
    """An obligation that asks for days and a share, by code."""
    codes = {}
    for name, kind, way in (("stay", "days", "low_is_good"), ("home", "percentage", "high_is_good")):
        code = f"{name}-{uuid.uuid4().hex[:6]}"
        body = plymouth.indicator(code, kind, way)
        codes[name] = (code, (await put(clients["council"], "indicators", body))["id"])
    ids = [each for _, each in codes.values()]
    body = plymouth.obligation(*ids, ends_on="2030-06-30")
    return {"obligation": await put(clients["council"], "obligations", body), **codes}


def line(form, period="2014Q2", indicator="stay", value="8", **more) -> str:
    cells = {
        "year": "",
        "quarter": "",
        "status": "",
        "numerator": "",
        "denominator": "",
        "explanation": "",
        **more,
    }
    code = form[indicator][0] if indicator in form else indicator
    obligation = more.get("obligation", form["obligation"]["id"])
    return ",".join(
        (
            obligation,
            period,
            cells["year"],
            cells["quarter"],
            code,
            value,
            *(cells[name] for name in ("status", "numerator", "denominator", "explanation")),
        )
    )


async def imported(client, *lines, status=201, key=None, head=HEAD, **query):
    answer = await client.post(
        "/v1/return-imports",
        params=query,
        content="\r\n".join((head, *lines)).encode(),
        headers={"Content-Type": "text/csv"},
        key=key or uuid.uuid4().hex,
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def returns_of(client, form) -> dict[str, dict]:
    found = await client.get("/v1/returns", params={"obligation_id": form["obligation"]["id"]})
    return {each["period"]: each for each in found.json()["items"]}


async def test_a_dry_run_says_what_an_import_does_and_the_same_file_again_changes_nothing(clients, form):
    community = clients["community"]
    rows = (
        line(form),
        line(form, indicator="home", value="40", numerator="80", denominator="200"),
        line(form, "2014/15 Q2"),
    )
    tried = await imported(community, *rows, status=200, dry_run="true")
    assert (tried["taken"], tried["rejected"], tried["return_import_id"], tried["dry_run"]) == (
        3,
        0,
        None,
        True,
    )
    assert [
        (each["period"], each["figures"], each["new"], each["return_id"]) for each in tried["returns"]
    ] == [
        ("2014Q2", 2, True, None),
        ("2014Q3", 1, True, None),
    ]
    assert await returns_of(community, form) == {}
    key = uuid.uuid4().hex
    done = await imported(community, *rows, key=key)
    assert await imported(community, *rows, key=key) == done
    made = await returns_of(community, form)
    assert {period: each["state"] for period, each in made.items()} == {"2014Q2": "draft", "2014Q3": "draft"}
    first = (await community.get(f"/v1/returns/{made['2014Q2']['id']}")).json()
    assert first["values"][form["home"][1]]["numerator"] == "80"
    again = await imported(community, *rows)
    assert (again["taken"], again["unchanged"], again["returns"]) == (0, 3, [])
    assert await returns_of(community, form) == made
    changed = await imported(community, line(form, value="9"), rows[1])
    assert (changed["taken"], changed["unchanged"]) == (1, 1)
    assert changed["returns"][0]["version"] == first["version"] + 1
    assert await returns_of(clients["council"], form) == {}


BAD = [
    ({"value": "N/A"}, "import_figure_unreadable", "value", "N/A"),
    ({"value": "see attached"}, "import_figure_unreadable", "value", "see attached"),
    ({"value": ""}, "import_figure_unreadable", "value", ""),
    ({"value": "1e3"}, "import_figure_unreadable", "value", "1e3"),
    ({"value": "-1"}, "value_outside_scale", "value", "-1"),
    ({"indicator": "home", "value": "101"}, "value_outside_scale", "value", "101"),
    (
        {"indicator": "home", "value": "50", "numerator": "9", "denominator": "8"},
        "return_numerator_exceeds_denominator",
        "numerator",
        "9",
    ),
    (
        {"indicator": "home", "value": "50", "numerator": "9", "denominator": "0"},
        "return_denominator_not_positive",
        "denominator",
        "0",
    ),
    ({"period": "2014Q1"}, "import_period_not_due", "period", "2014Q1"),
    ({"period": "2030Q1"}, "import_period_not_ended", "period", "2030Q1"),
    ({"period": "2014April"}, "import_period_not_due", "period", "2014April"),
    ({"period": "Q1"}, "period_unreadable", "period", "Q1"),
    (
        {"period": "2015Q1", "year": "2015/16", "quarter": "1"},
        "import_period_unlike_quarter",
        "period",
        "2015Q1",
    ),
    ({"period": "2014Q3", "quarter": "Q1"}, "import_period_unlike_quarter", "period", "2014Q3"),
    ({"indicator": "nothing"}, "import_indicator_not_on_form", "indicator", "nothing"),
    ({"obligation": "community"}, "import_obligation_unreadable", "obligation_id", "community"),
    (
        {"obligation": str(uuid.UUID(int=5))},
        "import_obligation_not_yours",
        "obligation_id",
        str(uuid.UUID(int=5)),
    ),
    ({"status": "unknown"}, "import_status_unknown", "status", "unknown"),
    ({"status": "missing"}, "return_value_status_mismatch", "status", "missing"),
    ({"explanation": "Patient 943 476 5919"}, "import_text_unfit", "explanation", ""),
    ({"explanation": "a,b"}, "import_row_overflows", "", ""),
]


@pytest.mark.parametrize(("change", "code", "column", "read"), BAD)
async def test_a_bad_row_is_named_and_the_good_one_beside_it_is_taken(
    clients, form, change, code, column, read
):
    report = await imported(clients["community"], line(form, "2014Q4"), line(form, **change))
    assert (report["taken"], report["rejected"]) == (1, 1)
    fault = report["faults"][0]
    assert (fault["line"], fault["column"], fault["read"], fault["code"]) == (3, column, read, code)
    assert fault["detail"]
    assert set(await returns_of(clients["community"], form)) == {"2014Q4"}


async def test_another_providers_obligation_a_sent_return_and_a_figure_twice(clients, form):
    theirs = await imported(clients["hospital"], line(form))
    council = await imported(clients["council"], line(form))
    assert [each["faults"][0]["code"] for each in (theirs, council)] == ["import_obligation_not_yours"] * 2
    assert (theirs["return_import_id"], theirs["returns"]) == (None, [])
    both = await imported(clients["community"], line(form), line(form), line(form, value="9"))
    assert (both["taken"], both["unchanged"], both["rejected"]) == (1, 1, 1)
    assert (both["faults"][0]["code"], both["faults"][0]["facts"]) == (
        "import_figure_twice",
        {"first_line": 2},
    )
    values = {form["stay"][1]: {"value": "8"}, form["home"][1]: {"value": "40"}}
    draft = await drafted(clients["community"], form["obligation"], "2014Q3", values)
    sent = await move(clients["community"], draft, "submission")
    for state in ("validated", "accepted", "locked"):
        late = await imported(clients["community"], line(form, "2014Q3", value="7"))
        assert (late["faults"][0]["code"], late["faults"][0]["facts"]) == (
            "import_return_not_open",
            {"state": state},
        )
        if state != "locked":
            act = {"validated": "acceptance", "accepted": "lock"}[state]
            sent = await move(clients["council"], sent, act, {} if act == "acceptance" else None)


async def test_two_bodies_indicators_of_one_code_are_not_asked_for_on_one_form(clients, plymouth):
    body = plymouth.indicator(f"stay-{uuid.uuid4().hex[:6]}")
    ids = [(await put(clients[name], "indicators", body))["id"] for name in ("council", "ccg")]
    refused = await put(clients["council"], "obligations", plymouth.obligation(*ids), 422)
    assert [(each["code"], each["pointer"]) for each in refused["errors"]] == [
        ("obligation_code_twice", "/indicators/1/indicator_id")
    ]


def test_on_a_form_of_before_a_code_of_two_indicators_names_neither():
    one, other = an_indicator(), an_indicator()
    alone = replace(an_indicator(), code="alone")
    form = by_code(AskedValue(each, compulsory=True) for each in (one, alone, other))
    assert one.code == other.code
    assert {code: each.indicator.id for code, each in form.items()} == {"alone": alone.id}


@pytest.mark.parametrize(
    ("head", "code"),
    [("Name,Age", "csv_header_not_found"), ("Obligation,Period,Value", "csv_header_not_found")],
)
async def test_a_file_without_its_headings_is_refused(clients, form, head, code):
    assert (await imported(clients["community"], line(form), status=422, head=head))["code"] == code


async def test_only_csv_is_taken(clients):
    refused = await clients["community"].post("/v1/return-imports", json={}, key=uuid.uuid4().hex)
    assert refused.status_code == 415


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(max_size=40)))
def test_any_cells_are_read_or_named(cells):
    read = read_figure(2, cells, (), overflows=False)
    assert read.faults or (read.obligation_id is not None and read.period is not None)
    assert read.period is None or read.period.first_day <= date(2200, 12, 31)


async def test_rows_in_any_order_make_one_change_of_each_draft(clients, form, monkeypatch):
    monkeypatch.setattr("services.outcomes.rules.gathered_figures.RETURNS_AT_ONCE", 2)
    community, periods = clients["community"], ("2014Q2", "2014Q3", "2014Q4", "2015Q1", "2014Q2")
    await imported(community, line(form, "2014Q3", value="1"))
    rows = [line(form, each, value=str(at)) for at, each in enumerate(periods, 10)]
    rows += [line(form, each, indicator="home", value="40") for each in reversed(periods[:4])]
    rows += [line(form, "2014Q2", indicator="nothing"), line(form, "2015Q2", value="N/A")]
    report = await imported(community, *rows)
    assert (report["taken"], report["unchanged"], report["rejected"]) == (8, 0, 3)
    assert [(each["line"], each["code"]) for each in report["faults"]] == [
        (6, "import_figure_twice"),
        (11, "import_indicator_not_on_form"),
        (12, "import_figure_unreadable"),
    ]
    assert report["faults"][1]["facts"] == {
        "codes": sorted(form[each][0] for each in ("stay", "home")),
        "codes_in_all": 2,
    }
    assert report["faults_not_named"] == 0
    assert [
        (each["period"], each["figures"], each["new"], each["version"]) for each in report["returns"]
    ] == [
        ("2014Q2", 2, True, 1),
        ("2014Q3", 2, False, 2),
        ("2014Q4", 2, True, 1),
        ("2015Q1", 2, True, 1),
    ]
    made = await returns_of(community, form)
    third = (await community.get(f"/v1/returns/{made['2014Q3']['id']}")).json()
    assert {each["value"] for each in third["values"].values()} == {"11", "40"}


def test_no_report_keeps_what_stands_for_a_person():
    number = "943 476 5919"
    cells = {
        "obligation_id": number, "period": number, "indicator": "stay", "value": f"NHS {number}", "status": number,
    }  # fmt: skip
    faults = read_figure(2, cells, (), False).faults
    assert {each.column for each in faults} >= {"obligation_id", "period", "value", "status"}
    assert number not in str(faults)
