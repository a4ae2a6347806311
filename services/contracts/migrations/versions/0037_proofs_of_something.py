"""The proof of a regrouping that names no contract is nobody's to read but its owner's and its partnership's."""

from shared.migrate import run_sql

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    run_sql(_POLICY)


# Nothing is a part of everything, so an empty list would be read by anybody.
_POLICY = """
alter policy regroupings_read on regroupings using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    or partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
    or cardinality(source_contract_ids || contract_ids) > 0
       and source_contract_ids || contract_ids <@ (select array(select contracts.joined_contracts())));
"""
