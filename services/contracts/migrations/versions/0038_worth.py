"""What a contract is worth over its term beside its value, for filters and findings."""

from shared.migrate import run_sql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    run_sql(_WORTH)


# The same as rules/worth.py: a whole financial year in full, a part of one by its days, half-up. Within the bounds of
# money and dates (10^15 pence, 1900 to 2199) it is far inside a bigint.
_WORTH = """
create function year_part(pence bigint, first date, last date, opens date) returns bigint language sql immutable
    return (div(
        2 * pence::numeric * (last - first + 1) + ((opens + interval '1 year')::date - opens),
        2 * ((opens + interval '1 year')::date - opens)))::bigint;
create function year_opens(day date) returns date language sql immutable
    return make_date(extract(year from day - interval '3 months')::int, 4, 1);
create function worth_pence(pence bigint, basis value_basis, first date, last date) returns bigint
    language sql immutable
    return case
        when pence < 0 then null
        when basis = 'total' then pence
        when first is null or last is null then null
        when contracts.year_opens(first) = contracts.year_opens(last)
            then contracts.year_part(pence, first, last, contracts.year_opens(first))
        else contracts.year_part(pence, first, (contracts.year_opens(first) + interval '1 year')::date - 1,
                                 contracts.year_opens(first))
            + pence * (extract(year from contracts.year_opens(last))::int
                       - extract(year from contracts.year_opens(first))::int - 1)
            + contracts.year_part(pence, contracts.year_opens(last), last, contracts.year_opens(last))
        end;
grant execute on function year_part(bigint, date, date, date), year_opens(date),
    worth_pence(bigint, value_basis, date, date) to contracts_app;
alter table contracts add column worth_pence bigint generated always as (
    contracts.worth_pence(value_pence, value_basis, start_date, end_date)) stored;
"""
