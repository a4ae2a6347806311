"""`make roles`: prints the SQL that makes the database, the roles and the schemas on a server of your own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

SERVICES = ("budget", "contracts", "outcomes", "gateway")
DATABASE = "commissioning"
LOGINS = ("migrate", "app", "backup")

_HERE = Path(__file__).parent


def database_sql(database: str = DATABASE) -> str:
    """The psql text that creates the database if it is missing and connects to it."""
    return _filled("database.sql", "{database}", database)


def service_sql(service: str) -> str:
    """Plain SQL, safe to run again, for the roles and the schema of one service."""
    return _filled("roles.sql", "{service}", service)


def passwords_sql(passwords: Mapping[str, str]) -> str:
    """Statements that set the password of each role named."""
    return "".join(
        f"alter role {role} password '{password.replace(chr(39), chr(39) * 2)}';\n"
        for role, password in passwords.items()
    )


def whole_sql(services: Iterable[str] = SERVICES, database: str = DATABASE) -> str:
    """What psql needs to prepare one server for these services."""
    return "\n".join([database_sql(database), *(service_sql(service) for service in services)])


def _filled(name: str, mark: str, value: str) -> str:
    if not value.isidentifier():
        raise ValueError(f"{value!r} cannot be the name of a service or a database")
    return (_HERE / name).read_text(encoding="utf-8").replace(mark, value)


def main() -> None:
    """Print the SQL for all services, or for those named."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("service", nargs="*", help="one or more of: " + ", ".join(SERVICES))
    words.add_argument("--database", default=DATABASE)
    given = words.parse_args()
    unknown = sorted(set(given.service) - set(SERVICES))
    if unknown:
        words.error(f"there is no service {unknown[0]}; the services are {', '.join(SERVICES)}")
    sys.stdout.write(whole_sql(given.service or SERVICES, given.database))


if __name__ == "__main__":
    main()
