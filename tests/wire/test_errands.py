"""What the gateway sends when it drives a change is what the services take, and what it reads in their answers is there."""

import json
import uuid

import pytest
from jsonschema import Draft202012Validator

from services.gateway.api.contract_changes import CompletionReason, TerminationReason
from services.gateway.rules import contract_change
from services.gateway.rules.internal_table import (
    APPLY_COMPLETION,
    APPLY_TERMINATION,
    BRING_INTO_FORCE,
    CHECK_ACTIVATION,
    CHECK_ENDING,
    INTERNAL,
    RELEASE_FOR_CONTRACT,
    RESERVE_FOR_CONTRACT,
)
from services.gateway.rules.joint_change import ChangeKind, JointChange
from tests.architecture.doors import app_of

ONE, TWO = str(uuid.uuid4()), str(uuid.uuid4())
FUNDING = {"pool_id": ONE, "organisation_id": TWO, "share_percent": "100", "funding_source": None}
PLAN = {
    "id": ONE, "partnership_id": TWO, "title": "Reablement", "worth_pence": None, "funding": [FUNDING],
    "indicator_ids": [ONE],
}  # fmt: skip
RESERVED = {"approvals": [], "commitments": [{"commitment_id": ONE}]}


def a_change(kind: ChangeKind, **asked) -> JointChange:
    return JointChange(
        uuid.uuid4(), kind, uuid.UUID(ONE), 1, uuid.uuid4(), uuid.UUID(TWO), uuid.uuid4(), None, asked, b"",
        plan=PLAN, seen=contract_change.seen_in(PLAN, RESERVED),
    )  # fmt: skip


ACTIVATION = a_change(
    ChangeKind.ACTIVATION, active_from="2015-04-01", commitments=[{"line_id": ONE, "amount_pence": 1}]
)
ENDINGS = [
    (ChangeKind.TERMINATION, each.value) for each in TerminationReason
] + [(ChangeKind.COMPLETION, each.value) for each in CompletionReason]  # fmt: skip


def sent() -> list:
    """Every body that the gateway makes, with the operation that takes it."""
    found = [
        (CHECK_ACTIVATION, {"active_from": "2015-04-01"}),
        (RESERVE_FOR_CONTRACT, contract_change.reservation_of(ACTIVATION)),
        (BRING_INTO_FORCE, {"active_from": "2015-04-01"}),
        (RELEASE_FOR_CONTRACT, contract_change.undoing(ACTIVATION)),
    ]
    for kind, reason in ENDINGS:
        change = a_change(kind, on="2015-09-30", reason=reason, note=None, budget="given_back")
        operation = APPLY_TERMINATION if kind is ChangeKind.TERMINATION else APPLY_COMPLETION
        found += [
            (operation, contract_change.ending_of(change)),
            (RELEASE_FOR_CONTRACT, contract_change.release_of(change)),
            (CHECK_ENDING, {"kind": kind.value, "on": "2015-09-30", "reason": reason}),
        ]
    return found


def operation_of(internal) -> tuple[dict, dict]:
    document = app_of(internal.service).openapi()
    return document, document["paths"][internal.path][internal.method.lower()]


@pytest.mark.parametrize(("internal", "body"), sent())
def test_the_service_takes_what_is_sent(internal, body):
    document, operation = operation_of(internal)
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    check = Draft202012Validator({**schema, "components": document["components"]})
    assert [error.message for error in check.iter_errors(json.loads(json.dumps(body)))] == []
    wrong = {**body, "planted": 1}
    assert list(check.iter_errors(wrong)), "the schema takes anything, so that this test shows nothing"


READ = [
    (
        CHECK_ACTIVATION,
        {"id", "partnership_id", "title", "worth_pence", "funding", "indicator_ids", "version"},
    ),
    (CHECK_ENDING, {"partnership_id"}),
    (RESERVE_FOR_CONTRACT, {"approvals", "commitments"}),
    (BRING_INTO_FORCE, {"version"}),
    (APPLY_TERMINATION, {"version"}),
    (APPLY_COMPLETION, {"version"}),
]


@pytest.mark.parametrize(("internal", "members"), READ)
def test_the_service_always_answers_what_is_read(internal, members):
    document, operation = operation_of(internal)
    answers = operation["responses"]
    [status] = [each for each in answers if each in {"200", "201"}]
    schema = answers[status]["content"]["application/json"]["schema"]
    named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert members <= set(named["required"])


def test_what_is_seen_in_a_reservation_is_what_contracts_keep():
    document = app_of("budget").openapi()
    reserved = document["components"]["schemas"]
    kept = app_of("contracts").openapi()["components"]["schemas"]
    assert set(reserved["ReservedOut"]["properties"]) == set(kept["CommittedOut"]["properties"])
    assert set(reserved["PartnerApprovalOut"]["properties"]) == set(kept["BackingApprovalOut"]["properties"])


def test_every_reason_for_an_end_is_one_of_the_contract_service():
    taken = app_of("contracts").openapi()["components"]["schemas"]
    assert {each.value for each in TerminationReason} == set(taken["TerminationReason"]["enum"])
    assert {each.value for each in CompletionReason} == set(taken["CompletionReason"]["enum"])


def test_every_part_of_a_contract_s_change_is_looked_at_here():
    looked_at = {internal.operation_id for internal, _ in sent()}
    assert {each.operation_id for each in INTERNAL if "contract" in each.path} <= looked_at
