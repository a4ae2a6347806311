"""Changes are numbered and hashed once they are committed, for the change feed and for the audit."""

from shared.migrate import run_sql
from shared.schema import sealed_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(sealed_tables("contracts"))
