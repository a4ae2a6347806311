"""When organisations, partnerships, members, clients and issuers last changed."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(with_last_change("organisations", "partnerships", "members", "clients", "issuers"))
