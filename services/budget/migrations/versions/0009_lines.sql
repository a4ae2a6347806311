alter table lines
    add column nature jsonb not null default '{}',
    add column waits_for text[] not null default '{}',
    add column criteria_version text,
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
