"""Alembic's way in; everything is in shared.migrate."""

from shared.migrate import migrations_env

migrations_env("contracts")
