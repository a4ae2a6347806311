"""Batches: what is refused before anything is posted, how an answer is put together, and what undoes a batch."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from services.budget.rules import journal_batch as rules
from services.budget.rules.dimension import (
    DIMENSIONS_STALE,
    ENTRY_TWICE,
    NO_SUCH_ENTRY,
    NOT_TO_DESCRIBE,
    Described,
    describe,
    description,
    require_describer,
)
from services.budget.rules.entry import Entry
from services.budget.rules.journal import (
    CLIENT_REFERENCE_USED,
    REVERSAL_OF_REVERSAL,
    REVERSAL_OTHER_YEAR,
    UNBALANCED,
    Book,
    Draft,
    Journal,
    JournalKind,
)
from shared.errors import Refusal

OWNER, PARTNERSHIP, FUND, FROM = (uuid.uuid4() for _ in range(4))


def draft(pence=100, **changes):
    made = Draft(
        uuid.uuid4(),
        Book.ACTUAL,
        JournalKind.CONTRIBUTION,
        date(2015, 4, 1),
        None,
        "For a test",
        None,
        (Entry(FUND, pence), Entry(FROM, -pence)),
    )
    return replace(made, **changes)


def asked(*items, mode="all_or_nothing", control=None):
    named = tuple((each.id, each) if isinstance(each, Draft) else (uuid.uuid4(), each) for each in items)
    return rules.BatchAsked(uuid.uuid4(), PARTNERSHIP, rules.Mode(mode), control, named)


def outcomes(batch):
    """The drafts and the reasons of a batch's items, apart."""
    drafts = [each for _, each in batch.items if isinstance(each, Draft)]
    return drafts, [each.reason for _, each in batch.items if isinstance(each, Refusal)]


def journal(made, kind=None):
    return Journal(
        made.id,
        PARTNERSHIP,
        OWNER,
        OWNER,
        "pooled",
        made.book,
        kind or made.kind,
        made.effective_date,
        "2015/16",
        "2015-16-M01",
        made.narrative,
        None,
        None,
        made.entries,
    )


def refused(call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    return caught.value


def test_a_batch_needs_a_journal():
    assert refused(rules.check_batch, asked()).reason is rules.BATCH_EMPTY


@pytest.mark.parametrize(("sent", "control", "factor"), [(9_080, 9_080_000, 1000), (908_000, 9_080, 100)])
@pytest.mark.row("S2-B12")
def test_thousands_sent_as_pounds_show_by_the_control_total(sent, control, factor):
    found = refused(rules.check_batch, asked(draft(sent), control=control))
    assert found.reason is rules.CONTROL_TOTAL_DIFFERS
    assert found.facts == {
        "sent_pence": sent,
        "control_total_pence": control,
        "out_by_factor": factor,
    }
    assert "out_by_factor" not in refused(rules.check_batch, asked(draft(7), control=8)).facts
    rules.check_batch(asked(draft(7), draft(1), control=8))


def test_what_is_sent_twice_in_a_batch_is_refused_once():
    one = draft(client_reference="GL-1")
    same_id, same_reference = replace(one, client_reference=None), draft(client_reference="GL-1")
    drafts, reasons = outcomes(rules.check_batch(asked(one, same_id, same_reference)))
    assert drafts == [one]
    assert reasons == [rules.JOURNAL_TWICE, CLIENT_REFERENCE_USED]


def items_of(batch, *wrong):
    return [
        rules.refused(at, id_, UNBALANCED("/entries", out_by_pence=1))
        if at in wrong
        else rules.posted(at, journal(each))
        for at, (id_, each) in enumerate(batch.items)
    ]


def test_all_or_nothing_is_refused_with_each_journal_named_by_its_place():
    batch = asked(draft(), draft(), draft())
    found = refused(rules.report, batch, items_of(batch, 1), [], OWNER, False)
    assert found.reason is rules.BATCH_REFUSED
    assert [each.pointer for each in found.faults] == ["/journals/1/entries"]
    assert [each["position"] for each in found.facts["items"]] == [1]


def test_continue_posts_the_others_and_dry_run_only_tells():
    batch = asked(draft(10), draft(20), mode="continue")
    entered = [journal(batch.items[0][1])]
    told = rules.report(batch, items_of(batch, 1), entered, OWNER, False)
    assert (told.posted, told.refused, told.total_pence) == (1, 1, 10)
    assert rules.posted_ids(told) == [batch.items[0][0]]
    strict = replace(batch, mode=rules.Mode.ALL_OR_NOTHING)
    tried = rules.report(strict, items_of(batch, 1), entered, OWNER, True)
    assert (tried.dry_run, tried.posted, tried.refused, tried.total_pence) == (True, 0, 1, 0)
    nothing = refused(rules.report, batch, items_of(batch, 0, 1), [], OWNER, False)
    assert nothing.reason is rules.BATCH_REFUSED


def test_a_batch_is_undone_journal_by_journal_and_not_twice_over():
    drafts = [draft(10), draft(20, effective_date=date(2015, 6, 30))]
    batch = asked(*drafts)
    told = rules.report(batch, items_of(batch), [journal(each) for each in drafts], OWNER, False)
    new = uuid.uuid4()
    posted = [journal(each) for each in drafts]
    undone = rules.reverse_batch(told, posted, new, None, "Sent twice", None)
    assert undone == rules.reverse_batch(told, posted, new, None, "Sent twice", None)
    made, _ = outcomes(undone)
    assert [each.effective_date for each in made] == [date(2015, 4, 1), date(2015, 6, 30)]
    assert [each.entries[0].amount_pence for each in made] == [-10, -20]
    late = rules.reverse_batch(told, posted, new, date(2016, 4, 1), "Late", None)
    assert outcomes(late) == ([], [REVERSAL_OTHER_YEAR] * 2)
    reversals = [journal(each, JournalKind.REVERSAL) for each in drafts]
    again = rules.reverse_batch(told, reversals, new, None, "Again", None)
    assert outcomes(again) == ([], [REVERSAL_OF_REVERSAL] * 2)
    of_reversal = replace(told, reverses_batch_id=uuid.uuid4())
    assert (
        refused(rules.reverse_batch, of_reversal, posted, new, None, "x", None).reason
        is rules.REVERSAL_OF_BATCH_REVERSAL
    )


def said(position, version, **named):
    values = {
        "contract_id": None,
        "provider_organisation_id": None,
        "service_code": None,
        "locality_code": None,
    }
    return Described(position, version, **{**values, **named}, recorded_by_organisation_id=OWNER)


def test_the_latest_saying_of_an_entry_counts_and_the_former_stay():
    standing = description(FUND, [said(2, 1, service_code="a"), said(1, 3, service_code="c"), said(1, 2)])
    assert standing.version == 3
    assert [(each.position, each.service_code) for each in standing.entries] == [(1, "c"), (2, "a")]
    assert [each.version for each in standing.history] == [1, 2, 3]
    rows = describe(standing, [(2, {"locality_code": "west"})], 2, FROM)
    assert rows == (
        replace(said(2, 4, service_code="a", locality_code="west"), recorded_by_organisation_id=FROM),
    )
    assert describe(standing, [(1, {"service_code": None})], 2, OWNER)[0].service_code is None


def test_dimensions_are_of_entries_that_are_there_each_named_once_by_who_may():
    empty = description(FUND, [])
    assert empty.version == 1
    assert refused(describe, empty, [(3, {})], 2, OWNER).reason is NO_SUCH_ENTRY
    assert refused(describe, empty, [(1, {}), (1, {})], 2, OWNER).faults[0].pointer == "/entries/1/position"
    assert refused(describe, empty, [(1, {}), (1, {})], 2, OWNER).reason is ENTRY_TWICE
    assert refused(require_describer, {OWNER}, OWNER, FROM).reason is NOT_TO_DESCRIBE
    require_describer({OWNER}, FROM, FROM)
    assert DIMENSIONS_STALE.kind == "conflict"
