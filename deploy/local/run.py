"""`make run`: starts the database, the four services and the demonstration, and watches over them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local import kept, machine, schemas, surroundings
from deploy.local.house import ROOT, House
from deploy.local.postgres import Cluster
from deploy.local.server_user import server_user
from deploy.local.supervisor import Supervisor, guarded
from deploy.local.surroundings import HOST
from deploy.local.trouble import CannotStart
from deploy.postgres.roles import LOGINS, SERVICES

_BEHIND_THE_GATEWAY = SERVICES[:-1]


def main() -> None:
    """Start and watch until a stop is asked; then stop everything in order and remove the run folder."""
    around = surroundings.read(os.environ)
    lock = surroundings.open_data_folder(around.data)
    after_a_kill = kept.drop_old_run_folder(around.data)
    surroundings.check_port(around.port, patience=after_a_kill)
    supervisor = Supervisor(around, surroundings.make_run_folder())
    supervisor.listen_for_stop()
    try:
        _start(supervisor)
        supervisor.watch_for_ever()
    finally:
        if running := supervisor.running:
            supervisor.say("Stopping ...")
        supervisor.stop()
        shutil.rmtree(supervisor.run_folder, ignore_errors=True)
        (around.data / "run.json").unlink(missing_ok=True)
        if running:
            supervisor.say(f"Stopped. The data is in {around.data}.")
        lock.close()


def _start(supervisor: Supervisor) -> None:
    around = supervisor.surroundings
    keys = supervisor.begin(
        "services.gateway.commands.keys", [str(around.data / "keys")], _plain_environment(), "keys"
    )
    urls = {**_own_database(supervisor), **around.given}
    _migrate(supervisor, urls)
    supervisor.finish(keys, "Making the keys")
    supervisor.say("Starting the services: " + ", ".join(SERVICES) + " ...")
    supervisor.houses = [_house(supervisor, service, urls) for service in SERVICES]
    supervisor.start_houses()
    supervisor.say(f"All four services are ready: {around.public_url}/ready answers 200.")
    made = _operator(supervisor, urls)
    if around.demonstration:
        _demonstration(supervisor)
    _say_where(supervisor, made)


def _own_database(supervisor: Supervisor) -> dict[tuple[str, str], str]:
    """Start the embedded PostgreSQL for the services that were given no database. Returns their URLs."""
    around = supervisor.surroundings
    services = around.on_own_database
    if not services:
        supervisor.say("Using the databases that the environment names.")
        return {}
    if obstacle := machine.this_platform():
        raise CannotStart(obstacle)
    folder = _database_folder(around.data)
    supervisor.say(
        f"{'Starting PostgreSQL on' if folder.exists() else 'Making a PostgreSQL database in'} {folder} ..."
    )
    cluster = supervisor.cluster = Cluster(
        folder, supervisor.run_folder, log=around.data / "logs" / "postgres.log"
    )
    cluster.start()
    supervisor.record()
    roles = [f"{service}_{login}" for service in SERVICES for login in LOGINS]
    passwords = kept.passwords(around.data / "database-passwords.json", roles)
    cluster.create_service_roles(passwords)
    supervisor.say("PostgreSQL answers.")
    return {
        (service, purpose): cluster.dsn(f"{service}_{purpose}", passwords[f"{service}_{purpose}"])
        for service in services
        for purpose in ("app", "migrate")
    }


def _database_folder(data: Path) -> Path:
    """Under the data folder, unless the server's user cannot walk there, say because it is in root's home."""
    user = server_user()
    if user.become is not None:
        data.chmod(0o711)
    folder = data / "postgres"
    if folder.exists() or user.reaches(folder):
        return folder
    return Path("/var/lib/commissioning") / data.as_posix().strip("/").replace("/", "-") / "postgres"


def _migrate(supervisor: Supervisor, urls: Mapping[tuple[str, str], str]) -> None:
    migrate_urls = {service: urls[service, "migrate"] for service in SERVICES}
    behind = schemas.behind(migrate_urls)
    if not behind:
        supervisor.say("The schemas are up to date.")
        return
    supervisor.say("Migrating the schemas: " + ", ".join(behind) + " ...")
    environment = _plain_environment() | {
        f"{service.upper()}_MIGRATE_URL": migrate_urls[service] for service in behind
    }
    supervisor.finish(supervisor.begin("shared.migrate", behind, environment, "migrate"), "Migrating")


def _plain_environment() -> dict[str, str]:
    """The person's environment without what belongs to one service alone."""
    private = ("_DATABASE_URL", "_MIGRATE_URL")
    kept_back = {name for name in os.environ if name.endswith(private) or name.startswith("GATEWAY_")}
    inherited = {name: value for name, value in os.environ.items() if name not in kept_back}
    return inherited | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def _gateway_environment(supervisor: Supervisor, urls: Mapping[tuple[str, str], str]) -> dict[str, str]:
    around = supervisor.surroundings
    sockets = {
        f"GATEWAY_{service.upper()}_URL": f"unix://{_socket(supervisor, service)}"
        for service in _BEHIND_THE_GATEWAY
    }
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if name.startswith("GATEWAY_") and "_URL" not in name
        },
        **sockets,
        "GATEWAY_DATABASE_URL": urls["gateway", "app"],
        "GATEWAY_KEYS_DIR": str(around.data / "keys"),
        "GATEWAY_PUBLIC_URL": around.public_url,
        "GATEWAY_PORT": str(around.port),
    }


def _socket(supervisor: Supervisor, service: str) -> Path:
    return supervisor.run_folder / "services" / f"{service}.sock"


def _house(supervisor: Supervisor, service: str, urls: Mapping[tuple[str, str], str]) -> House:
    """A service with its own database and the public keys to check callers with; nothing of the others."""
    around = supervisor.surroundings
    environment = _plain_environment() | {
        "ASSERTION_JWKS": str(around.data / "keys" / "public" / "assertion.json"),
        "SERVED_ON_SECONDS": "0",  # nobody is told to send requests elsewhere, so nobody is waited for
        "GATEWAY_PUBLIC_URL": around.public_url,  # the issuer that callers' assertions must name
        f"{service.upper()}_DATABASE_URL": urls[service, "app"],
    }
    if service == "gateway":
        environment |= _gateway_environment(supervisor, urls)
    address = (HOST, around.port) if service == "gateway" else _socket(supervisor, service)
    (supervisor.run_folder / "services").mkdir(mode=0o700, exist_ok=True)
    return House(service, address, environment, around.data / "logs" / f"{service}.log")


def _operator(supervisor: Supervisor, urls: Mapping[tuple[str, str], str]) -> dict[str, str] | None:
    """Make the operator's client on the first start and keep its secret. Returns it if it was made now."""
    path = supervisor.surroundings.data / "operator.json"
    if kept.read(path) is not None:
        return None
    environment = _plain_environment() | _gateway_environment(supervisor, urls)
    # A database of this folder whose operator's secret is not in this folder: nobody has it, so make another.
    # A database that was given may have an operator who is elsewhere.
    words = [] if ("gateway", "app") in supervisor.surroundings.given else ["--renew"]
    command = supervisor.begin("services.gateway.commands.operator", words, environment, "operator")
    written = supervisor.finish(command, "Making the operator's client")
    command.log.unlink()  # it holds the secret
    made: dict[str, str] = json.loads(written[written.index("{") :])
    kept.write(path, made)
    return made


def _demonstration(supervisor: Supervisor) -> None:
    around = supervisor.surroundings
    done = around.data / "demonstration-loaded"
    if done.exists():
        return
    supervisor.say("Loading the demonstration partnership through the API ...")
    words = ["--url", around.public_url, "--operator", str(around.data / "operator.json")]
    words += ["--out", str(around.data / "demo-clients.json")]
    supervisor.finish(
        supervisor.begin("deploy.demo.load", words, _plain_environment(), "demonstration"),
        "Loading the demonstration",
    )
    done.touch()


def _say_where(supervisor: Supervisor, made: dict[str, str] | None) -> None:
    around = supervisor.surroundings
    supervisor.say("Everything runs.")
    lines = [("The API", around.public_url), ("Its documentation", f"{around.public_url}/docs")]
    clients = around.data / "demo-clients.json"
    if clients.exists():
        lines.append(("The demonstration's clients", str(clients)))
    elif made is not None:
        lines += [
            ("The operator's client_id", made["client_id"]),
            ("Its client_secret", made["client_secret"]),
        ]
    lines += [("Logs", str(around.data / "logs")), ("Stop everything", "Ctrl-C; the data is kept")]
    supervisor.tell("\n" + "".join(f"  {name:<28} {value}\n" for name, value in lines))


if __name__ == "__main__":
    sys.exit(guarded(main))
