"""The rest of an agreement's life: versions, signatures party by party, winding up, closure, reclassification."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(_file("tables"))
    run_sql(_WALLS)
    run_sql(_file("guards"))


def _file(name: str) -> str:
    return Path(__file__).with_name(f"0008_{name}.sql").read_text(encoding="utf-8")


_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_SELF = "(select budget.ctx_organisation())"
_NEW = ("agreement_texts", "reclassifications", "milestones", "disputes", "documents")


def _walls() -> str:
    partners = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
    parts = []
    for table in _NEW:
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using {partners};",
            f"grant select, insert on {table} to budget_app;",
        ]
    return "\n".join([*parts, _POLICIES])


_POLICIES = f"""
alter policy agreements_change on agreements
    using ({_COMMISSIONED} and ({_SELF} = any (party_ids) or {_SELF} = any (candidates)))
    with check ({_COMMISSIONED});
grant update (commencing, holds_from, ended_on, ending, last_day, final_account, closed_on, candidates)
    on agreements to budget_app;
create policy agreement_texts_add on agreement_texts for insert to budget_app with check (
    {_COMMISSIONED} and (owner_organisation_id = {_SELF} or stage = 'in_force'));
-- Who joins may say that the version takes over, and with that the text before it is superseded.
create policy agreement_texts_change on agreement_texts for update to budget_app
    using ({_COMMISSIONED} and ({_SELF} = any (signer_ids) or exists (
        select from budget.agreements a where a.id = agreement_id and {_SELF} = any (a.candidates))))
    with check ({_COMMISSIONED});
grant update (stage, version, approvals, approved_from, signed_on, signatories, commencing, holds_from,
    held_until, missing) on agreement_texts to budget_app;
create policy milestones_add on milestones for insert to budget_app with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED});
create policy milestones_reach on milestones for update to budget_app
    using ({_COMMISSIONED} and owner_organisation_id = any ((select budget.ctx_organisations())::uuid[]))
    with check ({_COMMISSIONED});
grant update (reached, reached_source, version) on milestones to budget_app;
create policy disputes_add on disputes for insert to budget_app with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED});
create policy disputes_move on disputes for update to budget_app
    using ({_COMMISSIONED}) with check ({_COMMISSIONED});
grant update (stage, stage_began_on, due_on, outcome, resolution, version) on disputes to budget_app;
create policy documents_add on documents for insert to budget_app with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED});
alter policy documents_read on documents using ({_COMMISSIONED}
    or publication_class <> 'exempt' and budget.ctx_audited(partnership_id, null, '*')
    or budget.ctx_audited(partnership_id, owner_organisation_id, '*'));
create policy reclassifications_add on reclassifications for insert to budget_app with check ({_COMMISSIONED});

-- An auditor reads the exempt (part 2) decisions of the bodies that it was named for, and of all what is public.
alter policy decisions_read on decisions using ({_COMMISSIONED}
    or part = 'part_1' and budget.ctx_audited(partnership_id, null, '*')
    or budget.ctx_audited(partnership_id, owner_organisation_id, '*'));
alter policy met_conditions_read on met_conditions using ({_COMMISSIONED}
    or exists (select from budget.decisions d where d.id = decision_id));

-- A pool follows the host that the text in force names, and the pool's accounts follow the pool.
grant update (owner_organisation_id) on pools, accounts to budget_app;
create policy accounts_follow on accounts for update to budget_app
    using ({_COMMISSIONED} and arrangement = 'pooled') with check ({_COMMISSIONED} and arrangement = 'pooled');
"""  # noqa: S608 fixed names


_WALLS = _walls()
