"""Contracts that their lead opens by name: to a scrutiny body that asked, or to its auditor as a sample."""

from shared.migrate import run_sql
from shared.schema import granting

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(granting("contracts"))
    run_sql(_POLICIES)


# Whoever was named sees what a provider sees of its own contract: the whole of it, but no private step and no funding.
_OPENED = (
    "{table}.owner_organisation_id::text || '/' || {table}.id::text"
    " = any ((select contracts.ctx_granted('contract'))::text[])"
)
_OF_CONTRACT = f"exists (select from contracts.contracts c where c.id = {{table}}.contract_id and {_OPENED.format(table='c')})"
_OF_DATES = _OF_CONTRACT.format(table="due_dates")
_TABLES = ("contract_terms", "contract_parties", "notices")
# A policy of its own beside the one that each table has: what either lets through can be read.
_POLICIES = "\n".join(
    [
        f"create policy contracts_opened on contracts for select to contracts_app using ({_OPENED.format(table='contracts')});",
        *(
            f"create policy {table}_opened on {table} for select to contracts_app"
            f" using ({_OF_CONTRACT.format(table=table)});"
            for table in _TABLES
        ),
        f"create policy due_dates_opened on due_dates for select to contracts_app using (not private and {_OF_DATES});",
    ]
)
