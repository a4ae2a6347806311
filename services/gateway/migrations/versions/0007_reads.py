"""What was read, by which client of whom, and on whose behalf."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql((Path(__file__).parents[1] / "reads.sql").read_text(encoding="utf-8"))
