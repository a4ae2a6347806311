"""Data-sharing agreements: who shares what with whom, signed by each, and how admission hears of it."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import sharing, with_last_change

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(sharing("gateway"))
    run_sql(Path(__file__).with_name("0004_sharing.sql").read_text(encoding="utf-8"))
    run_sql(with_last_change("data_sharing_agreements"))
