-- The database itself, for psql. `{database}` is replaced by its name. Safe to run again.
select 'create database "{database}" encoding ''UTF8'' template template0'
 where not exists (select from pg_database where datname = '{database}') \gexec
\connect "{database}"
