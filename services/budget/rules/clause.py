"""Clauses that agreements of some types must hold, besides those of section 75, and what a draft still lacks.

Sources. Memorandum of agreement: the Southampton paper of 2013, para 30 (S4-C10), read in the paper itself.
Section 113 of the Local Government Act 1972: staff of one body are put at the disposal of another on agreed terms
after consultation of the officers concerned; known of the Act, not read here. Section 76: the functions that
SI 2000/618 reg 2(2) leaves out, read there. Section 10 of the Children Act 2004, sections 256 and 65Z5 of the NHS Act
2006 and a memorandum of understanding have no list here: what they ask depends on directions and guidance of their
day, so nothing is demanded of them that nobody could point to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.budget.rules.section_75 import EXCLUDED_NHS_FUNCTIONS, REQUIRED_MATTERS, StatedMatter
from shared.errors import Fault, Kind, reason

CLAUSES_MISSING = reason(
    "agreement_clauses_missing",
    Kind.CONFLICT,
    "The agreement lacks clauses that an agreement of its type holds. Add what is listed, then try again.",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that is asked for: its code, its source, and what it has to say."""

    code: str
    source: str
    text: str


CHECKLISTS: dict[str, tuple[Clause, ...]] = {
    "MoA": (
        Clause("financial", "para 30", "The financial arrangements."),
        Clause("personnel", "para 30", "The personnel arrangements."),
        Clause("accountability", "para 30", "Who is accountable for what."),
        Clause("disagreements", "para 30", "How disagreements are approached."),
        Clause("evaluation", "para 30", "How it is evaluated, with its outcome measures."),
    ),
    "s113": (
        Clause("staff", "s113(1)", "Which staff are put at whose disposal, by post."),
        Clause("staff_terms", "s113(1)", "On which terms, and who stays their employer."),
        Clause("staff_consultation", "s113(1)", "How the officers concerned were consulted first."),
    ),
}
KNOWN_CODES = frozenset(
    {clause.code for each in CHECKLISTS.values() for clause in each}
    | {matter.code for each in REQUIRED_MATTERS.values() for matter in each}
)


def missing(type_: str, stated: Iterable[StatedMatter], functions: Collection[str] = ()) -> tuple[Fault, ...]:
    """The clauses of the type's checklist that are not stated, or with nothing, and functions it may not cover."""
    said = {each.code for each in stated if each.text.strip()}
    unsaid = [
        Fault("/terms/matters", clause.code, f"{clause.text} ({clause.source})")
        for clause in CHECKLISTS.get(type_, ())
        if clause.code not in said
    ]
    left_out = EXCLUDED_NHS_FUNCTIONS if type_ == "s76" else {}
    barred = [
        Fault(
            "/terms/functions",
            f"excluded_function_{name}",
            "Section 76 pays for no such function (SI 2000/618 reg 2(2)).",
        )
        for name in left_out
        if name in functions
    ]
    return (*unsaid, *barred)


def require_complete(type_: str, stated: Iterable[StatedMatter], functions: Collection[str] = ()) -> None:
    """Refuse, with the list, an agreement that lacks a clause of its type (S4-C10)."""
    lacking = missing(type_, stated, functions)
    if lacking:
        raise CLAUSES_MISSING(faults=lacking, missing=[fault.code for fault in lacking])
