"""What the examples in the document share: the ids that go through them, and how a body shows one."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

PARTNERSHIP = "5f0c9a52-6d0e-4b0b-8d3e-6a1f3c2b7e10"
COUNCIL = "0b7c1d1e-52a4-4a5e-9a51-3f1d8e6c4b21"
PROVIDER = "c2a8e4f6-1b3d-4c5e-8f70-9d2b4a6c8e35"
CONTRACT = "3e9d7b5a-8c6f-4e2d-b1a0-7f5c3e1d9b46"
FRAMEWORK = "9a4e2c6b-0d8f-4b7a-a5c3-1e9f7d5b3a57"
INDICATOR = "7d3f4c51-7a0c-4c1e-9f5e-0d2f1b6c8a11"
OBLIGATION = "e1b5d9c3-4f7a-4d2e-8c6b-5a3f9e7d1c68"


def example(**body: Any) -> ConfigDict:
    """The setting of a body that shows this one in the document."""
    return ConfigDict(json_schema_extra={"examples": [body]})
