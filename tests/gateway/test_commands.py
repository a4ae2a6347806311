"""What an operator starts by hand: key sets, and the operator's own client."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time

import pytest

from services.gateway.admission.key_source import KeySource
from services.gateway.commands import keys
from services.gateway.store import key_files
from services.gateway.store.key_files import KeyFileError
from tests.gateway.conftest import running_gateway
from tests.gateway.people import token_for
from tests.stack import ROOT


def kids(path):
    return [each["kid"] for each in json.loads(path.read_text())["keys"]]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_made_once_private_ones_for_their_owner_alone(tmp_path, capsys):
    folder = tmp_path / "keys"
    assert keys.main([str(folder)]) == 0
    assert "made" in capsys.readouterr().out
    private, public = folder / "assertion.json", folder / "public" / "assertion.json"
    assert (mode(private), mode(folder / "token.json"), mode(public)) == (0o600, 0o600, 0o644)
    assert all("d" in each for each in json.loads(private.read_text())["keys"])
    assert all("d" not in each for each in json.loads(public.read_text())["keys"])
    before = private.read_bytes()
    assert keys.main([str(folder)]) == 0
    assert private.read_bytes() == before
    assert kids(private) == kids(public)


def test_a_rotation_puts_a_new_key_in_front_and_keeps_the_old_for_the_overlap(tmp_path):
    folder = tmp_path / "keys"
    keys.main([str(folder)])
    first = kids(folder / "token.json")
    untouched = kids(folder / "assertion.json")
    assert keys.main([str(folder), "--rotate", "token"]) == 0
    second = kids(folder / "token.json")
    assert second[1:] == first
    assert kids(folder / "assertion.json") == untouched
    assert keys.main([str(folder), "--rotate", "token", "--overlap-hours", "0"]) == 0
    assert len(kids(folder / "token.json")) == 1
    assert keys.main([str(folder), "--rotate", "assertion"]) == 0
    assert kids(folder / "public" / "assertion.json") == kids(folder / "assertion.json")
    assert len(kids(folder / "assertion.json")) == 2


def test_a_key_file_that_others_may_read_or_that_holds_nonsense_is_refused(tmp_path, capsys):
    folder = tmp_path / "keys"
    keys.main([str(folder)])
    (folder / "token.json").chmod(0o640)
    assert keys.main([str(folder)]) == 1
    assert "0600" in capsys.readouterr().err
    for content in (
        b"",
        b"{}",
        b'{"keys": []}',
        b'{"keys": [{"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}',
    ):
        (folder / "token.json").write_bytes(content)
        (folder / "token.json").chmod(0o600)
        with pytest.raises(KeyFileError):
            key_files.read_private(folder / "token.json")


def test_two_that_run_at_once_make_one_set(tmp_path):
    folder = tmp_path / "keys"
    command = [sys.executable, "-m", "services.gateway.commands.keys", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    told = b"".join(each.communicate()[0] for each in running)
    assert told.count(b"made") == 3
    assert len(kids(folder / "token.json")) == 1


def test_a_running_gateway_sees_a_rotation_and_survives_a_broken_file(tmp_path, monkeypatch):
    folder = tmp_path / "keys"
    keys.main([str(folder)])
    source = KeySource(folder / "token.json")
    first = [key.kid for key in source.current()]
    keys.main([str(folder), "--rotate", "token"])
    assert [key.kid for key in source.current()] == first
    later = time.monotonic() + 2
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert [key.kid for key in source.current()][1:] == first
    (folder / "token.json").write_bytes(b"broken")
    monkeypatch.setattr(time, "monotonic", lambda: later + 2)
    assert [key.kid for key in source.current()][1:] == first
    beyond = time.time() + 86_500
    monkeypatch.setattr(time, "time", lambda: beyond)
    monkeypatch.setattr(time, "monotonic", lambda: later + 4)
    assert len(source.current().keys) == 1


def run_operator(stack, *words):
    return subprocess.run(
        [sys.executable, "-m", "services.gateway.commands.operator", *words],
        env=os.environ | stack.environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


async def test_the_operator_is_made_once_and_renewed_on_request(stack, behind, keys_dir, tmp_path, operator):
    again = run_operator(stack)
    assert again.returncode == 1
    assert "--renew" in again.stderr
    assert again.stdout == ""
    renewed = run_operator(stack, "--renew")
    assert renewed.returncode == 0, renewed.stderr
    made = json.loads(renewed.stdout)
    async with running_gateway(stack, behind, keys_dir, tmp_path) as app:
        answer = await token_for(app, made["client_id"], made["client_secret"])
        assert answer.status_code == 200
        assert "directory:write" in answer.json()["scope"].split()
        assert (await token_for(app, operator.client_id, operator.secret)).status_code == 401
    # The others of this session go on with the operator's client that they know.
    connection = await stack.superuser()
    try:
        await connection.execute(
            "update gateway.clients set disabled_at = null where id = $1::uuid", operator.client_id
        )
    finally:
        await connection.close()


def test_without_a_database_the_operator_command_says_so(stack):
    done = subprocess.run(
        [sys.executable, "-m", "services.gateway.commands.operator"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "GATEWAY_DATABASE_URL" in done.stderr
