"""The rows of a file while it is imported: in tables that only this transaction sees and that end with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared.copying import Batches
from shared.db import Prepared, Transaction

IMPORT_SECONDS = 900  # of any one statement; the way in has the same deadline for the whole
COLUMNS = ("line", "reference", "reference_key", "content", "findings")
_BATCH = 250
_ROWS = Prepared(
    'create temporary table staged_rows (line integer not null, reference text, reference_key text collate "C",'
    " content text, findings text not null) on commit drop",
    (),
    {},
)
# Rows of one reference are decided together, where the first of them stands, unless there are more than can be told
# apart. What cannot be taken stands alone.
_BATCHED = """
create temporary table staged_batches on commit drop as
with counted as (
    select *, count(content) over (partition by reference_key) > {most} as overused from staged_rows),
     placed as (
    select *, case when content is null or overused then line
                   else min(line) over (partition by reference_key, content is null) end as first_line
      from counted),
     groups as (
    select first_line, (sum(count(*)) over (order by first_line) - count(*)) / {size} as batch
      from placed group by first_line)
select p.line, p.reference, p.content, p.findings, p.content is not null and p.overused as overused,
       g.batch::integer as batch
  from placed p join groups g using (first_line)
 order by g.batch, p.line
"""
_INDEXED = Prepared("create index on staged_batches (batch, line)", (), {})
_LOOKED_AT = Prepared("analyze staged_batches", (), {})
_NEXT = Prepared(
    "select batch, line, reference, content, findings, overused from staged_batches"
    " where batch = (select min(batch) from staged_batches where batch > $1) order by line",
    ("after",),
    {},
)


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row as it was staged. `overused`: more rows stand under its reference than can be told apart."""

    line: int
    reference: str | None
    content: str | None
    findings: str
    overused: bool


async def stage(tx: Transaction, rows: Batches, most_of_one: int) -> None:
    """Take rows in while they come, in the order of COLUMNS; nobody is kept waiting for the file but its sender."""
    await tx.take_time(IMPORT_SECONDS)
    await tx.do(_ROWS)
    await tx.copy("staged_rows", COLUMNS, rows)
    await tx.do(Prepared(_BATCHED.format(most=int(most_of_one), size=_BATCH), (), {}))
    await tx.do(_INDEXED)
    await tx.do(_LOOKED_AT)


async def batches(tx: Transaction) -> AsyncIterator[Sequence[StagedRow]]:
    """The rows again, those of one reference always together, in the order in which references first came."""
    after = -1
    while found := await tx.all(_NEXT, after=after):
        after = found[0]["batch"]
        yield [_row(each) for each in found]


def _row(row: Any) -> StagedRow:
    return StagedRow(row["line"], row["reference"], row["content"], row["findings"], row["overused"])
