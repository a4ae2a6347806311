"""What a schema no longer takes, or may now be: the same question, asked from either side.

A request breaks where the old schema admits something that the new one does not. An answer breaks where the new one admits
something that the old one did not. So one of the two is the wide one, and each check asks what of it the narrow one leaves out.
Two things are not symmetrical. A field that is gone is a break both ways; and lengths, bounds and patterns bind who
writes a request, while no answer promises them. A field that is new in an answer is none:
clients pass over what they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from deploy.api_changes.found import Break, Way

Schema = Mapping[str, Any]
T = TypeVar("T")

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SAME = ("pattern", "multipleOf", "uniqueItems", "propertyNames")
_JUDGED = frozenset(
    {"$ref", "type", "format", "enum", "const", "default", "properties", "required", "additionalProperties", "items"}
    | {"oneOf", "anyOf", *_UPPER, *_LOWER, *_SAME}
)  # fmt: skip
# Words about a value, which admit and refuse nothing. Everything else that changes and is not judged is reported as such.
WORDS = frozenset({"title", "description", "summary", "examples", "example", "deprecated", "x-sensitive"})
_NULL = {"type": "null"}
_FITS_INTO = {("int32", "int64")}


class Schemas:
    """Compares schemas of two documents. A schema that many operations share is compared once for each way."""

    def __init__(self, old: Mapping[str, Schema], new: Mapping[str, Schema]) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[Way, str, str]] = set()

    def compare(self, way: Way, where: str, old: Any, new: Any) -> Iterator[Break]:
        """Every break between two schemas and all that they refer to."""
        (before, was_null), (after, is_null) = _without_null(_mapping(old)), _without_null(_mapping(new))
        wide_null, narrow_null = _wide_and_narrow(way, was_null, is_null)
        if wide_null and not narrow_null and not _anything(before if way is Way.ANSWER else after):
            yield Break(where, f"{_VERB[way]} null")
        names = (_name(before), _name(after))
        if names[0] and names[1]:
            yield from self._named(way, where, names[0], names[1])
            return
        before, after = self._resolved(self._old, before), self._resolved(self._new, after)
        yield from self._unnamed(way, where, before, after)

    def _named(self, way: Way, where: str, old: str, new: str) -> Iterator[Break]:
        if old != new:
            yield Break(where, f"the schema {old} is called {new} now")
        if (way, old, new) not in self._seen:
            self._seen.add((way, old, new))
            yield from self.compare(way, f"{way.value} {old}", self._old[old], self._new[new])

    @staticmethod
    def _resolved(schemas: Mapping[str, Schema], schema: Schema) -> Schema:
        name = _name(schema)
        return _mapping(schemas[name]) if name else schema

    def _unnamed(self, way: Way, where: str, old: Schema, new: Schema) -> Iterator[Break]:
        if old == new and "$ref" not in str(old):
            return
        wide, narrow = _wide_and_narrow(way, old, new)
        if _branches(wide) is not None or _branches(narrow) is not None:
            yield from self._branched(way, where, old, new)
            return
        lost = _kinds(wide) - _kinds(narrow)
        if lost:
            yield Break(where, f"{_VERB[way]} {_listed(lost)}")
            return
        yield from _values(way, where, wide, narrow)
        if way is Way.REQUEST:
            yield from _bounds(where, old, new)
        yield from self._fields(way, where, old, new)
        yield from self._open(way, where, old, new)
        if "items" in old or "items" in new:
            yield from self.compare(way, f"{where}[]", old.get("items", {}), new.get("items", {}))
        for word in sorted((old.keys() | new.keys()) - _JUDGED - WORDS):
            if old.get(word) != new.get(word):
                yield Break(where, f"`{word}` has changed, which this check cannot judge")

    def _branched(self, way: Way, where: str, old: Schema, new: Schema) -> Iterator[Break]:
        """Schemas that are one of several: each branch of the wide one has to be in the narrow one."""
        before, after = _branches(old) or [old], _branches(new) or [new]
        wide, narrow = _wide_and_narrow(way, before, after)
        for branch in wide:
            same = [each for each in narrow if _name(each) == _name(branch)] if _name(branch) else []
            for other in same or narrow:
                pair = (branch, other) if way is Way.REQUEST else (other, branch)
                if same:
                    yield from self.compare(way, where, *pair)
                    break
                if not list(Schemas(self._old, self._new).compare(way, where, *pair)):
                    break
            else:
                yield Break(where, f"{_VERB[way]} {_name(branch) or _listed(_kinds(branch))}")

    def _fields(self, way: Way, where: str, old: Schema, new: Schema) -> Iterator[Break]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for gone in sorted(before.keys() - after.keys()):
            yield Break(where, f"the field {gone} is gone")
        wide, narrow = _wide_and_narrow(way, old, new)
        for name in sorted(set(narrow.get("required", ())) - set(wide.get("required", ()))):
            if way is Way.REQUEST:
                yield Break(where, f"the field {name} is required now")
            elif name in after:
                yield Break(where, f"the field {name} may be missing now")
        for name in sorted(before.keys() & after.keys()):
            yield from self.compare(way, f"{where}.{name}", before[name], after[name])

    def _open(self, way: Way, where: str, old: Schema, new: Schema) -> Iterator[Break]:
        """Fields that are not named: refused, free, or of a schema."""
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.compare(way, f"{where}.*", before, after)
            return
        wide, narrow = _wide_and_narrow(way, before, after)
        if way is Way.REQUEST and wide is not False and narrow is not True:
            yield Break(where, "takes fewer fields of other names now")
        elif way is Way.ANSWER and isinstance(narrow, Mapping) and wide is not False:
            yield Break(where, "may have fields of other names and forms now")


_VERB = {Way.REQUEST: "no longer takes", Way.ANSWER: "may now be"}


def _wide_and_narrow(way: Way, old: T, new: T) -> tuple[T, T]:
    return (old, new) if way is Way.REQUEST else (new, old)


def _mapping(schema: Any) -> Schema:
    if isinstance(schema, Mapping):
        return schema
    return {} if schema is True else {"not": {}}


def _anything(schema: Schema) -> bool:
    return not schema.keys() - WORDS


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _without_null(schema: Schema) -> tuple[Schema, bool]:
    """The schema of the values other than null, and whether null is one."""
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word, ())
        others = [each for each in branches if each != _NULL]
        if len(others) < len(branches):
            if len(others) == 1:
                return _mapping(others[0]), True
            return {**schema, word: others}, True
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        made = {**schema, "type": [each for each in kinds if each != "null"]}
        if "enum" in schema:
            made["enum"] = [each for each in schema["enum"] if each is not None]
        return made, True
    return schema, False


def _branches(schema: Schema) -> list[Any] | None:
    found: list[Any] | None = schema.get("oneOf") or schema.get("anyOf")
    return found


_KINDS = frozenset({"string", "integer", "fraction", "boolean", "object", "array"})


def _kinds(schema: Schema) -> frozenset[str]:
    """The types that a schema admits; a number is an integer or a fraction."""
    kinds = schema.get("type")
    if kinds is None:
        return _KINDS
    named = {kinds} if isinstance(kinds, str) else set(kinds)
    return frozenset(named - {"number"} | ({"integer", "fraction"} if "number" in named else set()))


def _listed(values: Any) -> str:
    return ", ".join(sorted(map(str, values)))


def _enum(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] | None = schema.get("enum")
    return found


def _values(way: Way, where: str, wide: Schema, narrow: Schema) -> Iterator[Break]:
    of_wide, of_narrow = _enum(wide), _enum(narrow)
    if of_narrow is not None:
        if of_wide is None:
            yield Break(where, f"{_VERB[way]} values other than {_listed(of_narrow)}")
        else:
            lost = [each for each in of_wide if each not in of_narrow]
            if lost:
                yield Break(where, f"{_VERB[way]} {_listed(lost)}")
    formats = (wide.get("format"), narrow.get("format"))
    if formats[1] is not None and formats[0] != formats[1] and formats not in _FITS_INTO:
        yield Break(where, f"{_VERB[way]} {formats[0] or 'any format'} where the format is {formats[1]}")


def _bounds(where: str, old: Schema, new: Schema) -> Iterator[Break]:
    for word in (*_UPPER, *_LOWER):
        before, after = old.get(word), new.get(word)
        tighter = after is not None and (
            before is None or (after < before if word in _UPPER else after > before)
        )
        if tighter:
            yield Break(where, f"{word} is {after} now and was {'not set' if before is None else before}")
    for word in _SAME:
        if word in new and old.get(word) != new[word]:
            yield Break(where, f"{word} is {new[word]} now and was {old.get(word, 'not set')}")
    if "default" in old and old["default"] != new.get("default"):
        yield Break(where, f"what is left out counts as {new.get('default')} now and was {old['default']}")
