"""A contract as a release of the Open Contracting Data Standard 1.1, and packages of releases and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

VERSION = "1.1"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_METHODS = {"itt": "open", "itq": "limited"}
_METHOD_DETAILS = {"itt": "Published invitation to tender", "itq": "Invitation to quote"}
_TENDER = {"pipeline": "planning", "procurement": "active", "standstill": "active", "abandoned": "cancelled"}
_CONTRACT = {"awarded": "pending", "active": "active", "abandoned": "cancelled"}


@dataclass(frozen=True, slots=True)
class Body:
    """A body as releases name it. `id` is its first registered number, or an id of ours where it has none."""

    id: str
    name: str | None
    scheme: str | None = None
    number: str | None = None
    more: tuple[Mapping[str, str], ...] = ()
    local_authority: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a release is made of. `content` is what is published of the contract, money in pence; `worth_pence` what
    that comes to over the term, which is OCDS's one value: it is left out where that cannot be said.
    """

    ocid: str
    release_id: str
    former_release_id: str | None
    at: datetime
    contract_id: str
    tags: tuple[str, ...]
    content: Mapping[str, Any]
    worth_pence: int | None
    award: int
    buyer: Body
    associates: tuple[Body, ...]
    amended: str | None = None
    rationale: str | None = None
    related: tuple[Mapping[str, str], ...] = ()


def release(facts: Facts) -> dict[str, Any]:
    """The whole of what is published, as one release. What is not known is not there."""
    content = facts.content
    suppliers = tuple(supplier_of(each, at) for at, each in enumerate(content.get("providers") or (), 1))
    awarded = content["state"] not in {"pipeline", "procurement", "standstill"} and not (
        content["state"] == "abandoned" and "awarded_on" not in content
    )
    made: dict[str, Any] = {
        "ocid": facts.ocid,
        "id": facts.release_id,
        "date": instant(facts.at),
        "tag": list(facts.tags),
        "initiationType": "tender",
        "language": "en",
        "parties": _parties(facts, suppliers if awarded else ()),
        "buyer": _named(facts.buyer),
        "tender": _tender(facts, awarded),
    }
    if awarded:
        # One number is one body, known by its first name, as among the parties.
        distinct = {each.id: each for each in reversed(suppliers)}
        made["awards"] = list(_awards(facts, [each for each in suppliers if distinct.get(each.id) is each]))
        made["contracts"] = [_contract(facts)]
    if facts.related:
        made["relatedProcesses"] = [dict(each) for each in facts.related]
    return made


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(text: str | None) -> str | None:
    """A date as OCDS has it: an instant, midnight of that day."""
    return None if text is None else f"{text}T00:00:00Z"


def supplier_of(provider: Mapping[str, Any], position: int) -> Body:
    """A provider as a party: known by its registered number, by its id of ours, or by its published name."""
    individual = provider.get("kind") == "individual"
    known = () if individual else provider.get("identifiers") or ()
    numbers = [each for each in known if each["scheme"].startswith("GB-")]
    more = tuple({"scheme": each["scheme"], "id": each["id"]} for each in numbers[1:])
    name = provider.get("name")
    if numbers:
        first = numbers[0]
        return Body(f"{first['scheme']}-{first['id']}", name, first["scheme"], first["id"], more)
    if provider.get("organisation_id"):
        return Body(str(provider["organisation_id"]), name)
    if individual or name is None:
        return Body(f"individual-{position}", name)
    return Body(f"name-{sha256(name.encode()).hexdigest()[:16]}", name)


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _named(body: Body) -> dict[str, Any]:
    return _filled(id=body.id, name=body.name)


def _party(body: Body, roles: Sequence[str], details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    identifier = _filled(scheme=body.scheme, id=body.number, legalName=body.name) if body.scheme else None
    return _filled(
        id=body.id,
        name=body.name,
        roles=list(roles),
        identifier=identifier,
        additionalIdentifiers=[dict(each) for each in body.more],
        details=dict(details or {}),
    )


def _parties(facts: Facts, suppliers: Sequence[Body]) -> list[dict[str, Any]]:
    parties: dict[str, dict[str, Any]] = {}
    contact = facts.content.get("particulars") or {}
    point = _filled(
        name=contact.get("contact_name"), email=contact.get("contact_email"), url=contact.get("contact_url")
    )
    parties[facts.buyer.id] = {
        **_party(facts.buyer, ("buyer", "procuringEntity")),
        **_filled(contactPoint=point),
    }
    for each in facts.associates:
        parties.setdefault(each.id, _party(each, ("buyer",)))
    for body, provider in zip(suppliers, facts.content.get("providers") or (), strict=False):
        said = _filled(scale=_scale(provider), vcse=provider.get("vcse"))
        if body.id in parties:
            roles = parties[body.id]["roles"]
            roles += ["supplier"] * ("supplier" not in roles)
        else:
            parties[body.id] = _party(body, ("supplier",), said)
    return list(parties.values())


def _scale(provider: Mapping[str, Any]) -> str | None:
    return {True: "sme", False: "large", None: None}[provider.get("sme")]


def _tender(facts: Facts, awarded: bool) -> dict[str, Any]:
    content = facts.content
    particulars = content.get("particulars") or {}
    kind = content.get("tender_type")
    classification = _filled(
        scheme="CPV" if particulars.get("cpv_code") else None,
        id=particulars.get("cpv_code"),
        description=particulars.get("cpv_label") if particulars.get("cpv_code") else None,
    )
    item = _filled(id="1", description=content.get("service"), classification=classification)
    tender = _filled(
        id=content.get("reference") or facts.contract_id,
        title=content.get("title"),
        description=content.get("description"),
        status="complete" if awarded else _TENDER[content["state"]],
        procuringEntity=_named(facts.buyer),
        mainProcurementCategory="services",
        procurementMethod=_METHODS.get(kind or ""),
        procurementMethodDetails=_METHOD_DETAILS.get(kind or ""),
        items=[item] if len(item) > 1 else [],
        documents=list(_linked(particulars, "tender_document_url", "tenderNotice", "Tender document")),
    )
    if not awarded:
        tender |= _filled(value=_value(facts), contractPeriod=_period(content))
    return tender


def _awards(facts: Facts, suppliers: Sequence[Body]) -> Iterator[dict[str, Any]]:
    """The award that holds; where the providers changed, the one before it ends."""
    content = facts.content
    if facts.award > 1:
        yield {"id": f"{facts.contract_id}-{facts.award - 1}", "status": "cancelled"}
    cancelled = content["state"] == "abandoned"
    yield _filled(
        id=f"{facts.contract_id}-{facts.award}",
        title=content.get("title"),
        status="cancelled" if cancelled else "active",
        date=day(content.get("awarded_on")),
        value=_value(facts),
        suppliers=[_named(each) for each in suppliers],
        contractPeriod=_period(content),
    )


def _contract(facts: Facts) -> dict[str, Any]:
    content = facts.content
    particulars = content.get("particulars") or {}
    documents = [
        *_linked(particulars, "contract_document_url", "contractSigned", "Contract"),
        *_linked(particulars, "performance_information_url", "physicalProgressReport", "Performance"),
        *map(_document, particulars.get("documents") or ()),
    ]
    return _filled(
        id=facts.contract_id,
        awardID=f"{facts.contract_id}-{facts.award}",
        title=content.get("title"),
        description=content.get("description"),
        status=_CONTRACT.get(content["state"], "terminated"),
        period=_period(content),
        value=_value(facts),
        documents=documents,
        amendments=_amendments(facts),
    )


def _amendments(facts: Facts) -> list[dict[str, Any]]:
    if facts.amended is None:
        return []
    return [
        _filled(
            id=facts.release_id,
            date=instant(facts.at),
            rationale=facts.rationale,
            description=facts.amended,
            amendsReleaseID=facts.former_release_id,
            releaseID=facts.release_id,
        )
    ]


def _linked(particulars: Mapping[str, Any], name: str, kind: str, title: str) -> Iterator[dict[str, Any]]:
    if particulars.get(name):
        yield {
            "id": name.removesuffix("_url"),
            "documentType": kind,
            "title": title,
            "url": particulars[name],
        }


def _document(document: Mapping[str, Any]) -> dict[str, Any]:
    said = None if document.get("sha256") is None else f"sha256:{document['sha256']}"
    return _filled(
        id=document["id"],
        documentType=document["document_type"],
        title=document.get("title"),
        url=document.get("url"),
        datePublished=day(document.get("published_on")),
        description=said,
    )


def _value(facts: Facts) -> dict[str, Any] | None:
    pence = facts.worth_pence
    return None if pence is None else {"amount": pounds(pence), "currency": "GBP"}


def pounds(pence: int) -> int | float:
    """Pounds as a JSON number. Amounts of ours are at most 10^13 pounds, where a double still holds each penny."""
    return pence // 100 if pence % 100 == 0 else pence / 100


def _period(content: Mapping[str, Any]) -> dict[str, Any]:
    return _filled(
        startDate=day(content.get("start_date")),
        endDate=day(content.get("end_date")),
        maxExtentDate=day(content.get("max_end_date")),
    )


def package(uri: str, publisher: str, published: str, **body: Any) -> dict[str, Any]:
    """The frame of a release or record package."""
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": published,
        "publisher": {"name": publisher},
        "license": LICENCE,
        **body,
    }


def record(ocid: str, releases: Iterable[Mapping[str, Any]], compiled: Mapping[str, Any]) -> dict[str, Any]:
    """A record with all its releases and what they come to."""
    return {"ocid": ocid, "releases": list(releases), "compiledRelease": compiled}
