"""The editions of a contract, told as the releases of an open contracting process: tags, amendments, and nothing withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.contracts.rules.publication import Publication, ReleaseStage, redacted, withheld_on

_ORDER = tuple(ReleaseStage)
_OVER = frozenset({"expired", "terminated", "novated", "consolidated"})
# A change of these, once a contract is in force, amends it; a change of anything else only describes it anew.
TERMS: Mapping[str, str] = {
    "start_date": "start",
    "end_date": "end",
    "max_end_date": "latest end",
    "value_pence": "value in pence",
    "value_basis": "basis of the value",
    "providers": "providers",
    "agreement_form": "form of agreement",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """What could be published of a contract from one instant on. `move` and `reason`: the step that made it, if any."""

    contract_id: UUID
    number: int
    stage: ReleaseStage
    content: Mapping[str, Any]
    recorded_at: datetime
    released_at: datetime
    move: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One term that was amended, before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Told:
    """An edition as the public hears of it. `turn` counts what it heard; `award` counts changes of the providers."""

    edition: Edition
    turn: int
    content: Mapping[str, Any]
    before: Mapping[str, Any] | None
    tags: tuple[str, ...]
    award: int
    amended: tuple[Change, ...]


def tell(editions: Sequence[Edition], publication: Publication, day: date) -> tuple[Told, ...]:
    """What the public hears of a contract, in order: from the stage on from which it is open.

    An edition that differs from the one before it in nothing that is published is not told: that something
    happened would be told with it.
    """
    withheld = withheld_on(publication.withheld, day)
    told: list[Told] = []
    for edition in sorted(editions, key=lambda each: each.number):
        if _ORDER.index(edition.stage) < _ORDER.index(publication.from_stage):
            continue
        content = redacted(edition.content, withheld)
        last = told[-1] if told else None
        if last is not None and last.content == content:
            continue
        before = None if last is None else last.content
        tags = _tags(edition.stage, content, told)
        told.append(
            Told(
                edition,
                len(told) + 1,
                content,
                before,
                tags,
                _award(last, content),
                _amended(before, content) if "contractAmendment" in tags else (),
            )
        )
    return tuple(told)


def _award(last: Told | None, content: Mapping[str, Any]) -> int:
    if last is None:
        return 1
    known = _ids(last.content)
    return last.award + (bool(known) and known != _ids(content))


def _ids(content: Mapping[str, Any]) -> list[Any]:
    return [
        (each.get("organisation_id"), each.get("name"), each.get("identifiers"))
        for each in content.get("providers") or ()
    ]


def _tags(stage: ReleaseStage, content: Mapping[str, Any], told: Sequence[Told]) -> tuple[str, ...]:
    """The tags of a release (OCDS 1.1 codelist releaseTag), by what was told before it."""
    before = {tag for each in told for tag in each.tags}
    if stage is not ReleaseStage.CONTRACT:
        gone = content["state"] == "abandoned"
        if gone:
            return ("awardCancellation" if stage is ReleaseStage.AWARD else "tenderCancellation",)
        return (f"{stage.value}Update" if stage.value in before else stage.value,)
    over = content["state"] in _OVER
    if "contract" not in before:
        first = ("contract",) if "award" in before else ("award", "contract")
        return (*first, "contractTermination") if over else first
    last = told[-1].content
    if over and last["state"] not in _OVER:
        return ("contractTermination",)
    return ("contractAmendment",) if _amended(last, content) else ("contractUpdate",)


def _amended(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    if before is None:
        return ()
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in TERMS
        if before.get(name) != after.get(name)
    )
