"""Notices of modifications: in the clock, and of which variation one was published."""

from shared.migrate import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql(_KINDS)
    run_sql(_OF_VARIATION)


_KINDS = """
alter type due_kind add value 'contract_change_notice';
alter type due_kind add value 'pcr_modification_notice';
alter type due_kind add value 'psr_modification_notice';
"""

_OF_VARIATION = """
alter table variations add constraint variations_of_contract unique (id, contract_id);
alter table published_notices
    add column variation_id uuid,
    add constraint published_notices_variation foreign key (variation_id, contract_id)
        references variations (id, contract_id),
    add constraint published_notices_of_modification check (variation_id is null or kind in (
        'contract_change_notice', 'pcr_modification_notice', 'psr_modification_notice'));
create index published_notices_of_variation on published_notices (variation_id, kind) where variation_id is not null;
"""
