"""The README's tour works as printed: its commands are run and their output is compared.

The file's name puts it before the other journeys, which add to what the tour shows.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
PARTNERSHIP = re.compile(r"^P=([0-9a-f-]{36})$", re.MULTILINE)


def steps():
    """The commands of the README's console blocks, each with the output printed under it."""
    text = README.read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "printed"), steps(), ids=lambda each: each[:60])
def test_the_tour_answers_as_printed(system, command, printed):
    partnership = PARTNERSHIP.search(README.read_text(encoding="utf-8"))[1]
    words = shlex.split(command.replace("$P", partnership))
    assert words[0] == "ask"
    done = subprocess.run(
        [sys.executable, "-m", "deploy.demo.ask", *words[1:]],
        cwd=README.parent,
        env={
            **os.environ,
            "GATEWAY_PORT": str(urlsplit(system.url).port),
            "DATA_DIR": str(system.data),
            "PYTHONPATH": str(README.parent),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == printed, done.stderr


def test_the_tour_has_steps():
    assert len(steps()) >= 6
