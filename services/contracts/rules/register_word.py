"""The words in which registers say an end that is no day, a form of agreement, a tender, yes and no."""

from __future__ import annotations

from services.contracts.rules.classification import EXEMPT, AgreementForm, Regime, TenderType
from services.contracts.rules.register_column import PART_B
from shared.text import fold_key

OPEN = frozenset(
    {"ongoing", "on-going", "rolling", "open ended", "open-ended", "until further notice", "n/a", "none"}
)
TO_COME = frozenset({"tbc", "tba", "tbd", "to be confirmed"})
_FORMS = {
    "single award contract": AgreementForm.SINGLE_AWARD,
    "multiple award contract": AgreementForm.MULTIPLE_AWARD,
    "framework agreement": AgreementForm.FRAMEWORK,
    "framework": AgreementForm.FRAMEWORK,
    "dynamic purchasing system": AgreementForm.DYNAMIC_PURCHASING_SYSTEM,
    "grant agreement": AgreementForm.GRANT_AGREEMENT,
    "grant": AgreementForm.GRANT_AGREEMENT,
}
_TENDERS = {
    "invitation to quote": TenderType.ITQ,
    "itq": TenderType.ITQ,
    "invitation to tender": TenderType.ITT,
    "published invitation to tender": TenderType.ITT,
    "itt": TenderType.ITT,
}
TENDER_CODES = {each.value: each for each in TenderType}
REGIMES = {
    each.value: each for each in Regime if each not in EXEMPT
}  # those need grounds, which no column has
ESTIMATED = frozenset({"estimated", "estimate", "no", "n", "false", "0"})
ANSWERS = {
    **dict.fromkeys(("yes", "y", "true", "1"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}


def form_of(cell: str) -> AgreementForm:
    return _FORMS.get(fold_key(cell), AgreementForm.OTHER) if cell else AgreementForm.NOT_STATED


def tender_of(cell: str) -> TenderType:
    return _TENDERS.get(fold_key(cell), TenderType.OTHER) if cell else TenderType.NOT_STATED


def regime_of(cell: str) -> Regime | None:
    """`Part B services` names the 2006 Regulations' lighter regime (SI 2006/5 Schedule 3)."""
    return Regime.PCR2006_PART_B if fold_key(cell) == PART_B else None
