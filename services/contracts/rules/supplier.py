"""A supplier as a published register names it: its numbers, and whether the name is a person's."""

from __future__ import annotations

import re

from services.contracts.rules.party import Identifier, Party, ProviderKind
from services.contracts.rules.publisher import SCHEMES
from shared.text import fold, personal_number

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


_READERS = {"GB-COH": read_company_number, "GB-CHC": read_charity_number}
# Registers that everybody may look into: those of org-id.guide, and the NHS's Organisation Data Service.
PUBLIC_SCHEMES = SCHEMES | {"ODS"}


def identifier_fault(identifier: Identifier) -> str | None:
    """Why an id of a party cannot be taken, as a sentence, or None.

    An id in a scheme of org-id.guide's for the United Kingdom is of a register that there is, and companies' and
    charities' numbers are as those registers print them. No id of a person is an id of a body.
    """
    scheme, number = identifier.scheme, identifier.id
    if scheme.upper().startswith("GB-") and scheme not in SCHEMES:
        return (
            "Name the register as org-id.guide does, like GB-COH or GB-CHC, or give your own number as local."
        )
    if scheme in _READERS and _READERS[scheme](number) is None:
        return (
            "This is not a number as that register prints it: eight characters for GB-COH, digits for GB-CHC."
        )
    found = personal_number(number)
    if found == "national_insurance_number" or (found and scheme in PUBLIC_SCHEMES):
        return "This is a number of a person, not of an organisation. It is not kept."
    return None


def published_identifiers(party: Party) -> tuple[Identifier, ...]:
    """The ids that may leave in published output: of public registers alone, and of an individual none at all."""
    if published_kind(party) is ProviderKind.INDIVIDUAL:
        return ()
    return tuple(
        each for each in party.identifiers if each.scheme in PUBLIC_SCHEMES and identifier_fault(each) is None
    )


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
