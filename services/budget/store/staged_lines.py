"""The rows of a file while it is imported: in tables that only this transaction sees and that end with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.budget.rules.import_line import STAGED
from services.budget.rules.ledger_import import Layout
from shared.copying import Batches, one
from shared.db import Prepared, Transaction

# Sorted in memory while it fits; a transaction of its own, and never two of them for long.
_ROOM = Prepared("select set_config('work_mem', '24MB', true)", (), {})
_LINES = Prepared(
    """
create temporary table import_lines (
    line integer not null, side smallint not null, reference text collate "C", effective_date date,
    posting_period text collate "C", kind text collate "C", account text collate "C", amount_pence bigint,
    vat_regime budget.vat_regime, vat_organisation_id uuid, vat_tax_point date, vat_net_pence bigint,
    vat_recoverable_pence bigint, vat_irrecoverable_pence bigint, contract_id uuid, provider_organisation_id uuid,
    service_code text, locality_code text, narrative text, bad boolean not null
) on commit drop
""",
    (),
    {},
)
_ACCOUNTS = Prepared(
    'create temporary table import_accounts (number integer not null, account text collate "C" not null, id uuid,'
    " vat_control boolean not null) on commit drop",
    (),
    {},
)
_NAMED = Prepared(
    "select distinct account from import_lines where not bad order by account limit $1", ("most",), {}
)
_SPAN = Prepared("select min(effective_date) as earliest from import_lines where not bad", (), {})

# Rows of published spend that say the very same are told apart by counting them.
_SOURCES = {
    Layout.LEDGER: "import_lines",
    Layout.SPEND: """(select line, side, effective_date, posting_period, kind, account, amount_pence, vat_regime,
        vat_organisation_id, vat_tax_point, vat_net_pence, vat_recoverable_pence, vat_irrecoverable_pence, contract_id,
        provider_organisation_id, service_code, locality_code, narrative, bad,
        reference || ':' || row_number() over (partition by reference, side order by line) as reference
   from import_lines)""",
}
_MORE = """num_nonnulls(l.vat_regime, l.contract_id, l.provider_organisation_id, l.service_code, l.locality_code) > 0"""
_JOURNALS = """
create temporary table import_journals on commit drop as
select whole.*, null::text as standing,
       case when bad or torn or entries > 500 then null
            when with_vat or entries < 2 or nil or out_by <> 0 or debits > 1000000000000000 then 'own ' || reference
            else kind || ' ' || effective_date || ' ' || coalesce(posting_period, '') || ' '
                 || array_to_string(moves, ' ') end as shape
  from (
    select row_number() over (order by min(l.line))::integer as number, uuidv7() as id, l.reference,
           bool_or(l.bad) as bad, bool_and(l.bad) as all_bad, count(*)::integer as entries,
           array_agg(l.line order by l.line, l.side) as lines, min(l.effective_date) as effective_date,
           min(l.kind) as kind, min(l.posting_period) as posting_period,
           min(l.effective_date) is distinct from max(l.effective_date) or min(l.kind) is distinct from max(l.kind)
               or min(l.posting_period) is distinct from max(l.posting_period)
               or count(l.posting_period) not in (0, count(*)) as torn,
           (array_agg(l.narrative order by l.line, l.side))[1] as narrative,
           array_agg(a.number order by l.line, l.side) as accounts,
           array_agg(case when l.amount_pence > 0 then a.number else -a.number end order by l.line, l.side) as moves,
           array_agg(l.amount_pence order by l.line, l.side) as amounts,
           case when bool_or({more}) then jsonb_agg(jsonb_build_array(l.vat_regime, l.vat_organisation_id,
               l.vat_tax_point, l.vat_net_pence, l.vat_recoverable_pence, l.vat_irrecoverable_pence, l.contract_id,
               l.provider_organisation_id, l.service_code, l.locality_code) order by l.line, l.side) end as more,
           bool_or(l.vat_regime is not null or a.vat_control) as with_vat,
           bool_or(l.amount_pence = 0) as nil, sum(l.amount_pence) as out_by,
           coalesce(sum(l.amount_pence) filter (where l.amount_pence > 0), 0) as debits
      from {source} l left join import_accounts a on a.account = l.account
     where l.reference is not null
     group by l.reference) whole
"""
_GROUP = {
    layout: Prepared(_JOURNALS.format(source=source, more=_MORE), (), {})
    for layout, source in _SOURCES.items()
}
# Journals that differ in nothing that a rule asks about share one decision; what is out of the ordinary has its own.
_SHAPES = Prepared(
    "create temporary table import_shapes on commit drop as"
    " select row_number() over (order by min(number))::integer as number, shape, min(number) as journal"
    " from import_journals where shape is not null group by shape",
    (),
    {},
)
_DECISIONS = Prepared(
    "create temporary table import_decisions (shape integer not null, code text, detail text, column_name text,"
    " entry integer, partnership_id uuid, owner_organisation_id uuid, arrangement budget.arrangement,"
    " book budget.book, financial_year text, posting_period text) on commit drop",
    (),
    {},
)
_DECIDED = Prepared(
    "create temporary table import_decided on commit drop as"
    " select s.shape as of_shape, d.* from import_shapes s join import_decisions d on d.shape = s.number",
    (),
    {},
)
# A table that was filled just now is unknown to the planner until it has been looked at.
_LOOKED_AT = Prepared("analyze import_lines", (), {})
_ACCOUNTS_LOOKED_AT = Prepared("analyze import_accounts", (), {})
_NUMBERED = Prepared("create index on import_journals (number)", (), {})
_GROUPS_LOOKED_AT = Prepared("analyze import_journals, import_shapes", (), {})
_DECIDED_ONCE = Prepared("create unique index on import_decided (of_shape)", (), {})
_DECIDED_LOOKED_AT = Prepared("analyze import_decided", (), {})
ACCOUNTS = ("number", "account", "id", "vat_control")
DECISIONS = (
    "shape",
    "code",
    "detail",
    "column_name",
    "entry",
    "partnership_id",
    "owner_organisation_id",
    "arrangement",
    "book",
    "financial_year",
    "posting_period",
)


async def stage(tx: Transaction, rows: Batches) -> None:
    """Take the rows in while they come."""
    await tx.do(_ROOM)
    await tx.do(_LINES)
    await tx.copy("import_lines", STAGED, rows)
    await tx.do(_LOOKED_AT)


async def named(tx: Transaction, most: int) -> list[str]:
    """The accounts that the rows name, at most so many."""
    return [row["account"] for row in await tx.all(_NAMED, most=most)]


async def earliest(tx: Transaction) -> date | None:
    """The first effective date of all rows, None without any."""
    found: date | None = (await tx.one(_SPAN))["earliest"]
    return found


async def put_accounts(tx: Transaction, rows: Iterable[Sequence[Any]]) -> None:
    """Take the accounts in, in the order of ACCOUNTS, numbered from 1."""
    await tx.do(_ACCOUNTS)
    await tx.copy("import_accounts", ACCOUNTS, one(rows))
    await tx.do(_ACCOUNTS_LOOKED_AT)


async def group(tx: Transaction, layout: Layout) -> None:
    """Make journals of rows with one reference, and shapes of journals that a rule would judge alike."""
    for statement in (_GROUP[layout], _SHAPES, _NUMBERED, _GROUPS_LOOKED_AT, _DECISIONS):
        await tx.do(statement)


async def add_decisions(tx: Transaction, rows: Iterable[Sequence[Any]]) -> None:
    """Take what was decided of some shapes, in the order of DECISIONS."""
    await tx.copy("import_decisions", DECISIONS, one(rows))


async def settle_decisions(tx: Transaction) -> None:
    """All shapes are decided: lead the decisions to their journals."""
    for statement in (_DECIDED, _DECIDED_ONCE, _DECIDED_LOOKED_AT):
        await tx.do(statement)
