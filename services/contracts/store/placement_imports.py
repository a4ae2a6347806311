"""Imports of placements: rows staged and given back, what they are held against, and what became of files and rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
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
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.rules.contract import Contract, reference_key
from services.contracts.rules.import_tally import MOST_SHOWN
from services.contracts.rules.placement_import import (
    OnRecord,
    PlacementOutcome,
    PlacementReport,
    PlacementRow,
    repeated,
)
from services.contracts.rules.placement_row import PlacementContent, ReadPlacement
from services.contracts.rules.register_remark import Finding
from services.contracts.store import contracts as whole_contracts
from services.contracts.store import placements, staged_rows
from services.contracts.store.import_tables import placement_import_rows, placement_imports
from services.contracts.store.placement_tables import placements as placement_rows
from services.contracts.store.tables import contracts
from shared.copying import Batches
from shared.db import Prepared, Row, Transaction, prepare
from shared.keyset import After, Pages, Within


class PlacementFile(Protocol):
    """A file whose rows are asked for once. What it was is known after the last of them."""

    def rows(self) -> AsyncIterator[Sequence[ReadPlacement]]: ...
    def blank(self, owner: UUID, given_pence: int | None) -> PlacementReport: ...


_encode = msgspec.json.Encoder().encode
_content = msgspec.json.Decoder(PlacementContent).decode
_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_OURS = any_(bindparam("organisations", type_=ARRAY(Uuid)))
_ONE_AT_A_TIME = prepare(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("owner", type_=Text), 2)))
)
_KEYED = contracts.c.reference_key == any_(bindparam("keys", type_=ARRAY(Text)))
_UNDER = prepare(
    select(contracts.c.id, contracts.c.reference_key)
    .where(
        or_(
            (contracts.c.owner_organisation_id == _OURS) & _KEYED,
            contracts.c.associate_ids.overlap(bindparam("organisations", type_=ARRAY(Uuid))) & _KEYED,
        )
    )
    .order_by(contracts.c.id)
)


_OF_REFERENCES = (
    select(placement_rows)
    .where(
        placement_rows.c.owner_organisation_id == _OURS,
        placement_rows.c.reference == any_(bindparam("references", type_=ARRAY(Text))),
    )
    .order_by(placement_rows.c.id)
)
_REFERENCES, _LOCK_REFERENCES = prepare(_OF_REFERENCES), prepare(_OF_REFERENCES.with_for_update())


async def one_at_a_time(tx: Transaction) -> None:
    """Wait for any other import of the same organisation: two at once would each find the other's placements missing."""
    await tx.all(_ONE_AT_A_TIME, owner=str(tx.caller.organisation_id))


async def stage(tx: Transaction, file: PlacementFile) -> None:
    """Take the rows in while they come."""
    await staged_rows.stage(tx, _staged(file), 1)


async def _staged(file: PlacementFile) -> Batches:
    async for rows in file.rows():
        yield [_staged_row(each) for each in rows]


def _staged_row(row: ReadPlacement) -> tuple[Any, ...]:
    reference = None if row.content is None else row.content.reference
    content = None if row.content is None else _encode(row.content).decode()
    return row.line, None, reference, content, _encode(row.findings).decode()


async def batches(tx: Transaction) -> AsyncIterator[Sequence[ReadPlacement]]:
    """The rows again, in the order of the file."""
    async for rows in staged_rows.batches(tx):
        made = []
        for each in rows:
            content = None if each.content is None else _content(each.content)
            read = ReadPlacement(each.line, content, _findings(each.findings))
            made.append(repeated(read) if each.overused else read)
        yield made


async def on_record(
    tx: Transaction, rows: Sequence[ReadPlacement], held: dict[UUID, Contract], *, lock: bool
) -> OnRecord:
    """What these rows are held against. `held`: contracts that were read for earlier rows, and those of these."""
    contents = [row.content for row in rows if row.content is not None]
    keys = {reference_key(each.contract) for each in contents if each.contract and each.contract_id is None}
    found = await tx.all(_UNDER, organisations=list(tx.caller.organisations), keys=sorted(keys))
    under: dict[str, list[UUID]] = {}
    for row in found:
        under.setdefault(row["reference_key"], []).append(row["id"])
    ids = {each.contract_id for each in contents if each.contract_id} | {row["id"] for row in found}
    held |= await whole_contracts.get_all(tx, sorted(ids - held.keys()))
    references = [each.reference for each in contents]
    asked = _LOCK_REFERENCES if lock else _REFERENCES
    named = await tx.all(asked, references=references, organisations=list(tx.caller.organisations))
    return OnRecord(held, under, {row["reference"]: placements.placement_of(row) for row in named})


_GET = prepare(
    select(placement_imports).where(
        placement_imports.c.id == bindparam("id", type_=Uuid),
        placement_imports.c.owner_organisation_id == _OURS,
    )
)
_PAGES = Pages(
    select(placement_imports).where(placement_imports.c.owner_organisation_id == _OURS),
    placement_imports.c.recorded_at,
    placement_imports.c.id,
    placement_imports.c.recorded_at,
)
_ADD = prepare(
    insert(placement_imports)
    .values(
        id=bindparam("id", type_=Uuid),
        owner_organisation_id=bindparam("owner", type_=Uuid),
        report=bindparam("report", type_=JSONB),
    )
    .returning(placement_imports.c.recorded_at)
)


def _adding(table: Table) -> Prepared:
    rows = func.jsonb_populate_recordset(
        literal_column(f"null::{table.fullname}"), bindparam("rows", type_=JSONB)
    )
    sent = rows.table_valued(*(Column(each.name, each.type) for each in table.c), name="sent")
    return prepare(insert(table).from_select([each.name for each in table.c], select(*sent.c)))


_ADD_ROWS = _adding(placement_import_rows)
_ROWS: Select[Any] = select(placement_import_rows).where(
    placement_import_rows.c.owner_organisation_id == _OURS,
    placement_import_rows.c.placement_import_id == bindparam("import", type_=Uuid),
)
_FOUND: ColumnElement[bool] = placement_import_rows.c.findings != literal_column("'[]'::jsonb")
_WHOLE: ColumnElement[bool] = func.cardinality(placement_import_rows.c.missing) == literal_column("0")
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "outcome": placement_import_rows.c.outcome == bindparam("outcome", type_=Text),
    "complete": (bindparam("complete") == _WHOLE) & placement_import_rows.c.placement_id.is_not(None),
}
_ROW_PAGES = {
    names: Pages(
        _ROWS.where(*(_FILTERS[name] for name in sorted(names))),
        placement_import_rows.c.line,
        placement_import_rows.c.placement_import_id,
    )
    for names in map(frozenset, ((), ("outcome",), ("complete",), ("outcome", "complete")))
}
_ALL_ROWS = prepare(_ROWS.order_by(placement_import_rows.c.line))
_REJECTED = placement_import_rows.c.outcome == literal_column("'rejected'")
_TO_LOOK_AT = prepare(
    _ROWS.where(_FOUND)
    .order_by(case((_REJECTED, literal_column("0")), else_=literal_column("1")), placement_import_rows.c.line)
    .limit(bindparam("most", type_=Integer))
)


async def add(tx: Transaction, report: PlacementReport) -> PlacementReport:
    """Record what became of a file; gives it back with the instant of its recording."""
    row = await tx.one(
        _ADD,
        id=report.placement_import_id,
        owner=report.owner_organisation_id,
        report=replace(report, rows=()),
    )
    return replace(report, recorded_at=row["recorded_at"])


async def add_rows(tx: Transaction, import_id: UUID, owner: UUID, rows: Iterable[PlacementRow]) -> None:
    """Keep what became of some rows."""
    of_import = {"placement_import_id": import_id, "owner_organisation_id": owner}
    await tx.do(_ADD_ROWS, rows=[{**of_import, **msgspec.to_builtins(each)} for each in rows])


async def get(tx: Transaction, import_id: UUID) -> PlacementReport:
    """An import of the caller's, with the rows that its answer had."""
    ours = list(tx.caller.organisations)
    report = _report(await tx.one(_GET, id=import_id, organisations=ours), PlacementReport)
    values: dict[str, Any] = {"import": import_id, "organisations": ours}
    if report.counts.rows > MOST_SHOWN:
        rows = await tx.all(_TO_LOOK_AT, most=MOST_SHOWN, **values)
    else:
        rows = await tx.all(_ALL_ROWS, **values)
    return replace(report, rows=tuple(map(_row, rows)))


async def page(tx: Transaction, limit: int, after: After, within: Within) -> list[PlacementOutcome]:
    """At most `limit + 1` imports in the order in which they were recorded, without their rows."""
    rows = await _PAGES.read(tx, limit, after, within, organisations=list(tx.caller.organisations))
    return [_report(row, PlacementOutcome) for row in rows]


async def rows_of(
    tx: Transaction, import_id: UUID, filters: Mapping[str, Any], limit: int, after: After
) -> list[PlacementRow]:
    """At most `limit + 1` rows of an import in the order of the file."""
    values = {"import": import_id, "organisations": list(tx.caller.organisations), **filters}
    return [_row(row) for row in await _ROW_PAGES[frozenset(filters)].read(tx, limit, after, **values)]


_Kind = TypeVar("_Kind", bound=PlacementOutcome)


def _report(row: Row, kind: type[_Kind]) -> _Kind:
    return replace(msgspec.convert(row["report"], kind), recorded_at=row["recorded_at"])


def _row(row: Row) -> PlacementRow:
    made = {name: row[name] for name in ("line", "outcome", "placement_id", "missing", "findings")}
    return msgspec.convert(made, PlacementRow)
