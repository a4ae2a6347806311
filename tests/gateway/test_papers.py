"""Working papers: six signatures, reviews every three months, and what does not fit in them."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from shared.context import opening_sql
from tests.gateway.governing import Governed, code
from tests.stack import a_caller

SIX = (
    ("Leader of the Council", "pcc", "political"),
    ("CCG Chair", "ccg", "clinical"),
    ("Chief Executive", "pcc", "officer"),
    ("Chief Officer", "ccg", "officer"),
    ("Executive Director", "pcc", "officer"),
    ("Deputy Chief Officer", "ccg", "officer"),
)


@pytest.fixture(scope="module")
async def place(operator):
    return await Governed(operator).enter()


def paper(place, *signers, **changes):
    return {
        "title": f"One Commissioning Organisation {uuid.uuid4().hex[:6]}",
        "edition": "1.0",
        "dated_on": "2016-10-19",
        "signatories": [
            {"post": post, "organisation_id": place.organisations[of], "voice": voice}
            for post, of, voice in signers
        ],
        **changes,
    }


async def sign(place, made, post, by, day="2016-11-02"):
    return await place.move(made, f"/v1/papers/{made['id']}/signature", {"post": post, "signed_on": day}, by)


@pytest.mark.row("S5-G03")
async def test_a_paper_is_signed_when_all_six_have_signed(place):
    made = await place.made("papers", paper(place, *SIX))
    for number, (post, of, _) in enumerate(SIX):
        assert (made["signed_from"], len(made["awaited"])) == (None, 6 - number)
        made = (await sign(place, made, post, of, f"2016-11-{number + 1:02}")).json()
    assert (made["signed_from"], made["awaited"], len(made["signatures"])) == ("2016-11-06", [], 6)
    assert code(await sign(place, made, "CCG Chair", "ccg"))[:2] == (409, "paper_signed_already")
    await place.everybody_else_finds_nothing("papers", made["id"])


async def test_each_organisation_signs_for_itself(place):
    made = await place.made("papers", paper(place, *SIX))
    wrong = [
        await sign(place, made, "CCG Chair", "pcc"),
        await sign(place, made, "Leader of the Council", "ccg"),
        await sign(place, made, "Mayor", "pcc"),
    ]
    assert [code(each) for each in wrong] == [(409, "paper_no_signatory", "/post")] * 3
    assert code(await sign(place, made, "CCG Chair", "stranger"))[:2] == (404, "not_found")
    assert code(await sign(place, made, "CCG Chair", "firm"))[:2] == (403, "role_missing")
    for day in ("2016-10-18", "2199-01-01"):
        assert code(await sign(place, made, "CCG Chair", "ccg", day)) == (422, "paper_day_odd", "/signed_on")
    alone = await place.made("papers", paper(place, SIX[0]))
    assert (
        await sign(place, alone, "CCG Chair", "ccg")
    ).status_code == 404  # it asks nothing of that organisation
    reviewed = await place.move(
        made, f"/v1/papers/{made['id']}/reviews", {"reviewed_on": "2017-01-19", "result": "x"}, "ccg"
    )
    assert code(reviewed)[:2] == (409, "governance_of_another")


@pytest.mark.row("S5-G04")
async def test_a_review_that_is_printed_six_days_late_and_approved_with_no_signature(place):
    stated = {"review_every_months": 3, "stated_review_on": "2017-01-25", "stated_approved": True}
    made = await place.made("papers", paper(place, *SIX, **stated))
    assert made["review_due_on"] == "2017-01-19"
    assert made["review_days_late"] > 3000
    found = {each["code"]: each for each in made["faults"]}
    assert found["review_stated_late"] == {"code": "review_stated_late", "where": "2017-01-19", "days": 6}
    assert found["approved_unsigned"]["where"].startswith("Leader of the Council, CCG Chair")
    path = f"/v1/papers/{made['id']}/reviews"
    done = await place.move(made, path, {"reviewed_on": "2017-01-31", "result": "Goes on unchanged."})
    assert done.json()["review_due_on"] == "2017-04-30"  # three months after the 31st: the month's last day
    early = await place.move(done.json(), path, {"reviewed_on": "2017-01-30", "result": "x"})
    assert code(early) == (422, "paper_review_backwards", "/reviewed_on")
    part = (await sign(place, done.json(), "Chief Officer", "ccg")).json()
    assert "approved_partly_signed" in {each["code"] for each in part["faults"]}
    unplanned = await place.made("papers", paper(place))
    refused = await place.move(
        unplanned, f"/v1/papers/{unplanned['id']}/reviews", {"reviewed_on": "2017-01-30", "result": "x"}
    )
    assert code(refused)[:2] == (409, "paper_reviews_not_planned")


@pytest.mark.row("S5-G07")
async def test_a_paper_that_asks_for_clinical_and_political_voices(place):
    officers = await place.made(
        "papers", paper(place, *SIX[2:], voices_needed=["clinical", "political", "officer"])
    )
    missing = [each["where"] for each in officers["faults"] if each["code"] == "voice_missing"]
    assert missing == ["clinical", "political"]
    both = await place.made("papers", paper(place, *SIX, voices_needed=["clinical", "political"]))
    assert both["faults"] == []
    assert {each["voice"] for each in both["awaited"]} == {"clinical", "political", "officer"}


@pytest.mark.row("S5-G09")
async def test_two_sections_of_one_number_and_a_sentence_that_breaks_off(place):
    sections = [
        {
            "number": "1",
            "heading": "Purpose",
            "text": "This paper sets out the framework.\n- an item of a list",
        },
        {"number": "2", "heading": "Principles", "text": "Partners agree as follows:"},
        {"number": "2", "heading": "Governance", "text": "The Joint Leadership Team meets weekly."},
        {"number": "4", "heading": "Neighbourhoods", "text": "section needs will be developed"},
    ]
    made = await place.made("papers", paper(place, sections=sections))
    assert [(each["code"], each["where"]) for each in made["faults"]] == [
        ("section_number_twice", "2"),
        ("section_number_skipped", "3"),
        ("sentence_breaks_off", "4 Neighbourhoods"),
    ]


@pytest.mark.row("S4-G07")
async def test_the_law_is_chosen_from_a_list(place):
    laws = ["health_and_social_care_act_2012", "lga_1972_s113", "equality_act_2010"]
    made = await place.made("papers", paper(place, legal_bases=laws, dated_on="2013-12-17"))
    assert made["legal_bases"] == laws
    later = await place.put("papers", paper(place, legal_bases=["care_act_2014"], dated_on="2013-12-17"))
    assert code(later) == (422, "legal_basis_to_come", "/legal_bases/0")
    twice = await place.put("papers", paper(place, legal_bases=laws[:1] * 2))
    assert code(twice) == (422, "legal_basis_twice", "/legal_bases/1")
    assert (await place.put("papers", paper(place, legal_bases=["common_sense"]))).status_code == 422


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"dated_on": "2199-01-01"}, (422, "paper_day_odd", "/dated_on")),
        ({"board_id": str(uuid.uuid4())}, (422, "board_unknown", "/board_id")),
    ],
)
async def test_papers_that_do_not_hold_together(place, changes, wrong):
    assert code(await place.put("papers", paper(place, **changes))) == wrong
    twice = await place.put("papers", paper(place, SIX[0], SIX[0]))
    assert code(twice) == (422, "paper_signatory_twice", "/signatories/1/post")
    elsewhere = await place.put("papers", paper(place, ("Adviser", "stranger", "lay")))
    assert code(elsewhere) == (422, "paper_signatory_unknown", "/signatories/0/organisation_id")


async def test_the_database_takes_no_signature_back(stack, place):
    made = await place.made("papers", paper(place, SIX[0], SIX[1]))
    await sign(place, made, SIX[0][0], "pcc")
    partnership = uuid.UUID(place.partnership)
    ccg = a_caller(uuid.UUID(place.organisations["ccg"]), commissioner=partnership)
    connection = await stack.connect("gateway")
    try:
        await connection.execute(opening_sql(ccg, False, "read committed"))
        with pytest.raises(asyncpg.CheckViolationError, match="would lose a signature"):
            await connection.execute(f"update gateway.papers set signatures = '[]' where id = '{made['id']}'")
        await connection.execute("rollback")
    finally:
        await connection.close()


async def test_a_list_of_papers_is_without_their_text(place):
    text = "The partners agree to the end of the sentence. " * 70 + "it breaks off without"
    sections = [{"number": str(each), "heading": f"Part {each}", "text": text} for each in range(1, 21)]
    made = await place.made("papers", paper(place, SIX[0], sections=sections))
    visit = place.clients["pcc"].visit
    listed = await visit.get("/v1/papers", params={"partnership_id": place.partnership, "limit": 200})
    (found,) = [each for each in listed.json()["items"] if each["id"] == made["id"]]
    whole = (await visit.get(f"/v1/papers/{made['id']}")).json()
    assert {each["text"] for each in found["sections"]} == {None}
    assert {each["text"] for each in whole["sections"]} == {text}
    assert [each["heading"] for each in found["sections"]] == [each["heading"] for each in whole["sections"]]
    assert {**found, "sections": []} == {**whole, "sections": []}
    assert len(found["faults"]) == len(sections)  # found in the texts, which are not listed
    assert len(listed.content) < len(text) * len(sections) / 4
