"""Free text of request bodies: each is held to the check of personal data, or stands here with the reason why not."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from shared.web.fields import Body, Line, Paragraph, Reference, Title

SERVICES = ("budget", "contracts", "gateway", "outcomes")
REFERENCE = "A reference in the owner's own numbering, where ten digits are common."
REPEATED = "Repeats the title of a contract on record, which was checked there; only the gateway sends it."
ADDRESS = "An address of a machine."
LOOKED_UP = "Is looked up among what is on record, and refused if it is not there."
READ = "Is read as a number, a period, a day or a word of a list, and refused if it is none."
CODE = "A code or a place in a document, in the owner's own numbering."
UNCHECKED: dict[str, str] = {
    **dict.fromkeys(
        (
            "budget.ClearanceBody.reference",
            "budget.DecisionIn.reference",
            "contracts.PublishedNoticeIn.reference",
            "gateway.ConsolidationIn.reference",
            "gateway.ContractSplitPartIn.reference",
            "outcomes.BenefitIn.reference",
            "outcomes.JsnaNeedIn.reference",
        ),
        REFERENCE,
    ),
    **dict.fromkeys(
        ("budget.HeirIn.title", "budget.ContractReservationIn.title", "budget.ContractRevisionIn.title"),
        REPEATED,
    ),
    **dict.fromkeys(
        (
            "gateway.IssuerIn.issuer",
            "gateway.IssuerIn.audience",
            "gateway.IssuerChange.audience",
            "gateway.WebhookIn.url",
        ),
        ADDRESS,
    ),
    **dict.fromkeys(
        (
            "budget.LineIn.category",
            "budget.PoolIn.category",
            "budget.ScopeRuleBody.category",
            "contracts.PlacementChange.responsible_area_code",
            "contracts.PlacementIn.responsible_area_code",
            "contracts.ProviderSiteIn.area_code",
            *(f"gateway.TokenForm.{each}" for each in ("client_id", "client_secret", "grant_type", "scope")),
            *(f"gateway.TokenForm.{each}" for each in ("client_assertion", "client_assertion_type")),
            *(f"outcomes.BatchFigureIn.{each}" for each in ("obligation_id", "indicator")),
        ),
        LOOKED_UP,
    ),
    **dict.fromkeys(
        (
            "budget.AgreementMilestoneIn.planned",
            "budget.MilestoneReachedIn.reached",
            "budget.PartnerJournalIn.period",
            "budget.PeriodIn.period",
            *(
                f"budget.{each}.posting_period"
                for each in ("JournalIn", "BatchJournalIn", "ReversalIn", "BatchReversalIn")
            ),
            *(f"budget.{each}.posting_period" for each in ("ReclassificationIn", "SettlementPostingIn")),
            *(f"budget.{each}.posting_period" for each in ("VirementIn", "VirementApprovalIn")),
            "contracts.EndingIn.reason",
            "contracts.RateBenchmarkIn.period",
            "gateway.StatedTimeIn.when",
            *(f"outcomes.BatchFigureIn.{each}" for each in ("period", "financial_year", "financial_quarter")),
            *(f"outcomes.BatchFigureIn.{each}" for each in ("value", "status", "numerator", "denominator")),
            "outcomes.ValidationRuleIn.left",
            "outcomes.ValidationRuleIn.right",
        ),
        READ,
    ),
    **dict.fromkeys(
        (
            "gateway.PaperIn.edition",
            "gateway.PaperSectionIn.number",
            "outcomes.DomainIn.code",
            "outcomes.FieldReasonIn.pointer",
            "outcomes.IndicatorIn.code",
            "outcomes.PlacingIn.code",
            "outcomes.PlacingIn.domain",
            "outcomes.ReturnCommentIn.pointer",
        ),
        CODE,
    ),
    **dict.fromkeys(
        ("budget.AddressableSpendIn.printed_total", "budget.PrintedFigureIn.printed"),
        "A sum as it is printed, of at most 40 characters, where ten digits are common.",
    ),
    "outcomes.BatchFigureIn.explanation": "Is checked figure by figure, so that one does not stop the others.",
}


def _bodies(kind: type[Body] = Body) -> Iterator[type[Body]]:
    for each in kind.__subclasses__():
        yield each
        yield from _bodies(each)


def _texts(annotation: Any, said: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """What is said of each text in a type: of itself, of an item of a list, of a value of a dictionary."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _texts(inner, (*said, *more))
    elif annotation is str:
        yield said
    else:
        parts = get_args(annotation)
        for each in parts[1:] if get_origin(annotation) is dict else parts:
            yield from _texts(each, said)


def _is_held(said: tuple[Any, ...]) -> bool:
    """Checked for personal data, or of a pattern that says what it may be."""
    flat = [part for each in said for part in (each.metadata if isinstance(each, FieldInfo) else (each,))]
    checks = {get_args(kind)[-1].func for kind in (Title, Paragraph, Reference)}
    return any(getattr(each, "func", None) in checks or getattr(each, "pattern", None) for each in flat)


@pytest.fixture(scope="module")
def plain() -> set[str]:
    """Every text of a request body that nothing holds to anything, like `contracts.ContractIn.reference`."""
    for service in SERVICES:
        package = importlib.import_module(f"services.{service}.api")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return {
        f"{body.__module__.split('.')[1]}.{body.__name__}.{name}"
        for body in _bodies()
        if body.__module__.startswith("services.")
        for name, field in body.model_fields.items()
        if not all(_is_held((*field.metadata, *said)) for said in _texts(field.annotation))
    }


def test_each_text_of_a_body_is_checked_or_named_here(plain):
    """A new one is a `Title`, `Paragraph` or `Reference`; one that may hold any figures is named above with its reason."""
    assert plain == set(UNCHECKED)


def test_a_plain_line_is_told_from_a_checked_one():
    assert not any(
        _is_held(said) for kind in (Line | None, list[Line], dict[str, Line]) for said in _texts(kind)
    )
    assert all(
        _is_held(said) for kind in (Title | None, list[Paragraph], dict[str, Title]) for said in _texts(kind)
    )
