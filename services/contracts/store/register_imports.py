"""Imports of registers: what became of files and rows, what they said of each contract, who stands under a reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.rules.import_tally import MOST_SHOWN
from services.contracts.rules.register_match import Known
from services.contracts.rules.register_report import RegisterOutcome, RegisterReport, RowReport
from services.contracts.rules.register_row import RegisterContent
from services.contracts.store.import_tables import register_entries, register_import_rows, register_imports
from services.contracts.store.tables import contracts
from shared.db import Prepared, Row, Transaction, prepare
from shared.keyset import After, Pages, Within

_OWNER = bindparam("owner", type_=Uuid)
_ONE_AT_A_TIME = prepare(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("owner", type_=Text), 1)))
)
_KNOWN = prepare(
    select(contracts.c.id, contracts.c.reference_key, contracts.c.occurrence, register_entries.c.content)
    .select_from(contracts)
    .outerjoin(register_entries, register_entries.c.contract_id == contracts.c.id)
    .where(
        contracts.c.owner_organisation_id == _OWNER,
        contracts.c.reference_key == any_(bindparam("keys", type_=ARRAY(Text))),
    )
)
_ADD: Prepared = prepare(
    insert(register_imports)
    .values(
        id=bindparam("id", type_=Uuid),
        owner_organisation_id=_OWNER,
        partnership_id=bindparam("partnership_id", type_=Uuid),
        register_date=bindparam("register_date", type_=Date),
        counts=bindparam("counts", type_=JSONB),
        report=bindparam("report", type_=JSONB),
    )
    .returning(register_imports.c.recorded_at)
)


def _sent(table: Table) -> Any:
    """Any number of rows, sent as one JSON array of objects."""
    rows = func.jsonb_populate_recordset(
        literal_column(f"null::{table.fullname}"), bindparam("rows", type_=JSONB)
    )
    return rows.table_valued(*(Column(each.name, each.type) for each in table.c), name="sent")


def _adding(table: Table) -> Prepared:
    return prepare(insert(table).from_select([each.name for each in table.c], select(*_sent(table).c)))


_SENT = _sent(register_entries)
_ADD_ENTRIES, _ADD_ROWS = _adding(register_entries), _adding(register_import_rows)
_CHANGE_ENTRIES = prepare(
    update(register_entries)
    .where(register_entries.c.contract_id == _SENT.c.contract_id)
    .values({name: _SENT.c[name] for name in ("reference_key", "register_import_id", "line", "content")})
)


async def one_at_a_time(tx: Transaction, owner: UUID) -> None:
    """Wait for any other import of the same owner: two at once would each find the other's contracts missing."""
    await tx.all(_ONE_AT_A_TIME, owner=str(owner))


async def known(tx: Transaction, owner: UUID, keys: Collection[str]) -> list[Known]:
    """The owner's contracts under these references, each with what its last import said."""
    rows = await tx.all(_KNOWN, owner=owner, keys=list(keys))
    return [
        Known(
            row["id"],
            row["reference_key"],
            row["occurrence"],
            None if row["content"] is None else msgspec.convert(row["content"], RegisterContent),
        )
        for row in rows
    ]


async def add(tx: Transaction, report: RegisterReport) -> RegisterReport:
    """Record what became of a register; gives it back with the instant of its recording."""
    row = await tx.one(
        _ADD,
        id=report.register_import_id,
        owner=report.owner_organisation_id,
        partnership_id=report.partnership_id,
        register_date=report.register_date,
        counts=report.counts,
        report=replace(report, rows=()),
    )
    return replace(report, recorded_at=row["recorded_at"])


async def add_entries(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the register says of new contracts, which the next import is compared with."""
    await tx.do(_ADD_ENTRIES, rows=list(rows))


async def change_entries(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the register says now of contracts that it said something of before."""
    await tx.do(_CHANGE_ENTRIES, rows=list(rows))


async def add_rows(tx: Transaction, import_id: UUID, owner: UUID, rows: Iterable[RowReport]) -> None:
    """Keep what became of some rows."""
    of_import = {"register_import_id": import_id, "owner_organisation_id": owner}
    await tx.do(_ADD_ROWS, rows=[{**of_import, **msgspec.to_builtins(each)} for each in rows])


def _own(table: Table) -> ColumnElement[bool]:
    """Only who sent a file sees what became of it."""
    return table.c.owner_organisation_id == any_(bindparam("organisations", type_=ARRAY(Uuid)))


_OF_IMPORT = register_import_rows.c.register_import_id == bindparam("import", type_=Uuid)
_GET = prepare(
    select(register_imports).where(
        register_imports.c.id == bindparam("id", type_=Uuid), _own(register_imports)
    )
)
_PAGES = Pages(
    select(register_imports).where(_own(register_imports)),
    register_imports.c.recorded_at,
    register_imports.c.id,
    register_imports.c.recorded_at,
)
_ROWS: Select[Any] = select(register_import_rows).where(_own(register_import_rows), _OF_IMPORT)
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "outcome": register_import_rows.c.outcome == bindparam("outcome", type_=Text),
    "with_findings": (register_import_rows.c.findings != literal_column("'[]'::jsonb"))
    == bindparam("with_findings"),
}
_ROW_PAGES = {
    names: Pages(
        _ROWS.where(*(_FILTERS[name] for name in sorted(names))),
        register_import_rows.c.line,
        register_import_rows.c.register_import_id,
    )
    for names in map(frozenset, ((), ("outcome",), ("with_findings",), ("outcome", "with_findings")))
}
_ALL_ROWS = prepare(_ROWS.order_by(register_import_rows.c.line))
_TO_LOOK_AT = prepare(
    _ROWS.where(register_import_rows.c.findings != literal_column("'[]'::jsonb"))
    .order_by(
        case(
            (register_import_rows.c.outcome == literal_column("'rejected'"), literal_column("0")),
            else_=literal_column("1"),
        ),
        register_import_rows.c.line,
    )
    .limit(bindparam("most", type_=Integer))
)


async def get(tx: Transaction, import_id: UUID) -> RegisterReport:
    """An import of the caller's, with the rows that its answer had."""
    ours = list(tx.caller.organisations)
    report = _report(await tx.one(_GET, id=import_id, organisations=ours), RegisterReport)
    values: dict[str, Any] = {"import": import_id, "organisations": ours}
    if report.counts.rows > MOST_SHOWN:
        rows = await tx.all(_TO_LOOK_AT, most=MOST_SHOWN, **values)
    else:
        rows = await tx.all(_ALL_ROWS, **values)
    return replace(report, rows=tuple(map(_row, rows)))


async def page(tx: Transaction, limit: int, after: After, within: Within) -> list[RegisterOutcome]:
    """At most `limit + 1` imports in the order in which they were recorded, without their rows."""
    rows = await _PAGES.read(tx, limit, after, within, organisations=list(tx.caller.organisations))
    return [_report(row, RegisterOutcome) for row in rows]


async def rows_of(
    tx: Transaction, import_id: UUID, filters: Mapping[str, Any], limit: int, after: After
) -> list[RowReport]:
    """At most `limit + 1` rows of an import in the order of the file."""
    values = {"import": import_id, "organisations": list(tx.caller.organisations), **filters}
    return [_row(row) for row in await _ROW_PAGES[frozenset(filters)].read(tx, limit, after, **values)]


_Kind = TypeVar("_Kind", bound=RegisterOutcome)


def _report(row: Row, kind: type[_Kind]) -> _Kind:
    """The report as it was; of an import of before reports were kept, what is known of it."""
    kept = row["report"] or {
        "register_import_id": row["id"],
        "dry_run": False,
        "owner_organisation_id": row["owner_organisation_id"],
        "partnership_id": row["partnership_id"],
        "register_date": row["register_date"],
        "counts": row["counts"],
        **_NOT_KEPT,
    }
    return replace(msgspec.convert(kept, kind), recorded_at=row["recorded_at"])


_NOT_KEPT: Mapping[str, Any] = {
    "file_sha256": "",
    "file_bytes": 0,
    "encoding": "",
    "heading_line": 0,
    "columns_not_read": [],
    "distinct_references": 0,
    "reused_references": 0,
    "references_used_again": [],
    "not_stated": {},
    "control_total": {"read_pence": 0, "given_pence": None, "out_by_pence": None},
    "rejected_because": [],
    "remarked_because": [],
}


def _row(row: Row) -> RowReport:
    made = {name: row[name] for name in ("line", "reference", "outcome", "contract_id", "findings")}
    return msgspec.convert(made, RowReport)
