"""The verifier of the audit: what it finds in an export that somebody tampered with, and that it needs nothing else."""

import ast
import copy
import json
import sys
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from deploy import audit_verifier as verifier
from shared.chain import beginning, leaf_of, next_hash

KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
OTHER = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def signed(position, hash_, service="budget", key=KEY, typ="audit-head+jwt"):
    claims = {"iss": "http://x", "iat": 1, "service": service, "position": position, "hash": hash_}
    header = {"alg": "ES256", "typ": typ, "kid": key.kid}
    return jws.serialize_compact(header, json.dumps(claims), key)


def a_record(n):
    return {"id": f"id-{n}", "recorded_at": f"2026-11-30T10:00:{n:02}.000000Z", "what": "journal_posted",
            "facts": {"amount": n, "ä": None, "huge": 2**70 if n == 3 else 1.5}}  # fmt: skip


def a_chain(length=9, own=(2, 3, 5, 8)):
    links, before = [], beginning("budget")
    for position in range(1, length + 1):
        leaf = leaf_of(a_record(position))
        before = next_hash(before, position, leaf)
        record = a_record(position) if position in own else None
        links.append({"position": position, "leaf": leaf.hex(), "hash": before.hex(), "record": record})
    return links


@pytest.fixture
def run(tmp_path, capsys):
    """`run(links, head, kept)` gives the exit code and what was said."""
    (tmp_path / "keys.json").write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))

    def check(links, head, kept=None):
        (tmp_path / "chain.jsonl").write_text("".join(json.dumps(each) + "\n" for each in links))
        (tmp_path / "head").write_text(head)
        words = ["--keys", str(tmp_path / "keys.json"), "--head", str(tmp_path / "head")]
        if kept is not None:
            (tmp_path / "kept").write_text(kept)
            words += ["--kept-head", str(tmp_path / "kept")]
        code = verifier.main([*words, str(tmp_path / "chain.jsonl")])
        said = capsys.readouterr()
        return code, said.out + said.err

    return check


def head_at(links, position, **more):
    return signed(position, links[position - 1]["hash"], **more)


def test_a_whole_chain_holds(run):
    links = a_chain()
    code, said = run(links, head_at(links, 9))
    assert (code, said) == (
        0,
        "The audit of budget holds from 0 to 9: every link follows, and 4 records are as they were sealed.\n",
    )


def test_a_part_holds_from_a_kept_head(run):
    links = a_chain()
    code, said = run(links[4:], head_at(links, 9), head_at(links, 4))
    assert code == 0
    assert "from 4 to 9" in said


def rehashed(links):
    """The chain as somebody who owns the database would write it anew after a change: every hash follows again."""
    before = beginning("budget")
    for each in links:
        before = next_hash(before, each["position"], bytes.fromhex(each["leaf"]))
        each["hash"] = before.hex()
    return links


def swapped(links):
    links[3]["leaf"], links[4]["leaf"] = links[4]["leaf"], links[3]["leaf"]
    return links


def dropped(links):
    del links[3]
    return links


def dropped_and_renumbered(links):
    del links[3]
    for position, each in enumerate(links, 1):
        each["position"] = position
    return rehashed(links)


def edited(links):
    links[4]["record"]["facts"]["amount"] = 6
    return links


def edited_and_sealed_anew(links):
    links[4]["record"]["facts"]["amount"] = 6
    links[4]["leaf"] = leaf_of(links[4]["record"]).hex()
    return rehashed(links)


def without_its_tail(links):
    return links[:7]


def garbled(links):
    return [*links[:2], {"position": 3}]


TAMPERED = [
    (swapped, "The link at 4 does not follow the one before it."),
    (lambda links: rehashed(swapped(links)), "The record at 5 is not the one that was sealed"),
    (dropped, "Position 5 comes after 3: a link is missing"),
    (dropped_and_renumbered, "The export ends at 8, before the head at 9: its tail is missing."),
    (edited, "The record at 5 is not the one that was sealed"),
    (edited_and_sealed_anew, "The hash at 9 is not the one that the head was signed for."),
    (without_its_tail, "The export ends at 7, before the head at 9: its tail is missing."),
    (garbled, "The line after position 2 cannot be read."),
]


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED)
def test_it_says_where_a_chain_breaks(run, tamper, sentence):
    links = a_chain()
    head = head_at(links, 9)
    code, said = run(tamper(copy.deepcopy(links)), head)
    assert code == 1
    assert sentence in said


def test_a_truncated_chain_is_seen_by_whoever_kept_a_head(run):
    """The operator cuts the tail off and signs what is left: only a kept head tells."""
    links = a_chain()
    code, said = run(links[:6], head_at(links, 6), head_at(links, 8))
    assert code == 1
    assert "before the kept head at 8: it was cut off" in said


def test_a_rewritten_past_is_seen_by_whoever_kept_a_head(run):
    links = a_chain()
    anew = edited_and_sealed_anew(copy.deepcopy(links))
    assert run(anew, head_at(anew, 9))[0] == 0  # nobody else could tell
    code, said = run(anew[6:], head_at(anew, 9), head_at(links, 6))
    assert code == 1
    assert "The link at 7 does not follow the one before it." in said


@pytest.mark.parametrize(
    ("forged", "sentence"),
    [
        (lambda links: head_at(links, 9, key=OTHER), "The signature of the head is not by this key."),
        (lambda links: head_at(links, 9)[:-8] + "AAAAAAAA", "The signature of the head is not by this key."),
        (lambda links: head_at(links, 9, typ="at+jwt"), "its type is another"),
        (lambda links: "a.b.c", "of the head"),
    ],
)
def test_a_head_that_is_not_signed_by_the_key_counts_for_nothing(run, forged, sentence):
    links = a_chain()
    code, said = run(links, forged(links))
    assert code == 1
    assert sentence in said


def test_without_the_check_of_the_signature_a_forged_head_would_count(run, monkeypatch):
    """The test of the test above."""
    links = a_chain()

    class Content:
        def __init__(self, text):
            self.payload = text

        def headers(self):
            return {"typ": verifier.TYPE}

    def unchecked(text, *_, **__):
        return Content(jws.extract_compact(text.encode()).payload)

    monkeypatch.setattr(jws, "deserialize_compact", unchecked)
    assert run(links, head_at(links, 9, key=OTHER))[0] == 0


def test_of_several_heads_one_is_chosen(run):
    links = a_chain()
    heads = json.dumps({"items": [{"service": "budget", "signed": head_at(links, 9)}]})
    assert run(links, heads)[0] == 0
    both = json.dumps({"items": [{"service": each, "signed": "x"} for each in ("budget", "contracts")]})
    assert run(links, both)[0] == 2


def test_it_shares_no_code_with_what_it_checks():
    tree = ast.parse(Path(verifier.__file__).read_text())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"rfc8785", "joserfc"}
