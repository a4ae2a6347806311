"""Reads deploy/Dockerfile and .dockerignore as the builder does, as far as these two go."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from tests.deploy.tools import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"


@dataclass(frozen=True)
class Step:
    """One instruction of the recipe, its lines joined."""

    word: str
    rest: str

    def words(self) -> list[str]:
        """The arguments of an exec form; a shell form is an error."""
        given = json.loads(self.rest)
        assert isinstance(given, list)
        return given


def stages() -> list[list[Step]]:
    """The instructions of each stage, its FROM first."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text()))
    found: list[list[Step]] = []
    for line in filter(None, joined.splitlines()):
        word, rest = line.split(None, 1)
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, rest))
    return found


def final(word: str) -> list[Step]:
    """The instructions of this word in the stage that becomes the image."""
    return [step for step in stages()[-1] if step.word == word]


def environment(service: str) -> dict[str, str]:
    """What ENV sets for an image of this service."""
    pairs = [pair for step in final("ENV") for pair in step.rest.split()]
    return {
        name: value.replace("${SERVICE}", service) for name, value in (pair.split("=", 1) for pair in pairs)
    }


def sees(path: str) -> bool:
    """Whether .dockerignore lets the builder see this path; the last pattern that matches it decides."""
    seen = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and _matches(path, line.removeprefix("!")):
            seen = line.startswith("!")
    return seen


def _matches(path: str, pattern: str) -> bool:
    """A pattern matches a path or any folder above it; `**/` stands for any number of folders."""
    parts = PurePosixPath(path).parts
    depth = len(PurePosixPath(pattern.removeprefix("**/")).parts)
    ends = range(1, len(parts) + 1)
    if pattern.startswith("**/"):
        return any(
            fnmatchcase("/".join(parts[end - depth : end]), pattern[3:]) for end in ends if end >= depth
        )
    return len(parts) >= depth and fnmatchcase("/".join(parts[:depth]), pattern)


def lay_out(service: str, folder: Path) -> Path:
    """Copy what COPY puts into an image of this service, and give the folder that stands for /app."""
    app = folder / "app"
    app.mkdir()
    for step in final("COPY"):
        if step.rest.startswith("--from="):
            continue
        *sources, target = step.rest.replace("${SERVICE}", service).split()
        for source in sources:
            _copy(source, app / target)
    return app


def _copy(source: str, target: Path) -> None:
    """The contents of a folder, or one file; what .dockerignore hides is not there."""
    origin = ROOT / source
    files = [origin] if origin.is_file() else [path for path in origin.rglob("*") if path.is_file()]
    seen = [path for path in files if sees(path.relative_to(ROOT).as_posix())]
    assert seen, f"COPY {source}: there is no such file in what the builder sees"
    for path in seen:
        place = target / path.relative_to(origin if origin.is_dir() else origin.parent)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
