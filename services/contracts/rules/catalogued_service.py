"""The service catalogue: services by cluster as documents list them, and where the lists do not fit together (S2-C06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.classification import Category
from shared.errors import Kind, reason
from shared.text import fold_key

CLUSTER_UNNAMED = reason(
    "service_cluster_unnamed", Kind.INVALID, "A numbered cluster has a name: give it as the document has it."
)


@dataclass(frozen=True, slots=True)
class CataloguedService:
    """A service as one document lists it. Without a cluster it is not clustered. `in_scope`: None is not decided."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    source: str
    cluster_number: int | None = None
    cluster_name: str | None = None
    category: Category | None = None
    in_scope: bool | None = None
    recorded_at: datetime | None = None


class CatalogueFindingKind(StrEnum):
    """`entered_twice`: one service stands in a list more than once. `cluster_renamed`: one number, several names.
    `cluster_moved`: one service in several clusters."""

    ENTERED_TWICE = "entered_twice"
    CLUSTER_RENAMED = "cluster_renamed"
    CLUSTER_MOVED = "cluster_moved"


@dataclass(frozen=True, slots=True)
class CatalogueFinding:
    """Where lists do not fit together: about what, what is said of it, and the entries that say so."""

    kind: CatalogueFindingKind
    about: str
    said: tuple[str, ...]
    service_ids: tuple[UUID, ...]


def enter(service: CataloguedService) -> CataloguedService:
    """A service as it is entered, or a refusal."""
    if service.cluster_number is not None and service.cluster_name is None:
        raise CLUSTER_UNNAMED("/cluster_name")
    return service


def findings(services: Sequence[CataloguedService]) -> tuple[CatalogueFinding, ...]:
    """Everything that does not fit together, in order of what it is about."""
    found = [*_twice(services), *_renamed(services), *_moved(services)]
    return tuple(sorted(found, key=lambda each: (each.kind, each.about)))


def _twice(services: Iterable[CataloguedService]) -> Iterable[CatalogueFinding]:
    for group in _grouped(services, lambda each: (fold_key(each.name), each.source)):
        if len(group) > 1:
            said = tuple(each.cluster_name or "not clustered" for each in group)
            yield _finding(CatalogueFindingKind.ENTERED_TWICE, group[0].name, said, group)


def _renamed(services: Iterable[CataloguedService]) -> Iterable[CatalogueFinding]:
    numbered = [each for each in services if each.cluster_number is not None]
    for group in _grouped(numbered, lambda each: each.cluster_number):
        names = {fold_key(each.cluster_name or ""): each.cluster_name or "" for each in group}
        if len(names) > 1:
            about = f"Cluster {group[0].cluster_number}"
            yield _finding(CatalogueFindingKind.CLUSTER_RENAMED, about, tuple(names.values()), group)


def _moved(services: Iterable[CataloguedService]) -> Iterable[CatalogueFinding]:
    for group in _grouped(services, lambda each: fold_key(each.name)):
        clusters = {fold_key(each.cluster_name or ""): each.cluster_name or "not clustered" for each in group}
        if len(clusters) > 1:
            yield _finding(CatalogueFindingKind.CLUSTER_MOVED, group[0].name, tuple(clusters.values()), group)


def _grouped(
    services: Iterable[CataloguedService], by: Callable[[CataloguedService], object]
) -> Iterable[list[CataloguedService]]:
    groups: dict[object, list[CataloguedService]] = {}
    for each in services:
        groups.setdefault(by(each), []).append(each)
    return groups.values()


def _finding(
    kind: CatalogueFindingKind, about: str, said: tuple[str, ...], group: Sequence[CataloguedService]
) -> CatalogueFinding:
    return CatalogueFinding(kind, about, said, tuple(each.id for each in group))
