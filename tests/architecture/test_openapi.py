"""Each service's OpenAPI document: valid 3.1, everything named, nothing nullable by `anyOf`, problems and examples right."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

from shared.web.fields import Body
from shared.web.openapi import ALWAYS, operations
from tests.architecture.doors import OPEN, app_of
from tests.architecture.sources import SERVICES
from tests.architecture.windows import WITHOUT_WINDOW

PROBLEM = "#/components/schemas/Problem"
OWN_REFUSALS = {"issueToken": "RFC 6749 says how a token is refused"}


@pytest.fixture(scope="module", params=SERVICES)
def document(request) -> dict[str, Any]:
    made: dict[str, Any] = app_of(request.param).openapi()
    assert made["openapi"].startswith("3.1")
    assert len(list(operations(made))) >= 2
    return made


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            yield from walk(value, (*path, name))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from walk(value, (*path, str(number)))


def schemas(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every dictionary of the document that is a schema or part of one; not the examples in it."""
    for path, node in walk(document):
        if "examples" not in path and "example" not in path and "default" not in path:
            yield path, node


def nullable_by_any_of(document: dict[str, Any]) -> list[str]:
    return ["/".join(path) for path, node in schemas(document) if {"type": "null"} in node.get("anyOf", ())]


def unnamed(document: dict[str, Any]) -> list[str]:
    """Objects and enums that stand anywhere but under a name of their own, so that a generator must invent one."""
    # Two models of one name get the names of their modules, and a third would change those of both.
    found = [name for name in document["components"]["schemas"] if "__" in name]
    for path, node in schemas(document):
        own = len(path) == 3 and path[:2] == ("components", "schemas")
        inline_enum = isinstance(node.get("enum"), list) and "headers" not in path
        inline_object = isinstance(node.get("properties"), dict) and path[-1:] != ("properties",)
        if not own and (inline_enum or inline_object):
            found.append("/".join(path))
    return found


def undescribed(document: dict[str, Any]) -> list[str]:
    """Operations without a summary, or that do not say what they refuse."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = operation.get("operationId", f"{method} {path}")
            if not operation.get("summary") or operation["summary"].endswith("."):
                found.append(f"{name} has no summary (a line without a full stop)")
            if (operation.get("x-service"), method.upper(), path) not in OPEN:
                found += [
                    f"{name} does not document {status}" for status in sorted(_owed(method, path, operation))
                ]
            found += [
                f"{name} answers {status} with no problem document"
                for status, response in operation["responses"].items()
                if status >= "400" and _problem_of(response) != PROBLEM and name not in OWN_REFUSALS
            ]
    return found


def _owed(method: str, path: str, operation: dict[str, Any]) -> set[str]:
    owed = {str(status) for status in ALWAYS}
    if "{" in path and method != "put":
        owed.add("404")
    if "requestBody" in operation:
        owed |= {"413", "415"}
    headers = {each["name"].lower() for each in operation.get("parameters", ()) if each["in"] == "header"}
    if "if-match" in headers:
        owed |= {"412", "428"}
    if method == "put" or "idempotency-key" in headers:
        owed.add("409")
    return owed - set(operation["responses"])


def _problem_of(response: dict[str, Any]) -> str | None:
    content = response.get("content", {}).get("application/problem+json", {})
    reference: str | None = content.get("schema", {}).get("$ref")
    return reference


def wrong_examples(document: dict[str, Any]) -> list[str]:
    """Examples that their own schema refuses."""
    found = []
    for path, node in schemas(document):
        examples = [*node.get("examples", ())] if isinstance(node.get("examples"), list) else []
        if "example" in node and "properties" not in path[-1:]:
            examples.append(node["example"])
        schema = node.get("schema", node)
        check = Draft202012Validator({**schema, "components": document["components"]})
        found += [
            f"{'/'.join(path)}: {error.message}"
            for example in examples
            for error in check.iter_errors(example)
        ]
    return found


def without_example(document: dict[str, Any]) -> list[str]:
    """Bodies that a reader cannot see an instance of."""
    found = []
    for name, each in document["components"]["schemas"].items():
        if each.get("type") == "object" and not each.get("examples"):
            texts = [field for field, node in each.get("properties", {}).items() if _mute(node)]
            found.append(f"{name} shows no example: give {texts or 'the bodies in it'} some")
    return found


def _mute(node: dict[str, Any]) -> bool:
    """Whether this is a text, or some, of which nobody can tell what it looks like."""
    text = node.get("items", node)
    return text.get("type") == "string" and "format" not in text and "examples" not in node


def unsized_integers(document: dict[str, Any]) -> list[str]:
    """Integers that a generated client would take for 32 bits long, though pence go beyond £21 million."""
    found = []
    for path, node in schemas(document):
        bounds = (node.get("minimum", 2**31), node.get("maximum", 2**31))
        size = "int32" if max(map(abs, bounds)) < 2**31 else "int64"
        if "integer" in (node.get("type") or ()) and node.get("format") != size:
            found.append("/".join(path))
    return found


def unwindowed(document: dict[str, Any]) -> list[str]:
    """Lists that cannot be asked for what was recorded or changed in a window of time."""
    found = []
    for _, operation in operations(document):
        names = {each["name"] for each in operation.get("parameters", ())}
        if "cursor" in names and not {"updated_from", "updated_to"} <= names:
            found.append(operation["operationId"])
    return found


def refused_examples() -> list[str]:
    """Examples of request bodies that the door's own model refuses."""
    found = []
    for service in SERVICES:
        made = app_of(service).openapi()["components"]["schemas"]
        for model in every_body(Body):
            if model.__module__.startswith(f"services.{service}.") and model.__name__ in made:
                found += [f"{model.__name__}: {each}" for each in refusals(model, made[model.__name__])]
    return found


def every_body(model: type[Body]) -> Iterator[type[Body]]:
    for each in model.__subclasses__():
        yield each
        yield from every_body(each)


def refusals(model: type[Body], schema: dict[str, Any]) -> Iterator[str]:
    for example in schema.get("examples", ()):
        try:
            model.model_validate_json(json.dumps(example))
        except ValidationError as wrong:
            yield str(wrong)


def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_nothing_is_nullable_by_any_of(document):
    assert nullable_by_any_of(document) == []


def test_every_schema_and_every_enum_is_named(document):
    assert unnamed(document) == []


def test_every_operation_says_what_it_does_and_what_it_refuses(document):
    assert undescribed(document) == []


def test_every_integer_says_how_long_it_may_be(document):
    assert unsized_integers(document) == []


def test_every_example_is_right(document):
    assert any(node.get("examples") for _, node in schemas(document))
    assert wrong_examples(document) == []


def test_every_body_shows_an_example(document):
    assert without_example(document) == []


def test_the_doors_take_their_own_examples():
    assert "\n".join(refused_examples()) == ""


def test_every_list_takes_a_window(document):
    assert [each for each in unwindowed(document) if each not in WITHOUT_WINDOW] == []


def test_every_schema_is_used(document):
    used = {node["$ref"] for _, node in walk(document) if isinstance(node.get("$ref"), str)}
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} <= used


def a_document() -> dict[str, Any]:
    return copy.deepcopy(app_of("budget").openapi())


def first(document: dict[str, Any]) -> dict[str, Any]:
    return next(operation for method, operation in operations(document) if method == "put")


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]["properties"]
    return found


@pytest.mark.parametrize(
    ("check", "plant"),
    [
        (
            nullable_by_any_of,
            lambda d: schema(d, "EntryIn").update(x={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ),
        (unnamed, lambda d: schema(d, "EntryIn").update(x={"type": "string", "enum": ["a", "b"]})),
        (
            unnamed,
            lambda d: schema(d, "EntryIn").update(
                x={"type": "object", "properties": {"y": {"type": "string"}}}
            ),
        ),
        (unnamed, lambda d: d["components"]["schemas"].update(services__budget__api__lines__LineOut={})),
        (
            unnamed,
            lambda d: first(d)["parameters"].append({"name": "q", "in": "query", "schema": {"enum": ["a"]}}),
        ),
        (undescribed, lambda d: first(d).pop("summary")),
        (undescribed, lambda d: first(d)["responses"].pop("409")),
        (undescribed, lambda d: first(d)["responses"].pop("413")),
        (undescribed, lambda d: first(d)["responses"].pop("401")),
        (undescribed, lambda d: first(d)["responses"]["403"].pop("content")),
        (wrong_examples, lambda d: schema(d, "EntryIn")["amount_pence"].update(examples=["12.50"])),
        (wrong_examples, lambda d: schema(d, "EntryIn")["account_id"].update(examples=[7])),
        (wrong_examples, lambda d: d["components"]["schemas"]["LineOut"]["examples"][0].pop("name")),
        (wrong_examples, lambda d: d["components"]["schemas"]["LineIn"]["examples"][0].update(legality=None)),
        (unsized_integers, lambda d: schema(d, "EntryIn")["amount_pence"].pop("format")),
        (unsized_integers, lambda d: schema(d, "EntryIn")["amount_pence"].update(format="int32")),
        (without_example, lambda d: d["components"]["schemas"]["LineOut"].pop("examples")),
        (unwindowed, lambda d: d["paths"]["/v1/lines"]["get"]["parameters"].pop(-1)),
    ],
)
def test_a_planted_fault_is_found(check, plant):
    before = check(a_document())
    planted = a_document()
    plant(planted)
    assert len(check(planted)) > len(before)


def test_an_example_that_the_door_refuses_is_found():
    assert "EntryIn" in a_document()["components"]["schemas"]
    wrong = {"examples": [{"account_id": "2a9c1c5e-3a63-4d0b-9b66-0f6f5f5f7d11", "amount_pence": 12.5}]}
    (entry,) = [each for each in every_body(Body) if each.__name__ == "EntryIn"]
    assert len(list(refusals(entry, wrong))) == 1


def test_the_validator_sees_a_planted_fault():
    planted = a_document()
    first(planted)["responses"] = {"teapot": {}}
    assert list(OpenAPIV31SpecValidator(planted).iter_errors())
