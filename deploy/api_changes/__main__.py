"""`make breaks`: what a client of the last release would meet otherwise today. `--release NAME` starts anew from today."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from deploy.api_changes.operations import breaks
from deploy.api_changes.release import DECIDED, decided, entry, outdated, released, start_anew, undecided
from deploy.openapi import MERGED


def main() -> int:
    """Answers 1 where a break was not decided on, or an entry is of none."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--release", metavar="NAME", help="keep today's document as the last release, under this name"
    )
    name = arguments.parse_args().release
    today: dict[str, Any] = json.loads((MERGED / "merged.json").read_text(encoding="utf-8"))
    before = released()
    found, reasons = breaks(before, today), decided(DECIDED.read_text(encoding="utf-8"))
    missing, old = undecided(found, reasons), outdated(found, reasons)
    for what in missing:
        print(entry(what))
    for what in old:
        print(f"No break any more, take its entry out: {what}")
    print(f"{len(found)} breaks since {before['x-release']}, {len(missing)} of them not decided on.")
    if missing or old:
        return 1
    if name:
        for what, reason in reasons.items():
            print(f"- {what}. {reason}")
        start_anew(today, name)
        print(f"{name} is the last release now. Put the lines above into CHANGELOG.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
