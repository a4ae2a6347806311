"""The Open Contracting Data Standard's own tools, held against what we publish. They fetch nothing from outside."""

import json
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import ocdsmerge  # type: ignore[import-untyped]  # the standard's tools carry no types
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.environments import locked_environment

CHECKER = Path(__file__).with_name("standard_checker.py")


@cache
def _schemas(folder: Path) -> dict[str, Any]:
    """The schemas of the standard under the addresses by which they name each other."""
    found = {}
    for path in sorted(folder.glob("*.json")) + sorted(folder.glob("metaschema/*.json")):
        schema = json.loads(path.read_text())
        found[schema.get("id", path.name).rstrip("#")] = schema
        found[f"https://standard.open-contracting.org/1.1/en/{path.name}"] = schema
        found[f"https://standard.open-contracting.org/schema/1__1__5/{path.name}"] = schema
    return found


def errors(folder: Path, name: str, document: Any) -> list[str]:
    """What the standard's JSON schema of this name finds wrong with a document."""
    schemas = _schemas(folder)
    known = Registry().with_resources((name, DRAFT4.create_resource(each)) for name, each in schemas.items())
    schema = json.loads((folder / name).read_text())
    return [
        f"{'/'.join(map(str, each.absolute_path))}: {each.message}"
        for each in Draft4Validator(schema, registry=known).iter_errors(document)
    ]


def merger(folder: Path) -> Any:
    """The standard's own merging routine, by its schema."""
    return ocdsmerge.Merger(json.loads((folder / "release-schema.json").read_text()))


def merged(folder: Path, releases: list[dict[str, Any]]) -> dict[str, Any]:
    """What the standard's own merging routine makes of releases."""
    made: dict[str, Any] = merger(folder).create_compiled_release(releases)
    return made


_VERSIONED = "versioned-release-validation-schema.json"
_PUBLISHED = (
    "https://standard.open-contracting.org/schema/1__1__5/",
    "https://standard.open-contracting.org/1.1/en/",
)


def standard_zip(folder: Path, into: Path) -> Path:
    """The standard as its tools take it: a zip as GitHub makes one of its repository."""
    path = into / "standard.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("standard-1__1__5/", "")
        made.writestr("standard-1__1__5/schema/", "")
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                text = each.read_text(encoding="utf-8")
                for published in _PUBLISHED:  # the one schema that the tools would fetch from outside
                    text = text.replace(f'"{published}{_VERSIONED}', f'"{folder.as_uri()}/{_VERSIONED}')
                made.writestr(f"standard-1__1__5/schema/{each.relative_to(folder)}", text)
    return path


def checked(folder: Path, into: Path, package: dict[str, Any]) -> dict[str, Any]:
    """What CoVE, the standard's data review tool, says of a package. It runs in an environment of its own."""
    into.mkdir(exist_ok=True)
    python = locked_environment("standard") / "bin" / "python"
    done = subprocess.run(
        [str(python), str(CHECKER), standard_zip(folder, into).as_uri()],
        input=json.dumps(package),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said
