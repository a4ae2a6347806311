"""The life of lines: budgets, profiles, moves, grants; instalments of contributions; and what partners assess."""

from shared.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(_LINES)
    run_sql(_OF_LINES)
    run_sql(_WALLS)
    run_sql(_GUARDS)
    run_sql(_CONTRIBUTIONS)
    run_sql(_ASSESSMENTS)
    run_sql(_TOTALS)


_LINES = """
alter table lines
    add column nature jsonb not null default '{}',
    add column waits_for text[] not null default '{}',
    add column continues_line_id uuid,
    add column counts_from date,
    add column ended_on date,
    add column ended_recorded_at timestamptz,
    add column made_by_move_id uuid,
    add column ended_by_move_id uuid,
    add constraint lines_ended check (num_nonnulls(ended_on, ended_recorded_at, ended_by_move_id) in (0, 3)),
    add constraint lines_made check (num_nonnulls(counts_from, made_by_move_id) in (0, 2)),
    add unique (id, partnership_id, owner_organisation_id),
    add unique (id, partnership_id, owner_organisation_id, arrangement, financial_year),
    add constraint lines_continued foreign key (continues_line_id, partnership_id, owner_organisation_id)
        references lines (id, partnership_id, owner_organisation_id);
-- The line that takes another's place may bear its name.
alter table lines drop constraint lines_owner_organisation_id_partnership_id_financial_year_n_key;
create unique index lines_owner_organisation_id_partnership_id_financial_year_n_key
    on lines (owner_organisation_id, partnership_id, financial_year, name) where ended_on is null;
create index lines_continuing on lines (continues_line_id) where continues_line_id is not null;

-- From `effective_on` the made lines count and the ended ones no longer, as recorded at one instant for all of them.
create table line_moves (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null,
    kind text not null check (kind in ('conversion', 'split', 'merger')),
    effective_on date not null,
    reason text not null,
    before_pence bigint,
    after_pence bigint,
    from_line_ids uuid[] not null,
    to_line_ids uuid[] not null,
    criteria_version text,
    legal_basis text,
    legality_assessed_on date,
    legality_note text,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id),
    constraint line_moves_conserve check (before_pence is not distinct from after_pence),
    constraint line_moves_by_criteria check (
        (kind = 'conversion') = (num_nonnulls(criteria_version, legal_basis, legality_assessed_on) = 3))
);
create index line_moves_partnership on line_moves (partnership_id, recorded_at, id);
create index line_moves_from on line_moves using gin (from_line_ids);
create index line_moves_to on line_moves using gin (to_line_ids);
alter table lines
    add foreign key (made_by_move_id, partnership_id, owner_organisation_id)
        references line_moves (id, partnership_id, owner_organisation_id),
    add foreign key (ended_by_move_id, partnership_id, owner_organisation_id)
        references line_moves (id, partnership_id, owner_organisation_id);
"""

_OF_A_LINE = """
    line_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (line_id, partnership_id, owner_organisation_id, arrangement, financial_year)
        references lines (id, partnership_id, owner_organisation_id, arrangement, financial_year)"""

_OF_LINES = f"""
create function pence_of(parts bigint[]) returns numeric language sql immutable parallel safe
    return (select sum(each) from unnest(parts) each);
grant execute on function pence_of(bigint[]) to budget_app;

-- What came after the figure that a line opened with. Never edited: of two of one day the later number counts.
create table line_budgets (
    id uuid primary key,
    number integer not null check (number >= 1),
    kind text not null check (kind in ('proposed', 'original', 'revised', 'forecast_outturn', 'outturn')),
    amount_pence bigint,
    amount_status money_status not null,
    amount_qualifier money_qualifier,
    effective_from date not null,
    reason text not null,
    decision_id uuid,
    {_OF_A_LINE},
    unique (line_id, number),
    foreign key (decision_id, owner_organisation_id) references decisions (id, owner_organisation_id),
    constraint line_budgets_known check ((amount_pence is null) = (amount_status in ('tbc', 'not_stated'))),
    constraint line_budgets_in_year check (financial_year = budget.financial_year_of(effective_from))
);
create unique index line_budgets_one_original on line_budgets (line_id) where kind = 'original';
create index line_budgets_partnership on line_budgets (partnership_id, financial_year);

create table line_profiles (
    id uuid primary key,
    number integer not null check (number >= 1),
    interval text not null check (interval in ('month', 'quarter')),
    budget_pence bigint not null,
    amounts_pence bigint[] not null,
    {_OF_A_LINE},
    unique (line_id, number),
    constraint line_profiles_parts check (
        array_ndims(amounts_pence) = 1 and array_position(amounts_pence, null) is null
        and cardinality(amounts_pence) = case interval when 'month' then 12 else 4 end),
    constraint line_profiles_add_up check (pence_of(amounts_pence) = budget_pence)
);

create table met_demands (
    code text not null,
    met_on date not null,
    evidence text not null,
    {_OF_A_LINE},
    primary key (line_id, code)
);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = (select budget.ctx_organisation())"
# As of the lines themselves (0003): pooled to all partners, shadow by consent, aligned to its owner or where opened.
_SEEN = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)
    or (arrangement = 'aligned' and {_COMMISSIONED}
        and partnership_id = any ((select budget.open_aligned())::uuid[]))
)"""


def _wall(table: str, seen: str) -> str:
    """What is kept for good: read as the policy says, added by its owner, and never changed."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to budget_app using {seen};
create policy {table}_add on {table} for insert to budget_app with check ({_OWN} and {_COMMISSIONED});
grant select, insert on {table} to budget_app;
create trigger {table}_append_only before update or delete on {table} for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table} for each statement execute function refuse_change();
"""


_WALLS = f"""
create policy lines_live on lines for update to budget_app using ({_OWN} and {_COMMISSIONED})
    with check ({_OWN} and {_COMMISSIONED});
grant update (version, waits_for, ended_on, ended_recorded_at, ended_by_move_id) on lines to budget_app;
""" + "".join(_wall(table, _SEEN) for table in ("line_moves", "line_budgets", "line_profiles", "met_demands"))

# The second lock on what rules/line_move.py and rules/ring_fence.py decide.
_GUARDS = """
create function line_changes() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 or not new.waits_for <@ old.waits_for or old.ended_on is not null
       or exists (select from unnest(old.waits_for) code where code <> all (new.waits_for)
                     and not exists (select from budget.met_demands m where m.line_id = new.id and m.code = code)) then
        raise exception 'line % cannot change that way', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'line_changes';
    end if;
    return new;
end $$;
create trigger lines_change before update on lines for each row execute function line_changes();

-- What lines a move ended and made, and that the made ones hold what it says.
create function line_move_is_whole() returns trigger language plpgsql as $$
begin
    if (select count(*) from budget.lines l where l.id = any (new.from_line_ids) and l.ended_by_move_id = new.id
           and l.ended_on = new.effective_on and l.ended_recorded_at = new.recorded_at)
           <> cardinality(new.from_line_ids)
       or (select count(*) from budget.lines l where l.made_by_move_id = new.id) <> cardinality(new.to_line_ids)
       or (select count(*) from budget.lines l where l.id = any (new.to_line_ids) and l.made_by_move_id = new.id
              and l.counts_from = new.effective_on and l.recorded_at = new.recorded_at)
           <> cardinality(new.to_line_ids)
       or (select case when count(l.budget_pence) = count(*) then sum(l.budget_pence) end
             from budget.lines l where l.made_by_move_id = new.id) is distinct from new.after_pence then
        raise exception 'move % is not whole', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'line_move_is_whole';
    end if;
    return null;
end $$;
create constraint trigger line_moves_whole after insert on line_moves deferrable initially deferred
    for each row execute function line_move_is_whole();

-- A posting that waited for the lock of an account finds here what its line has become in the meantime.
create function journal_on_living_lines() returns trigger language plpgsql as $$
begin
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                 join budget.lines l on l.id = a.line_id
                where e.journal_id = new.id and l.ended_on is not null) then
        raise exception 'journal % is on a line that has ended', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_on_living_lines';
    end if;
    return null;
end $$;
create constraint trigger journals_on_living_lines after insert on journals deferrable initially deferred
    for each row when (new.kind <> 'reversal') execute function journal_on_living_lines();

create function commitment_on_living_line() returns trigger language plpgsql as $$
begin
    if exists (select from budget.lines l where l.id = new.line_id and l.ended_on is not null) then
        raise exception 'commitment % is on a line that has ended', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'commitment_on_living_line';
    end if;
    return null;
end $$;
create constraint trigger commitments_on_living_lines after insert on commitments deferrable initially deferred
    for each row execute function commitment_on_living_line();
"""

_CONTRIBUTIONS = f"""
alter table contributions
    add column effective_from date,
    add constraint contributions_varied check (effective_from is null or replaces_contribution_id is not null
        and financial_year = budget.financial_year_of(effective_from)),
    add unique (id, partnership_id, owner_organisation_id, arrangement, financial_year);

create table instalments (
    contribution_id uuid not null,
    number integer not null check (number >= 1),
    due_on date not null,
    amount_pence bigint check (amount_pence >= 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year = budget.financial_year_of(due_on)),
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (contribution_id, number),
    foreign key (contribution_id, partnership_id, owner_organisation_id, arrangement, financial_year)
        references contributions (id, partnership_id, owner_organisation_id, arrangement, financial_year)
);

create table funding_requirements (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    pool_id uuid,
    financial_year text not null check (financial_year ~ '^[0-9]{{4}}/[0-9]{{2}}$'),
    kind text not null check (kind in ('nhs_minimum', 'adult_social_care_minimum', 'control_total', 'mandatory_item')),
    name text not null,
    amount_pence bigint check (amount_pence >= 0),
    tag text,
    source text not null,
    replaces_requirement_id uuid,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id),
    constraint funding_requirements_replaced_once unique (replaces_requirement_id),
    constraint funding_requirements_amount check ((amount_pence is null) = (kind = 'mandatory_item')),
    foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    foreign key (replaces_requirement_id, partnership_id, owner_organisation_id)
        references funding_requirements (id, partnership_id, owner_organisation_id)
);
create index funding_requirements_partnership on funding_requirements (partnership_id, financial_year, id);

-- Instalments that are there and known come to their contribution.
create function instalments_add_up() returns trigger language plpgsql as $$
begin
    if exists (select from budget.instalments i where i.contribution_id = new.contribution_id
                having count(i.amount_pence) = count(*) and sum(i.amount_pence) is distinct from (
                    select c.amount_pence from budget.contributions c where c.id = new.contribution_id)) then
        raise exception 'the instalments of % do not come to it', new.contribution_id
            using errcode = 'integrity_constraint_violation', constraint = 'instalments_add_up';
    end if;
    return null;
end $$;
create constraint trigger instalments_whole after insert on instalments deferrable initially deferred
    for each row execute function instalments_add_up();
{_wall("instalments", _SEEN)}
{_wall("funding_requirements", f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, financial_year))")}

-- Contributions that stand on a day as recorded up to an instant; a variation stands from its own day on.
create function contributions_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns setof contributions language sql stable parallel safe begin atomic
    select c.* from budget.contributions c
     where c.partnership_id = partnership and c.financial_year = year and c.recorded_at <= recorded
       and (c.effective_from is null or c.effective_from <= as_at)
       and not exists (select from budget.contributions later
                        where later.replaces_contribution_id = c.id and later.recorded_at <= recorded
                          and (later.effective_from is null or later.effective_from <= as_at));
end;
grant execute on function contributions_at(uuid, text, date, timestamptz) to budget_app, budget_totals;
"""

_KEPT = ("attributions", "posts", "addressable_spends", "scope_assessments")
_TO_PARTNERS = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
# What partners work out together is kept as it came out; it holds figures of services, not of persons.
_ASSESSMENTS = (
    "".join(
        f"""
create table {table} (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    record jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id)
);
create index {table}_partnership on {table} (partnership_id, name, id);
{_wall(table, _TO_PARTNERS)}"""
        for table in _KEPT
    )
    + """
alter table scope_assessments
    add column line_id uuid,
    add column replaces_assessment_id uuid,
    add constraint scope_assessments_replaced_once unique (replaces_assessment_id),
    add foreign key (line_id, partnership_id) references lines (id, partnership_id),
    add foreign key (replaces_assessment_id, partnership_id, owner_organisation_id)
        references scope_assessments (id, partnership_id, owner_organisation_id);
"""
)

_TOTALS = """
create policy line_budgets_totals on line_budgets for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on line_budgets to budget_totals;

-- The lines that count on a day, as recorded up to an instant, each with the approved budget in force then.
create function lines_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (id uuid, partnership_id uuid, owner_organisation_id uuid, pool_id uuid, name text,
        category category, arrangement arrangement, financial_year text, budget_pence bigint,
        budget_status money_status, budget_qualifier money_qualifier, recorded_at timestamptz, tags text[],
        nature jsonb)
    language sql stable parallel safe begin atomic
    select l.id, l.partnership_id, l.owner_organisation_id, l.pool_id, l.name, l.category, l.arrangement,
           l.financial_year, case when b.line_id is null then l.budget_pence else b.amount_pence end,
           coalesce(b.amount_status, l.budget_status),
           case when b.line_id is null then l.budget_qualifier else b.amount_qualifier end, l.recorded_at, l.tags,
           l.nature
      from budget.lines l
      left join (
        select distinct on (v.line_id) v.line_id, v.amount_pence, v.amount_status, v.amount_qualifier
          from budget.line_budgets v
         where v.partnership_id = partnership and v.financial_year = year and v.kind in ('original', 'revised')
           and v.effective_from <= as_at and v.recorded_at <= recorded
         order by v.line_id, v.effective_from desc, v.number desc) b on b.line_id = l.id
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and (l.counts_from is null or l.counts_from <= as_at)
       and not coalesce(l.ended_on <= as_at and l.ended_recorded_at <= recorded, false);
end;
grant execute on function lines_at(uuid, text, date, timestamptz) to budget_app, budget_totals;

-- What sums lines, sums from here on the lines that count on the day that is asked for.
do $$
declare
    sums text;
    body text;
begin
    foreach sums in array array['aligned_totals(uuid, text, date, date, timestamptz)',
        'observed_totals(uuid, text, date, date, timestamptz)', 'aligned_outlook(uuid, text, date, timestamptz)',
        'observed_outlook(uuid, text, date, timestamptz)']
    loop
        body := replace(replace(pg_get_functiondef(sums::regprocedure),
            'from lines l', 'from lines_at(partnership, year, as_at, recorded) l'),
            'contributions_at(partnership, year, recorded)', 'contributions_at(partnership, year, as_at, recorded)');
        execute 'set role budget_totals';
        execute 'drop function ' || sums;
        execute 'set role budget_owner';
        execute body;
        execute format('alter function %s owner to budget_totals', sums);
        execute 'set role budget_totals';
        execute format('grant execute on function %s to budget_app', sums);
        execute 'set role budget_owner';
    end loop;
end $$;
"""
