"""What a PostgreSQL server needs before the first migration: a database, roles, and a schema per service."""
