"""Suppliers in a whole export: in the scheme's columns, and all in one cell where those would not bring them back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.contracts.rules.party import Identifier, Party, ProviderKind
from services.contracts.rules.register_entry import RegisterEntry
from services.contracts.rules.supplier import is_person, read_charity_number, read_company_number
from shared.text import forbidden_character, personal_detail

MOST_SUPPLIERS = 200
_LONGEST = {"name": 300, "scheme": 80, "id": 100}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*", re.ASCII)
_READS = {"GB-COH": read_company_number, "GB-CHC": read_charity_number}


@dataclass(frozen=True, slots=True)
class OtherSupplier:
    """One more supplier of the same contract."""

    name: str
    identifiers: tuple[Identifier, ...] = ()
    kind: ProviderKind | None = None
    sme: bool | None = None
    vcse: bool | None = None


def kind_by_name(name: str, vcse: bool | None, identifiers: Sequence[Identifier] = ()) -> ProviderKind | None:
    """The kind of a supplier of which a register says no more than this."""
    if is_person(name, bool(vcse) or any(each.scheme in _READS for each in identifiers)):
        return ProviderKind.INDIVIDUAL
    return ProviderKind.VOLUNTARY_SECTOR if vcse else None


def whole(entry: RegisterEntry, suppliers: Sequence[Party]) -> tuple[RegisterEntry, str | None]:
    """The entry as the owner's own copy has it, with the first supplier as it is recorded and no id of ours, which is
    nothing that a register states; and every supplier as one cell, None where the columns of the scheme say it all.
    """
    if entry.open_contracting_id.endswith(str(entry.contract_id)):
        entry = replace(entry, open_contracting_id="")
    if not suppliers or any(each.name is None for each in suppliers):
        return entry, None
    first = suppliers[0]
    numbers = {each.scheme: each.id for each in reversed(first.identifiers)}
    plain = _columns(numbers)
    entry = replace(
        entry,
        supplier_name=first.name,
        companies_house_registration_number=numbers.get("GB-COH"),
        charity_commission_number=numbers.get("GB-CHC"),
        other_supplier_id=numbers.get("local"),
        sme_supplier=first.sme,
        vcse_supplier=first.vcse,
    )
    alone = len(suppliers) == 1 and first.identifiers == plain
    if alone and first.kind == kind_by_name(first.name or "", first.vcse, first.identifiers):
        return entry, None
    return entry, json.dumps([_told(each) for each in suppliers], ensure_ascii=False)


def read_all(cell: str) -> tuple[OtherSupplier, ...] | None:
    """The suppliers of such a cell, None where it is none that an export writes, or holds what no record may hold."""
    try:
        told = json.loads(cell)
        if not isinstance(told, list) or not 1 <= len(told) <= MOST_SUPPLIERS:
            return None
        return tuple(map(_read, told))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _columns(numbers: Mapping[str, str]) -> tuple[Identifier, ...]:
    """The identifiers that an import reads from the scheme's own columns, in its order."""
    return tuple(Identifier(each, numbers[each]) for each in ("GB-COH", "GB-CHC", "local") if each in numbers)


def _told(party: Party) -> dict[str, Any]:
    made = {
        "name": party.name,
        "identifiers": [{"scheme": each.scheme, "id": each.id} for each in party.identifiers],
        "kind": None if party.kind is None else party.kind.value,
        "sme": party.sme,
        "vcse": party.vcse,
    }
    return {name: value for name, value in made.items() if value not in (None, [])}


def _read(told: dict[str, Any]) -> OtherSupplier:
    name, kind = _text("name", told["name"]), told.get("kind")
    if personal_detail(name) is not None:
        raise ValueError
    identifiers = tuple(_identifier(each) for each in told.get("identifiers", []))
    return OtherSupplier(
        name=name,
        identifiers=identifiers,
        kind=kind_by_name(name, _answer(told.get("vcse")), identifiers)
        if kind is None
        else ProviderKind(kind),
        sme=_answer(told.get("sme")),
        vcse=_answer(told.get("vcse")),
    )


def _identifier(told: dict[str, Any]) -> Identifier:
    scheme, code = _text("scheme", told["scheme"]), _text("id", told["id"])
    reads = _READS.get(scheme)
    if _CODE.fullmatch(scheme) is None or (reads is not None and reads(code) != code):
        raise ValueError
    return Identifier(scheme, code)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST[name] or forbidden_character(value):
        raise ValueError
    return value


def _answer(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ValueError
    return value
