"""What may be shown of figures side by side: those of one return, beside what other returns of the period show."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.disclosure import (
    DEFAULT,
    SUPPRESSED,
    DisclosureRule,
    controlled,
    is_count,
    small,
)
from services.outcomes.rules.disclosure_family import Family, OnView, family, heads
from services.outcomes.rules.disclosure_sum import possible, told
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.measure import Measure


def controlled_together(
    measures: Mapping[UUID, Measure],
    indicators: Mapping[UUID, Indicator],
    on_view: Mapping[UUID, OnView] | None = None,
    rule: DisclosureRule = DEFAULT,
) -> dict[UUID, Measure]:
    """The figures of one return as they may be published side by side, by indicator.

    What is a part of a count of people counts people, and is suppressed where its whole is. Counts are rounded, so
    that taking one from another finds no small count; other figures are exact, so a part is suppressed where all
    but a few people of its whole are in it, and the parts of one whole are shown all or none.

    `on_view` are figures of the same indicators, their wholes and their parts that other obligations reported for the
    period, by an id of their own. They stay as they were shown, so it is the figures in hand that give way to them.
    A part of a return without its whole is taken for a part of every other obligation's figure that can hold it.
    """
    bound = family(measures, indicators, on_view or {})
    shown = {
        each: controlled(measure, bound.people.get(each, indicators[each]), rule)
        for each, measure in measures.items()
    }
    withheld = {each for each in measures if measures[each].value is not None and shown[each].value is None}
    withheld |= _told_if_small(bound, rule)
    _withhold_bound(withheld, bound, rule)
    _withhold_what_tells(withheld, shown, bound, rule)
    return {each: SUPPRESSED if each in withheld else figure for each, figure in shown.items()}


def _told_if_small(bound: Family, rule: DisclosureRule) -> set[UUID]:
    """Counts in hand that what is on view would tell, were they suppressed. Whatever they are, they are withheld.

    Only so does their being withheld say nothing: 8 and 8 of 17 are on view as 10, 10 and 15, and leave exactly 1 for
    a third that is known to be somebody.
    """
    if not bound.on_view:
        return set()
    beside = bound.beside_view() & _known(bound)
    zero = {each for each, figure in bound.on_view.items() if figure.shown.value == 0}
    open_ = {each for each in beside & bound.counts if bound.above[each].isdisjoint(zero)}
    published = _published(open_, set(open_), {}, bound)
    found = possible(published, bound.wholes, rule.threshold, rule.rounding)
    few = {each for each, (low, high) in found.items() if low >= high and low <= rule.threshold}
    return open_ if any(published[each] is None for each in few) else set()


def _withhold_bound(withheld: set[UUID], bound: Family, rule: DisclosureRule) -> None:
    """Withhold what cannot be shown beside one other figure, until nothing more is: see `_cannot_stand`."""
    in_hand = _known(bound) - set(bound.on_view)
    before = -1
    while before != len(withheld):
        before = len(withheld)
        hidden = withheld | {
            key
            for key, each in bound.on_view.items()
            if each.measure.value is not None and each.shown.value is None
        }
        withheld |= {each for each in in_hand - withheld if _cannot_stand(each, hidden, bound, rule)}


def _cannot_stand(each: UUID, hidden: set[UUID], bound: Family, rule: DisclosureRule) -> bool:
    wholes = bound.wholes[each]
    if not wholes.isdisjoint(hidden):
        return True
    if is_count(bound.people[each]):
        return False
    torn = any(not bound.parts(whole).isdisjoint(hidden) for whole in wholes)
    return (
        torn
        or _shown_in_part(each, hidden, bound)
        or any(_leaves_few(each, whole, bound, rule) for whole in bound.above[each])
        or any(
            _leaves_few(part, each, bound, rule)
            for part in bound.on_view
            if part not in hidden and part in bound.people and each in bound.above[part]
        )
        or any(_rest_is_few(whole, hidden, bound, rule) for whole in wholes)
        or (bound.parts(each) - hidden <= set(bound.on_view) and _rest_is_few(each, hidden, bound, rule))
    )


def _shown_in_part(whole: UUID, hidden: set[UUID], bound: Family) -> bool:
    """Whether a part that another reported is on view and one is hidden: the whole would tell them apart."""
    parts = bound.parts(whole) & _known(bound)
    return bool(parts & hidden) and bool((parts & set(bound.on_view)) - hidden)


def _leaves_few(part: UUID, whole: UUID, bound: Family, rule: DisclosureRule) -> bool:
    some, all_of_it = (heads(bound.measures[each], bound.people[each]) for each in (part, whole))
    return some is not None and all_of_it is not None and small(all_of_it - some, rule)


def _rest_is_few(whole: UUID, hidden: set[UUID], bound: Family, rule: DisclosureRule) -> bool:
    """Whether all that is shown of a whole leaves a few people of it."""
    all_of_it = heads(bound.measures[whole], bound.people[whole])
    some = [heads(bound.measures[each], bound.people[each]) for each in bound.parts(whole) - hidden]
    if all_of_it is None or not some:
        return False
    return small(all_of_it - sum((each for each in some if each is not None), Decimal(0)), rule)


def _withhold_what_tells(
    withheld: set[UUID], shown: Mapping[UUID, Measure], bound: Family, rule: DisclosureRule
) -> None:
    """Withhold further counts, the smallest first, until no suppressed one can be told from sums of those shown."""
    counts = bound.counts - set(bound.on_view)
    while True:
        published = _published(counts, withheld, shown, bound)
        found = told(published, bound.wholes, rule.threshold, rule.rounding)
        beside = {
            each
            for each in counts - withheld
            if published.get(each) and any(bound.related(each, other) for other in found)
        }
        if beside:
            withheld.add(min(beside, key=lambda each: (published[each] or 0, each)))
            continue
        # What is on view cannot be taken back, so nothing is said beside it, also not that somebody is nobody.
        beside_view = bound.beside_view()
        if found & (beside_view | set(bound.on_view)):
            withheld |= beside_view & counts & _known(bound)
        return


def _published(
    counts: set[UUID], withheld: set[UUID], shown: Mapping[UUID, Measure], bound: Family
) -> dict[UUID, Decimal | None]:
    """The counts as a reader finds them, None where suppressed: those in hand, and those on view."""
    found: dict[UUID, Decimal | None] = {
        each: None if each in withheld else shown[each].value
        for each in counts
        if each in withheld or shown[each].value is not None
    }
    for each in bound.counts & set(bound.on_view) & _known(bound):
        found[each] = bound.on_view[each].shown.value
    return found


def _known(bound: Family) -> set[UUID]:
    return {each for each in bound.people if bound.measures[each].value is not None}
