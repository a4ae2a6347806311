"""Answers to the gateway's errands are kept for good, so that a change of several services can always be gone on with."""

from shared.migrate import run_sql
from shared.schema import driven_answers

revision = "0032"
down_revision = "0031"


_DRIVEN = (
    "reserveForContract",
    "releaseForContract",
    "reviseForContract",
    "handOverForContracts",
    "applyBudgetSuccession",
)


def upgrade() -> None:
    run_sql(driven_answers("budget", *_DRIVEN))
