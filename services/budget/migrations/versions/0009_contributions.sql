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
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
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
