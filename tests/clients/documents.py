"""The OpenAPI documents as the running gateway serves them: valid, whole, and both the same API."""

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from shared.web.openapi import operations
from tests.clients.tally import CheckFailed, Tally


def examine(tally: Tally, new: dict[str, Any], old: dict[str, Any]) -> None:
    """Check the 3.1 document and the 3.0.3 one beside it."""
    with tally.check("the OpenAPI 3.1 document is valid"):
        refuse([error.message for error in OpenAPIV31SpecValidator(new).iter_errors()])
    with tally.check("the OpenAPI 3.0.3 document is valid"):
        assert old["openapi"] == "3.0.3"
        refuse([error.message for error in OpenAPIV30SpecValidator(old).iter_errors()])
    with tally.check("every reference leads somewhere"):
        refuse([*dangling(new), *dangling(old)])
    with tally.check("no parameter and no field is nullable by anyOf"):
        refuse([*null_choices(new), *null_parameters(new)])
    with tally.check("both documents have the same operations"):
        assert [names(new)] == [names(old)]
    with tally.check("every schema bears its own name as its title"):
        refuse([name for name, each in new["components"]["schemas"].items() if each["title"] != name])


def refuse(found: list[str]) -> None:
    if found:
        raise CheckFailed("; ".join(each[:300] for each in found[:10]))


def names(document: dict[str, Any]) -> list[str]:
    return sorted(operation["operationId"] for _, operation in operations(document))


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            yield from nodes(value, f"{path}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from nodes(value, f"{path}/{number}")


def dangling(document: dict[str, Any]) -> list[str]:
    """References to schemas that there are not; the validators do not look for them."""
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    return [
        f"{path} refers to {node['$ref']}"
        for path, node in nodes(document)
        if isinstance(node.get("$ref"), str) and node["$ref"] not in there
    ]


def null_choices(document: dict[str, Any]) -> list[str]:
    return [path for path, node in nodes(document) if {"type": "null"} in (node.get("anyOf") or ())]


def null_parameters(document: dict[str, Any]) -> list[str]:
    return [
        f"{operation['operationId']} {parameter['name']}"
        for _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if any("null" in (node.get("type") or "") for _, node in nodes(parameter["schema"]))
    ]
