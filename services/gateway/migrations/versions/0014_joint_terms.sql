alter table joint_changes
    add column contract_ids uuid[] not null default '{}',
    drop constraint joint_changes_kind_check,
    add constraint joint_changes_kind_check check (kind in ('activation', 'termination', 'completion', 'variation',
        'extension', 'novation', 'statutory_transfer', 'consolidation', 'split', 'part_termination'));
create index joint_changes_contracts on joint_changes using gin (contract_ids);
grant update (contract_ids) on joint_changes to gateway_app;

-- The second lock on rules/joint_change.py: what is done stays done, and nothing that was asked for changes on the way.
create or replace function joint_change_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 or old.state = 'done'
       or (new.attempt = old.attempt and (new.asked <> old.asked or new.plan <> old.plan or new.client_id <> old.client_id
                                          or new.contract_ids <> old.contract_ids
                                          or not new.steps @> old.steps or old.state <> 'under_way'))
       or (new.attempt <> old.attempt and (new.attempt <> old.attempt + 1 or old.state <> 'declined'))
    then
        raise exception 'joint change % does not move so', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'joint_change_moves';
    end if;
    return new;
end $$;

-- And no two changes of one contract at a time: each would set aside, move or give back what the other counts on.
create function joint_change_alone() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('joint_changes/' || new.owner_organisation_id::text, 0));
    if exists (select from gateway.joint_changes other
                where other.state = 'under_way' and other.id <> new.id and other.contract_ids && new.contract_ids) then
        raise exception 'another change of a contract of joint change % is under way', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'joint_change_contract_busy';
    end if;
    return new;
end $$;
create trigger joint_changes_alone before insert on joint_changes
    for each row execute function joint_change_alone();
create trigger joint_changes_alone_again before update on joint_changes
    for each row when (new.attempt <> old.attempt) execute function joint_change_alone();
