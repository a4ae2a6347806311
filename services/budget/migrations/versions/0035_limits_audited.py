"""An auditor reads delegation limits and warning thresholds of the bodies that it audits, and of no other."""

from shared.migrate import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    run_sql(_WALLS)


_WALLS = "\n".join(
    f"""
alter policy {table}_read on {table} using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or budget.ctx_audited(partnership_id, owner_organisation_id, '*'));
"""
    for table in ("delegation_limits", "warning_thresholds")
)
