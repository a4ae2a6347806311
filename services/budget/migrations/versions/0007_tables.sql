alter table lines add constraint lines_in_partnership unique (id, partnership_id);
alter table journals add constraint journals_in_partnership unique (id, partnership_id);
alter table accounts add constraint accounts_in_partnership unique (id, partnership_id);

-- Every row of money repeats partnership, owner, arrangement and year of its line, so that no policy reads another
-- table.
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
    recorded_at timestamptz not null default clock_timestamp(),
    constraint delegation_limits_in_force check (in_force_to >= in_force_from)
);
create index delegation_limits_partnership on delegation_limits (partnership_id, in_force_from, id);

-- `asked` says of which organisations an approval is wanted and who of them may give it.
create table virements (
    id uuid primary key,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
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
    recorded_at timestamptz not null default clock_timestamp(),
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
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    outcome text not null check (outcome in ('approved', 'refused')),
    decider text,
    decision_id uuid,
    note text,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (virement_id, owner_organisation_id),
    foreign key (virement_id, partnership_id) references virements (id, partnership_id),
    foreign key (decision_id, owner_organisation_id) references decisions (id, owner_organisation_id)
);

-- The last one on record for a line stands.
create table commitment_limits (
    id uuid primary key,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
    basis text not null check (basis in ('adjusted_budget', 'amount', 'none')),
    limit_pence bigint check (limit_pence >= 0),
    reason text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint commitment_limits_amount check ((basis = 'amount') = (limit_pence is not null))
);
create index commitment_limits_line on commitment_limits (line_id, recorded_at);
create index commitment_limits_partnership on commitment_limits (partnership_id, recorded_at, id);

create table commitments (
    id uuid primary key,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
    made_by_organisation_id uuid not null,
    level text not null check (level in ('service', 'package')),
    contract_id uuid,
    placement_id uuid,
    description text not null,
    reserved_pence bigint not null,
    drawn_pence bigint not null default 0,
    released_pence bigint not null default 0 check (released_pence >= 0),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
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
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
    made_by_organisation_id uuid not null,
    kind text not null check (kind in ('reserved', 'varied', 'drawn_down', 'restored', 'released')),
    amount_pence bigint not null,
    paid_pence bigint,
    journal_id uuid,
    effective_date date not null,
    reason text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (commitment_id, number),
    constraint commitment_moves_journal_once unique (commitment_id, journal_id),
    constraint commitment_moves_paid check (
        (kind in ('drawn_down', 'restored')) = (journal_id is not null)
        and (journal_id is null) = (paid_pence is null)),
    foreign key (commitment_id, partnership_id) references commitments (id, partnership_id),
    foreign key (journal_id, partnership_id) references journals (id, partnership_id)
);
create index commitment_moves_recorded on commitment_moves (partnership_id, recorded_at);
create index commitment_moves_journal on commitment_moves (journal_id);

-- Kept with every move, as balances are with every posting; `day_pence` by the day of the month.
create table commitment_balances (
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
    effective_month date not null,
    recorded_month date not null,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
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
    recorded_at timestamptz not null default clock_timestamp(),
    constraint warning_thresholds_of_something check (percent_over is not null or amount_over_pence is not null),
    constraint warning_thresholds_in_force check (in_force_to >= in_force_from)
);
create index warning_thresholds_partnership on warning_thresholds (partnership_id, in_force_from, id);

-- `months` are April to March with the assumptions worked in; null where a month is not known yet.
create table forecasts (
    id uuid primary key,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
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
    recorded_at timestamptz not null default clock_timestamp(),
    constraint forecasts_edition unique (line_id, edition),
    constraint forecasts_outturn check ((outturn_pence is null) = (array_position(months_pence, null) is not null)),
    unique (id, partnership_id)
);
create index forecasts_partnership on forecasts (partnership_id, financial_year, line_id, made_on, edition);

create table action_plans (
    id uuid primary key,
    
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    line_id uuid not null, foreign key (line_id, partnership_id) references lines (id, partnership_id),
    made_by_organisation_id uuid not null,
    forecast_id uuid not null,
    overspend_pence bigint not null check (overspend_pence > 0),
    due_on date not null,
    steps jsonb not null,
    state text not null default 'open' check (state in ('open', 'closed')),
    outcome text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint action_plans_once unique (forecast_id),
    constraint action_plans_closed check ((state = 'closed') = (outcome is not null)),
    foreign key (forecast_id, partnership_id) references forecasts (id, partnership_id)
);
create index action_plans_partnership on action_plans (partnership_id, due_on, id);
