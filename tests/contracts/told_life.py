"""What the public is told of a life in memory: its editions as the database makes them, its releases, its record."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.contracts.api.release_answers import record_of
from services.contracts.rules.contract import Contract
from services.contracts.rules.edition import Edition
from services.contracts.rules.party import Role, of_role
from services.contracts.rules.publication import NONE_STATED, Publication, ReleaseStage
from services.contracts.rules.state import PUBLISHED
from services.contracts.store.releases import Process
from tests.contracts import standard

PREFIX = "ocds-213czf"
_BEGAN = datetime(2014, 1, 1, tzinfo=UTC)


def content_of(contract: Contract) -> dict[str, Any]:
    """The content of an edition as the function `edition_content` of the database has it."""
    made: dict[str, Any] = {
        "reference": contract.reference,
        "title": contract.title,
        "state": PUBLISHED[contract.state].value,
        "agreement_form": contract.agreement_form.value,
        "tender_type": contract.tender_type.value,
        "start_date": _day(contract.start_date),
        "end_date": _day(contract.end_date),
        "end_status": contract.end_status.value,
        "max_end_date": _day(contract.max_end_date),
        "value_pence": contract.value.amount_pence,
        "value_status": contract.value.status.value,
        "value_basis": contract.value_basis.value,
        "ended_on": _day(contract.ended_on),
        "associate_ids": [],
        "providers": [
            {"organisation_id": str(each.organisation_id), "name": str(each.organisation_id)[:8]}
            for each in of_role(contract.parties, Role.PROVIDER)
        ],
        "particulars": {},
        "related": [],
    }
    return {name: value for name, value in made.items() if value is not None}


def record(contract: Contract, contents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The record of a contract that is open to the public, from all its contents in order; the same twice is one."""
    told = [each for at, each in enumerate(contents) if at == 0 or each != contents[at - 1]]
    editions = tuple(
        Edition(
            contract.id, at, ReleaseStage.CONTRACT, each, _BEGAN + timedelta(days=at), _BEGAN + timedelta(days=at)
        )
        for at, each in enumerate(told, 1)
    )  # fmt: skip
    open_ = Publication(
        contract.id, contract.owner_organisation_id, True, True, ReleaseStage.AWARD, (), NONE_STATED
    )
    made = record_of(Process(open_, editions, {}, frozenset()), PREFIX, date(2030, 1, 1))
    assert made is not None
    return made


@cache
def _merger(folder: Path) -> Any:
    return standard.merger(folder)


def check_merges(folder: Path, made: dict[str, Any]) -> dict[str, Any]:
    """The record's releases come to its compiled release by the standard's own routine. Gives the latter back."""
    compiled: dict[str, Any] = made["compiledRelease"]
    assert compiled == _merger(folder).create_compiled_release(made["releases"])
    return compiled


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
