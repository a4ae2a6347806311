"""What is wrong with a working paper: numbers, sentences, reviews and approvals that do not fit what it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class PaperFaultCode(StrEnum):
    SECTION_NUMBER_TWICE = "section_number_twice"
    SECTION_NUMBER_SKIPPED = "section_number_skipped"
    SENTENCE_BREAKS_OFF = "sentence_breaks_off"
    REVIEW_STATED_LATE = "review_stated_late"
    REVIEW_STATED_EARLY = "review_stated_early"
    APPROVED_UNSIGNED = "approved_unsigned"
    APPROVED_PARTLY_SIGNED = "approved_partly_signed"
    VOICE_MISSING = "voice_missing"


@dataclass(frozen=True, slots=True)
class PaperFault:
    """A fault, where it is and by how much: days for a review, otherwise null."""

    code: PaperFaultCode
    where: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a paper as it is numbered and headed. `text` where it is to be looked through as well."""

    number: str
    heading: str
    text: str | None = None


_ENDS = re.compile(r"""[.!?:;][)\]"'\u2019\u201d]*$""")
_ITEM = re.compile(r"^(?:[-*\u2022\u00b7]|\(?[0-9ivx]{1,4}[.)]|\(?[a-z][.)])\s", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)


def faults_in(sections: Sequence[Section]) -> Iterator[PaperFault]:
    """Numbers that come twice or are skipped among whole-numbered sections, and paragraphs that break off."""
    counted = Counter(each.number for each in sections)
    for number, times in counted.items():
        if times > 1:
            yield PaperFault(PaperFaultCode.SECTION_NUMBER_TWICE, number)
    whole = sorted({int(number) for number in counted if _NUMBER.fullmatch(number)})
    for before, after in pairwise(whole):
        if after > before + 1:
            yield PaperFault(PaperFaultCode.SECTION_NUMBER_SKIPPED, str(before + 1))
    for each in sections:
        if each.text is not None and any(_breaks_off(line) for line in each.text.splitlines()):
            yield PaperFault(PaperFaultCode.SENTENCE_BREAKS_OFF, f"{each.number} {each.heading}")


def _breaks_off(line: str) -> bool:
    """Whether a paragraph begins in the middle of a sentence or stops before its end. Items of lists may."""
    text = line.strip()
    if not text or _ITEM.match(text):
        return False
    return text[0].islower() or not _ENDS.search(text)
