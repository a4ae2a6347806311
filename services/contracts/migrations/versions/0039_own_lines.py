"""A body pays its share of a contract from a pool, or from lines of its own books."""

from shared.migrate import run_sql

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    run_sql(_OWN)


# Lines of a body's own books are not named to others, not even to those who read what stood behind an activation.
_OWN = """
alter table contract_funding alter column pool_id drop not null;
alter table contract_activations drop constraint contract_activations_backing_check,
    add constraint contract_activations_backing_check check (
        jsonb_array_length(backing -> 'commitments') > 0 or coalesce((backing ->> 'own_commitments')::integer, 0) > 0);
"""
