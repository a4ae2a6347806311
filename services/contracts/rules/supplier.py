"""A supplier as a published register names it: its numbers, and whether the name is a person's."""

from __future__ import annotations

import re

from services.contracts.rules.party import Identifier, Party, ProviderKind
from services.contracts.rules.publisher import SCHEMES
from shared.name_words import LINKS, NOT_NAMES
from shared.text import fold, holds_given_name, personal_number

WITHHELD_NAME = "Name withheld: an individual"

_COMPANY_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|(?:IP|SP|RS|IC|SI|NP|NO|NI)[0-9]{5}[A-Z]", re.ASCII)
_CHARITY_NUMBER = re.compile(r"(?:SC|NIC)?[0-9]{5,8}(?:-[0-9]{1,2})?", re.ASCII)
_TRADES_AS = re.compile(r"\b(?:t/a|trading as)\b[ :]*", re.IGNORECASE)
_TITLED = re.compile(
    r"\b(?:mrs?|ms|miss|mx|dr|prof|rev|sir|lady|cllr|councillor)\b[. ]{0,3}(?=\w)", re.IGNORECASE
)
# A body that is called after somebody with a title says so in words that are nobody's surname.
_SURE_BODIES = re.compile(
    r"\b(?:limited|ltd|lts|plc|llp|l\.l\.p|cic|c\.i\.c|trust|council|society|association|charity|foundation|company|nhs|"
    r"university|college|hospice|hospital)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:&|,|\band\b)\s*", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\b\.? ?){1,3}(?P<surname>(?:[^\W\d_]|['-]){2,})?")
_SURNAME_FIRST = re.compile(r"(?:[^\W\d_]|['-]){2,},? (?:[^\W\d_]\b\.? ?){1,3}")
_WORD = re.compile(r"(?:[^\W\d_]|['-])+")
_BRACKETS = re.compile(r"\s*[(\[].*")
# Words of bodies beyond those of papers and calendars: `Virgin Media`, `Oxbow Books`.
_TRADES = frozenset(
    """
    academy action aid alliance books building buses catering cleaning collective communications connexions consultants
    consulting consultancy coaches cooperative court dental digital electrical engineering environmental farm fire forum
    friends garage global gp grange hall heating homecare hotel ict inclusion industries initiative institute insurance
    international it keepers laboratories laundry law leisure logistics manor media mission motors museum network online
    parish partners pharmacy place police printing properties recruitment rehab security software solicitors sport sports
    stores studio studios taxis taxi technologies technology telecom theatre training travel tree uk ventures vets voice
    water workshop workshops
    """.split()  # noqa: SIM905 a list of words is read as words
)
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


def is_person(name: str, numbered: bool = False) -> bool:
    """Whether a supplier's name is that of one or more persons, alone or in front of a trading name.

    Takes a title (MRS) whatever stands behind it but a word that only bodies bear (DR BLOGGS HOME TRUST), initials with
    a surname (A SHARP, SHARP A), a trader whose own name holds no word for a body (JO BLOGGS T/A THE LODGE), and, of
    a name without any word of a body or a trade, a given name (PAULA BLOGGS) or two or three words alone. A `numbered`
    one, with a number of a public register or told to be of the voluntary sector, is a body unless a title or initials
    say otherwise. It errs towards a
    person: a name too many is withheld, none too few. Who says of what `kind` the supplier is, is believed.
    """
    own, *trading = _TRADES_AS.split(fold(name), maxsplit=1)
    if _SURE_BODIES.search(own) and "partners" not in own.casefold():
        return False
    if _TITLED.search(own):
        return True
    if _BODIES.search(own) and "partners" not in own.casefold():
        return False
    bare = _BRACKETS.sub("", own).strip()
    if trading or _initials_and_surname(bare) or _SURNAME_FIRST.fullmatch(bare):
        return True
    return not numbered and any(map(_is_full_name, re.split(r"\s*&\s*|\s+and\s+", bare, flags=re.IGNORECASE)))


def _is_full_name(name: str) -> bool:
    """`Jane Mary Doe`, `Smith, John`: two or three words, or four with a given name, none of them of a body or trade."""
    words = _WORD.findall(name)
    plain = {each.casefold() for each in words}
    if re.search(r"\d", name) or not plain.isdisjoint(NOT_NAMES | _TRADES | LINKS):
        return False
    return len(words) in {2, 3} or (len(words) == 4 and holds_given_name(name))


def _initials_and_surname(name: str) -> bool:
    found = [_INITIALS.fullmatch(each) for each in _BETWEEN.split(name)]
    return all(found) and any(each["surname"] for each in found if each)


def published_kind(party: Party) -> ProviderKind | None:
    """What kind of body it is published as: who bears a person's name, and of whom nobody said what it is, as a person."""
    unsaid = party.kind is None and party.organisation_id is None and party.name is not None
    numbered = bool(party.vcse) or any(each.scheme in PUBLIC_SCHEMES for each in party.identifiers)
    return ProviderKind.INDIVIDUAL if unsaid and is_person(party.name or "", numbered) else party.kind


def published_name(party: Party) -> str | None:
    """The name that may leave in published output: of an individual only what he or she trades as."""
    if party.name is None or published_kind(party) is not ProviderKind.INDIVIDUAL:
        return party.name
    trading = _TRADES_AS.split(fold(party.name), maxsplit=1)
    return trading[1].strip() if len(trading) > 1 and not is_person(trading[1]) else WITHHELD_NAME
