"""Checks an exported chain of the audit against signed heads, with the public key alone.

    python -m deploy.audit_verifier --keys audit-keys.json --head now.json [--kept-head then.json] chain.jsonl

It shares no code with the services, needs no connection to them, and answers 0 where every link holds, 1 with the
place where one does not, 2 where it could not be tried. What it does is all that the format asks for:

- leaf = SHA-256 of the record in the canonical form of RFC 8785 (facts that this cannot hold count as sorted text);
- hash = SHA-256 of the hash before it, the position in eight bytes, and the leaf;
- the first link follows the kept head, or SHA-256 of the service's name where there is none;
- a head is a JWS (ES256) whose payload names issuer, service, position and hash.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

TYPE = "audit-head+jwt"
HOLDS, BROKEN, NOT_TRIED = 0, 1, 2


class Broken(Exception):
    """Where the chain does not hold, in one sentence."""


class NotTried(Exception):
    """Why nothing could be checked, in one sentence."""


@dataclass(frozen=True)
class Head:
    """What a signed head says."""

    service: str
    position: int
    hash: str


@dataclass(frozen=True)
class Checked:
    """What was found to hold."""

    service: str
    first: int
    last: int
    records: int


def read_head(signed: str, keys: KeySet) -> Head:
    """The head that a signature vouches for."""
    try:
        content = jws.deserialize_compact(signed, keys, algorithms=["ES256"])
        claims = json.loads(content.payload)
        if content.headers().get("typ") != TYPE:
            raise Broken("The head is not a signed head of an audit: its type is another.")
        return Head(str(claims["service"]), int(claims["position"]), str(claims["hash"]))
    except JoseError:
        raise Broken("The signature of the head is not by this key.") from None
    except (ValueError, KeyError, TypeError):
        raise Broken("The head cannot be read.") from None


def leaf_of(record: dict[str, Any]) -> bytes:
    try:
        return sha256(rfc8785.dumps(record)).digest()
    except rfc8785.CanonicalizationError:
        text = json.dumps(record["facts"], sort_keys=True, ensure_ascii=False)
        return sha256(rfc8785.dumps({**record, "facts": text})).digest()


def check(lines: Iterable[str], head: Head, kept: Head | None = None) -> Checked:
    """Walk every link from the kept head, or from the beginning, to the head. Raises Broken with the place."""
    if kept is not None and kept.service != head.service:
        raise Broken(f"The kept head is of {kept.service}, and the other of {head.service}.")
    if kept is not None and kept.position > head.position:
        raise Broken(
            f"The chain ends at {head.position}, before the kept head at {kept.position}: it was cut off."
        )
    first = position = kept.position if kept else 0
    before = bytes.fromhex(kept.hash) if kept else sha256(head.service.encode()).digest()
    records = 0
    for line in lines:
        position, before, has_record = _next(line, position, before)
        records += has_record
        if position == head.position:
            break
    if position < head.position:
        raise Broken(
            f"The export ends at {position}, before the head at {head.position}: its tail is missing."
        )
    if before.hex() != head.hash:
        raise Broken(f"The hash at {position} is not the one that the head was signed for.")
    return Checked(head.service, first, position, records)


def _next(line: str, position: int, before: bytes) -> tuple[int, bytes, bool]:
    """One link after another: its place, its leaf and its hash must all follow."""
    try:
        link = json.loads(line)
        place, leaf = int(link["position"]), bytes.fromhex(link["leaf"])
        said, record = bytes.fromhex(link["hash"]), link["record"]
    except (ValueError, KeyError, TypeError):
        raise Broken(f"The line after position {position} cannot be read.") from None
    if place != position + 1:
        raise Broken(
            f"Position {place} comes after {position}: a link is missing, or stands in another place."
        )
    if record is not None and leaf_of(record) != leaf:
        raise Broken(f"The record at {place} is not the one that was sealed: something in it was changed.")
    after = sha256(before + place.to_bytes(8, "big") + leaf).digest()
    if after != said:
        raise Broken(f"The link at {place} does not follow the one before it.")
    return place, after, record is not None


def read_keys(text: str) -> KeySet:
    """The public keys, as `/.well-known/audit-keys.json` gives them."""
    try:
        keys = KeySet.import_key_set(json.loads(text))
    except (JoseError, ValueError, KeyError, TypeError):
        raise NotTried("The file of public keys cannot be read.") from None
    if not keys.keys or not all(isinstance(key, ECKey) and key.curve_name == "P-256" for key in keys):
        raise NotTried("The file of public keys holds one that is not on P-256.")
    return keys


def signed_in(text: str, service: str | None) -> str:
    """The signed head in a file: as it is, or as an item of what `/v1/audit-heads` answered."""
    text = text.strip()
    if not text.startswith("{"):
        return text
    try:
        found = json.loads(text)
        items = found.get("items", [found])
        chosen = [each["signed"] for each in items if service in (None, each.get("service"))]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotTried("The file of the head cannot be read.") from None
    if len(chosen) != 1:
        raise NotTried("The file holds heads of several services: say which one, with --service.")
    return str(chosen[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and say in one line what holds or where it breaks."""
    words = argparse.ArgumentParser(
        prog="python -m deploy.audit_verifier", description=__doc__.partition("\n")[0]
    )
    words.add_argument("chain", type=Path, help="the export of /v1/audit-chains/{service}")
    words.add_argument("--keys", type=Path, required=True, help="the public keys")
    words.add_argument(
        "--head", type=Path, required=True, help="a signed head, or the answer of /v1/audit-heads"
    )
    words.add_argument("--kept-head", type=Path, help="an earlier head that you kept")
    words.add_argument("--service", help="which service's head, where a file holds several")
    given = words.parse_args(arguments)
    try:
        keys = read_keys(given.keys.read_text())
        head = read_head(signed_in(given.head.read_text(), given.service), keys)
        kept = None
        if given.kept_head:
            kept = read_head(signed_in(given.kept_head.read_text(), given.service), keys)
        with given.chain.open(encoding="utf-8") as lines:
            found = check(lines, head, kept)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return BROKEN
    except (NotTried, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return NOT_TRIED
    print(
        f"The audit of {found.service} holds from {found.first} to {found.last}: every link follows,"
        f" and {found.records} records are as they were sealed."
    )
    return HOLDS


if __name__ == "__main__":
    sys.exit(main())
