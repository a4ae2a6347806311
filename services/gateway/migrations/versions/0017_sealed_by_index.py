"""The sealer looks up what is new, however long the chain has become."""

from shared.migrate import run_sql
from shared.schema import sealed_by_index

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql("set role gateway_totals")
    run_sql(sealed_by_index("gateway"))
    run_sql("set role gateway_owner")
