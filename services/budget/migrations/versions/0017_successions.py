"""Successions: books opened with a predecessor's balances, late entries by who succeeded, and months shut by any host."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(_file("tables"))
    run_sql(_walls())
    run_sql(_file("guards"))


def _file(name: str) -> str:
    return Path(__file__).with_name(f"0017_{name}.sql").read_text(encoding="utf-8")


_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
_OF_OLD = "predecessor_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
# As accounts: pooled to all partners, shadow by consent, aligned to who succeeded and auditors.
_SEEN = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or {_OWN}
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, '*'))
    or budget.ctx_audited(partnership_id, owner_organisation_id, '*')
)"""
# Who succeeded keeps the rows of those before it as its own, for what comes late.
_KEPT_FOR_OTHERS = (
    "accounts",
    "journals",
    "entries",
    "balances",
    "lines",
    "line_budgets",
    "contributions",
    "instalments",
    "commitments",
    "commitment_moves",
    "commitment_balances",
    "entry_dimensions",
)


def _walls() -> str:
    parts = []
    for table, read in (
        ("successions", f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"),
        ("succession_items", _SEEN),
    ):
        parts.append(f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to budget_app using {read};
create policy {table}_add on {table} for insert to budget_app with check ({_COMMISSIONED} and {_OWN} and {_OF_OLD});
grant select, insert on {table} to budget_app;
create trigger {table}_append_only before update or delete on {table} for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table} for each statement execute function refuse_change();
""")
    tables = ", ".join(f"'{each}'" for each in _KEPT_FOR_OTHERS)
    return "".join(parts) + _TOTALS + _WIDER.replace("{tables}", tables)


_TOTALS = """
create policy successions_totals on successions for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on successions to budget_totals;
grant update (kept_before) on pools to budget_app;
"""

_WIDER = """
do $$
declare
    of record;
    self constant text := 'owner_organisation_id = ( SELECT ctx_organisation() AS ctx_organisation)';
    ours constant text := 'owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])';
    changed integer := 0;
begin
    for of in select tablename, policyname, qual, with_check from pg_policies
               where schemaname = 'budget' and tablename in ({tables})
                 and (position(self in coalesce(qual, '')) > 0 or position(self in coalesce(with_check, '')) > 0)
    loop
        execute format('alter policy %I on budget.%I', of.policyname, of.tablename)
            || coalesce(' using (' || replace(of.qual, self, ours) || ')', '')
            || coalesce(' with check (' || replace(of.with_check, self, ours) || ')', '');
        changed := changed + 1;
    end loop;
    if changed < 12 then
        raise exception 'only % policies were widened', changed;
    end if;
end $$;
-- An agreement of a predecessor is its successor's to carry on.
alter policy agreements_change on agreements using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    and ((select budget.ctx_organisation()) = any (party_ids) or (select budget.ctx_organisation()) = any (candidates)
         or party_ids && (select budget.ctx_organisations())::uuid[]));
"""
