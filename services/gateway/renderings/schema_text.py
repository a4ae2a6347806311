"""What a JSON schema says, in words for the documentation page. All text that comes out is safe HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "maxLength": "characters at most",
    "maxItems": "items at most",
    "pattern": "pattern",
}


def type_text(schema: Mapping[str, Any]) -> str:
    """The type of a value: a link to a named schema, or words."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return " or ".join(type_text(each) for each in schema[word])
    if "enum" in schema:
        return ", ".join(f"<code>{escape(_plain(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(_plain(schema['const']))}</code>"
    kinds = schema.get("type", "any")
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    return " or ".join(_one(name, schema) for name in names)


def fields_of(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each property: its name, its type, and what is said about it."""
    required = set(schema.get("required", ()))
    for name, each in schema.get("properties", {}).items():
        optional = "" if name in required else " (optional)"
        yield f"<code>{escape(name)}</code>{optional}", type_text(each), " ".join(_told(each))


def _one(name: str, schema: Mapping[str, Any]) -> str:
    if name == "array":
        return f"list of {type_text(schema.get('items', {}))}"
    if name == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {type_text(schema['additionalProperties'])}"
    form = schema.get("format")
    return escape(f"{name} ({form})" if form and name == "string" else name)


def _told(schema: Mapping[str, Any]) -> Iterator[str]:
    if "description" in schema:
        yield escape(schema["description"])
    for name, words in _LIMITS.items():
        if name in schema:
            yield f"{words} <code>{escape(_plain(schema[name]))}</code>."
    if schema.get("examples"):
        yield f"Example: <code>{escape(_plain(schema['examples'][0])[:200])}</code>"


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
