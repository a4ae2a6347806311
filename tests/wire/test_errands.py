"""What the gateway sends when it drives a change is what the services take, and what it reads in their answers is there."""

import json
import uuid
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from services.gateway.api.contract_changes import CompletionReason, TerminationReason
from services.gateway.clients.errands import Declined
from services.gateway.rules import contract_change, passing_on, term_change
from services.gateway.rules.internal_table import (
    APPLY_COMPLETION,
    APPLY_CONSOLIDATION,
    APPLY_EXTENSION,
    APPLY_NOVATION,
    APPLY_PART_TERMINATION,
    APPLY_SPLIT,
    APPLY_TERMINATION,
    APPLY_VARIATION,
    BRING_INTO_FORCE,
    CHECK_ACTIVATION,
    CHECK_CONSOLIDATION,
    CHECK_EFFECT,
    CHECK_ENDING,
    CHECK_EXTENSION,
    CHECK_NOVATION,
    CHECK_PART_TERMINATION,
    CHECK_SPLIT,
    HAND_OVER_FOR_CONTRACTS,
    HAND_OVER_OBLIGATIONS,
    INTERNAL,
    RELEASE_FOR_CONTRACT,
    RESERVE_FOR_CONTRACT,
    REVISE_FOR_CONTRACT,
)
from services.gateway.rules.joint_change import ChangeKind, JointChange
from tests.architecture.doors import app_of

ONE, TWO = str(uuid.uuid4()), str(uuid.uuid4())
FUNDING = {"pool_id": ONE, "organisation_id": TWO, "share_percent": "100", "funding_source": None}
PLAN = {
    "id": ONE, "partnership_id": TWO, "title": "Reablement", "worth_pence": None, "funding": [FUNDING],
    "indicator_ids": [ONE],
}  # fmt: skip
RESERVED = {"approvals": [], "commitments": [{"commitment_id": ONE, "amount_pence": 1}]}
TERMS = {
    "id": ONE, "decided_on_id": TWO, "partnership_id": TWO, "title": "Reablement", "day": "2015-10-01", "worth_before_pence": 1,
    "worth_after_pence": None, "funding": [FUNDING], "funding_before": [FUNDING],
    "years": [{"financial_year": "2015/16", "before_pence": 1, "after_pence": None, "change_pence": None}],
}  # fmt: skip
ADJUSTED = {"raised": [{"commitment_id": ONE, "change_pence": 1}],
            "to_lower": [{"commitment_id": TWO, "change_pence": -1}], "approvals": []}  # fmt: skip


def a_change(kind: ChangeKind, **asked) -> JointChange:
    return JointChange(
        uuid.uuid4(), kind, uuid.UUID(ONE), 1, uuid.uuid4(), uuid.UUID(TWO), uuid.uuid4(), None, asked, b"",
        plan=PLAN, seen=contract_change.seen_in(PLAN, RESERVED),
    )  # fmt: skip


ACTIVATION = a_change(
    ChangeKind.ACTIVATION, active_from="2015-04-01", commitments=[{"line_id": ONE, "amount_pence": 1}]
)
EXTENDED = {"decided_on": "2015-10-01", "options": 1, "ends_on": None, "note": None}
NAMED = {"commitments": [{"line_id": ONE, "change_pence": -1}]}
VARIATION = replace(a_change(ChangeKind.VARIATION, **NAMED), plan=TERMS, seen=ADJUSTED)
EXTENSION = replace(a_change(ChangeKind.EXTENSION, **EXTENDED, **NAMED), plan=TERMS, seen=ADJUSTED)
WORTH = {"amount_pence": 1, "status": "actual", "qualifier": None}
SMALLER = {"on": "2015-10-01", "reason": "agreed", "note": "Podiatry", "value": WORTH}
ENDED_IN_PART = replace(a_change(ChangeKind.PART_TERMINATION, **SMALLER, **NAMED), plan=TERMS, seen=ADJUSTED)
HEIR = {"contract_id": TWO, "title": "Reablement", "share_percent": "33.3", "indicator_ids": [ONE]}
PASSED_ON = {
    "contract_ids": [ONE, TWO], "partnership_id": TWO, "day": "2015-10-01",
    "passed_on": [{"contract_id": ONE, "heirs": [HEIR]}],
    "outgoing_organisation_id": ONE, "incoming_organisation_id": TWO,
}  # fmt: skip
MOVED = {"moved": [{"contract_id": ONE, "to_contract_id": TWO, "to_commitment_id": ONE}], "left": []}
JOINED = {
    "source_contract_ids": [ONE, TWO], "contract_id": TWO, "reference": "J", "title": "One",
    "effective_on": "2015-10-01", "reason": "Together", "end_date": None,
}  # fmt: skip
DIVIDED = {
    "source_contract_id": ONE, "effective_on": "2015-10-01", "reason": "Apart", "parts": [
        {"contract_id": TWO, "reference": "S", "title": "Part", "share_percent": "50", "indicator_ids": None,
         "end_date": None}
    ],
}  # fmt: skip
NOVATION = replace(a_change(ChangeKind.NOVATION), plan=PASSED_ON, seen=MOVED)
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
        (REVISE_FOR_CONTRACT, term_change.revision_of(VARIATION)),
        (REVISE_FOR_CONTRACT, term_change.revision_of(EXTENSION)),
        (RELEASE_FOR_CONTRACT, term_change.undoing(VARIATION)),
        (RELEASE_FOR_CONTRACT, term_change.lowering(EXTENSION)),
        (HAND_OVER_FOR_CONTRACTS, passing_on.handover_of(NOVATION)),
        (HAND_OVER_FOR_CONTRACTS, passing_on.undoing(NOVATION)),
        (HAND_OVER_OBLIGATIONS, passing_on.obligations_of(NOVATION)),
        (RELEASE_FOR_CONTRACT, passing_on.release_of(NOVATION)),
        (CHECK_CONSOLIDATION, JOINED),
        (APPLY_CONSOLIDATION, JOINED),
        (CHECK_SPLIT, DIVIDED),
        (APPLY_SPLIT, DIVIDED),
        (CHECK_EXTENSION, term_change.terms_of(EXTENSION.asked)),
        (APPLY_EXTENSION, term_change.terms_of(EXTENSION.asked)),
        (REVISE_FOR_CONTRACT, term_change.revision_of(ENDED_IN_PART)),
        (CHECK_PART_TERMINATION, term_change.terms_of(ENDED_IN_PART.asked)),
        (APPLY_PART_TERMINATION, term_change.terms_of(ENDED_IN_PART.asked)),
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
    (CHECK_EFFECT, set(TERMS)),
    (CHECK_NOVATION, set(PASSED_ON)),
    (CHECK_CONSOLIDATION, set(PASSED_ON)),
    (HAND_OVER_FOR_CONTRACTS, set(MOVED)),
    (APPLY_NOVATION, {"version"}),
    (CHECK_EXTENSION, set(TERMS)),
    (REVISE_FOR_CONTRACT, set(ADJUSTED)),
    (APPLY_VARIATION, {"version"}),
    (APPLY_EXTENSION, {"version"}),
    (CHECK_PART_TERMINATION, set(TERMS)),
    (APPLY_PART_TERMINATION, {"version"}),
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


@pytest.mark.parametrize(
    ("status", "code", "for_good"),
    [
        (409, "commitment_past_limit", True),
        (412, "version_stale", True),
        (409, "request_still_running", False),
        (422, "idempotency_key_reused", False),  # this step was done before, by another release perhaps
        (401, "caller_unverified", False),
        (500, "internal_error", False),  # an attempt before it may have been done
        (503, "outcome_unknown", False),
    ],
)
def test_what_says_nothing_on_a_change_takes_nothing_back(status, code, for_good):
    assert Declined("contracts", status, {"code": code}).for_good is for_good
