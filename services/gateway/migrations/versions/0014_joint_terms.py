"""Changes of contracts' terms and records, together with their budget; and one change of a contract at a time."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0014_joint_terms.sql").read_text(encoding="utf-8"))
