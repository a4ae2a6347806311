"""Webhooks with their secrets and deliveries, and the queue on which deliveries wait."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0008"
down_revision = "0007"

_HERE = Path(__file__).parents[1]


def upgrade() -> None:
    run_sql((_HERE / "webhooks.sql").read_text(encoding="utf-8"))
    run_sql(with_last_change("webhooks", "webhook_deliveries"))
    run_sql((_HERE / "queue.sql").read_text(encoding="utf-8"))
