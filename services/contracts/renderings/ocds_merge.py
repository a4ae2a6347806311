"""Merging of releases (OCDS 1.1): what they come to, and what a release says to take back what one before it said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Fields of each release that speak of that release alone.
_OMITTED = frozenset({"ocid", "id", "date", "tag"})


def compiled(releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The compiled release: by field the last that was said, lists of things by their ids, null takes back.

    Its id is the process with the date of the last release, and its only tag `compiled`, as the merging routine has it.
    """
    ordered = sorted(releases, key=lambda each: each["date"])
    merged: dict[str, Any] = {}
    for each in ordered:
        _merge(merged, {name: value for name, value in each.items() if name not in _OMITTED})
    last = ordered[-1]
    return {
        "tag": ["compiled"],
        "id": f"{last['ocid']}-{last['date']}",
        "date": last["date"],
        "ocid": last["ocid"],
        **merged,
    }


def _merge(known: dict[str, Any], said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        if value is None:
            known.pop(name, None)
        elif isinstance(value, Mapping):
            inner = known.get(name)
            taken = inner if isinstance(inner, dict) else {}
            _merge(taken, value)
            known[name] = taken
        elif isinstance(value, list) and value and all(isinstance(i, Mapping) and "id" in i for i in value):
            before = known.get(name)
            known[name] = _by_id(
                [each for each in before if isinstance(each, dict)] if isinstance(before, list) else [], value
            )
        else:
            known[name] = value


def _by_id(known: list[dict[str, Any]], said: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    items = {str(each["id"]): each for each in known if "id" in each}
    for each in said:
        item = items.setdefault(str(each["id"]), {})
        _merge(item, each)
    return list(items.values())


def without_lost(before: Mapping[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """A release that takes back what the one before it said and this one no longer does: by null (OCDS, merging)."""
    if before is None:
        return after
    for name, value in before.items():
        now = after.get(name)
        if name in _AS_TENDERED and now is None and "procuringEntity" in after:
            continue  # what was asked for stays said when something is awarded
        if isinstance(value, dict):
            taken = without_lost(value, dict(now or {}))
            if taken:
                after[name] = taken
        elif isinstance(value, list):
            if now:
                after[name] = _list(value, now)
        elif name not in after and name not in _KEYS:
            after[name] = None
    return after


_KEYS = frozenset({"id", "ocid", "tag"})
_AS_TENDERED = frozenset({"value", "contractPeriod"})


def _list(before: Sequence[Any], after: list[Any]) -> list[Any]:
    if not all(isinstance(each, dict) and "id" in each for each in (*before, *after)):
        return after
    known = {each["id"]: each for each in before}
    # A former award is only told to have ended: what it said stands.
    ended = {"id", "status"}
    return [each if each.keys() <= ended else without_lost(known.get(each["id"]), each) for each in after]
