"""Another partner's aligned lines, line by line: opened by the agreement, and by a data-sharing agreement in force."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import sharing

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(sharing("budget"))
    run_sql(Path(__file__).with_name("0014_sharing.sql").read_text(encoding="utf-8"))
