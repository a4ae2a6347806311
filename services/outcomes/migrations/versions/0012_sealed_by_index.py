"""The sealer looks up what is new, however long the chain has become."""

from shared.migrate import run_sql
from shared.schema import sealed_by_index

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql("set role outcomes_totals")
    run_sql(sealed_by_index("outcomes"))
    run_sql("set role outcomes_owner")
