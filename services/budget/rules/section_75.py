"""What a section 75 agreement (NHS Act 2006) must hold, and what a draft still lacks (SI 2000/617)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.errors import Fault, Kind, reason

SECTION_75_INCOMPLETE = reason(
    "section_75_incomplete",
    Kind.CONFLICT,
    "The agreement does not hold everything that section 75 requires. Add what is listed, then try again.",
)


class BodyKind(StrEnum):
    """What a party is in the eyes of the regulations (reg 3)."""

    NHS_BODY = "nhs_body"
    LOCAL_AUTHORITY = "local_authority"
    OTHER = "other"


class PartnershipArrangement(StrEnum):
    """The three kinds of arrangement that the regulations know."""

    POOLED_FUND = "pooled_fund"  # reg 7
    NHS_EXERCISES_COUNCIL_FUNCTIONS = "nhs_exercises_council_functions"  # reg 8
    COUNCIL_EXERCISES_NHS_FUNCTIONS = "council_exercises_nhs_functions"  # reg 9


@dataclass(frozen=True, slots=True)
class RequiredMatter:
    """One matter that the written agreement must specify: its code, its paragraph, and what it asks for."""

    code: str
    paragraph: str
    text: str


POOLED_FUND_MATTERS: tuple[RequiredMatter, ...] = (
    RequiredMatter("aims_and_outcomes", "7(3)(a)", "The agreed aims and outcomes of the pooled fund."),
    RequiredMatter(
        "contributions",
        "7(3)(b)",
        "What each partner contributes to the pooled fund, and how that may be varied.",
    ),
    RequiredMatter(
        "functions",
        "7(3)(c)",
        "The NHS functions and the health-related functions that the arrangement covers.",
    ),
    RequiredMatter(
        "persons_and_services",
        "7(3)(d)",
        "The people, and the kinds of services, for whom the functions may be used.",
    ),
    RequiredMatter(
        "staff_goods_accommodation",
        "7(3)(e)",
        "The staff, goods, services or accommodation that the partners provide.",
    ),
    RequiredMatter(
        "duration_and_change",
        "7(3)(f)",
        "How long the arrangement lasts, and how it is reviewed, varied or ended.",
    ),
    RequiredMatter("management_and_monitoring", "7(3)(g)", "How the pooled fund is managed and monitored."),
)


def _delegation_matters(regulation: int, payer: str, doer: str) -> tuple[RequiredMatter, ...]:
    """Regs 8(3) and 9(3) mirror reg 7(3): payments instead of contributions, monitoring instead of a fund."""
    _, _, functions, persons, staff, duration, _ = (matter.text for matter in POOLED_FUND_MATTERS)
    texts = {
        "aims_and_outcomes": "The agreed aims and outcomes of the arrangement.",
        "payments": f"What {payer} pays {doer}, and how that may be varied.",
        "functions": functions,
        "persons_and_services": persons,
        "staff_goods_accommodation": staff,
        "duration_and_change": duration,
        "monitoring": f"How the functions that {doer} exercises are monitored.",
    }
    return tuple(
        RequiredMatter(code, f"{regulation}(3)({letter})", text)
        for letter, (code, text) in zip("abcdefg", texts.items(), strict=True)
    )


REQUIRED_MATTERS: dict[PartnershipArrangement, tuple[RequiredMatter, ...]] = {
    PartnershipArrangement.POOLED_FUND: POOLED_FUND_MATTERS,
    PartnershipArrangement.NHS_EXERCISES_COUNCIL_FUNCTIONS: _delegation_matters(
        8, "the council", "the NHS body"
    ),
    PartnershipArrangement.COUNCIL_EXERCISES_NHS_FUNCTIONS: _delegation_matters(
        9, "the NHS body", "the council"
    ),
}

# Functions that no partnership arrangement may cover, whatever an agreement says: a law of its own day, checked by
# code. What a particular agreement leaves out besides (acute care, say) is that agreement's scope rule.
# How sourced: the NHS side repeats reg 2(2) of SI 2000/618, made the same day for payments under what is now section
# 76, whose published text was read; it is known to match reg 5 of SI 2000/617. The council side (reg 6) is known of the
# regulations as made and not read: before relying on it for a new kind of function, look at reg 6 as amended.
# Looked for again on 30 November 2026: of SI 2000/617 as made, regs 1 to 4 and 9 were read, which name reg 5 and reg 6 as the
# lists of what is prescribed, and reg 2(2)(a) and (b) of SI 2000/618 word for word; the text of regs 5 and 6 was not in reach.
EXCLUDED_NHS_FUNCTIONS: dict[str, str] = dict.fromkeys(
    (
        "surgery",
        "radiotherapy",
        "termination_of_pregnancy",
        "endoscopy",
        "class_4_laser_treatment",
        "other_invasive_treatment",
        "emergency_ambulance",
    ),
    "reg 5",
)
EXCLUDED_FUNCTIONS: dict[str, str] = EXCLUDED_NHS_FUNCTIONS | dict.fromkeys(
    (
        "adoption",
        "mental_health_act_professionals",
        "childrens_homes_registration",
        "private_fostering",
        "director_of_social_services",
    ),
    "reg 6",
)


@dataclass(frozen=True, slots=True)
class StatedMatter:
    """What an agreement says on a required matter, and in which clause."""

    code: str
    text: str
    clause: str | None = None


def excluded(functions: Iterable[str]) -> tuple[str, ...]:
    """Those of the named functions that the regulations exclude, in the order given."""
    return tuple(each for each in functions if each in EXCLUDED_FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Examined:
    """The parts of an agreement that the check looks at."""

    parties: tuple[tuple[UUID, BodyKind], ...]
    arrangements: tuple[PartnershipArrangement, ...]
    matters: tuple[StatedMatter, ...]
    functions: tuple[str, ...]
    host_organisation_id: UUID | None
    pool_manager: str | None
    consultation: str | None
    expected_improvement: str | None


def missing(examined: Examined) -> tuple[Fault, ...]:
    """Everything that the draft lacks, each with where to put it; empty when it may be signed.

    Sources: SI 2000/617 reg 2 (partners), reg 4(1) (likely to lead to an improvement), reg 4(2) (joint
    consultation), regs 5 and 6 (functions), reg 7(3) to (5) (pooled fund), regs 8(3) and 9(3).
    """
    return (*_partners(examined), *_pooled_fund(examined), *_matters(examined), *_grounds(examined))


def require_complete(examined: Examined) -> None:
    """Refuse, with the list, an agreement that lacks something (S2-C07)."""
    lacking = missing(examined)
    if lacking:
        raise SECTION_75_INCOMPLETE(faults=lacking, missing=[fault.code for fault in lacking])


def _partners(examined: Examined) -> list[Fault]:
    kinds = {kind for _, kind in examined.parties}
    faults = []
    if BodyKind.NHS_BODY not in kinds:
        faults.append(
            Fault("/terms/parties", "nhs_body_missing", "At least one party is an NHS body (reg 2).")
        )
    if BodyKind.LOCAL_AUTHORITY not in kinds:
        faults.append(
            Fault(
                "/terms/parties",
                "local_authority_missing",
                "At least one party is a local authority (reg 2).",
            )
        )
    if not examined.arrangements:
        faults.append(
            Fault(
                "/terms/arrangements",
                "arrangement_missing",
                "Say which arrangement it is: regs 7, 8 and 9 know three.",
            )
        )
    return faults


def _pooled_fund(examined: Examined) -> list[Fault]:
    if PartnershipArrangement.POOLED_FUND not in examined.arrangements:
        return []
    faults = []
    if examined.host_organisation_id is None:
        faults.append(
            Fault(
                "/terms/host_organisation_id",
                "host_missing",
                "Name the host partner of the pooled fund (reg 7(4)).",
            )
        )
    if not examined.pool_manager:
        faults.append(
            Fault(
                "/terms/pool_manager",
                "pool_manager_missing",
                "Name the officer who manages the pooled fund (reg 7(4)).",
            )
        )
    return faults


def _matters(examined: Examined) -> list[Fault]:
    stated = {matter.code for matter in examined.matters if matter.text.strip()}
    wanted: dict[str, Fault] = {}
    for arrangement in examined.arrangements:
        for matter in REQUIRED_MATTERS[arrangement]:
            if matter.code not in stated and matter.code not in wanted:
                wanted[matter.code] = Fault(
                    "/terms/matters", matter.code, f"{matter.text} (reg {matter.paragraph})"
                )
    return list(wanted.values())


def _grounds(examined: Examined) -> Sequence[Fault]:
    faults = []
    if not (examined.consultation or "").strip():
        faults.append(
            Fault(
                "/terms/consultation",
                "joint_consultation_missing",
                "Record whom the partners consulted jointly (reg 4(2)).",
            )
        )
    if not (examined.expected_improvement or "").strip():
        faults.append(
            Fault(
                "/terms/expected_improvement",
                "expected_improvement_missing",
                "Record how the functions are likely to be exercised better (reg 4(1)).",
            )
        )
    faults.extend(
        Fault(
            "/terms/functions",
            f"excluded_function_{name}",
            f"No arrangement may cover this function ({source}).",
        )
        for name, source in EXCLUDED_FUNCTIONS.items()
        if name in examined.functions
    )
    return faults
