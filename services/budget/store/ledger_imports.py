"""Imports of ledger lines as they are kept: what became of each file, and what was wrong with its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Column, Integer, Select, Text, Uuid, any_, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.import_remark import Finding
from services.budget.rules.ledger_import import (
    MOST_SHOWN,
    Cause,
    ControlTotal,
    Counts,
    Layout,
    LedgerImport,
    Take,
)
from services.budget.store.import_tables import ledger_import_findings, ledger_imports
from services.budget.store.visibility import scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_MINE = any_(bindparam("organisations", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding with its number in the report, from 1 in the order of the lines."""

    number: int
    line: int
    column: str
    read: str | None
    code: str
    detail: str
    reference: str | None


def _own() -> Select[Any]:
    """Only who sent a file sees what became of it; its journals are seen by who may see them."""
    return select(ledger_imports).where(ledger_imports.c.owner_organisation_id == _MINE)


_GET = prepare(_own().where(ledger_imports.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _own().where(ledger_imports.c.partnership_id == bindparam("partnership", type_=Uuid)),
    ledger_imports.c.recorded_at,
    ledger_imports.c.id,
    ledger_imports.c.recorded_at,
)
_FINDINGS = Pages(
    select(ledger_import_findings).where(
        ledger_import_findings.c.owner_organisation_id == _MINE,
        ledger_import_findings.c.ledger_import_id == bindparam("import", type_=Uuid),
    ),
    ledger_import_findings.c.number,
    ledger_import_findings.c.ledger_import_id,
)
_NAMES = tuple(column.name for column in ledger_imports.c if column.name != "recorded_at")
_ADD = prepare(
    insert(ledger_imports)
    .values({name: bindparam(name, type_=ledger_imports.c[name].type) for name in _NAMES})
    .returning(ledger_imports.c.recorded_at)
)
_SENT = func.jsonb_to_recordset(bindparam("findings", type_=JSONB)).table_valued(
    Column("number", Integer),
    Column("line", Integer),
    Column("column", Text),
    Column("read", Text),
    Column("code", Text),
    Column("detail", Text),
    Column("reference", Text),
    name="sent",
)
_ADD_FINDINGS = prepare(
    insert(ledger_import_findings).from_select(
        [
            "ledger_import_id",
            "partnership_id",
            "owner_organisation_id",
            "number",
            "line",
            "column_name",
            "read",
            "code",
            "detail",
            "reference",
        ],
        select(
            bindparam("import", type_=Uuid),
            bindparam("partnership", type_=Uuid),
            bindparam("owner", type_=Uuid),
            *_SENT.render_derived(with_types=True).c,
        ),
    )
)


async def add(tx: Transaction, report: LedgerImport, findings: Sequence[Finding]) -> LedgerImport:
    """Keep what became of a file, and all findings that are kept. Returns it with the instant of its recording."""
    values = {name: getattr(report, name, None) for name in _NAMES}
    for name in ("columns_not_read", "counts", "control_total", "causes"):
        values[name] = msgspec.to_builtins(values[name])
    values |= {"layout": report.layout.value, "take": report.take.value}
    row = await tx.one(_ADD, **values)
    if findings:
        numbered = [{"number": at, **msgspec.to_builtins(each)} for at, each in enumerate(findings, 1)]
        await tx.do(
            _ADD_FINDINGS,
            **{
                "import": report.id,
                "partnership": report.partnership_id,
                "owner": report.owner_organisation_id,
                "findings": numbered,
            },
        )
    return replace(report, recorded_at=row["recorded_at"])


async def get(tx: Transaction, import_id: UUID) -> LedgerImport:
    """An import of the caller's, with its first findings."""
    row = await tx.one(_GET, id=import_id, organisations=scope(tx)["organisations"])
    first = await findings(tx, import_id, MOST_SHOWN - 1, None)
    return _import(row, tuple(Finding(*(getattr(each, name) for name in _PARTS)) for each in first))


_PARTS = ("line", "column", "read", "code", "detail", "reference")


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> list[LedgerImport]:
    """At most `limit + 1` imports in the order in which they were recorded, without their findings."""
    values = {"partnership": partnership_id, "organisations": scope(tx)["organisations"]}
    return [_import(row, ()) for row in await _PAGES.read(tx, limit, after, within, **values)]


async def findings(tx: Transaction, import_id: UUID, limit: int, after: After) -> list[NumberedFinding]:
    """At most `limit + 1` findings of an import in the order of the lines."""
    values = {"import": import_id, "organisations": scope(tx)["organisations"]}
    return [
        NumberedFinding(
            row["number"],
            row["line"],
            row["column_name"],
            row["read"],
            row["code"],
            row["detail"],
            row["reference"],
        )
        for row in await _FINDINGS.read(tx, limit, after, **values)
    ]


def _import(row: Mapping[str, Any], first: tuple[Finding, ...]) -> LedgerImport:
    return LedgerImport(
        **{
            **row,
            "layout": Layout(row["layout"]),
            "take": Take(row["take"]),
            "dry_run": False,
            "columns_not_read": tuple(row["columns_not_read"]),
            "counts": msgspec.convert(row["counts"], Counts),
            "control_total": msgspec.convert(row["control_total"], ControlTotal),
            "causes": msgspec.convert(row["causes"], tuple[Cause, ...]),
            "findings": first,
        }
    )
