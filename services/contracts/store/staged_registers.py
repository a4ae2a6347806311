"""The rows of a register while it is imported: taken in as they come, given back reference by reference."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from services.contracts.rules.contract import reference_key
from services.contracts.rules.import_tally import FIRST_LINES
from services.contracts.rules.register_file import RegisterFile
from services.contracts.rules.register_import import MOST_UNDER_ONE_REFERENCE, overused
from services.contracts.rules.register_remark import Finding
from services.contracts.rules.register_report import References, Reused
from services.contracts.rules.register_row import ReadRow, RegisterContent
from services.contracts.store import staged_rows
from services.contracts.store.staged_rows import StagedRow
from shared.copying import Batches
from shared.db import Prepared, Transaction

_MOST_REUSED = 200
_REFERENCES = Prepared(
    """
with groups as (
    select min(line) as first_line, count(*) as n,
           (array_agg(reference order by line))[1] as reference,
           (array_agg(line order by line))[1:$1] as lines
      from staged_rows where reference is not null group by reference_key)
select count(*) as distinct, count(*) filter (where n > 1) as reused,
       (select coalesce(jsonb_agg(jsonb_build_array(reference, lines) order by first_line), '[]')
          from (select * from groups where n > 1 order by first_line limit $2) first) as first_reused
  from groups
""",
    ("lines", "most"),
    {},
)
_encode = msgspec.json.Encoder().encode
_content = msgspec.json.Decoder(RegisterContent).decode
_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode


async def stage(tx: Transaction, file: RegisterFile) -> None:
    """Take the rows in while they come."""
    await staged_rows.stage(tx, _staged(file), MOST_UNDER_ONE_REFERENCE)


async def _staged(file: RegisterFile) -> Batches:
    async for rows in file.rows():
        yield [_row(each) for each in rows]


def _row(row: ReadRow) -> tuple[Any, ...]:
    reference = row.reference if row.content is None else row.content.reference
    key = None if reference is None else reference_key(reference)
    content = None if row.content is None else _encode(row.content).decode()
    return row.line, row.reference, key, content, _encode(row.findings).decode()


async def batches(tx: Transaction) -> AsyncIterator[Sequence[ReadRow]]:
    """The rows again, those of one reference always together, in the order in which references first came."""
    async for rows in staged_rows.batches(tx):
        yield [_read(row) for row in rows]


def _read(row: StagedRow) -> ReadRow:
    content = None if row.content is None else _content(row.content)
    read = ReadRow(row.line, row.reference, content, _findings(row.findings))
    return overused(read) if row.overused else read


async def references(tx: Transaction) -> References:
    """How the rows use their references."""
    row = await tx.one(_REFERENCES, lines=FIRST_LINES, most=_MOST_REUSED)
    first = (Reused(reference, tuple(lines)) for reference, lines in row["first_reused"])
    return References(row["distinct"], row["reused"], tuple(first))
