"""Published lists of the NHS and the statistical office come into the directory, tried first and safe to repeat."""

from __future__ import annotations

import uuid

import pytest

from services.gateway.rules.reference_file import ListLayout, read_list

PATH = "/v1/organisation-imports"
CSV = {"Content-Type": "text/csv"}
FILES = {
    ListLayout.ODS_CCGS: ("ods_eccg.csv", 306),
    ListLayout.ODS_TRUSTS: ("ods_etr_trusts.csv", None),
    ListLayout.ONS_LOCAL_AUTHORITIES: ("ons_lad_dec_2023.csv", None),
    ListLayout.ICBS: ("icb_names_codes_dec_2024.csv", 42),
}


def a_row(code, name, opened="20130401", closed=""):
    cells = [code, name, "Y58", "QJK", *[""] * 6, opened, closed, *[""] * 15]
    return ",".join(f'"{cell}"' for cell in cells)


async def sent(operator, text, layout="ods_ccgs", **asked):
    parameters = {"layout": layout, **asked}
    return await operator.visit.post(
        PATH, content=text.encode(), headers=CSV, params=parameters, key=f"list-{uuid.uuid4()}"
    )


def codes():
    tag = uuid.uuid4().hex[:5].upper()
    return f"A{tag}", f"B{tag}"


@pytest.mark.parametrize("layout", ListLayout)
async def test_the_published_lists_come_in_once(operator, shared_data, layout):
    name, _ = FILES[layout]
    text = (shared_data / "reference" / name).read_text(encoding="utf-8-sig")
    tried = await sent(operator, text, layout.value, dry_run=True)
    assert tried.status_code == 200, tried.text
    planned = tried.json()["counts"]
    lines = [line for line in text.splitlines() if line.strip()]
    headed = layout in (ListLayout.ONS_LOCAL_AUTHORITIES, ListLayout.ICBS)
    assert planned["rows"] == len(lines) - headed
    assert planned["rejected"] == len(tried.json()["findings"]) == 0
    taken = (await sent(operator, text, layout.value)).json()
    assert taken["counts"] == planned
    assert planned["added"] > 30
    again = (await sent(operator, text, layout.value)).json()
    assert again["counts"] == {**planned, "added": 0, "changed": 0, "unchanged": planned["rows"]}
    assert again["rows"] == []


async def test_the_devon_bodies_have_their_roles_and_dates(operator, shared_data):
    text = (shared_data / "reference" / "ods_eccg.csv").read_text(encoding="utf-8-sig")
    await sent(operator, text)
    found = {}
    for code in ("99P", "99Q", "15N"):
        answer = await operator.visit.get("/v1/organisations", params={"scheme": "ods", "code": code})
        for body in answer.json()["items"]:
            for each in body["identifiers"]:
                if each["code"] == code and each["role"] in {"ccg", "sub_icb_location"}:
                    found[code, each["role"]] = (body["name"], each["from_date"], each["to_date"])
    assert found["99P", "ccg"] == ("NHS NORTHERN, EASTERN AND WESTERN DEVON CCG", "2013-04-01", "2019-03-31")
    assert found["99Q", "ccg"][1:] == ("2013-04-01", "2019-03-31")
    # The old code lives on in another role: a place within the board that followed the group.
    assert found["15N", "ccg"][1:] == ("2019-04-01", "2022-06-30")
    assert found["15N", "sub_icb_location"][1:] == ("2022-07-01", None)


async def test_a_trial_writes_nothing(operator):
    one, _ = codes()
    tried = (await sent(operator, a_row(one, "NHS TRIAL CCG"), dry_run=True)).json()
    assert (tried["dry_run"], tried["counts"]["added"]) == (True, 1)
    found = await operator.visit.get("/v1/organisations", params={"scheme": "ods", "code": one})
    assert found.json()["items"] == []


async def test_a_new_name_keeps_the_former_and_a_last_day_is_taken_over(operator):
    one, _ = codes()
    await sent(operator, a_row(one, "NHS OLD NAME CCG"))
    changed = (await sent(operator, a_row(one, "NHS NEW NAME CCG", closed="20190331"))).json()
    assert [(row["outcome"], row["name"]) for row in changed["rows"]] == [("changed", "NHS NEW NAME CCG")]
    [body] = (await operator.visit.get("/v1/organisations", params={"scheme": "ods", "code": one})).json()[
        "items"
    ]
    assert [(each["name"], each["kind"]) for each in body["names"]] == [("NHS OLD NAME CCG", "former")]
    assert body["identifiers"][0]["to_date"] == "2019-03-31"
    open_again = (await sent(operator, a_row(one, "NHS NEW NAME CCG"))).json()
    assert open_again["counts"]["unchanged"] == 1  # a day that is on record is not taken away


async def test_rows_that_cannot_be_taken_are_left_with_their_reason(operator):
    one, two = codes()
    text = "\n".join(
        [
            a_row(one, "NHS GOOD CCG"),
            a_row("a b", "NHS SPACED CCG"),
            a_row(two, "", opened="20130401"),
            a_row(two, "NHS DATED CCG", opened="20191301"),
            a_row(two, "NHS CROSSED CCG", opened="20190401", closed="20190331"),
            a_row(one, "NHS TWICE CCG"),
            '"short","row"',
        ]
    )
    report = (await sent(operator, text)).json()
    assert report["counts"] == {"rows": 7, "added": 1, "changed": 0, "unchanged": 0, "rejected": 6}
    assert [(each["line"], each["column"]) for each in report["findings"]] == [
        (2, 1), (3, 2), (4, 11), (5, 12), (6, 1), (7, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "layout", "code"),
    [
        ("LAD23CD,LAD23NM,LAD23NMW\n", "icbs", "reference_file_layout"),
        ("a,b\n", "ods_ccgs", "reference_file_layout"),
        ("code,name\n", "ons_local_authorities", "reference_file_layout"),
    ],
)
async def test_another_file_than_was_named_is_refused(operator, text, layout, code):
    refused = await sent(operator, text, layout)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_only_the_operator_and_only_text(operator, client):
    assert (await sent(client, a_row(*codes()), "ods_ccgs")).status_code == 403
    wrong = await operator.visit.post(
        PATH,
        content="é".encode("latin-1"),
        headers=CSV,
        params={"layout": "icbs"},
        key=f"list-{uuid.uuid4()}",
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "list_not_utf_8")


def test_ids_follow_from_the_code():
    first, _ = read_list(a_row("99P", "NHS ONE CCG"), ListLayout.ODS_CCGS)
    again, _ = read_list(a_row("99P", "NHS ANOTHER CCG"), ListLayout.ODS_CCGS)
    assert first[0].body.id == again[0].body.id
