"""What a type of event means, who is told of it, and what one looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that events are about. `happens`: what happens to it, each in a sentence.

    `named` are the organisations that are told besides its owner, if any; `shared` says whether those are told who have
    a role in its partnership: commissioners, the host, observers and auditors.
    """

    name: str
    happens: Mapping[str, str]
    named: str | None = None
    shared: bool = True


@dataclass(frozen=True, slots=True)
class EventType:
    """A type as the feeds and webhooks give it. A type stays: what means something else gets another."""

    type: str
    service: str
    thing: str
    means: str
    named: str | None
    shared: bool

    @property
    def told(self) -> str:
        """Who hears of it, in words."""
        heard = ["the organisation whose record it is"]
        if self.named is not None:
            heard.append(self.named)
        if self.shared:
            heard.append(
                "organisations with a role in its partnership (commissioner, host, observer, auditor)"
            )
        return f"{'; '.join(heard)}: each while it may read the record.".capitalize()

    @property
    def example(self) -> dict[str, Any]:
        """An event of this type. It names the thing, and never says what it holds."""
        thing = _some_id(self.type, "thing")
        return {
            "specversion": "1.0",
            "id": "4711",
            "source": f"/v1/events/{self.service}",
            "type": self.type,
            "time": "2026-04-01T09:30:00Z",
            "subject": f"{self.thing}/{thing}",
            "datacontenttype": "application/json",
            "data": {
                "thing": self.thing,
                "thing_id": str(thing),
                "partnership_id": str(_some_id(self.type, "partnership")) if self.shared else None,
                "owner_organisation_id": str(_some_id(self.type, "owner")),
            },
        }


def types_of(service: str, things: Iterable[Thing]) -> Iterator[EventType]:
    """Every type of a service's things."""
    for thing in things:
        for what, means in thing.happens.items():
            yield EventType(f"{service}.{what}.v1", service, thing.name, means, thing.named, thing.shared)


def _some_id(kind: str, of: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{kind}/{of}")
