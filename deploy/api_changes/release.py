"""The document of the last release, and the breaks since then that somebody decided on."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deploy.api_changes.found import Break

HERE = Path(__file__).resolve().parent
RELEASED = HERE / "last_release.json.gz"
DECIDED = HERE / "deliberate_breaks.toml"
_SHORTEST_REASON = 30

# Words about things, which no client's code rests on. They are most of the document.
_WORDS = frozenset({"description", "summary", "examples", "example", "detail"})
_OF_NAMES = frozenset(
    {"properties", "schemas", "paths", "x-problems", "x-events"}
)  # below these, keys are names
_HEAD = """\
# Breaks of the API since the last release that were decided on, for people who review and who upgrade.
# `make breaks` prints an entry for each break that is not here yet. Say in `reason` why it is worth it and what a client does.
# The next release takes all of them over into CHANGELOG.md and empties this file (`python -m deploy.api_changes --release NAME`).
"""


def kept(document: dict[str, Any], name: str) -> bytes:
    """A document as it is kept, under the name of its release; the same document gives the same bytes."""
    bare = {**_bare(document), "x-release": name}
    return gzip.compress(json.dumps(bare, sort_keys=True, separators=(",", ":")).encode(), 9, mtime=0)


def released(path: Path = RELEASED) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def _bare(node: Any, named: bool = False) -> Any:
    """The same without words about things. `named`: whether this node's keys are names that somebody gave."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _bare(value, name in _OF_NAMES and not named)
        for name, value in node.items()
        if named or name not in _WORDS
    }


def decided(text: str) -> dict[str, str]:
    """The reason of each break that was decided on. ValueError says which entry is not one."""
    found: dict[str, str] = {}
    for entry in tomllib.loads(text).get("break", []):
        if set(entry) != {"what", "reason"}:
            raise ValueError(f"a break has `what` and `reason`, and nothing else: {entry}")
        if len(entry["reason"].strip()) < _SHORTEST_REASON:
            raise ValueError(f"the reason of a break says why, and what a client does: {entry['what']}")
        if entry["what"] in found:
            raise ValueError(f"this break stands there twice: {entry['what']}")
        found[entry["what"]] = entry["reason"]
    return found


def undecided(found: Iterable[Break], reasons: dict[str, str]) -> list[str]:
    """Breaks that nobody decided on."""
    return [str(each) for each in found if str(each) not in reasons]


def outdated(found: Iterable[Break], reasons: dict[str, str]) -> list[str]:
    """Entries whose break is none any more: it was taken back, or the words changed."""
    there = {str(each) for each in found}
    return [what for what in reasons if what not in there]


def entry(what: str) -> str:
    """What to add to the file for a break that is meant."""
    return f'[[break]]\nwhat = {json.dumps(what, ensure_ascii=False)}\nreason = ""\n'


def start_anew(document: dict[str, Any], name: str) -> None:
    """Keep a document as the last release; nothing has broken since."""
    RELEASED.write_bytes(kept(document, name))
    DECIDED.write_text(_HEAD, encoding="utf-8")
