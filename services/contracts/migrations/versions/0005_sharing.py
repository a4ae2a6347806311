"""What a data-sharing agreement opens to the caller, for the policies that ask."""

from shared.migrate import run_sql
from shared.schema import sharing

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(sharing("contracts"))
