"""Wholes and parts that count people: which figures stand in one family, in one return or over several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.disclosure import is_count
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.measure import Measure


@dataclass(frozen=True, slots=True)
class OnView:
    """A figure that another obligation reported for the period: as it is, and as it was shown. That stays as it is."""

    obligation_id: UUID
    indicator_id: UUID
    measure: Measure
    shown: Measure


@dataclass(frozen=True, slots=True)
class Family:
    """Figures with what binds them. Those of the return in hand go by their indicator, those on view by their own id.

    `wholes` are of each figure the nearest figures that it is a part of, `above` these and all that they are parts of.
    """

    measures: Mapping[UUID, Measure]
    people: Mapping[UUID, Indicator]
    wholes: Mapping[UUID, frozenset[UUID]]
    above: Mapping[UUID, frozenset[UUID]]
    on_view: Mapping[UUID, OnView]

    @property
    def counts(self) -> set[UUID]:
        return {each for each, indicator in self.people.items() if is_count(indicator)}

    def parts(self, whole: UUID) -> set[UUID]:
        return {part for part, wholes in self.wholes.items() if whole in wholes}

    def related(self, one: UUID, other: UUID) -> bool:
        """Whether two figures stand in one sum: parts of one whole, or a whole and its part."""
        mine, theirs = self.wholes[one], self.wholes[other]
        return one in theirs or other in mine or not mine.isdisjoint(theirs)

    def beside_view(self) -> set[UUID]:
        """Figures in hand that are bound, however far around, to one that is on view."""
        reached = set(self.on_view) & set(self.people)
        before = -1
        while before != len(reached):
            before = len(reached)
            reached |= {whole for each in reached for whole in self.wholes[each]}
            reached |= {each for each, wholes in self.wholes.items() if not wholes.isdisjoint(reached)}
        return reached - set(self.on_view)


def family(
    measures: Mapping[UUID, Measure], indicators: Mapping[UUID, Indicator], on_view: Mapping[UUID, OnView]
) -> Family:
    """The figures of people among these, and what they are parts of.

    `indicators` are those of all the figures, and every one that these are parts of, also where nobody reports it.
    """
    of = {each: indicators[each] for each in measures} | {
        key: indicators[each.indicator_id] for key, each in on_view.items()
    }
    exact = {**measures, **{key: each.measure for key, each in on_view.items()}}
    people = {
        key: replace(each, counts_people=True) for key, each in of.items() if of_people(each, indicators)
    }
    by_indicator: dict[UUID, list[UUID]] = {}
    for key, each in people.items():
        by_indicator.setdefault(each.id, []).append(key)

    def nearest(key: UUID, indicator: Indicator) -> set[UUID]:
        found: set[UUID] = set()
        for whole in wholes_of(indicator):
            reported = by_indicator.get(whole, [])
            own = [each for each in reported if _obligation(each, on_view) == _obligation(key, on_view)]
            held = own or [each for each in reported if _holds(exact[each], exact[key], people[key])]
            if held or whole not in indicators:
                found |= set(held)
            else:
                found |= nearest(key, indicators[whole])
        return found

    wholes = {key: frozenset(nearest(key, each)) for key, each in people.items()}
    above = {key: frozenset(_above(each, wholes)) for key, each in wholes.items()}
    return Family(exact, people, wholes, above, on_view)


def of_people(indicator: Indicator, indicators: Mapping[UUID, Indicator]) -> bool:
    """Whether an indicator, or one of those that it is a part of, counts people. A part is recorded after its whole."""
    if indicator.counts_people:
        return True
    return any(
        of_people(indicators[whole], indicators) for whole in wholes_of(indicator) if whole in indicators
    )


def wholes_of(indicator: Indicator) -> tuple[UUID, ...]:
    """What an indicator is a part of, or a category of: either way the rest can be told from the two."""
    either = (indicator.part_of_indicator_id, indicator.breakdown_of_indicator_id)
    return tuple(each for each in either if each is not None)


def heads(measure: Measure, indicator: Indicator) -> Decimal | None:
    """The people that a figure counts; None where that was not said."""
    return measure.value if is_count(indicator) else measure.numerator


def _above(near: Iterable[UUID], wholes: Mapping[UUID, frozenset[UUID]]) -> set[UUID]:
    found: set[UUID] = set()
    for each in near:
        found |= {each, *_above(wholes[each], wholes)}
    return found


def _obligation(key: UUID, on_view: Mapping[UUID, OnView]) -> UUID | None:
    return on_view[key].obligation_id if key in on_view else None


def _holds(whole: Measure, part: Measure, indicator: Indicator) -> bool:
    """Whether the figure of one obligation can be the whole of another's: it is one provider's and may be smaller."""
    all_of_it, some = heads(whole, indicator), heads(part, indicator)
    return all_of_it is None or some is None or some <= all_of_it
