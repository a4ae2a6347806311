"""Every operation, every kind of caller, every kind of record: what the table, the Cedar model and the answers say."""

from __future__ import annotations

import pytest

from services.gateway.rules.policy import OPERATOR
from services.gateway.rules.policy_table import ROWS
from tests.authorisation.cedar import may_knock
from tests.authorisation.house import Told
from tests.authorisation.people import BODIES, NOBODIES, PRINCIPALS
from tests.authorisation.records import NO_RECORD, OWNERS
from tests.authorisation.rounds import ABSENT, Case, collection_of, fits, placed, told_apart


def listed(found) -> str:
    return "\n".join(str(each) for each in list(found)[:40])


def test_there_are_thirteen_principals():
    assert len(PRINCIPALS) == 13


def test_every_operation_has_something_to_reach_for(rounds):
    """Mend: one line in tests/authorisation/records.py (or, with its reason, in NO_RECORD)."""
    collections = {collection_of(row): row for row in ROWS if row.scope is not None}
    without = {
        f"{row.operation_id}: no record of /v1/{collection} in tests/authorisation/records.py"
        for collection, row in collections.items()
        if collection is not None and collection not in rounds.world.records and collection not in NO_RECORD
    }
    assert listed(sorted(without)) == ""
    assert listed(f"{name}: {why}" for name, why in rounds.world.failed.items()) == ""
    for collection, owners in rounds.world.records.items():
        assert set(owners) == set(OWNERS), collection
    assert not [each for each in NO_RECORD if each in rounds.world.records]


def test_the_policy_table_and_the_cedar_model_open_the_same_doors(rounds):
    asked = [(name, row) for name in BODIES for row in ROWS]
    said = may_knock(rounds.people, asked)
    differ = [
        f"{name} {row.operation_id} ({row.method} {row.path}): the table {fits(row, name)}, the model {may}"
        for (name, row), may in zip(asked, said, strict=True)
        if fits(row, name) is not may
    ]
    assert listed(differ) == ""


@pytest.mark.parametrize("principal", NOBODIES)
def test_nobody_gets_in_anywhere(rounds, principal):
    code = "token_missing" if principal == "none" else "token_refused"
    cells = {case: told for case, told in rounds.answers.items() if case.principal == principal}
    assert len(cells) == 4 * sum(row.scope is not None for row in ROWS)
    wrong = [
        f"{case}: {told.status} {told.code}"
        for case, told in cells.items()
        if (told.status, told.code) != (401, code)
    ]
    assert listed(wrong) == ""


def test_a_role_to_which_no_record_could_be_open_is_refused_at_the_door(rounds):
    wrong = []
    for case, told in rounds.answers.items():
        if case.principal in BODIES and not fits(case.row, case.principal):
            # A scope that only the operator's clients can hold is what an organisation's client lacks first.
            code = "scope_missing" if case.row.roles == OPERATOR else "role_missing"
            if (told.status, told.code) != (403, code):
                wrong.append(f"{case}: {told.status} {told.code}")
    assert listed(wrong) == ""


def test_records_are_read_by_whom_the_model_says_and_are_not_there_for_others(rounds):
    wrong, counted = [], 0
    for case, told in rounds.answers.items():
        if case.principal in NOBODIES or case.row.method != "GET" or not fits(case.row, case.principal):
            continue
        visible = rounds.visible(case)
        if visible is None:
            continue
        counted += 1
        # What stands beneath a record may be missing, or be another role's; the record itself may not.
        nested = case.row.path.count("/") > 3
        allowed = (
            {200, 404, 422} if visible and nested else {200} if visible else {404, 422} if nested else {404}
        )
        if told.status not in allowed:
            wrong.append(
                f"{case}: {told.status} {told.code}, and the model says {'yes' if visible else 'no'}"
            )
    assert counted > 1000
    assert listed(wrong) == ""


# Every call of the matrix adds to these lists, whose rows are the caller's own.
GROWS = {"listAuditReads"}


def test_what_is_foreign_answers_like_what_is_absent(rounds):
    wrong, counted = [], 0
    for case, told in rounds.answers.items():
        if case.principal in NOBODIES or case.target == ABSENT or rounds.own_place(case):
            continue
        if case.row.operation_id in GROWS or not placed(case.row):
            continue
        counted += 1
        absent = rounds.answers[Case(case.principal, case.row, ABSENT)]
        mine, other = (
            told_apart(rounds, case, told),
            told_apart(rounds, Case(case.principal, case.row, ABSENT), absent),
        )
        if mine != other:
            wrong.append(f"{case}:\n    {mine[:300]}\n    {other[:300]}")
    assert counted > 1000
    assert listed(wrong) == ""


def test_nothing_that_must_fail_succeeds(rounds):
    wrong = [
        f"{case}: {told.status}"
        for case, told in {**rounds.answers, **rounds.taken}.items()
        if case.row.method != "GET" and case.row.operation_id not in READS_BY_POST and did(case, told)
    ]
    assert listed(wrong) == ""
    assert [f"{case}: {told.status}" for case, told in rounds.answers.items() if told.status >= 500] == []


READS_BY_POST = {"simulateSettlement"}
# They answer 201 with a report, item by item: what they did is what was taken.
REPORTS = {"sendReturnBatch"}


def did(case: Case, told: Told) -> bool:
    """Whether a write came to anything."""
    if case.row.operation_id in REPORTS and told.status == 201:
        report = told.body
        refused = (report["taken"], report["unchanged"], report["returns"], report["return_import_id"])
        return (
            refused != (0, 0, [], None) or report["rejected"] != len(report["faults"]) or not report["faults"]
        )
    return told.status < 400


def test_no_row_of_any_table_has_changed(rounds):
    changed = [name for name in rounds.before if rounds.before[name] != rounds.after[name]]
    assert listed(changed) == ""
    assert len(rounds.before) > 100


def test_who_may_write_is_not_refused_for_who_it_is(rounds):
    wrong = [
        f"{case}: {told.status} {told.code}"
        for case, told in rounds.written.items()
        if told.status in {401, 500, 502} or told.code in {"role_missing", "scope_missing"}
    ]
    assert len(rounds.written) > 300
    assert listed(wrong) == ""
    done = {case.row.operation_id for case, told in rounds.written.items() if told.status < 300}
    assert len(done) > 40  # the bodies of the examples are not refused for their form alone


@pytest.mark.parametrize("principal", BODIES)
async def test_every_list_is_what_can_be_read_one_by_one(rounds, principal):
    """Of every list with single records beside it: each item can be read, and each record that can be read is an item."""
    paths = {(row.method, row.path) for row in ROWS}
    wrong, counted = [], 0
    for row in ROWS:
        one = f"{row.path}/{{id}}"
        if row.method != "GET" or ("GET", one) not in paths or not fits(row, principal):
            continue
        own = next(each for each in OWNERS if BODIES[each][0] == BODIES[principal][0])
        items = await rounds.every_item(principal, row, rounds.names(own))
        single = rounds.row("GET", one)
        if items is None or not fits(single, principal):
            continue
        for item in items:
            told = await rounds.read(principal, f"{row.path}/{item}")
            if told.status != 200:
                wrong.append(f"{row.operation_id} lists {item}, which answers {told.status} to {principal}")
        for owner, record in rounds.world.records.get(row.path.removeprefix("/v1/"), {}).items():
            counted += 1
            there = (await rounds.read(principal, f"{row.path}/{record}")).status == 200
            if there is not (record in items):
                wrong.append(
                    f"{row.operation_id}: {owner}'s is {'' if there else 'not '}to be read, and listed otherwise"
                )
    assert counted > 20
    assert listed(wrong) == ""
