"""No client can hold the scope of operations that only the gateway itself calls."""

from shared.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(
        "alter table clients add constraint clients_drive_nothing check ('gateway:drive' <> all (scopes))"
    )
