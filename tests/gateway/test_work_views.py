"""What is due, what is to be decided, what does not fit: three services in one list, each by the caller's own sight."""

import csv
import io
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from tests.gateway.stand_in import answering

SCOPES = ["aggregate:read", "budget:read", "contract:read", "outcome:read", "return:read"]
CONTRACT, COUNCIL, CCG, PROVIDER = (str(uuid.uuid4()) for _ in range(4))


def listing(lists):
    """Answers each list by its path; a list of lists is pages, one after another."""

    async def answer(request: web.Request, _body: bytes) -> web.StreamResponse:
        found = lists.get(request.path, [])
        pages = found if found and isinstance(found[0], list) else [found]
        number = int(request.query.get("cursor", "0"))
        following = f"{request.path}?cursor={number + 1}" if number + 1 < len(pages) else None
        return web.json_response({"items": pages[number], "next": following})

    return answer


def due(on, overdue=False, kind="review"):
    return {
        "kind": kind, "on": on, "because": "The review date is on record.", "overdue": overdue, "contract_id": CONTRACT,
        "owner_organisation_id": COUNCIL, "reference": "PCC-1", "title": "=Advocacy",
    }  # fmt: skip


def owed(due_on, overdue):
    return {
        "obligation_id": str(uuid.uuid4()), "title": "Community services, monthly", "contract_id": CONTRACT,
        "provider_organisation_id": PROVIDER, "period": "2015April", "due_on": due_on, "overdue": overdue, "state": None,
    }  # fmt: skip


def milestone(planned, reached=None):
    return {
        "id": str(uuid.uuid4()), "owner_organisation_id": COUNCIL, "name": "Pooled budgets in place",
        "planned": planned, "source": "Business case", "reached": reached,
    }  # fmt: skip


def report(due_on):
    return {
        "id": str(uuid.uuid4()), "owner_organisation_id": COUNCIL, "report": "section_75", "financial_year": "2015/16",
        "quarter": 1, "due_on": due_on, "source": "The agreement, schedule 3",
    }  # fmt: skip


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation("Council of work")


@pytest.fixture(scope="module")
async def partnership(operator, council):
    return await operator.partnership(commissioner=council)


@pytest.fixture(scope="module")
async def client(operator, council, partnership):
    return await operator.client(council, SCOPES)


@pytest.fixture
def some_work(behind):
    behind["contracts"].does(listing({"/v1/due-dates": [[due("2015-07-01")], [due("2015-05-01", True)]]}))
    behind["outcomes"].does(listing({"/v1/completeness": [owed("2015-05-20", True)]}))
    planned = [milestone("2015-03"), milestone("2015-03", "2015-04"), milestone("2019")]
    reports = [report("2015-07-31"), report("2015-04-30")]
    behind["budget"].does(listing({"/v1/milestones": planned, "/v1/report-requirements": reports}))
    return behind


async def test_what_is_due_comes_from_three_services_the_earliest_first(client, partnership, some_work):
    answer = await client.visit.get(f"/v1/partnerships/{partnership}/due?as_at=2015-06-01")
    told = answer.json()
    assert answer.status_code == 200, told
    assert [(each["on"], each["kind"], each["overdue"]) for each in told["items"]] == [
        ("2015-03-31", "milestone", True),
        ("2015-05-01", "review", True),
        ("2015-05-20", "return", True),
        ("2015-07-01", "review", False),
        ("2015-07-31", "report", False),
    ]
    assert told["complete"] is True
    assert [each["status"] for each in told["sources"]] == ["ok", "ok", "ok"]
    assert [len(each.heard) for each in some_work.values()] == [2, 2, 1]
    heard = parse_qs(urlsplit(some_work["contracts"].heard[0].target).query)
    assert (heard["partnership_id"], heard["until"], heard["as_at"]) == (
        [partnership], ["2015-09-01"], ["2015-06-01"],
    )  # fmt: skip


async def test_as_a_table_it_is_safe_to_open(client, partnership, some_work):
    url = f"/v1/partnerships/{partnership}/due?as_at=2015-06-01"
    answer = await client.visit.get(url, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [each["on"] for each in rows][:2] == ["2015-03-31", "2015-05-01"]
    assert rows[1]["title"] == "PCC-1 =Advocacy"
    some_work["budget"].does(answering({}, status=500))
    answer = await client.visit.get(url, headers={"Accept": "text/csv"})
    assert answer.text.splitlines()[-1].lstrip('"').startswith("Not complete")


async def test_a_service_that_is_out_is_named_and_the_strict_view_is_refused(client, partnership, some_work):
    some_work["outcomes"].does(answering({}, status=503))
    url = f"/v1/partnerships/{partnership}/due?as_at=2015-06-01"
    told = (await client.visit.get(url)).json()
    assert told["complete"] is False
    assert {each["service"]: each["status"] for each in told["sources"]} == {
        "budget": "ok", "contracts": "ok", "outcomes": "unavailable",
    }  # fmt: skip
    assert {each["service"] for each in told["items"]} == {"budget", "contracts"}
    refused = await client.visit.get(f"{url}&mode=strict")
    assert (refused.status_code, refused.json()["sources"]) == (503, ["outcomes"])


async def test_more_than_a_view_reads_is_told_as_not_complete(client, partnership, some_work):
    some_work["contracts"].does(listing({"/v1/due-dates": [[due("2015-07-01")] for _ in range(12)]}))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/due?as_at=2015-06-01")).json()
    assert told["complete"] is False
    assert len([each for each in told["items"] if each["service"] == "contracts"]) == 10


async def test_a_day_that_lies_before_is_refused(client, partnership, some_work):
    refused = await client.visit.get(f"/v1/partnerships/{partnership}/due?as_at=2015-06-01&until=2015-05-31")
    assert (refused.status_code, refused.json()["code"]) == (422, "due_until_before_day")
    assert refused.json()["errors"][0]["pointer"] == "?until"


@pytest.mark.parametrize("view", ["due", "outstanding-decisions", "findings"])
async def test_another_partnership_is_like_none_and_no_service_is_asked(operator, client, some_work, view):
    other = await operator.partnership(commissioner=await operator.organisation())
    foreign = await client.visit.get(f"/v1/partnerships/{other}/{view}")
    absent = await client.visit.get(f"/v1/partnerships/{uuid.uuid4()}/{view}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert all(not each.heard for each in some_work.values())


@pytest.mark.parametrize("view", ["due", "outstanding-decisions", "findings"])
async def test_a_provider_is_shown_no_money(operator, partnership, some_work, view):
    trust = await operator.organisation("Trust of work")
    await operator.member(partnership, trust, "provider")
    visit = (await operator.client(trust, SCOPES)).visit
    told = (await visit.get(f"/v1/partnerships/{partnership}/{view}?as_at=2015-06-01")).json()
    assert told["complete"] is False
    assert {each["service"]: (each["status"], each["because"]) for each in told["sources"]}["budget"] == (
        "withheld", "not_for_role",
    )  # fmt: skip
    assert not some_work["budget"].heard
    assert all(each["service"] != "budget" for each in told["items"])


async def test_a_scope_that_is_missing_is_refused(operator, council, partnership, some_work):
    visit = (await operator.client(council, ["aggregate:read"])).visit
    refused = await visit.get(f"/v1/partnerships/{partnership}/due")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def approval(organisation, counts):
    return {"organisation_id": organisation, "body": "Governing Body", "counts_from": counts}


@pytest.mark.row("S1-G01")
async def test_whoever_has_not_decided_yet_is_named(client, partnership, behind):
    agreement = {"id": str(uuid.uuid4()), "owner_organisation_id": COUNCIL, "reference": "S75-1"}
    approvals = [approval(COUNCIL, "2014-07-15"), approval(CCG, None)]
    virement = {
        "id": str(uuid.uuid4()), "financial_year": "2015/16", "amount_pence": 2_500_001, "effective_date": "2015-06-01",
        "asked": [{"organisation_id": COUNCIL}, {"organisation_id": CCG}], "given": [{"organisation_id": COUNCIL}],
    }  # fmt: skip
    settlement = {
        "id": str(uuid.uuid4()), "financial_year": "2015/16",
        "approvals": [
            {"organisation_id": COUNCIL, "approved_at": None},
            {"organisation_id": CCG, "approved_at": "2016-05-01T09:00:00Z"},
        ],
    }  # fmt: skip
    behind["budget"].does(
        listing(
            {
                "/v1/agreements": [
                    {**agreement, "state": "draft", "approvals": approvals},
                    {**agreement, "state": "in_force", "approvals": approvals},
                ],
                "/v1/virements": [virement],
                "/v1/settlements": [settlement],
            }
        )
    )
    variation = {
        "id": str(uuid.uuid4()), "contract_id": CONTRACT, "owner_organisation_id": COUNCIL, "kind": "local",
        "description": "Two more beds", "effective_on": "2015-07-01",
    }  # fmt: skip
    behind["contracts"].does(listing({"/v1/variations": [variation]}))
    sent = {
        "id": str(uuid.uuid4()), "obligation_id": str(uuid.uuid4()), "contract_id": CONTRACT,
        "lead_organisation_id": CCG, "period": "2015April", "due_on": "2015-05-20", "revision": 2,
    }  # fmt: skip
    behind["outcomes"].does(listing({"/v1/returns": [sent]}))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/outstanding-decisions")).json()
    assert told["complete"] is True
    assert {(each["kind"], each["organisation_id"]) for each in told["items"]} == {
        ("agreement_approval", CCG),
        ("virement_approval", CCG),
        ("settlement_approval", COUNCIL),
        ("variation_answer", None),
        ("return_acceptance", CCG),
    }
    assert "£25,000.01" in next(
        each["title"] for each in told["items"] if each["kind"] == "virement_approval"
    )


async def test_what_of_two_services_does_not_fit_is_found(client, partnership, behind):
    contract = {
        "id": CONTRACT, "owner_organisation_id": COUNCIL, "reference": "PCC-1", "title": "Advocacy",
        "state": "terminated", "ends_on": "2015-03-31",
    }  # fmt: skip
    finding = {
        "kind": "without_outcome", "contract_id": CONTRACT, "owner_organisation_id": COUNCIL, "reference": "PCC-1",
        "title": "Advocacy", "ends_on": None, "what_to_do": "Link an indicator.",
    }  # fmt: skip
    behind["contracts"].does(listing({"/v1/contracts": [contract], "/v1/contract-findings": [finding]}))
    commitment = {
        "id": str(uuid.uuid4()), "owner_organisation_id": COUNCIL, "contract_id": CONTRACT, "financial_year": "2015/16",
        "description": "Advocacy", "reserved_pence": 300, "drawn_pence": 100, "released_pence": 100,
    }  # fmt: skip
    behind["budget"].does(listing({"/v1/commitments": [commitment, {**commitment, "released_pence": 200}]}))
    obligation = {
        "id": str(uuid.uuid4()), "contract_id": CONTRACT, "lead_organisation_id": CCG, "title": "Monthly",
        "ends_on": "2016-03-31",
    }  # fmt: skip
    behind["outcomes"].does(listing({"/v1/obligations": [obligation]}))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/findings")).json()
    assert [(each["kind"], each["organisation_id"]) for each in told["items"]] == [
        ("commitment_without_running_contract", COUNCIL),
        ("return_owed_for_ended_contract", CCG),
        ("without_outcome", COUNCIL),
    ]
    assert all(each["because"] and each["what_to_do"] for each in told["items"])
    behind["contracts"].does(answering({}, status=500))
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/findings")).json()
    assert (told["complete"], told["items"]) == (False, [])
