"""The proof of a consolidation or split is read by the parties of every contract in it, and not of some."""

from shared.migrate import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql(_POLICY)


# It tells what all of them were worth together in each year: who is party to some could work out what the others were.
_POLICY = """
alter policy regroupings_read on regroupings using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    or partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
    or source_contract_ids || contract_ids <@ (select array(select contracts.joined_contracts())));
"""
