"""How published contracts answer: from what may be told of them to OCDS releases and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from services.contracts.renderings import ocds_merge, ocds_release
from services.contracts.renderings.ocds_release import Body, Facts
from services.contracts.rules.edition import TERMS, Change, Told, tell
from services.contracts.rules.publication import lapsed_by
from services.contracts.rules.publisher import Publisher, PublisherKind
from services.contracts.rules.worth import published_worth_pence
from services.contracts.store.releases import Process
from shared.web.fields import Out

_RELATIONS = {
    "replaces": ("prior", "prior"),
    "unsuccessful_process": ("unsuccessfulProcess", "unsuccessfulProcess"),
    "framework": ("framework", "framework"),
    **{each: (each, "prior") for each in ("transferred_from", "consolidates", "split_from")},
}


class PackagePublisherOut(Out):
    """Who publishes the package."""

    name: str = Field(examples=["Integrated Commissioning"])


class PackageLinksOut(Out):
    """Where the feed goes on."""

    next: str | None


class ReleasePackageOut(Out):
    """A package of releases (OCDS 1.1), as https://standard.open-contracting.org/1.1/ has it."""

    uri: str = Field(examples=["https://example.org/v1/releases"])
    version: str = Field(examples=["1.1"])
    publishedDate: str = Field(examples=["2026-04-01T09:30:00Z"])  # noqa: N815 the standard's name
    publisher: PackagePublisherOut
    license: str = Field(examples=[ocds_release.LICENCE])
    releases: list[dict[str, Any]] = Field(examples=[[]])
    links: PackageLinksOut


class RecordPackageOut(Out):
    """A package of records (OCDS 1.1): each with its releases and what they come to."""

    uri: str = Field(examples=["https://example.org/v1/records"])
    version: str = Field(examples=["1.1"])
    publishedDate: str = Field(examples=["2026-04-01T09:30:00Z"])  # noqa: N815 the standard's name
    publisher: PackagePublisherOut
    license: str = Field(examples=[ocds_release.LICENCE])
    records: list[dict[str, Any]] = Field(examples=[[]])
    links: PackageLinksOut


def ocid(prefix: str, contract_id: UUID) -> str:
    return f"{prefix}-{contract_id}"


def releases_of(process: Process, prefix: str, day: date) -> dict[int, dict[str, Any]]:
    """The releases of a contract by the number of their edition."""
    told = tell(process.editions, process.publication, day)
    made: dict[int, dict[str, Any]] = {}
    last: Facts | None = None
    for each in told:
        facts = _facts(process, each, prefix, last, len(lapsed_by(process.lapses, day)))
        before = (
            None
            if last is None
            else ocds_release.release(replace(last, award=facts.award, amended=None, ocid=facts.ocid))
        )
        made[each.edition.number] = ocds_merge.without_lost(before, ocds_release.release(facts))
        last = facts
    return made


def record_of(process: Process, prefix: str, day: date) -> dict[str, Any] | None:
    """The record of a contract, None where nothing of it may be told."""
    releases = list(releases_of(process, prefix, day).values())
    if not releases:
        return None
    return ocds_release.record(releases[0]["ocid"], releases, ocds_merge.compiled(releases))


def body_of(organisation_id: UUID | str, publishers: Mapping[UUID, Publisher]) -> Body:
    """A commissioner as releases name it; one that does not publish is known by our id alone."""
    publisher = publishers.get(UUID(str(organisation_id)))
    if publisher is None:
        return Body(str(organisation_id), None)
    local = publisher.kind is PublisherKind.LOCAL_AUTHORITY
    if not publisher.identifiers:
        return Body(str(organisation_id), publisher.name, local_authority=local)
    first, *others = publisher.identifiers
    more = tuple({"scheme": each.scheme, "id": each.id} for each in others)
    return Body(f"{first.scheme}-{first.id}", publisher.name, first.scheme, first.id, more, local)


def _facts(process: Process, told: Told, prefix: str, last: Facts | None, lapsed: int) -> Facts:
    """What a release is made of. Its id names the decision on what is published, and how much ceased to be withheld since.

    So a release under one id never changes (OCDS 1.1), and a reader of the feed meets what is no longer withheld.
    """
    publication = process.publication
    own = ocid(prefix, publication.contract_id)
    content = told.content
    return Facts(
        ocid=own,
        release_id=f"{own}-{told.turn}"
        + (f"-{publication.version}" if publication.version > 1 or lapsed else "")
        + (f"-{lapsed}" if lapsed else ""),
        former_release_id=None if last is None else last.release_id,
        at=told.edition.recorded_at,
        contract_id=str(publication.contract_id),
        tags=told.tags,
        content=content,
        worth_pence=published_worth_pence(content),
        award=told.award,
        buyer=body_of(publication.owner_organisation_id, process.publishers),
        associates=tuple(body_of(each, process.publishers) for each in content.get("associate_ids") or ()),
        amended="; ".join(map(_said, told.amended)) or None,
        rationale=told.edition.reason,
        related=tuple(_related(process, content, prefix)),
    )


def _related(process: Process, content: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """Processes that this one points at, if they are published themselves."""
    found = []
    for each in content.get("related") or ():
        relation = _RELATIONS.get(each["relation"])
        if relation is not None and UUID(each["contract_id"]) in process.shown:
            found.append(
                {
                    "id": f"{relation[0]}-{each['contract_id']}",
                    "relationship": [relation[1]],
                    "scheme": "ocid",
                    "identifier": ocid(prefix, UUID(each["contract_id"])),
                }
            )
    return found


def _said(change: Change) -> str:
    return f"{TERMS[change.name]}: {_words(change.before)} becomes {_words(change.after)}"


def _words(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, list):
        return ", ".join(str(each.get("name") or "a provider without a published name") for each in value)
    return str(value)
