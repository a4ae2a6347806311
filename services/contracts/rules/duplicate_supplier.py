"""Suppliers that registers name in several ways: the same numbers, or the same name beneath its spelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from shared.text import fold

_WORDS = {
    "ltd": "limited", "lts": "limited", "co": "company", "assoc": "association", "assn": "association",
    "st": "saint", "svcs": "services", "serv": "services", "uk": "", "the": "", "and": "", "bros": "brothers",
}  # fmt: skip
_FORMS = frozenset({"limited", "plc", "llp", "cic", "company", "lp"})
_OTHER_NAME = re.compile(r"\b(?:t/a|t/as|ta/|trading as|re|c/o)\b[ :]*", re.IGNORECASE)
_NUMBERED = frozenset({"GB-COH", "GB-CHC"})


@dataclass(frozen=True, slots=True)
class NamedSupplier:
    """A supplier as one or more contracts name it. `numbers`: its ids in public registers, as `scheme:id`."""

    name: str
    organisation_id: UUID | None
    numbers: frozenset[str]
    contract_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DuplicateSupplier:
    """Suppliers that seem to be one: their names, numbers and contracts, and what speaks for it."""

    key: str
    names: tuple[str, ...]
    organisation_ids: tuple[UUID, ...]
    numbers: tuple[str, ...]
    contract_ids: tuple[UUID, ...]
    because: tuple[str, ...]


def name_key(name: str) -> str:
    """A name beneath its spelling: no case, accents of print, punctuation, legal form or filler.

    Of `Holme Lea t/a Meridian Healthcare LTD` the part that bears a legal form counts, or else the front.
    """
    parts = [_plain(each) for each in _OTHER_NAME.split(fold(name).casefold())]
    words = next((each for each in parts if _FORMS.intersection(each)), parts[0] or parts[-1])
    kept = [word for word in words if word not in _FORMS]
    return "".join(kept or words)


def _plain(text: str) -> list[str]:
    words = re.sub(r"[^\w\s]+", " ", text.replace("'", "").replace(".", "").replace("&", " and ")).split()
    return [word for word in (_WORDS.get(each, each) for each in words) if word]


def duplicates(suppliers: Sequence[NamedSupplier]) -> list[DuplicateSupplier]:
    """Groups of suppliers that are named in more than one way and seem to be one, by key.

    One number in common makes two one. One name beneath its spelling does, unless both have a company number, or both a
    charity number, and they differ: two companies of a group may bear like names. Nor does a third of that name without
    a number make them one: nobody knows which of the two it is, so it is told with neither.
    """
    leader = list(range(len(suppliers)))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for members in _by_number(suppliers):
        for other in members[1:]:
            leader[find(other)] = find(members[0])
    for members in _by_name(suppliers):
        numbers: dict[int, frozenset[str]] = defaultdict(frozenset)
        for at in members:
            numbers[find(at)] |= _numbered(suppliers[at])
        alike = _mergeable(numbers)
        for other in alike[1:]:
            leader[find(other)] = find(alike[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for at in range(len(suppliers)):
        groups[find(at)].append(at)
    found = [_group([suppliers[at] for at in group]) for group in groups.values()]
    return sorted(
        (each for each in found if len(each.names) > 1 or len(each.organisation_ids) > 1), key=lambda e: e.key
    )


def _by_number(suppliers: Sequence[NamedSupplier]) -> Iterable[list[int]]:
    at: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(suppliers):
        for number in each.numbers:
            if number.partition(":")[0] in _NUMBERED:
                at[number].append(index)
    return at.values()


def _by_name(suppliers: Sequence[NamedSupplier]) -> Iterable[list[int]]:
    at: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(suppliers):
        at[name_key(each.name)].append(index)
    return at.values()


def _numbered(supplier: NamedSupplier) -> frozenset[str]:
    return frozenset(each for each in supplier.numbers if each.partition(":")[0] in _NUMBERED)


def _mergeable(numbers: Mapping[int, frozenset[str]]) -> list[int]:
    """Which of these that share a name are one: all of them, or where any two differ, those without a number alone."""
    if all(_compatible(one, other) for one, other in combinations(numbers.values(), 2)):
        return list(numbers)
    return [at for at, held in numbers.items() if not held]


def _compatible(one: frozenset[str], other: frozenset[str]) -> bool:
    for scheme in _NUMBERED:
        mine, theirs = ({each for each in held if each.startswith(f"{scheme}:")} for held in (one, other))
        if mine and theirs and mine.isdisjoint(theirs):
            return False
    return True


def _group(members: Sequence[NamedSupplier]) -> DuplicateSupplier:
    numbers = [number for each in members for number in each.numbers]
    because = []
    if len(set(numbers)) < len(numbers):
        because.append("same_number")
    if len({name_key(each.name) for each in members}) < len(members):
        because.append("same_name")
    return DuplicateSupplier(
        key=min(name_key(each.name) for each in members),
        names=tuple(sorted({each.name for each in members})),
        organisation_ids=tuple(sorted({each.organisation_id for each in members if each.organisation_id})),
        numbers=tuple(sorted(set(numbers))),
        contract_ids=tuple(sorted({id_ for each in members for id_ in each.contract_ids})),
        because=tuple(because),
    )
