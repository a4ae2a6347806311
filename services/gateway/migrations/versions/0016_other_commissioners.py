"""Schools and the police are bodies of their own kinds: they commission as councils and the NHS do."""

from shared.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql("alter type organisation_kind add value 'school' before 'audit_firm';")
    run_sql("alter type organisation_kind add value 'police' before 'audit_firm';")
