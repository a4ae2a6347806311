"""Answers to the gateway's errands are kept for good, so that a change of several services can always be gone on with."""

from shared.migrate import run_sql
from shared.schema import driven_answers

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(driven_answers("gateway"))
