"""Delegation limits, virements, commitments, forecasts with their early warnings, and what a position shows of them."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(with_last_change(*_CHANGING))
    run_sql(_WALLS)
    run_sql(_GUARDS)
    run_sql(_SUMS)


# Every row of money repeats partnership, arrangement and year of its line, so that no policy reads another table.
_OF_A_LINE = """
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$')"""
_LINE = "line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id)"
_RECORDED = "recorded_at timestamptz not null default clock_timestamp()"

_TABLES = f"""
alter table lines add constraint lines_in_partnership unique (id, partnership_id);
alter table journals add constraint journals_in_partnership unique (id, partnership_id);
alter table accounts add constraint accounts_in_partnership unique (id, partnership_id);

create table delegation_limits (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    subject text not null check (subject in ('virement', 'supplementary_estimate', 'contract', 'contract_variation',
        'settlement', 'commitment')),
    decider text not null,
    decider_type text not null check (decider_type in ('cabinet', 'full_council', 'governing_body', 'board',
        'committee', 'officer')),
    amount_limit_pence bigint check (amount_limit_pence >= 0),
    percent_limit numeric check (percent_limit >= 0),
    nature text check (nature in ('revenue', 'capital')),
    permanence text check (permanence in ('recurrent', 'one_off')),
    budget_type text,
    counted_over text not null check (counted_over in ('each', 'financial_year')),
    in_force_from date not null,
    in_force_to date,
    source text,
    version integer not null default 1,
    {_RECORDED},
    constraint delegation_limits_in_force check (in_force_to >= in_force_from)
);
create index delegation_limits_partnership on delegation_limits (partnership_id, in_force_from, id);

-- `asked` says of which organisations an approval is wanted and who of them may give it.
create table virements (
    id uuid primary key,
    {_OF_A_LINE},
    kind text not null check (kind in ('virement', 'supplementary_estimate')),
    from_line_id uuid,
    from_account_id uuid,
    to_line_id uuid not null,
    amount_pence bigint not null check (amount_pence > 0),
    nature text not null check (nature in ('revenue', 'capital')),
    permanence text not null check (permanence in ('recurrent', 'one_off')),
    budget_type text,
    reason text not null,
    outcome text,
    indicator_id uuid,
    effective_date date not null,
    posting_period text,
    asked jsonb not null,
    state text not null default 'proposed' check (state in ('proposed', 'posted', 'refused', 'withdrawn')),
    journal_id uuid,
    proposed_by_client_id uuid not null,
    proposed_by_person text,
    version integer not null default 1,
    {_RECORDED},
    constraint virements_two_lines check (from_line_id is distinct from to_line_id),
    constraint virements_from check (
        (kind = 'virement') = (from_line_id is not null) and (kind = 'virement') = (from_account_id is null)),
    constraint virements_posted check ((state = 'posted') = (journal_id is not null)),
    unique (id, partnership_id),
    foreign key (from_line_id, partnership_id) references lines (id, partnership_id),
    foreign key (to_line_id, partnership_id) references lines (id, partnership_id),
    foreign key (from_account_id, partnership_id) references accounts (id, partnership_id),
    foreign key (journal_id, partnership_id) references journals (id, partnership_id)
);
create index virements_partnership on virements (partnership_id, effective_date, id);
create index virements_from_line on virements (from_line_id);
create index virements_to_line on virements (to_line_id);

create table virement_decisions (
    virement_id uuid not null,
    {_OF_A_LINE},
    outcome text not null check (outcome in ('approved', 'refused')),
    decider text,
    decision_id uuid,
    note text,
    client_id uuid not null,
    person text,
    {_RECORDED},
    primary key (virement_id, owner_organisation_id),
    foreign key (virement_id, partnership_id) references virements (id, partnership_id),
    foreign key (decision_id, owner_organisation_id) references decisions (id, owner_organisation_id)
);

-- The last one on record for a line stands.
create table commitment_limits (
    id uuid primary key,
    {_OF_A_LINE},
    {_LINE},
    basis text not null check (basis in ('adjusted_budget', 'amount', 'none')),
    limit_pence bigint check (limit_pence >= 0),
    reason text not null,
    {_RECORDED},
    constraint commitment_limits_amount check ((basis = 'amount') = (limit_pence is not null))
);
create index commitment_limits_line on commitment_limits (line_id, recorded_at);
create index commitment_limits_partnership on commitment_limits (partnership_id, recorded_at, id);

create table commitments (
    id uuid primary key,
    {_OF_A_LINE},
    {_LINE},
    made_by_organisation_id uuid not null,
    level text not null check (level in ('service', 'package')),
    contract_id uuid,
    placement_id uuid,
    description text not null,
    reserved_pence bigint not null,
    drawn_pence bigint not null default 0,
    released_pence bigint not null default 0 check (released_pence >= 0),
    version integer not null default 1,
    {_RECORDED},
    constraint commitments_rest check (reserved_pence - drawn_pence - released_pence >= 0),
    constraint commitments_level check (level = 'service' or placement_id is not null),
    unique (id, partnership_id)
);
create index commitments_partnership on commitments (partnership_id, financial_year, id);
create index commitments_line on commitments (line_id);
create index commitments_contract on commitments (contract_id);

-- What became of each: `amount_pence` is what the move adds to the rest, `paid_pence` what its journal paid.
create table commitment_moves (
    commitment_id uuid not null,
    number integer not null,
    {_OF_A_LINE},
    {_LINE},
    made_by_organisation_id uuid not null,
    kind text not null check (kind in ('reserve', 'vary', 'draw_down', 'restore', 'release')),
    amount_pence bigint not null,
    paid_pence bigint,
    journal_id uuid,
    effective_date date not null,
    reason text,
    {_RECORDED},
    primary key (commitment_id, number),
    constraint commitment_moves_journal_once unique (commitment_id, journal_id),
    constraint commitment_moves_paid check (
        (kind in ('draw_down', 'restore')) = (journal_id is not null)
        and (journal_id is null) = (paid_pence is null)),
    foreign key (commitment_id, partnership_id) references commitments (id, partnership_id),
    foreign key (journal_id, partnership_id) references journals (id, partnership_id)
);
create index commitment_moves_recorded on commitment_moves (partnership_id, recorded_at);
create index commitment_moves_journal on commitment_moves (journal_id);

-- Kept with every move, as balances are with every posting; `day_pence` by the day of the month.
create table commitment_balances (
    {_LINE},
    effective_month date not null,
    recorded_month date not null,
    {_OF_A_LINE},
    amount_pence bigint not null,
    day_pence bigint[] not null,
    primary key (line_id, effective_month, recorded_month)
);
create index commitment_balances_partnership on commitment_balances (partnership_id, effective_month);

create table warning_thresholds (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    severity text not null check (severity in ('amber', 'red')),
    percent_over numeric check (percent_over >= 0),
    amount_over_pence bigint check (amount_over_pence >= 0),
    category category,
    action_plan boolean not null,
    in_force_from date not null,
    in_force_to date,
    version integer not null default 1,
    {_RECORDED},
    constraint warning_thresholds_of_something check (percent_over is not null or amount_over_pence is not null),
    constraint warning_thresholds_in_force check (in_force_to >= in_force_from)
);
create index warning_thresholds_partnership on warning_thresholds (partnership_id, in_force_from, id);

-- `months` are April to March with the assumptions worked in; null where a month is not known yet.
create table forecasts (
    id uuid primary key,
    {_OF_A_LINE},
    {_LINE},
    made_by_organisation_id uuid not null,
    edition integer not null,
    made_on date not null,
    basis text not null,
    base_pence bigint[] not null check (cardinality(base_pence) = 12),
    months_pence bigint[] not null check (cardinality(months_pence) = 12),
    assumptions jsonb not null,
    outturn_pence bigint,
    budget_adjusted_pence bigint,
    warning jsonb,
    next_meeting_on date,
    note text,
    {_RECORDED},
    constraint forecasts_edition unique (line_id, edition),
    constraint forecasts_outturn check ((outturn_pence is null) = (array_position(months_pence, null) is not null)),
    unique (id, partnership_id)
);
create index forecasts_partnership on forecasts (partnership_id, financial_year, line_id, made_on, edition);

create table action_plans (
    id uuid primary key,
    {_OF_A_LINE},
    {_LINE},
    made_by_organisation_id uuid not null,
    forecast_id uuid not null,
    overspend_pence bigint not null check (overspend_pence > 0),
    due_on date not null,
    steps jsonb not null,
    state text not null default 'open' check (state in ('open', 'closed')),
    outcome text,
    version integer not null default 1,
    {_RECORDED},
    constraint action_plans_once unique (forecast_id),
    constraint action_plans_closed check ((state = 'closed') = (outcome is not null)),
    foreign key (forecast_id, partnership_id) references forecasts (id, partnership_id)
);
create index action_plans_partnership on action_plans (partnership_id, due_on, id);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = (select budget.ctx_organisation())"
_MONEY = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)
)"""
_PARTNERS = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
_KEPT = f"({_COMMISSIONED} and (arrangement = 'pooled' or {_OWN}))"
_MADE = " and made_by_organisation_id = (select budget.ctx_organisation())"
_CLIENT = " and {0}client_id = (select budget.ctx_client())"

# For each table: who reads, who adds, and which columns somebody may change, with the rows in which.
_RULES: dict[str, tuple[str, str, str | None, str]] = {
    "delegation_limits": (
        _PARTNERS,
        f"({_COMMISSIONED} and {_OWN})",
        f"({_COMMISSIONED} and {_OWN})",
        "in_force_to, version",
    ),
    "warning_thresholds": (
        _PARTNERS,
        f"({_COMMISSIONED} and {_OWN})",
        f"({_COMMISSIONED} and {_OWN})",
        "in_force_to, version",
    ),
    "virements": (
        _MONEY,
        f"({_COMMISSIONED} and {_OWN}{_CLIENT.format('proposed_by_')})",
        _KEPT,
        "state, journal_id, posting_period, version",
    ),
    "virement_decisions": (_MONEY, f"({_COMMISSIONED} and {_OWN}{_CLIENT.format('')})", None, ""),
    "commitment_limits": (_MONEY, f"({_COMMISSIONED} and {_OWN})", None, ""),
    "commitments": (
        _MONEY,
        _KEPT + _MADE,
        _KEPT,
        "reserved_pence, drawn_pence, released_pence, version",
    ),
    "commitment_moves": (_MONEY, _KEPT + _MADE, None, ""),
    "commitment_balances": (_MONEY, _KEPT, _KEPT, "amount_pence, day_pence"),
    "forecasts": (_MONEY, _KEPT + _MADE, None, ""),
    "action_plans": (_MONEY, _KEPT + _MADE, _KEPT, "steps, state, outcome, version"),
}
_CHANGING = ("delegation_limits", "warning_thresholds", "virements", "commitments", "action_plans")
_HISTORY = ("virement_decisions", "commitment_limits", "commitment_moves", "forecasts")


def _walls() -> str:
    parts = [
        # Locking a line needs the right to update one column of it; this policy lets nothing be written.
        f"create policy lines_lock on lines for update to budget_app using {_KEPT} with check (false);",
        "grant update (version) on lines to budget_app;",
    ]
    for table, (read, add, change, columns) in _RULES.items():
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using {read};",
            f"create policy {table}_add on {table} for insert to budget_app with check ({add});",
            f"grant select, insert on {table} to budget_app;",
        ]
        if change is not None:
            parts += [
                f"create policy {table}_change on {table} for update to budget_app using {change} with check {change};",
                f"grant update ({columns}) on {table} to budget_app;",
            ]
    for table in _HISTORY:
        parts += [
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change();",
        ]
    for table in _RULES:
        parts += [
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change();",
        ]
    return "\n".join(parts)


_WALLS = _walls()

# The second lock on what rules/virement.py and rules/commitment.py decide.
_GUARDS = """
create function virement_moves() returns trigger language plpgsql as $$
begin
    if old.state <> 'proposed' or new.version <> old.version + 1
       or (new.state = 'withdrawn' and old.owner_organisation_id <> budget.ctx_organisation())
       or (new.state = 'refused' and not exists (
            select from budget.virement_decisions d where d.virement_id = old.id and d.outcome = 'refused'))
       or (new.state = 'posted' and (
            not exists (select from budget.journals j where j.id = new.journal_id and j.kind::text = old.kind
                           and j.book = 'budget' and j.financial_year = old.financial_year)
            or exists (select from jsonb_array_elements(old.asked) each
                        where not exists (
                            select from budget.virement_decisions d
                             where d.virement_id = old.id and d.outcome = 'approved'
                               and d.owner_organisation_id::text = each ->> 'organisation_id'))))
    then
        raise exception 'virement % does not move so', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'virement_moves';
    end if;
    return new;
end $$;
create trigger virements_move before update on virements for each row execute function virement_moves();

create function virement_apart() returns trigger language plpgsql as $$
begin
    if exists (select from budget.virements v where v.id = new.virement_id
                  and (v.proposed_by_client_id = new.client_id
                       or lower(btrim(v.proposed_by_person)) = lower(btrim(new.person)))
                  and new.outcome = 'approved') then
        raise exception 'the maker of virement % does not approve it', new.virement_id
            using errcode = 'integrity_constraint_violation', constraint = 'virement_apart';
    end if;
    return new;
end $$;
create trigger virement_decisions_apart before insert on virement_decisions
    for each row execute function virement_apart();

-- A commitment is what its moves say, in every transaction that touches one of the two.
create function commitment_is_its_moves() returns trigger language plpgsql as $$
declare
    commitment uuid := case tg_table_name when 'commitments' then to_jsonb(new) ->> 'id'
                                          else to_jsonb(new) ->> 'commitment_id' end;
begin
    if not exists (
        select from budget.commitments c,
               lateral (select coalesce(sum(m.amount_pence), 0) as rest, count(*) as moves
                          from budget.commitment_moves m where m.commitment_id = c.id) moved
         where c.id = commitment and moved.rest = c.reserved_pence - c.drawn_pence - c.released_pence
           and moved.moves = c.version) then
        raise exception 'commitment % is not its moves', commitment
            using errcode = 'integrity_constraint_violation', constraint = 'commitment_is_its_moves';
    end if;
    return null;
end $$;
create constraint trigger commitments_whole after insert or update on commitments deferrable initially deferred
    for each row execute function commitment_is_its_moves();
create constraint trigger commitment_moves_whole after insert on commitment_moves deferrable initially deferred
    for each row execute function commitment_is_its_moves();
"""

_TOTALS_READ = "\n".join(
    f"""
create policy {table}_totals on {table} for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on {table} to budget_totals;"""
    for table in ("commitment_balances", "commitment_moves", "forecasts")
)

_SUMS = f"""
-- What is committed on each line up to a day, as recorded up to an instant; read as ledger_sums reads balances.
create function commitment_sums(partnership uuid, as_at date, recorded timestamptz)
    returns table (line_id uuid, committed_pence bigint)
    language sql stable parallel safe begin atomic
    select part.line_id, sum(part.amount_pence)::bigint from (
        select b.line_id, b.amount_pence from budget.commitment_balances b
         where b.partnership_id = partnership and b.effective_month < date_trunc('month', as_at + 1)::date
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
        union all
        select m.line_id, m.amount_pence from budget.commitment_moves m
         where m.partnership_id = partnership and m.effective_date <= as_at
           and m.recorded_at >= date_trunc('month', recorded at time zone 'UTC') at time zone 'UTC'
           and m.recorded_at <= recorded
        union all
        select b.line_id, day.pence from budget.commitment_balances b,
               unnest(b.day_pence[:extract(day from as_at)::integer]) day (pence)
         where b.partnership_id = partnership and b.effective_month = date_trunc('month', as_at + 1)::date
           and b.effective_month <= as_at and day.pence is not null
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
    ) part group by part.line_id;
end;

-- The forecast that stands for each line: the last one made by that day that was on record at that instant.
create function forecasts_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (line_id uuid, outturn_pence bigint)
    language sql stable parallel safe begin atomic
    select distinct on (f.line_id) f.line_id, f.outturn_pence from budget.forecasts f
     where f.partnership_id = partnership and f.financial_year = year and f.made_on <= as_at
       and f.recorded_at <= recorded
     order by f.line_id, f.made_on desc, f.edition desc;
end;
grant execute on function commitment_sums(uuid, date, timestamptz), forecasts_at(uuid, text, date, timestamptz)
    to budget_app, budget_totals;
{_TOTALS_READ}

-- The other partners' aligned lines: by category, or line by line where the agreement opens them.
create function aligned_outlook(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (owner_organisation_id uuid, category category, line_id uuid, committed_pence numeric,
        forecast_pence numeric, forecast_unknown boolean)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select l.owner_organisation_id, l.category, opened.id, sum(c.committed_pence),
           sum(f.outturn_pence), bool_or(f.outturn_pence is null)
      from lines l
      left join commitment_sums(partnership, as_at, recorded) c on c.line_id = l.id
      left join forecasts_at(partnership, year, as_at, recorded) f on f.line_id = l.id
      left join lines opened on opened.id = l.id and partnership = any (open_aligned_at(recorded))
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and l.arrangement = 'aligned' and partnership = any (ctx_in('commissioner'))
       and l.owner_organisation_id <> all (ctx_organisations())
     group by l.owner_organisation_id, l.category, opened.id
$$;
alter function aligned_outlook(uuid, text, date, timestamptz) owner to budget_totals;

-- What an observer may know of the same: totals of each arrangement, and whose forecast is missing.
create function observed_outlook(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (arrangement arrangement, committed_pence numeric, forecast_pence numeric, forecast_missing uuid[])
    language sql stable security definer set search_path = budget, pg_temp as $$
    with shown as materialized (select open_shadows_at(recorded) as keys)
    select l.arrangement, sum(c.committed_pence), sum(f.outturn_pence),
           array_agg(distinct l.owner_organisation_id order by l.owner_organisation_id)
               filter (where f.outturn_pence is null)
      from lines l
      left join commitment_sums(partnership, as_at, recorded) c on c.line_id = l.id
      left join forecasts_at(partnership, year, as_at, recorded) f on f.line_id = l.id
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and partnership = any (ctx_in('observer'))
       and (l.arrangement <> 'shadow'
            or partnership::text || '/' || l.owner_organisation_id::text = any ((select keys from shown)::text[]))
     group by l.arrangement
$$;
alter function observed_outlook(uuid, text, date, timestamptz) owner to budget_totals;
set role budget_totals;
grant execute on function aligned_outlook(uuid, text, date, timestamptz),
    observed_outlook(uuid, text, date, timestamptz) to budget_app;
set role budget_owner;
"""
