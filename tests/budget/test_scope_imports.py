"""Lists of services with a decision about scope for every row."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key

LIST = (
    "Appendix A: services considered,,,,,,\n"
    "Service,Delivery mode,Shared outcomes,Two or more parties,Independent,Scope,Reason\n"
    "Community equipment,commissioned,yes,yes,no,,Both partners buy it.\n"
    "Looked after children placements,commissioned,no,yes,no,in,Decisions of both partners.\n"
    "In-house casework,in house,,,yes,,The council's own staff.\n"
    "Acute care,commissioned,yes,,yes,out of scope,Weighed at the board.\n"
    "Primary care,commissioned,yes,,yes,,Nobody has weighed it.\n"
    "Reablement,commissioned,yes,,,perhaps,To be seen.\n"
    "Community equipment,Commissioned,yes,,,in,The same again.\n"
    "Carers,commissioned,yes,,,,\n"
)


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def send(place, text=LIST, client=None, sent_as=None, **asked):
    params = {
        "partnership_id": str(place.partnership),
        "assessed_on": "2014-07-01",
        "effective_from": "2014-09-01",
        **asked,
    }
    return await (client or place.pcc).post(
        "/v1/scope-imports",
        content=text.encode(),
        params=params,
        headers={"Content-Type": "text/csv"},
        key=sent_as or key(),
    )


async def items(place, client=None):
    params = {"partnership_id": str(place.partnership), "limit": 200}
    return (await (client or place.ccg).get("/v1/scope-assessments", params=params)).json()["items"]


@pytest.mark.row("S2-G05")
async def test_a_list_of_services_comes_in_with_a_decision_for_every_row(place):
    trial = await send(place, dry_run=True)
    assert (trial.status_code, await items(place)) == (200, [])
    used = key()
    taken = await send(place, sent_as=used)
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert told | {"dry_run": True} == trial.json()
    counts = ("rows", "added", "unchanged", "rejected", "in_scope", "out_of_scope")
    assert [told[each] for each in counts] == [8, 4, 0, 4, 2, 2]
    assert [(each["line"], each["column"], each["code"]) for each in told["findings"]] == [
        (7, "outcome", "scope_contested"),
        (8, "outcome", "scope_row_word"),
        (9, "service", "scope_row_twice"),
        (10, "reason", "scope_row_blank"),
    ]
    kept = {each["service"]: each["outcome"] for each in await items(place)}
    assert kept == {
        "Community equipment": "in_scope",
        "Looked after children placements": "in_scope",
        "In-house casework": "out_of_scope",
        "Acute care": "out_of_scope",
    }
    again = await send(place, sent_as=used)
    assert (again.content, again.headers["idempotency-replayed"]) == (taken.content, "true")
    anew = (await send(place)).json()
    assert [anew[each] for each in counts] == [8, 0, 4, 4, 2, 2]
    changed = (await send(place, LIST.replace("Both partners buy it.", "Only one does."))).json()
    assert [each["code"] for each in changed["findings"] if each["line"] == 3] == ["scope_row_differs"]
    assert len(await items(place)) == 4


async def test_what_a_list_is_refused_as_a_whole(place):
    stranger = await place.client(commissioner=uuid.uuid4())
    assert code_of(await send(place, client=stranger)) == "partnership_unknown"
    assert code_of(await send(place, "a,b\n1,2\n")) == "csv_header_not_found"
    assert code_of(await send(place, "")) == "csv_file_empty"
    late = (await send(place, assessed_on="2014-09-02")).json()
    assert (late["added"], {each["code"] for each in late["findings"]} >= {"scope_assessment_dates"}) == (
        0,
        True,
    )
    many = "service,reason\n" + "".join(f"s{n},x\n" for n in range(2001))
    assert code_of(await send(place, many)) == "csv_too_many_rows"
    assert await items(place) == []
    personal = 'service,reason,shared outcomes\nOne,"NHS number 943 476 5919",yes\n'
    assert (await send(place, personal)).json()["findings"][0]["code"] == "scope_row_text"
    theirs = await send(place, client=place.ccg)
    assert theirs.json()["added"] == 4  # each partner assesses for itself


async def test_nothing_of_a_person_is_repeated_and_no_row_is_taken_that_lost_its_columns(place):
    text = (
        "service,scope,decision,reason code,shared outcomes,reason\n"
        'Carers 943 476 5919,in,in,,yes,"A short break"\n'
        "Day care,943 476 5919,,,yes,Both buy it\n"
        "Equipment,in,in,NHS 943 476 5919,yes,Both buy it\n"
        "Advocacy,in,out,,yes,Both buy it\n"
        "Meals,in,in,,yes,Agreed by the board, in July\n"
    )
    answered = await send(place, text)
    assert "943" not in answered.text
    told = answered.json()
    assert (told["rows"], told["added"]) == (5, 0)
    assert [(each["line"], each["column"], each["code"]) for each in told["findings"]] == [
        (2, "service", "scope_row_text"),
        (3, "outcome", "scope_row_word"),
        (4, "reason_code", "scope_row_code"),
        (5, "outcome", "scope_row_columns_differ"),
        (6, "service", "scope_row_shifted"),
    ]
    assert await items(place) == []


async def test_a_list_that_is_sent_again_counts_once(place):
    one = "service,shared outcomes,reason\nCarers,yes,Both partners support them.\n"
    taken = await send(place, one)
    assert (taken.status_code, taken.json()["added"]) == (201, 1)
    [kept] = await items(place)
    assert (kept["service"], kept["outcome"]) == ("Carers", "in_scope")
    again = await send(place, one)
    assert (again.json()["added"], again.json()["unchanged"]) == (0, 1)
    assert await items(place) == [kept]
