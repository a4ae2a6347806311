"""Named records that their owner opens for a while, to scrutiny or to an auditor, and how admission hears of it."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0010_record_grants.sql").read_text(encoding="utf-8"))
    run_sql(with_last_change("record_grants"))
