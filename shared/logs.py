"""Structured logs: one JSON object a line, with the request's ids, and nothing secret in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)

_SECRET = frozenset(
    {"authorization", "client_assertion", "client_secret", "secret", "token", "password", "assertion", "body"}
)


def _add_ids(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (request := request_id.get()) is not None:
        entry["request_id"] = request
    if (correlation := correlation_id.get()) is not None:
        entry["correlation_id"] = correlation
    return entry


def _drop_secrets(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in entry:
        if name.lower() in _SECRET:
            entry[name] = "[left out]"
    return entry


def configure(service: str) -> None:
    """Send every log line of this process to standard output as JSON. Called once, by the composition root."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_ids,
            _drop_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _drop_secrets,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[structlog.processors.add_log_level, structlog.processors.format_exc_info],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("uvicorn").propagate = True
    log(service).info("configured")


def log(service: str) -> Any:
    """The logger of one service."""
    return structlog.get_logger().bind(service=service)
