"""What stood behind an activation names pool lines and other bodies' approvals, so it is not an associate's to read."""

from shared.migrate import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql(_POLICY)


_POLICY = """
alter policy contract_activations_read on contract_activations using (exists (
    select from contracts.contracts c where c.id = contract_activations.contract_id and (
        c.owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = c.owner_organisation_id
               and audit.first_day <= c.runs_until
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date))))));
"""
