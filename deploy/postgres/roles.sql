-- Roles and schema of the service `{service}`, in the database that you are connected to. Safe to run again.
-- Run it as a superuser, or as a role that may create roles, grant BYPASSRLS and create schemas.
-- No password is set here: use `\password {service}_app` and so on, or another way to sign in.

do $roles$
declare
    role_name text;
begin
    -- owner: owns the schema, signs in nowhere; totals: owns the few definer functions that give sums without rows.
    foreach role_name in array array['{service}_owner', '{service}_totals', '{service}_migrate', '{service}_app', '{service}_backup']
    loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I', role_name);
        end if;
    end loop;
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to {service}_migrate, {service}_app, {service}_backup', current_database()
    );
    -- Imports put their rows into tables that end with the transaction.
    if '{service}' in ('budget', 'contracts') then
        execute format('grant temporary on database %I to {service}_app', current_database());
    end if;
end
$roles$;

revoke all on schema public from public;

alter role {service}_owner   nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role {service}_totals  nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role {service}_migrate login   nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {service}_app     login   nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
-- A backup must see every row, whatever the policies say; it may only read.
alter role {service}_backup  login   nosuperuser bypassrls   nocreatedb nocreaterole noreplication;

-- Migrations sign in as `migrate` and become the owner; the owner can hand a definer function to `totals`.
grant {service}_owner to {service}_migrate with inherit false, set true;
grant {service}_totals to {service}_owner with inherit false, set true;

create schema if not exists {service};
alter schema {service} owner to {service}_owner;
revoke all on schema {service} from public;
grant usage on schema {service} to {service}_app;
grant usage, create on schema {service} to {service}_totals;
grant usage on schema {service} to {service}_backup;

-- Nothing is granted by default: each migration grants the app what it needs, functions too.
alter default privileges for role {service}_owner revoke execute on functions from public;
alter default privileges for role {service}_totals revoke execute on functions from public;
alter default privileges for role {service}_owner in schema {service} grant select on tables to {service}_backup;
alter default privileges for role {service}_owner in schema {service} grant select on sequences to {service}_backup;
grant select on all tables in schema {service} to {service}_backup;
grant select on all sequences in schema {service} to {service}_backup;

alter role {service}_app set search_path = {service};
alter role {service}_app set statement_timeout = '5s';
alter role {service}_app set lock_timeout = '2s';
alter role {service}_app set idle_in_transaction_session_timeout = '10s';
alter role {service}_migrate set search_path = {service};
alter role {service}_backup set search_path = {service};
alter role {service}_backup set default_transaction_read_only = on;
