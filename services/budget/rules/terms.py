"""What partners agree: parties, host, required matters, scope and dates. Their bodies approve this text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.clause import KNOWN_CODES
from services.budget.rules.integration_stage import StageFrom, plan
from services.budget.rules.scope_rule import ScopeRule
from services.budget.rules.section_75 import (
    BodyKind,
    Examined,
    PartnershipArrangement,
    StatedMatter,
)
from shared.errors import Kind, reason
from shared.text import fold_key

PARTIES_REPEATED = reason(
    "agreement_parties_repeated", Kind.INVALID, "Name each party to the agreement once."
)
TOO_FEW_PARTIES = reason("agreement_too_few_parties", Kind.INVALID, "An agreement has at least two parties.")
NOT_A_PARTY = reason(
    "agreement_not_a_party",
    Kind.INVALID,
    "The organisation that keeps the agreement, and its host, are parties to it.",
)
ENDS_BEFORE_IT_BEGINS = reason(
    "agreement_ends_before_it_begins",
    Kind.INVALID,
    "The agreement ends on or after the day on which it begins.",
)
MATTER_UNKNOWN = reason(
    "agreement_matter_unknown", Kind.INVALID, "Use the codes of the required matters, each once."
)
NAME_REPEATED = reason(
    "agreement_name_repeated",
    Kind.INVALID,
    "Give each other name of the agreement once, and not its title again.",
)
REVIEW_OUTSIDE_TERM = reason(
    "agreement_review_outside_term",
    Kind.INVALID,
    "The review and the end of a trial fall between the agreement's first and last day.",
)


@dataclass(frozen=True, slots=True)
class KnownAs:
    """Another name that the papers give the same document, and where they do.

    Southampton 2013 calls one document a memorandum of understanding (recommendation v) and a memorandum of
    agreement (para 30): S4-C09.
    """

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Party:
    """A party, what the regulations take it for, and the body of it that approves (`Cabinet`)."""

    organisation_id: UUID
    kind: BodyKind
    approving_body: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the partners agree: the part that a draft may change and that the bodies approve."""

    title: str
    parties: tuple[Party, ...]
    arrangements: tuple[PartnershipArrangement, ...] = ()
    host_organisation_id: UUID | None = None
    pool_manager: str | None = None
    matters: tuple[StatedMatter, ...] = ()
    functions: tuple[str, ...] = ()
    consultation: str | None = None
    expected_improvement: str | None = None
    scope_rules: tuple[ScopeRule, ...] = ()
    stages: tuple[StageFrom, ...] = ()
    aligned_lines_open: bool = False
    begins_on: date | None = None
    ends_on: date | None = None
    known_as: tuple[KnownAs, ...] = ()
    review_on: date | None = None
    trial_ends_on: date | None = None


def check(owner: UUID, terms: Terms) -> None:
    """Refuse terms that contradict themselves. What they still lack is for the section 75 check to say."""
    parties = [party.organisation_id for party in terms.parties]
    if len(set(parties)) != len(parties):
        raise PARTIES_REPEATED("/terms/parties")
    if len(parties) < 2:
        raise TOO_FEW_PARTIES("/terms/parties")
    if owner not in parties:
        raise NOT_A_PARTY("/terms/parties")
    if terms.host_organisation_id is not None and terms.host_organisation_id not in parties:
        raise NOT_A_PARTY("/terms/host_organisation_id")
    if terms.begins_on is not None and terms.ends_on is not None and terms.ends_on < terms.begins_on:
        raise ENDS_BEFORE_IT_BEGINS("/terms/ends_on")
    codes = [matter.code for matter in terms.matters]
    if len(set(codes)) != len(codes) or not set(codes) <= KNOWN_CODES:
        raise MATTER_UNKNOWN("/terms/matters", known=sorted(KNOWN_CODES))
    plan(terms.stages)
    _check_names(terms)
    _check_review(terms)


def _check_names(terms: Terms) -> None:
    """Two names for one document are kept with the note of where each stands, and are not the same name."""
    names = [fold_key(each) for each in (terms.title, *(known.name for known in terms.known_as))]
    if len(set(names)) != len(names):
        raise NAME_REPEATED("/terms/known_as")


def _check_review(terms: Terms) -> None:
    for name, day in (("review_on", terms.review_on), ("trial_ends_on", terms.trial_ends_on)):
        early = day is not None and terms.begins_on is not None and day < terms.begins_on
        late = day is not None and terms.ends_on is not None and day > terms.ends_on
        if early or late:
            raise REVIEW_OUTSIDE_TERM(f"/terms/{name}", begins_on=terms.begins_on, ends_on=terms.ends_on)


def examined(terms: Terms) -> Examined:
    """The parts of the terms that the section 75 check looks at."""
    return Examined(
        tuple((party.organisation_id, party.kind) for party in terms.parties),
        terms.arrangements,
        terms.matters,
        terms.functions,
        terms.host_organisation_id,
        terms.pool_manager,
        terms.consultation,
        terms.expected_improvement,
    )
