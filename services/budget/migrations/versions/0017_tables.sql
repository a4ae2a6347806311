alter type journal_kind add value 'succession';

-- Who took over from whom in which partnership, and with which share. The owner is who succeeded.
create table successions (
    id uuid not null,
    partnership_id uuid not null,
    predecessor_organisation_id uuid not null,
    owner_organisation_id uuid not null,
    effective_on date not null,
    kind text not null check (kind in ('merger', 'division', 'transfer')),
    share numeric not null check (share > 0 and share <= 1),
    instrument text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (id, partnership_id, predecessor_organisation_id, owner_organisation_id),
    constraint successions_once unique (partnership_id, predecessor_organisation_id, owner_organisation_id),
    constraint successions_another check (predecessor_organisation_id <> owner_organisation_id)
);

-- What each succession turned into what. `amount_pence` is what was carried over, where something was.
create table succession_items (
    succession_id uuid not null,
    partnership_id uuid not null,
    predecessor_organisation_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    thing text not null check (thing in ('account', 'line', 'contribution', 'commitment')),
    from_id uuid not null,
    to_id uuid not null,
    share numeric not null check (share > 0 and share <= 1),
    amount_pence bigint,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (owner_organisation_id, from_id, to_id),
    foreign key (succession_id, partnership_id, predecessor_organisation_id, owner_organisation_id)
        references successions (id, partnership_id, predecessor_organisation_id, owner_organisation_id)
);
create index succession_items_partnership on succession_items (partnership_id, recorded_at, from_id, to_id);

-- Hosts that kept a pool before its present one: a month that one of them closed stays closed for the pool.
alter table pools add column kept_before uuid[] not null default '{}';
update pools set kept_before = former.hosts
  from (select e.pool_id, array_agg(distinct e.owner order by e.owner) as hosts
          from (select p.id as pool_id, n.owner_organisation_id as owner
                  from pools p join accounts a on a.pool_id = p.id and a.arrangement = 'pooled'
                  join entries n on n.account_id = a.id
                 where n.owner_organisation_id <> p.owner_organisation_id) e
         group by e.pool_id) former
 where former.pool_id = pools.id;

alter table journals
    add column succession_id uuid,
    add column on_behalf_of_organisation_id uuid,
    add constraint journals_of_a_succession check ((kind::text = 'succession') = (succession_id is not null));
alter table contributions
    add column succession_id uuid,
    drop constraint contributions_varied,
    add constraint contributions_varied check (effective_from is null
        or (replaces_contribution_id is not null or succession_id is not null)
           and financial_year = budget.financial_year_of(effective_from));
alter table lines
    add column succeeds_line_id uuid,
    drop constraint lines_made,
    add constraint lines_made check (
        num_nonnulls(counts_from, made_by_move_id, succeeds_line_id) in (0, 2)
        and (counts_from is not null or num_nonnulls(made_by_move_id, succeeds_line_id) = 0)),
    add constraint lines_succeed foreign key (succeeds_line_id, partnership_id) references lines (id, partnership_id);
alter table commitments
    add column continues_commitment_id uuid,
    add constraint commitments_continue foreign key (continues_commitment_id, partnership_id)
        references commitments (id, partnership_id);

-- Their rows have one column more. A contribution taken over stands from the day of the succession on.
create or replace function contributions_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns setof contributions language sql stable parallel safe begin atomic
    select c.* from budget.contributions c
     where c.partnership_id = partnership and c.financial_year = year and c.recorded_at <= recorded
       and (c.effective_from is null or c.effective_from <= as_at)
       and not exists (select from budget.contributions later
                        where later.replaces_contribution_id = c.id and later.recorded_at <= recorded
                          and (later.effective_from is null or later.effective_from <= as_at));
end;
drop function contributions_at(uuid, text, timestamptz);
