"""Governance: boards and who sits on them, who answers for what, risks, programmes, working papers, assurance."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0012"
down_revision = "0011"

_MAY_CHANGE = {
    "boards": "name, short_name, reports_to_board_id, terms_of_reference, quorum, to_date, seats, version",
    "responsibility_charts": "activities, version",
    "risks": "current_likelihood, current_impact, target_likelihood, target_impact, actions, escalated_to, steps,"
    " state, closed_on, version",
    "programme_parts": "name, to_date, dependencies, things, version",
    "papers": "signatures, reviews, version",
}
_PARTNERS = """partnership_id = any ((select gateway.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select gateway.ctx_in('host'))::uuid[])"""
_OWN = "owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[])"


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0012_governance.sql").read_text(encoding="utf-8"))
    run_sql(_walls())
    run_sql(with_last_change(*_MAY_CHANGE))


def _walls() -> str:
    """Every partner and the partnership's auditors read; a partner writes, and changes what is its own."""
    parts = []
    for table in (*_MAY_CHANGE, "assurance_reports"):
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to gateway_app using (",
            f"    {_PARTNERS} or gateway.ctx_audited(partnership_id, null, '*'));",
            f"create policy {table}_add on {table} for insert to gateway_app with check (",
            f"    owner_organisation_id = (select gateway.ctx_organisation()) and ({_PARTNERS}));",
            f"grant select, insert on {table} to gateway_app;",
        ]
    for table, columns in _MAY_CHANGE.items():
        parts += [
            f"create policy {table}_change on {table} for update to gateway_app",
            f"    using ({_OWN} and ({_PARTNERS})) with check ({_OWN} and ({_PARTNERS}));",
            f"grant update ({columns}) on {table} to gateway_app;",
        ]
    # Whoever is to sign a paper signs for itself, though the paper is another's.
    parts.append(f"""alter policy papers_change on papers
        using (({_OWN} or (select gateway.ctx_organisation()) = any (signer_ids)) and ({_PARTNERS}))
        with check (({_OWN} or (select gateway.ctx_organisation()) = any (signer_ids)) and ({_PARTNERS}));""")
    return "\n".join(parts)
