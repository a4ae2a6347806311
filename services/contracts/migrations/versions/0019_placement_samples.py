"""Placements that their owner opens to its auditor by name: those, in the years of its appointment, and no others."""

from shared.migrate import run_sql

revision = "0019"
down_revision = "0018"

# A grant alone opens nothing: whoever holds it must be appointed to audit the owner, for a year in which the person was
# in care. A policy of its own beside `placements_read`: what either lets through can be read.
_POLICY = """
create policy placements_sampled on placements for select to contracts_app using (
    partnership_id = any ((select contracts.ctx_audited_in())::uuid[])
    and owner_organisation_id::text || '/' || id::text = any ((select contracts.ctx_granted('placement'))::text[])
    and exists (select from contracts.ctx_audited_years() audit
                 where audit.partnership_id = placements.partnership_id
                   and audit.body_id = placements.owner_organisation_id
                   and audit.first_day <= coalesce(placements.ended_on, 'infinity'::date)
                   and audit.last_day >= placements.start_date));
"""


def upgrade() -> None:
    run_sql(_POLICY)
