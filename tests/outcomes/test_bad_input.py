"""What people send in real life: each a sentence with a pointer, by every road in, and nothing lost."""

import uuid

import pytest

from tests.outcomes.plymouth import drafted, move, put


@pytest.fixture
async def form(clients, plymouth):
    """An obligation on days and a share, by code, that runs to 2035."""
    council, codes = clients["council"], {}
    for name, kind, way in (("stay", "days", "low_is_good"), ("home", "percentage", "high_is_good")):
        body = plymouth.indicator(f"{name}-{uuid.uuid4().hex[:6]}", kind, way)
        codes[name] = (body["code"], (await put(council, "indicators", body))["id"])
    ids = [each for _, each in codes.values()]
    owed = await put(council, "obligations", plymouth.obligation(*ids, ends_on="2035-06-30"))
    return {"owed": owed, "codes": codes, "ids": dict(zip(codes, ids, strict=True))}


def good(form, **changes) -> dict:
    values = {
        form["ids"]["stay"]: {"value": "8"},
        form["ids"]["home"]: {"value": "40", "numerator": "80", "denominator": "200"},
    }
    for name, fields in changes.items():
        values[form["ids"][name]] = {**values[form["ids"][name]], **fields}
    return values


# What is sent in a figure, the pointer below its indicator, whether it is refused when saved or when submitted, the code.
FIGURES = [
    ("stay", {"value": "N/A"}, "/value", "saved", None),
    ("stay", {"value": "see attached"}, "/value", "saved", None),
    ("stay", {"value": 8}, "/value", "saved", None),
    ("stay", {"value": "1e3"}, "/value", "saved", None),
    ("stay", {"value": "8.1234567"}, "/value", "saved", None),
    ("stay", {"status": "guess"}, "/status", "saved", None),
    ("stay", {"explanation": "Patient 943 476 5919 stayed on"}, "/explanation", "saved", None),
    ("stay", {"value": "-1"}, "/value", "submitted", "value_outside_scale"),
    ("home", {"value": "101"}, "/value", "submitted", "value_outside_scale"),
    ("home", {"numerator": "201"}, "/numerator", "submitted", "return_numerator_exceeds_denominator"),
    ("home", {"denominator": "0"}, "/denominator", "submitted", "return_denominator_not_positive"),
    ("home", {"denominator": None}, "/denominator", "submitted", "return_parts_incomplete"),
    ("home", {"value": "50"}, "/value", "submitted", "return_value_differs_from_parts"),
    ("stay", {"value": None, "status": "missing"}, "/status", "submitted", "return_gap_unexplained"),
    ("stay", {"value": "8", "status": "missing"}, "/status", "submitted", "return_value_status_mismatch"),
]


@pytest.mark.parametrize(("name", "fields", "pointer", "when", "code"), FIGURES)
async def test_a_figure_that_cannot_be_is_named_and_what_was_saved_stays(
    clients, form, name, fields, pointer, when, code
):
    community, where = clients["community"], f"/values/{form['ids'][name]}{pointer}"
    draft = await drafted(community, form["owed"], "2014Q2", good(form))
    path = f"/v1/returns/{draft['id']}"
    changed = good(form, **{name: fields})
    saved = await community.patch(path, json={"values": changed}, version=draft["version"])
    if when == "saved":
        assert saved.status_code == 422
        assert saved.json()["errors"][0]["pointer"] == where
        assert (await community.get(path)).json() == draft
        return
    assert saved.status_code == 200, saved.text
    said = (await community.get(f"{path}/check")).json()
    assert (said["submittable"], said["faults"][0]["pointer"], said["faults"][0]["code"]) == (
        False,
        where,
        code,
    )
    refused = await move(community, saved.json(), "submission", status=422)
    assert refused["errors"] == said["faults"]
    assert (await community.get(path)).json() == saved.json()


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2014April", "return_not_owed"),
        ("201404", "return_not_owed"),
        ("2014Q1", "return_not_owed"),
        ("2035Q3", "return_not_owed"),
        ("Q1", None),
        ("2014/15 Q1", None),
        ("2014Q5", None),
    ],
)
async def test_a_period_of_another_kind_or_that_is_not_owed_is_refused(clients, form, period, code):
    """2014Q1 is January to March 2014, the last quarter of 2013/14: a contract from April 2014 owes 2014Q2 first."""
    body = {"obligation_id": form["owed"]["id"], "period": period, "values": {}}
    refused = await put(clients["community"], "returns", body, 422)
    assert refused["errors"][0]["pointer"] == "/period"
    assert code in {None, refused["code"]}
    assert refused["detail"].endswith((".", ")"))


async def test_an_obligation_of_another_provider_a_taken_period_and_a_stale_save_are_refused(clients, form):
    body = {"obligation_id": form["owed"]["id"], "period": "2014Q2", "values": good(form)}
    assert (await put(clients["hospital"], "returns", body, 422))["code"] == "return_obligation_unknown"
    assert (await put(clients["council"], "returns", body, 403))["code"] == "return_not_provider"
    draft = await put(clients["community"], "returns", body)
    assert (await put(clients["community"], "returns", body, 409))["code"] == "return_period_taken"
    path = f"/v1/returns/{draft['id']}"
    stay = form["ids"]["stay"]
    for value, version, status in (("9", 0, 200), ("10", 0, 412), ("11", 7, 412)):
        saved = await clients["community"].patch(
            path, json={"values": {stay: {"value": value}}}, version=draft["version"] + version
        )
        assert saved.status_code == status
    now = (await clients["community"].get(path)).json()
    assert (now["values"][stay]["value"], now["version"]) == ("9", draft["version"] + 1)
    sent = await move(clients["community"], now, "submission")
    taken = await move(clients["council"], sent, "acceptance", {})
    locked = await move(clients["council"], taken, "lock")
    refused = await clients["community"].patch(path, json={"values": {}}, version=locked["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "return_move_not_possible")
    text = {"text": "See NHS number 9434765919", "pointer": f"/values/{stay}"}
    comment = await clients["community"].post(f"{path}/comments", json=text, key=uuid.uuid4().hex)
    assert (comment.status_code, comment.json()["errors"][0]["pointer"]) == (422, "/text")
    assert "9434765919" not in comment.text


BATCH = [
    ({"value": "N/A"}, "import_figure_unreadable", "value"),
    ({"value": "see attached"}, "import_figure_unreadable", "value"),
    ({"value": "-1"}, "value_outside_scale", "value"),
    ({"period": "2035Q1"}, "import_period_not_ended", "period"),
    ({"period": "2014April"}, "import_period_not_due", "period"),
    ({"period": "2014Q1", "financial_quarter": "1"}, "import_period_unlike_quarter", "period"),
    ({"period": "first quarter"}, "period_unreadable", "period"),
    ({"obligation_id": "ours"}, "import_obligation_unreadable", "obligation_id"),
    ({"obligation_id": str(uuid.UUID(int=3))}, "import_obligation_not_yours", "obligation_id"),
    ({"indicator": "nothing"}, "import_indicator_not_on_form", "indicator"),
    ({"explanation": "NHS number 943 476 5919"}, "import_text_unfit", "explanation"),
]


async def send(client, figures, status=201, key=None, **query):
    answer = await client.post(
        "/v1/return-batches", json={"figures": figures}, params=query, key=key or uuid.uuid4().hex
    )
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(("change", "code", "column"), BATCH)
async def test_of_a_batch_the_bad_figure_is_named_by_its_number_and_the_good_one_taken(
    clients, form, change, code, column
):
    figure = {"obligation_id": form["owed"]["id"], "period": "2014Q2", "indicator": form["codes"]["stay"][0]}
    figures = [{**figure, "value": "8", "period": "2014Q4"}, {**figure, "value": "8", **change}]
    tried = await send(clients["community"], figures, 200, dry_run="true")
    report = await send(clients["community"], figures)
    assert (report["taken"], report["rejected"], tried["faults"]) == (1, 1, report["faults"])
    fault = report["faults"][0]
    assert (fault["line"], fault["code"], fault["column"]) == (2, code, column)
    assert "5919" not in str(report)


async def test_a_batch_of_which_nothing_was_taken_may_be_sent_again_under_its_key(clients, form):
    """What was refused as a whole is not kept as the answer to the key; what was taken is."""
    figure = {"obligation_id": form["owed"]["id"], "period": "2014Q4", "indicator": form["codes"]["stay"][0]}
    key = uuid.uuid4().hex
    refused = await send(clients["community"], [{**figure, "value": "N/A"}], key=key)
    assert (refused["taken"], refused["unchanged"], refused["rejected"]) == (0, 0, 1)
    assert refused["return_import_id"] is None
    taken = await send(clients["community"], [{**figure, "value": "6.5"}], key=key)
    assert (taken["taken"], taken["rejected"]) == (1, 0)
    reused = await send(clients["community"], [{**figure, "value": "7"}], status=422, key=key)
    assert reused["code"] == "idempotency_key_reused"


async def test_a_batch_twice_changes_nothing_and_a_figure_twice_in_it_is_named(clients, form):
    figure = {
        "obligation_id": form["owed"]["id"],
        "period": "2014/15 Q1",
        "indicator": form["codes"]["stay"][0],
        "value": "8",
    }
    key = uuid.uuid4().hex
    first = await send(clients["community"], [figure, figure, {**figure, "value": "9"}], key=key)
    assert (first["taken"], first["unchanged"], first["rejected"]) == (1, 1, 1)
    assert (first["faults"][0]["code"], first["faults"][0]["facts"]) == (
        "import_figure_twice",
        {"first_line": 1},
    )
    assert await send(clients["community"], [figure, figure, {**figure, "value": "9"}], key=key) == first
    again = await send(clients["community"], [figure])
    assert (again["taken"], again["unchanged"]) == (0, 1)
    theirs = await send(clients["hospital"], [figure])
    assert (theirs["rejected"], theirs["faults"][0]["code"]) == (1, "import_obligation_not_yours")
    assert (await send(clients["community"], [], 422))["errors"][0]["pointer"] == "/figures"


async def test_observers_see_no_small_baseline_by_any_road(clients, plymouth):
    council, board = clients["council"], clients["board"]
    seen = {}
    for value in ("3", "34"):
        body = plymouth.indicator(uuid.uuid4().hex[:8], "count", counts_people=True)
        of = {"indicator_id": (await put(council, "indicators", body))["id"]}
        start = await put(council, "baselines", {**of, "period": "2013Q2", "value": value, "source": "x"})
        await put(
            council,
            "targets",
            {**of, "kind": "relative_change", "change": "5", "direction": "decrease", "period": "2016Q2"},
        )
        one = (await board.get(f"/v1/baselines/{start['id']}")).json()
        listed = (
            await board.get("/v1/baselines", params={"partnership_id": str(plymouth.partnership), **of})
        ).json()
        assert listed["items"] == [one]
        card = (
            await board.get("/v1/scorecards", params={"partnership_id": str(plymouth.partnership)})
        ).json()
        (line,) = [each for each in card["lines"] if each["indicator_id"] == of["indicator_id"]]
        seen[value] = (one["value"], one["status"], line["baseline"]["value"], line["target"]["value"])
        assert (await council.get(f"/v1/baselines/{start['id']}")).json()["value"] == value
        assert (await clients["auditor"].get(f"/v1/baselines/{start['id']}")).json()["value"] == value
    assert seen == {"3": (None, "suppressed", None, None), "34": ("35", "actual", "35", "33.25")}
