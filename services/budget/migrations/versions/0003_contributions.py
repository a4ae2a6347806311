"""Contributions; lines with their legal reason, pools under their agreement; who sees shadow and aligned money."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(with_last_change("agreements", "pools", "lines"))
    run_sql(_SIGHT)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
alter table pools alter column agreement_id set not null;
alter table pools add unique (id, partnership_id, category);
alter table pools add unique (id, partnership_id);
alter table pools add constraint pools_agreement foreign key (agreement_id, partnership_id)
    references agreements (id, partnership_id);
alter table pools add constraint pools_never_aligned check (arrangement <> 'aligned');
create index pools_agreement_id on pools (agreement_id);

alter table lines
    add column tags text[] not null default '{}',
    add column functions text[] not null default '{}',
    add column legal_basis text not null check (legal_basis in (
        'lawful_to_pool', 'statutory_exclusion', 'outside_agreement_scope', 'partners_choice',
        'agreement_not_in_force')),
    add column legality_assessed_on date not null,
    add column legality_note text;
alter table lines add constraint lines_pool_fits foreign key (pool_id, partnership_id, category)
    references pools (id, partnership_id, category);
alter table lines add constraint lines_pool_by_arrangement check ((arrangement = 'aligned') = (pool_id is null));
alter table lines add constraint lines_basis check (case arrangement
    when 'pooled' then legal_basis = 'lawful_to_pool'
    when 'shadow' then legal_basis in ('agreement_not_in_force', 'statutory_exclusion')
    else legal_basis in ('statutory_exclusion', 'outside_agreement_scope', 'partners_choice') end);


-- Never edited: a later contribution names the one that it replaces.
create table contributions (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    pool_id uuid not null,
    arrangement arrangement not null check (arrangement <> 'aligned'),
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    amount_pence bigint check (amount_pence >= 0),
    amount_status money_status not null,
    amount_qualifier money_qualifier,
    form text not null check (form in ('cash', 'in_kind')),
    funding_source text not null,
    replaces_contribution_id uuid references contributions (id),
    recorded_at timestamptz not null default clock_timestamp(),
    constraint contributions_known check ((amount_pence is null) = (amount_status in ('tbc', 'not_stated'))),
    foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    constraint contributions_replaced_once unique (replaces_contribution_id)
);
create unique index contributions_stand_once
    on contributions (pool_id, owner_organisation_id, financial_year, form, funding_source)
 where replaces_contribution_id is null;
create index contributions_partnership on contributions (partnership_id, financial_year, id);
"""

# What opens shadow and aligned money to the other partners. `partnership/organisation` whose shadow may be seen:
# of a party that consented while the agreement is a draft, of every party once it is in force. The functions have
# a search path of their own so that they are not unfolded into every statement whose rows never ask for them.
_SIGHT = """
create function open_shadows() returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(distinct a.partnership_id::text || '/' || party::text), '{}')
      from agreements a,
           unnest(case when a.state in ('in_force', 'winding_up', 'closed')
                       then a.party_ids else a.shadow_consents end) party
$$;

-- Whose shadow was ever open. Consent falls away when its party leaves a draft, and a position as recorded before
-- that shows what it showed then; what stands now is cut to open_shadows by each question.
create function once_open_shadows() returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(distinct v.partnership_id::text || '/' || party::text), '{}')
      from agreement_versions v,
           unnest(case when v.state in ('in_force', 'winding_up', 'closed')
                       then v.party_ids else v.shadow_consents end) party
$$;

-- Partnerships whose agreement opens aligned lines one by one.
create function open_aligned() returns uuid[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(distinct a.partnership_id), '{}') from agreements a
     where a.state in ('in_force', 'winding_up') and (a.terms ->> 'aligned_lines_open')::boolean
$$;

-- The same as it was on record at an instant.
create function agreements_at(instant timestamptz) returns setof agreement_versions
    language sql stable parallel safe begin atomic
    select distinct on (v.agreement_id) v.* from budget.agreement_versions v
     where v.recorded_at <= instant order by v.agreement_id, v.version desc;
end;

create function open_shadows_at(instant timestamptz) returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(distinct a.partnership_id::text || '/' || party::text), '{}')
      from agreements_at(instant) a,
           unnest(case when a.state in ('in_force', 'winding_up', 'closed')
                       then a.party_ids else a.shadow_consents end) party
$$;

create function open_aligned_at(instant timestamptz) returns uuid[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(distinct a.partnership_id), '{}') from agreements_at(instant) a
     where a.state in ('in_force', 'winding_up') and a.aligned_lines_open
$$;

grant execute on function open_shadows(), once_open_shadows(), open_aligned(), agreements_at(timestamptz),
    open_shadows_at(timestamptz), open_aligned_at(timestamptz) to budget_app, budget_totals;
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
_MONEY_VISIBLE = """(
    (arrangement = 'pooled' and {commissioned})
    or (arrangement = 'shadow' and {commissioned}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or {own}
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, {year}))
    or budget.ctx_audited(partnership_id, owner_organisation_id, {year})
)"""
_YEAR_OF = {
    "lines": "financial_year",
    "accounts": "'*'",
    "journals": "financial_year",
    "entries": "budget.financial_year_of(effective_date)",
    "balances": "budget.financial_year_of(effective_month)",
    "contributions": "financial_year",
}
# Shadow and aligned books are kept by their owner alone, whoever may read them.
_MONEY_WRITABLE = """({commissioned} and (
    arrangement = 'pooled' or owner_organisation_id = (select budget.ctx_organisation())
))"""
# Nobody posts in another organisation's name.
_ALSO = {"journals": " and posted_by_organisation_id = (select budget.ctx_organisation())"}
_OPEN_ALIGNED = (
    f" or (arrangement = 'aligned' and {_COMMISSIONED}"
    " and partnership_id = any ((select budget.open_aligned())::uuid[]))"
)


def _visible(table: str) -> str:
    text = _MONEY_VISIBLE.format(commissioned=_COMMISSIONED, own=_OWN, year=_YEAR_OF[table])
    return f"({text}{_OPEN_ALIGNED})" if table == "lines" else text


def _walls() -> str:
    own = "owner_organisation_id = (select budget.ctx_organisation())"
    changed = [
        f"alter policy {table}_read on {table} using {_visible(table)};"
        for table in ("lines", "accounts", "journals", "entries", "balances")
    ]
    writable = _MONEY_WRITABLE.format(commissioned=_COMMISSIONED)
    changed += [
        f"alter policy {table}_add on {table} with check ({writable}{_ALSO.get(table, '')});"
        for table in ("accounts", "journals", "entries", "balances")
    ]
    return (
        "\n".join(changed)
        + f"""
alter policy accounts_lock on accounts using {writable};
alter policy balances_add_up on balances using {writable} with check {writable};
alter policy lines_add on lines with check ({own} and {_COMMISSIONED});
alter table contributions enable row level security;
alter table contributions force row level security;
create policy contributions_read on contributions for select to budget_app using {_visible("contributions")};
create policy contributions_add on contributions for insert to budget_app with check ({own} and {_COMMISSIONED});
grant select, insert on contributions to budget_app;
create policy pools_turn on pools for update to budget_app using ({_COMMISSIONED}) with check ({_COMMISSIONED});
grant update (arrangement, version) on pools to budget_app;
"""
    )


_WALLS = _walls()

# The second lock on what rules/pool.py decides, and on promises: what was promised stays as it was.
_GUARDS = """
create function pool_turns_real() returns trigger language plpgsql as $$
begin
    if (tg_op = 'UPDATE' and (old.arrangement <> 'shadow' or new.arrangement <> 'pooled'
                              or new.version <> old.version + 1))
       or (new.arrangement = 'pooled' and not exists (
            select from budget.agreements a where a.id = new.agreement_id and a.state = 'in_force')) then
        raise exception 'a pool is real only under an agreement in force, and turns once'
            using errcode = 'integrity_constraint_violation', constraint = 'pool_turns_real';
    end if;
    return new;
end $$;
create trigger pools_turn_real before insert or update on pools for each row execute function pool_turns_real();

create trigger contributions_append_only before update or delete on contributions
    for each row execute function refuse_change();
create trigger contributions_no_truncate before truncate on contributions
    for each statement execute function refuse_change();
"""
