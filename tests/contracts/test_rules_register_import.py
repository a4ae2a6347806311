"""Which row of a register is which contract, and what a changed row changes."""

import random
import uuid
from dataclasses import replace
from datetime import date

import pytest

from services.contracts.rules.contract import reference_key
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.register_import import contract_of, plan, state_on, update
from services.contracts.rules.register_match import Known
from services.contracts.rules.register_row import ReadRow, RegisterContent, read_row
from services.contracts.rules.state import State
from shared.errors import Refusal
from shared.money import Money

CELLS = {
    "effective_date": "28/03/2015",
    "reference": "BAN1",
    "title": "Day care",
    "supplier": "ACME CARE LIMITED",
    "supplier_id": "70063",
    "start_date": "01-Jan-2000",
    "end_date": "31/03/2017",
    "value": "1743186",
    "estimated": "Estimated",
}


def row(**cells: str) -> ReadRow:
    return read_row(2, {**CELLS, **cells})


def content(**cells: str) -> RegisterContent:
    found = row(**cells).content
    assert found is not None
    return found


def found_codes(read: ReadRow) -> set[str]:
    return {finding.code for finding in read.findings}


def rows_of(*contents: RegisterContent) -> list[ReadRow]:
    return [ReadRow(line, each.reference, each, ()) for line, each in enumerate(contents, 2)]


def taken(rows: list[ReadRow]) -> list[Known]:
    return [
        Known(uuid.uuid4(), reference_key(step.row.content.reference), step.occurrence, step.row.content)
        for step in plan(rows, [])
        if step.row.content is not None and step.outcome is Outcome.TAKEN
    ]


def outcomes(rows: list[ReadRow], known: list[Known]) -> list[str]:
    return [step.outcome.value for step in plan(rows, known)]


ONE = content()
OTHER_TITLE = content(title="DAY CARE", department="Public Health", value="5")
OTHER_SUPPLIER = content(supplier="BETTER CARE LIMITED", supplier_id="9")


def test_a_reference_used_for_several_contracts_keeps_each_in_any_order() -> None:
    rows = rows_of(ONE, OTHER_TITLE, OTHER_SUPPLIER, content(reference="BAN2"))
    known = taken(rows)
    assert [each.occurrence for each in known] == [1, 2, 3, 1]
    chance = random.Random(896)
    for _ in range(20):
        chance.shuffle(known)
        chance.shuffle(rows)
        assert outcomes(rows, known) == ["unchanged"] * 4


def test_a_row_that_changed_is_the_contract_it_is_most_like() -> None:
    known = taken(rows_of(ONE, OTHER_TITLE))
    changed = replace(OTHER_TITLE, value=Money(700))
    first, second = plan(rows_of(ONE, changed), known)
    assert (first.outcome, second.outcome, second.changes) == (Outcome.UNCHANGED, Outcome.UPDATED, ("value",))
    assert second.contract_id == known[1].contract_id


def test_the_department_tells_apart_what_is_otherwise_alike() -> None:
    """One reference, supplier, title and start under two directorates, as the published register has it."""
    communities = content(department="Community Services", value="122000")
    health = content(department="Public Health", value="68657")
    known = taken(rows_of(communities, health))
    moved = replace(health, value=communities.value, end_date=date(2018, 3, 31))
    (step,) = plan(rows_of(moved), known)
    assert (step.outcome, step.contract_id) == (Outcome.UPDATED, known[1].contract_id)


def test_two_rows_that_are_both_like_one_contract_are_not_both_it() -> None:
    known = taken(rows_of(ONE))
    steps = plan(rows_of(replace(ONE, value=Money(1)), replace(ONE, value=Money(2))), known)
    assert [step.outcome for step in steps] == [Outcome.UPDATED, Outcome.TAKEN]
    assert [step.occurrence for step in steps] == [1, 2]


def test_a_reference_that_was_given_to_another_contract_makes_a_new_one() -> None:
    known = taken(rows_of(ONE))
    (step,) = plan(rows_of(replace(OTHER_SUPPLIER, title="Something else")), known)
    assert (step.outcome, step.occurrence) == (Outcome.TAKEN, 2)


def test_the_same_row_twice_in_a_file_counts_once() -> None:
    steps = plan(rows_of(ONE, ONE), [])
    assert [step.outcome for step in steps] == [Outcome.TAKEN, Outcome.UNCHANGED]
    assert steps[1].remarks[0].code == "register_row_repeated"


def test_a_contract_that_was_registered_directly_is_left_alone() -> None:
    (step,) = plan(rows_of(ONE), [Known(uuid.uuid4(), reference_key(ONE.reference), 1, None)])
    assert (step.outcome, step.remarks[0].code) == (Outcome.UNCHANGED, "register_registered_by_hand")


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2017, 3, 31), "recorded_as_active"), (date(2017, 4, 1), "expired"), (date(1999, 1, 1), "awarded")],
)
def test_a_contract_enters_as_the_register_of_its_day_shows_it(day, state) -> None:
    assert state_on(ONE, day) == state


def test_a_changed_row_changes_only_what_the_register_changed() -> None:
    (step,) = plan(rows_of(ONE), [])
    made = contract_of(step, ONE, uuid.uuid4(), (uuid.uuid4(), None), date(2015, 3, 28))
    by_hand = replace(made, title="A better title", review_date=date(2016, 1, 1))
    after, kept = update(by_hand, replace(ONE, value=Money(1)), ("value",), date(2015, 6, 28))
    assert (after.value, after.title, after.review_date, kept) == (
        Money(1),
        by_hand.title,
        by_hand.review_date,
        False,
    )
    ended = replace(ONE, end_date=date(2015, 4, 1))
    after, kept = update(by_hand, ended, ("end_date",), date(2015, 6, 28))
    assert (after.state, kept) == (State.EXPIRED, False)
    back, kept = update(after, ONE, ("end_date",), date(2015, 6, 28))
    assert (back.state, kept) == (State.EXPIRED, True)
    with pytest.raises(Refusal, match="variation"):
        update(replace(made, state=State.ACTIVE), ended, ("end_date",), date(2015, 6, 28))
    over = replace(made, state=State.EXPIRED, active_from=made.start_date, ended_on=made.end_date)
    with pytest.raises(Refusal, match="variation"):  # it was in force, with its budget
        update(over, replace(ONE, value=Money(1)), ("value",), date(2018, 6, 28))
