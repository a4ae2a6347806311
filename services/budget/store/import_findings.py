"""What is wrong with the journals of a file, by the lines of the file, and how many of its rows go which way."""

from __future__ import annotations

from services.budget.rules.import_line import MOST_FINDINGS, Findings
from services.budget.rules.import_remark import (
    REFERENCE_CHANGED,
    REFERENCE_REVERSED,
    ROW_LEFT_OUT,
    ROWS_DIFFER,
    TOO_MANY_ENTRIES,
    Finding,
)
from services.budget.rules.ledger_import import Counts, Layout
from shared.db import Prepared, Transaction

# A journal has one problem at most: the first that stands in its way. Without good rows its rows have said it all.
_PROBLEMS = """
    select j.lines, j.reference, j.effective_date, j.posting_period, j.kind, j.accounts, j.amounts,
           case when j.bad then $1 when j.torn then $3 when j.shape is null then $5
                when j.standing = 'changed' then $7
                when j.standing = 'reversed' then $9 when j.standing is null then d.code end as code,
           case when j.bad then $2 when j.torn then $4 when j.shape is null then $6
                when j.standing = 'changed' then $8
                when j.standing = 'reversed' then $10 when j.standing is null then d.detail end as detail,
           case when j.shape is not null and j.standing is null then d.column_name else 'reference' end as column_name,
           case when j.shape is not null and j.standing is null then d.entry end as entry
      from import_journals j left join import_decided d on d.of_shape = j.shape
     where not j.all_bad"""
_REMARKS = {
    "unfit": ROW_LEFT_OUT,
    "torn": ROWS_DIFFER,
    "long": TOO_MANY_ENTRIES,
    "changed": REFERENCE_CHANGED,
    "reversed": REFERENCE_REVERSED,
}
_NAMES = tuple(f"{name}_{part}" for name in _REMARKS for part in ("code", "detail"))
_VALUES = {
    f"{name}_{part}": getattr(remark, part)
    for name, remark in _REMARKS.items()
    for part in ("code", "detail")
}
_FIRST = Prepared(
    f"""
select p.lines[coalesce(p.entry, 0) + 1] as line, p.column_name, p.reference, p.code, p.detail,
       left(case p.column_name
            when 'account' then a.account
            when 'amount' then case when p.entry is not null
                 then round(p.amounts[p.entry + 1] / 100.0, 2)::text end
            when 'effective_date' then p.effective_date::text
            when 'posting_period' then p.posting_period
            when 'kind' then p.kind
            when 'reference' then p.reference end, 80) as read
  from ({_PROBLEMS}) p
  left join import_accounts a on p.column_name = 'account' and a.number = p.accounts[coalesce(p.entry, 0) + 1]
 where p.code is not null
 order by 1, 2 limit $11
""",  # noqa: S608 fixed text
    (*_NAMES, "most"),
    {},
)
_CAUSES = Prepared(
    f"select code, detail, count(*) as times from ({_PROBLEMS}) p where code is not null group by 1, 2",  # noqa: S608 fixed text
    _NAMES,
    {},
)
_COUNTS = Prepared(
    """
select count(*) filter (where outcome = 'posted') as journals_posted,
       count(*) filter (where outcome = 'unchanged') as journals_unchanged,
       count(*) filter (where outcome = 'left') as journals_left,
       coalesce(sum(entries) filter (where outcome = 'posted'), 0)::bigint as entries_posted,
       coalesce(sum(entries) filter (where outcome = 'unchanged'), 0)::bigint as entries_unchanged
  from (select j.entries,
               case when j.standing = 'unchanged' then 'unchanged'
                    when j.shape is null or j.standing in ('changed', 'reversed') or d.code is not null then 'left'
                    else 'posted' end as outcome
          from import_journals j left join import_decided d on d.of_shape = j.shape) each
""",
    (),
    {},
)


async def all_of(tx: Transaction, of_rows: Findings) -> Findings:
    """What was found in the rows, with what their journals were refused for, in the order of the lines."""
    rows = await tx.all(_FIRST, **_VALUES, most=MOST_FINDINGS)
    of_journals = [
        Finding(row["line"], row["column_name"], row["read"], row["code"], row["detail"], row["reference"])
        for row in rows
    ]
    kept = sorted(of_rows.kept + of_journals, key=lambda each: each.line)[:MOST_FINDINGS]
    found = Findings(kept, of_rows.counts)
    for row in await tx.all(_CAUSES, **_VALUES):
        found.counts[row["code"], row["detail"]] += row["times"]
    return found


async def counts(tx: Transaction, layout: Layout, rows: int) -> Counts:
    """A row of a ledger is an entry, a row of published spend a journal."""
    row = await tx.one(_COUNTS)
    what = "entries" if layout is Layout.LEDGER else "journals"
    posted, unchanged = row[f"{what}_posted"], row[f"{what}_unchanged"]
    return Counts(
        rows=rows,
        rows_posted=posted,
        rows_unchanged=unchanged,
        rows_left=rows - posted - unchanged,
        journals_posted=row["journals_posted"],
        journals_unchanged=row["journals_unchanged"],
        journals_left=row["journals_left"],
    )
