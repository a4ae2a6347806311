"""Answers to the gateway's errands are kept for good, so that a change of several services can always be gone on with."""

from shared.migrate import run_sql
from shared.schema import driven_answers

revision = "0030"
down_revision = "0029"


_DRIVEN = (
    "bringIntoForce",
    "applyTermination",
    "applyCompletion",
    "applyVariation",
    "applyExtension",
    "applyPartTermination",
    "applyNovation",
    "applyStatutoryTransfer",
    "applyConsolidation",
    "applySplit",
    "applyContractsSuccession",
)


def upgrade() -> None:
    run_sql(driven_answers("contracts", *_DRIVEN))
