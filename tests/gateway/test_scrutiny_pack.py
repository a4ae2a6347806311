"""The pack for scrutiny: masked to what an observer may have, frozen, dated, and read by whom it is for."""

import asyncio
import base64
import csv
import io
import json
import uuid
from hashlib import sha256

import asyncpg
import pytest
from aiohttp import web

from tests.gateway.achievements import card, line
from tests.gateway.pictures import figures, position, summary
from tests.gateway.roles import EVERY_SCOPE, settle, sources, withheld
from tests.gateway.stand_in import answering

SCOPES = (*EVERY_SCOPE, "sharing:write")
OUT = answering({"code": "service_unavailable", "status": 503}, status=503)
FORMULA = "=1+1"
YEAR = {"financial_year": "2014-15"}


@pytest.fixture(scope="module")
async def roles(operator):
    return await settle(operator)


def decision(on, part="part_1", title="Section 75 agreement", **changes):
    return {
        "id": str(uuid.uuid4()), "owner_organisation_id": str(uuid.uuid4()), "subject": "agreement",
        "subject_title": title, "body": "Cabinet", "decided_on": on, "outcome": "approved_subject_to",
        "conditions": [{"number": 1, "text": "Both bodies agree the schedule.", "met_on": None}], "key_decision": True,
        "part": part, "exemption_paragraph": None if part == "part_1" else 3, "call_in_ends_on": None,
        "reference": "C-12", "ratified": None, **changes,
    }  # fmt: skip


DECISIONS = [
    decision("2014-07-15", title=FORMULA),
    decision("2014-07-16", "part_2", title="Price of the beds"),
    decision("2015-04-01", title="Next year's"),
    decision("2014-03-31", title="Last year's"),
]


def finding(kind, contract):
    return {
        "kind": kind, "contract_id": contract, "owner_organisation_id": str(uuid.uuid4()), "reference": "PCC-SECRET",
        "title": "Not published", "ends_on": None, "what_to_do": "Link an indicator.",
    }  # fmt: skip


def at(paths):
    async def answer(request, _body):
        return web.json_response(paths[request.path])

    return answer


@pytest.fixture
def all_well(behind):
    total = {"known_pence": 340_00, "complete": True, "missing_contributors": []}
    fund = position(
        total, by_category=[], by_partner=[{"organisation_id": str(uuid.uuid4()), "figures": figures()}]
    )
    decided = {"items": DECISIONS, "next": None}
    one = str(uuid.uuid4())
    unfit = [
        finding("without_outcome", one),
        finding("without_outcome", str(uuid.uuid4())),
        finding("past_end", one),
    ]
    behind["budget"].does(at({"/v1/positions": fund, "/v1/decisions": decided}))
    behind["contracts"].does(
        at({"/v1/contract-summaries": summary(), "/v1/contract-findings": {"items": unfit, "next": None}})
    )
    behind["outcomes"].does(answering(card(line(None))))
    return behind


@pytest.fixture(scope="module")
def draw(roles):
    async def drawing(name="council", scopes=SCOPES, key=None, place=None, pack=None, **asked):
        visit = await roles.visit(name, scopes)
        body = {"id": pack or str(uuid.uuid4()), **YEAR, **asked}
        address = f"/v1/partnerships/{place or roles.partnership}/scrutiny-pack"
        return await visit.post(address, json=body, key=key or uuid.uuid4().hex)

    return drawing


async def read(roles, name="board", **query):
    return await roles.look("scrutiny-pack", name, **query)


def who_asked(heard):
    """The caller that a service was told of."""
    payload = heard.headers["X-Caller-Assertion"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@pytest.mark.row("S3-G06", "S1-G04")
async def test_a_committee_is_given_what_was_decided_spent_and_achieved(roles, draw, all_well):
    made = await draw()
    assert made.status_code == 201, made.text
    answer = await read(roles)
    told, pack = answer.json(), answer.json()["content"]
    assert {name: told[name] for name in made.json()} == made.json()
    assert (told["as_at"], pack["financial_year"]) == ("2015-03-31", "2014/15")
    assert sources(pack) == dict.fromkeys(("budget", "contracts", "outcomes"), ("ok", None))
    assert [(each["decided_on"], each["outcome"]) for each in pack["decisions"]] == [
        ("2014-07-15", "approved_subject_to")
    ]
    assert pack["exempt_decisions"] == [{"exemption_paragraph": 3, "decisions": 1}]
    assert "Price of the beds" not in answer.text
    assert pack["complete"] is False  # a decision is exempt
    assert pack["fund"]["whole"]["actual"]["known_pence"] == 340_00
    assert pack["contracts"]["ends_next"][0]["ends_on"] == "2015-09-30"
    assert pack["findings"] == [
        {"kind": "past_end", "contracts": 1}, {"kind": "without_outcome", "contracts": 2},
    ]  # fmt: skip
    assert "PCC-SECRET" not in answer.text
    assert [each["code"] for each in pack["scorecard"]["lines"]] == ["stay"]
    assert made.headers["location"].endswith(f"pack_id={told['id']}")


@pytest.mark.row("S5-G06")
async def test_it_is_read_as_an_observer_whoever_draws_it_up(roles, draw, all_well):
    await draw("ccg")
    heard = {
        each.target.split("?")[0]: who_asked(each) for service in all_well.values() for each in service.heard
    }
    assert len(heard) == 5
    for path in ("/v1/positions", "/v1/contract-summaries", "/v1/scorecards"):
        told = heard[path]
        assert (told["orgs"], told["standing"]) == ([], {"observer": [roles.partnership]})
        assert (told["org"], told["audits"]) == (str(uuid.UUID(int=0)), [])
        assert not {"shares", "grants", "unit", "operator", "errand"} & set(told)
    for path in ("/v1/decisions", "/v1/contract-findings"):
        assert heard[path]["org"] == roles.bodies["ccg"]


async def test_it_is_frozen_and_the_same_bytes_for_every_reader(roles, draw, all_well):
    first = (await draw()).json()
    before = await read(roles, pack_id=first["id"])
    all_well["outcomes"].does(answering(card(line(None, rating="green"))))
    second = (await draw()).json()
    for name in ("council", "ccg", "board", "auditor"):
        again = await read(roles, name, pack_id=first["id"])
        assert again.content == before.content
    content = json.dumps(before.json()["content"], separators=(",", ":"), ensure_ascii=False).encode()
    assert sha256(content).hexdigest() == first["sha256"]
    assert (await read(roles)).json()["id"] == second["id"]
    etag = before.headers["etag"]
    visit = await roles.visit("board")
    unchanged = await visit.get(
        f"/v1/partnerships/{roles.partnership}/scrutiny-pack?pack_id={first['id']}",
        headers={"If-None-Match": etag},
    )
    assert unchanged.status_code == 304


async def test_sent_again_it_is_one_pack_and_read_once(roles, draw, all_well):
    key, pack = uuid.uuid4().hex, str(uuid.uuid4())
    first, again = await draw(key=key, pack=pack), await draw(key=key, pack=pack)
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [len(each.heard) for each in all_well.values()] == [2, 2, 1]
    other = await draw(key=key, pack=pack, as_at="2015-01-31")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    taken = await draw(pack=pack)
    assert (taken.status_code, taken.json()["code"]) == (409, "id_unavailable")
    key, pack = uuid.uuid4().hex, str(uuid.uuid4())
    at_once = await asyncio.gather(*(draw(key=key, pack=pack) for _ in range(4)))
    assert {each.status_code for each in at_once} <= {201, 409}
    assert len({each.json()["sha256"] for each in at_once if each.status_code == 201}) == 1


@pytest.mark.parametrize("service", ["budget", "contracts", "outcomes"])
async def test_with_a_service_out_none_is_made(roles, draw, all_well, service):
    before = (await read(roles)).json()["id"]
    all_well[service].does(OUT)
    key, pack = uuid.uuid4().hex, str(uuid.uuid4())
    refused = await draw(key=key, pack=pack)
    assert (refused.status_code, refused.json()["code"]) == (503, "sources_missing")
    assert (await read(roles)).json()["id"] == before
    assert (await read(roles, pack_id=pack)).status_code == 404


async def test_who_withholds_figures_is_named(roles, draw, all_well):
    gap = [{"organisation_id": roles.bodies["ccg"], "because": "shadow_consent_missing"}]
    fund = position(withheld_contributors=gap, complete=False)
    all_well["budget"].does(at({"/v1/positions": fund, "/v1/decisions": {"items": [], "next": None}}))
    made = (await draw()).json()
    pack = (await read(roles, pack_id=made["id"])).json()["content"]
    assert withheld(pack) == {("budget", roles.bodies["ccg"], "shadow_consent_missing")}
    assert pack["complete"] is False


async def test_commissioners_alone_draw_it_up_and_no_provider_reads_it(roles, draw, all_well):
    made = (await draw()).json()
    for each in all_well.values():
        each.heard.clear()
    for name in ("board", "auditor", "trust", "kernow", "unit"):
        refused = await draw(name)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    foreign, absent = await draw("stranger"), await draw("stranger", place=str(uuid.uuid4()))
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert all(not each.heard for each in all_well.values())
    for name in ("trust", "kernow", "unit"):
        assert (await read(roles, name, pack_id=made["id"])).status_code == 403
    hidden = await read(roles, "stranger", pack_id=made["id"])
    absent = await read(roles, "stranger", pack_id=str(uuid.uuid4()))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]


async def test_a_provider_here_that_commissions_elsewhere_reads_no_pack_of_this_place(
    operator, roles, draw, all_well
):
    made = (await draw()).json()
    both = await operator.organisation("Provider here, commissioner there")
    await operator.member(roles.partnership, both, "provider")
    await operator.partnership(commissioner=both)
    visit = (await operator.client(both, list(SCOPES))).visit
    address = f"/v1/partnerships/{roles.partnership}/scrutiny-pack"
    assert (await visit.get(address, params={"pack_id": made["id"]})).status_code == 404
    refused = await visit.post(address, json={"id": str(uuid.uuid4()), **YEAR}, key=uuid.uuid4().hex)
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ({"as_at": "2014-03-31"}, "?as_at", "view_outside_year"),
        ({"financial_year": "2014-16"}, "?financial_year", "financial_year_unreadable"),
        ({"financial_year": "2150-51"}, "/as_at", "scrutiny_pack_future"),
        ({"as_at": "yesterday"}, "/as_at", "value_error"),
        ({"more": 1}, "/more", "extra_forbidden"),
    ],
)
async def test_a_pack_that_makes_no_sense_is_refused(draw, all_well, asked, pointer, code):
    refused = await draw(**asked)
    assert refused.status_code == 422, refused.text
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]
    assert all(not each.heard for each in all_well.values())


async def test_every_scope_of_what_goes_into_it_is_needed(draw):
    for missing in ("sharing:write", "budget:read", "contract:read", "outcome:read"):
        refused = await draw(scopes=tuple(each for each in SCOPES if each != missing))
        assert (refused.status_code, refused.json()["scope"]) == (403, missing)


async def test_as_a_table_no_text_starts_a_formula(roles, draw, all_well):
    made = (await draw()).json()
    answered = await roles.look("scrutiny-pack", "board", table=True, pack_id=made["id"])
    rows = list(csv.reader(io.StringIO(answered.text)))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@-" and cell]
    assert f"'{FORMULA}" in {cell for row in rows for cell in row}
    assert len({len(row) for row in rows[:-1]}) == 1
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:-1]]
    money = {each["Kind"]: each["Actual (£)"] for each in told if each["Row"] == "money"}
    assert money == dict.fromkeys(("pooled", "aligned", "shadow", "whole"), "340.00")
    assert rows[-1][0].startswith("Not complete")


async def test_the_database_keeps_it_as_it_was(stack, roles, draw, all_well):
    """The second locks: the app may not touch a row, nobody edits one, and content and digest are of one another."""
    made = uuid.UUID((await draw()).json()["id"])
    app, owner = await stack.connect("gateway"), await stack.superuser()
    try:
        for statement in (
            "update gateway.scrutiny_packs set sha256 = sha256",
            "delete from gateway.scrutiny_packs",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await owner.execute(statement)
        assert await app.fetchval("select count(*) from gateway.scrutiny_packs where id = $1", made) == 0
        with pytest.raises(asyncpg.CheckViolationError, match="scrutiny_packs_digest"):
            await owner.execute(
                "insert into gateway.scrutiny_packs select gen_random_uuid(), partnership_id, owner_organisation_id,"
                " financial_year, as_at, content || 'x'::bytea, sha256 from gateway.scrutiny_packs where id = $1",
                made,
            )
    finally:
        await app.close()
        await owner.close()
