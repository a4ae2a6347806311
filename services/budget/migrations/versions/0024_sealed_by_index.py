"""The sealer looks up what is new, however long the chain has become."""

from shared.migrate import run_sql
from shared.schema import sealed_by_index

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql("set role budget_totals")
    run_sql(sealed_by_index("budget"))
    run_sql("set role budget_owner")
