-- The second lock on what rules/line_move.py, rules/line_split.py and rules/ring_fence.py decide.
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
