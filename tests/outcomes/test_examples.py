"""The document shows by example what is sent and what comes back."""

import pytest

from shared.web.fields import Body
from shared.web.openapi import operations
from tests.architecture.doors import app_of


@pytest.fixture(scope="module")
def document():
    return app_of("outcomes").openapi()


def bodies() -> dict[str, type[Body]]:
    """The request bodies by name, found below `Body` once the app is there."""
    app_of("outcomes")
    return {
        each.__name__: each
        for each in Body.__subclasses__()
        if each.__module__.startswith("services.outcomes.")
    }


def test_every_body_that_is_sent_has_an_example_which_its_door_would_read(document):
    asked = set()
    for _, operation in operations(document):
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            asked.add(reference.rpartition("/")[2])
    assert {"FrameworkIn", "ReturnChangeIn", "AcceptanceIn", "ReasonsIn", "ComparatorValuesIn"} < asked
    known = bodies()
    for name in asked:
        examples = document["components"]["schemas"][name].get("examples")
        assert examples, name
        for example in examples:
            assert known[name].model_validate(example)


def test_every_text_of_an_answer_has_an_example(document):
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("Out") and "items" not in schema["properties"]
        for field, one in schema["properties"].items()
        if "string" in _types(one) and not one.keys() & {"format", "enum", "const", "examples"}
    ]
    assert bare == []


def _types(schema) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else kind
