"""Whoever makes a thing does not approve it: another client, another organisation, or each party for itself."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from services.gateway.rules.policy_table import ROWS
from tests.authorisation.house import Told, ask

APPROVES = re.compile(
    r"/(approval|source-approval|acceptance|associate-acceptance|decision|signature|execution|commencement|posting"
    r"|reopening|consent|shadow-consent|activation|agreement|refusal|award|closure|soft-closure|resolution"
    r"|met-conditions|lock|acknowledgement|confirmation|sign-off|ratification|publication)$"
)
# Every operation whose address ends like an approval, and how its maker and its approver are kept apart.
ANOTHER_CLIENT = {
    "approveVirement": "virement_maker_and_approver",
    "approveSettlement": "settlement_maker_approves",
    "reopenPeriod": "period_reopened_by_closer",
    "approveSuccession": "succession_recorder_and_approver",
}
EACH_FOR_ITSELF = {
    "signDataSharingAgreement", "consentToShadow", "executeAgreement", "commenceAgreement",
    "signAgreementVersion", "commenceAgreementVersion", "closeAgreement", "refuseVirement",
    "consentToNovation", "refuseNovation", "signPaper",
}  # fmt: skip
ANOTHER_ORGANISATION = {
    "decideScrutinyGrant": "an observer asks, and the commissioner whose records they are decides",
    "acceptReturn": "a provider submits, and the lead accepts",
    "lockReturn": "the same",
    "reopenReturn": "the same",
    "acceptAsAssociate": "the lead accepts, and each associate for itself",
    "agreeVariation": "one side proposes, and the other agrees",
    "refuseVariation": "the same",
}
# No second word: what they rest on was approved elsewhere, or one body's own record is moved on.
NO_APPROVAL = {
    "approveSource": "names the decision of the body that approves a source; the decision is that body's own record",
    "postSettlement": "posts what every party has approved",
    "postYearEnd": "posts what the host proposed, after all fourteen periods were closed",
    "closePeriod": "closes one's own books; who closed does not reopen",
    "softClosePeriod": "the same",
    "closeActionPlan": "the owner of the line ends its own plan",
    "meetCondition": "a decision's own body records that its condition was met",
    "awardContract": "the lead records what its body decided",
    "activateContract": "rests on decisions of the funding partners",
    "resolveContractDispute": "who raised a dispute records its outcome",
    "resolveAgreementDispute": "who raised a dispute records its outcome",
    "resolveJournalDispute": "the same",
    "resolveSettlementDispute": "the same",
    "resolveReturnDispute": "the same",
    "decidePublication": "the lead records who decided on what is withheld, and why",
    "activatePlacement": "the commissioner of a placement records that care began",
    "resolveInvoiceDispute": "who raised a dispute records its outcome",
    "closeManagementAction": "the lead ends what it began",
    "agreeUplift": "the lead records what it agreed with the provider, after it was shown what that comes to",
    "refuseUplift": "the same",
    "decideEvaluation": "the board's own organisation records what it decided on what another put to it",
    "acknowledgeTrigger": "raised by a rule, never by hand",
    "resolveTrigger": "the same",
}


def test_every_operation_that_could_approve_is_known():
    """Mend: say in which of the four ways maker and approver of the new operation are apart."""
    like = {row.operation_id for row in ROWS if row.method != "GET" and APPROVES.search(row.path)}
    known = {*ANOTHER_CLIENT, *EACH_FOR_ITSELF, *ANOTHER_ORGANISATION, *NO_APPROVAL}
    assert sorted(like - known) == []
    assert sorted(known - {row.operation_id for row in ROWS}) == []


@pytest.fixture(scope="module")
async def second(rounds):
    """Another client of the council of place a."""
    people = rounds.people
    return await people.operator.client(people.organisations["council_a"])


async def approve(rounds, visit, path, body, version, person=None):
    headers = {"X-On-Behalf-Of": person} if person else {}
    return await visit.post(path, json=body, key=uuid.uuid4().hex, version=version, headers=headers)


@pytest.mark.parametrize(
    ("collection", "act", "body", "code"),
    [
        (
            "virements",
            "approval",
            {"decider": "Chief officer with the section 151 officer"},
            "virement_maker_and_approver",
        ),
        ("settlements", "approval", None, "settlement_maker_approves"),
    ],
)
async def test_neither_the_maker_s_client_nor_its_person_approves(
    rounds, second, collection, act, body, code
):
    """Through the gateway: the same client under another person's name, and another client for the same person."""
    first = rounds.people.visits["council_a"]
    operation = next(row for row in ROWS if row.path == f"/v1/{collection}/{{id}}")
    made = await _proposed(rounds, first, collection, operation, person="J. Smith")
    path = f"/v1/{collection}/{made['id']}/{act}"
    for visit, person in ((first, None), (first, "A. Jones"), (second.visit, "J. Smith")):
        told = await approve(rounds, visit, path, body, made["version"], person)
        assert (told.status_code, told.json()["code"]) == (409, code), told.text


async def _proposed(rounds, visit, collection, operation, person):
    """A new proposal of the council, for a person."""
    from tests.authorisation.bodies import example_of, filled

    names = rounds.world.names["council_a"]
    create = next(row for row in ROWS if row.method == "PUT" and row.path == operation.path)
    body = filled(example_of(create.operation_id), names)
    records = rounds.world.records
    if collection == "virements":
        lines = {"from_line_id": records["lines"]["council_a"], "to_line_id": records["spares"]["council_a"]}
        body |= {**lines, "amount_pence": 100}
    else:
        standing = (await visit.get(f"/v1/settlements/{records['settlements']['council_a']}")).json()
        if standing["state"] == "proposed":  # one at a time for a year: the standing one makes room
            path = f"/v1/settlements/{standing['id']}/withdrawal"
            await visit.post(
                path, json={"reason": "Anew."}, key=uuid.uuid4().hex, version=standing["version"]
            )
        body |= {
            "source": "forecast",
            "financial_year": "2015/16",
            "variance": {"amount_pence": -100},
            "as_at": None,
        }
    answer = await visit.put(
        f"/v1/{collection}/{uuid.uuid4()}", json=body, headers={"X-On-Behalf-Of": person}
    )
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def test_whom_a_client_says_it_acts_for_opens_nothing(rounds):
    """A record that is not there stays so, whatever person is named; and a name is no way to a role."""
    people, world = rounds.people, rounds.world
    for target in (f"/v1/lines/{world.records['lines']['council_b']}", f"/v1/lines/{uuid.uuid4()}"):
        for person in (people.organisations["council_b"], "Section 151 officer of the other council", ""):
            answer = await people.visits["council_a"].get(target, headers={"X-On-Behalf-Of": person})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    refused = await people.visits["provider_a"].get("/v1/lines", headers={"X-On-Behalf-Of": "host"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


async def test_nobody_gives_a_client_more_than_its_own(rounds):
    """A client with few scopes makes one with more, widens itself, or adds a secret to a stronger one: all refused."""
    people = rounds.people
    own = people.organisations["council_a"]
    weak = await people.operator.client(own, ["client:write", "client:read", "budget:read"])
    strong = people.clients["council_a"]
    token = weak.visit.token

    async def sent(method: str, target: str, body: dict, version: int | None = None) -> Told:
        return await ask(people.gateway, method, target, token, json.dumps(body).encode(), version=version)

    beyond = ["budget:read", "budget:post"]
    made = await sent(
        "PUT", f"/v1/clients/{uuid.uuid4()}", {"organisation_id": own, "name": "x", "scopes": beyond}
    )
    assert (made.status, made.code) == (403, "scope_beyond_own")
    widened = await sent("PATCH", f"/v1/clients/{weak.id}", {"scopes": ["client:write", *beyond]}, 1)
    assert (widened.status, widened.code) == (403, "scope_beyond_own")
    borrowed = await sent("POST", f"/v1/clients/{strong}/secrets", {})
    assert (borrowed.status, borrowed.code) == (403, "scope_beyond_own")
    for foreign in (people.organisations["nhs_a"], people.organisations["council_b"]):
        body = {"organisation_id": foreign, "name": "x", "scopes": ["budget:read"]}
        other = await sent("PUT", f"/v1/clients/{uuid.uuid4()}", body)
        assert (other.status, other.code) == (422, "client_owner_unknown")
