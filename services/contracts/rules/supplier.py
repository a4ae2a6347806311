"""A supplier as a published register names it: its numbers, and whether the name is a person's."""

from __future__ import annotations

import re

from services.contracts.rules.party import Party, ProviderKind
from shared.text import fold

WITHHELD_NAME = "Name withheld: an individual"

_COMPANY_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|(?:IP|SP|RS|IC|SI|NP|NO|NI)[0-9]{5}[A-Z]", re.ASCII)
_CHARITY_NUMBER = re.compile(r"(?:SC|NIC)?[0-9]{5,8}(?:-[0-9]{1,2})?", re.ASCII)
_TRADES_AS = re.compile(r"\b(?:t/a|trading as)\b[ :]*", re.IGNORECASE)
_TITLED = re.compile(r"\b(?:mr|mrs|ms|miss|dr|prof|rev|sir|lady)\b\.?(?= \S)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:&|,|\band\b)\s*", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[a-z]\b\.? ?){1,3}(?P<surname>[a-z'-]{2,})?", re.IGNORECASE)
_BODIES = re.compile(
    r"\b(?:limited|ltd|lts|plc|llp|l\.l\.p|cic|c\.i\.c|trust|council|society|association|charity|foundation|group|homes?|"
    r"company|co|nhs|university|college|school|services?|centre|church|legion|club|hospice|estates?|partnership|"
    r"mencap|mind|care|support|housing|agency|enterprises?|union|committee|ministries|ministry|federation|project)\b",
    re.IGNORECASE,
)


def read_company_number(text: str) -> str | None:
    """A Companies House number of eight characters, or None where the cell is no such number.

    Registers write it with a country in front (`gb/02165763`), and spreadsheets drop its leading noughts.
    """
    number = re.sub(r"\s+", "", fold(text)).upper().removeprefix("GB/").removeprefix("GB-COH-")
    if number.isascii() and number.isdigit() and 4 <= len(number) <= 8:
        number = number.zfill(8)
    return number if _COMPANY_NUMBER.fullmatch(number) else None


def read_charity_number(text: str) -> str | None:
    """A registered charity number, or None where the cell is no such number."""
    number = re.sub(r"\s+", "", fold(text)).upper().removeprefix("GB-CHC-")
    return number if _CHARITY_NUMBER.fullmatch(number) else None


def is_person(name: str) -> bool:
    """Whether a supplier's name is that of one or more persons, alone or in front of a trading name.

    Takes a title (MRS), or initials with a surname (A SHARP), or a trader whose own name holds no word for a
    body (JO BLOGGS T/A THE LODGE). It errs towards a person: a name too many is withheld, none too few.
    """
    own = _TRADES_AS.split(fold(name), maxsplit=1)
    if _BODIES.search(own[0]) and "partners" not in own[0].casefold():
        return False
    return len(own) > 1 or bool(_TITLED.search(own[0])) or _initials_and_surname(own[0].strip())


def _initials_and_surname(name: str) -> bool:
    found = [_INITIALS.fullmatch(each) for each in _BETWEEN.split(name)]
    return all(found) and any(each["surname"] for each in found if each)


def published_kind(party: Party) -> ProviderKind | None:
    """What kind of body it is published as: who bears a person's name, and of whom nobody said what it is, as a person."""
    unsaid = party.kind is None and party.organisation_id is None and party.name is not None
    return ProviderKind.INDIVIDUAL if unsaid and is_person(party.name or "") else party.kind


def published_name(party: Party) -> str | None:
    """The name that may leave in published output: of an individual only what he or she trades as."""
    if party.name is None or published_kind(party) is not ProviderKind.INDIVIDUAL:
        return party.name
    trading = _TRADES_AS.split(fold(party.name), maxsplit=1)
    return trading[1].strip() if len(trading) > 1 and not is_person(trading[1]) else WITHHELD_NAME
