"""Successions of organisations, and what they do to clients."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0011_successions.sql").read_text(encoding="utf-8"))
    run_sql(with_last_change("successions"))
