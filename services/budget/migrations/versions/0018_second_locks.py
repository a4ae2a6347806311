"""Second locks as strict as their rules: whose name is whose, and the day from which a successor's line holds money."""

from shared.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(_APART)
    run_sql(_SINCE)


_APART = r"""
-- As fold_key does for what the header may hold, which is printable ASCII: case and any white space aside.
create function same_person(one text, other text) returns boolean language sql immutable return
    lower(btrim(regexp_replace(normalize(one, NFKC), '\s+', ' ', 'g')))
        = lower(btrim(regexp_replace(normalize(other, NFKC), '\s+', ' ', 'g')));
grant execute on function same_person(text, text) to budget_app;
create or replace function virement_apart() returns trigger language plpgsql as $$
begin
    if exists (select from budget.virements v where v.id = new.virement_id
                  and (v.proposed_by_client_id = new.client_id
                       or budget.same_person(v.proposed_by_person, new.person))
                  and new.outcome = 'approved') then
        raise exception 'the maker of virement % does not approve it', new.virement_id
            using errcode = 'integrity_constraint_violation', constraint = 'virement_apart';
    end if;
    return new;
end $$;
"""
_SINCE = """
do $$
declare
    body text := pg_get_functiondef('journal_keeps_to_succession(journals)'::regprocedure);
    last constant text := 'if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id';
begin
    if position(last in body) = 0 then
        raise exception 'journal_keeps_to_succession is not what it was';
    end if;
    execute replace(body, last, 'if exists (
        select from budget.entries e join budget.accounts a on a.id = e.account_id
          join budget.lines l on l.id = a.line_id
         where e.journal_id = journal.id and l.succeeds_line_id is not null
           and journal.effective_date < l.counts_from) then
        raise exception ''journal % is dated before a succession'', journal.id
            using errcode = ''integrity_constraint_violation'', constraint = ''journal_since_succession'';
    end if;
    ' || last);
end $$;
"""
