"""Turn a published file into bodies for the doors: `python -m services.outcomes.commands.read_published areas FILE ID`.

`areas` reads a table of areas (CSV) into the body of one hierarchy; `indicators` reads Fingertips metadata (JSON) into one
body a line. ID is the partnership. Send the bodies with PUT to /v1/area-hierarchies/{id} and /v1/indicators/{id}.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.outcomes.rules.published_file import areas_of, indicator_of

DONE, NOT_DONE = 0, 2


def main(arguments: Sequence[str]) -> int:
    """Print the bodies as JSON, one a line. Answers 0, or 2 where the file cannot be read."""
    try:
        kind, file, partnership = arguments
        made = list({"areas": hierarchies, "indicators": indicators}[kind](Path(file), partnership))
    except (ValueError, KeyError, TypeError, OSError) as error:
        print(f"Name areas or indicators, a file and a partnership. {error}", file=sys.stderr)
        return NOT_DONE
    for each in made:
        print(json.dumps(each, ensure_ascii=False))
    return DONE


def hierarchies(file: Path, partnership_id: str) -> Iterator[dict[str, Any]]:
    """The body of one hierarchy from a table of areas."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        areas = areas_of(csv.DictReader(lines))
    yield {
        "partnership_id": partnership_id,
        "name": "England",
        "edition": file.stem,
        "source": file.name,
        "areas": areas,
    }


def indicators(file: Path, partnership_id: str) -> Iterator[dict[str, Any]]:
    """The body of each indicator of a file of metadata."""
    for record in json.loads(file.read_text(encoding="utf-8")):
        yield indicator_of(record, partnership_id)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
