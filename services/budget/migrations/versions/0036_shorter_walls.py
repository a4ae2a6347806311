"""The walls around money say each thing once: whoever reads or writes pays for every part of a policy each time."""

from shared.migrate import run_sql

revision = "0036"
down_revision = "0035"

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWNERS = "partnership_id::text || '/' || owner_organisation_id::text"
# Pooled money, and shadow lines once their owner agreed to show them.
_SHARED = f"""(arrangement = 'pooled' or (arrangement = 'shadow'
        and {_OWNERS} = any ((select budget.once_open_shadows())::text[])))"""
_ALIGNED = f"""
    or (arrangement = 'aligned' and {_COMMISSIONED}
        and {_OWNERS} = any ((select budget.open_aligned_lines())::text[]))"""
_YEARS = {
    "accounts": "'*'",
    "balances": "budget.financial_year_of(effective_month)",
    "entries": "budget.financial_year_of(effective_date)",
    "journals": "financial_year",
    "lines": "financial_year",
}


def upgrade() -> None:
    for table, year in _YEARS.items():
        run_sql(_wall(table, year))


def _wall(table: str, year: str) -> str:
    """Who may read a row, as before: partners and auditors of what is shared, its owner, and the owner's auditors."""
    return f"""
alter policy {table}_read on {table} using (
    ({_SHARED} and ({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, {year})))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or budget.ctx_audited(partnership_id, owner_organisation_id, {year}){_ALIGNED if table == "lines" else ""});"""
