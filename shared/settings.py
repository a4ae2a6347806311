"""What a process is told from outside: addresses, key files and limits. Nothing secret has a default."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one service, read from `<SERVICE>_...` and a few names that all share."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str
    pool_size: int = Field(default=8, ge=1, le=100)
    assertion_jwks: Path = Field(validation_alias="ASSERTION_JWKS")
    issuer: str = Field(default="http://127.0.0.1:8000", validation_alias="GATEWAY_PUBLIC_URL")


def read_settings(service: str) -> Settings:
    """Read the settings of a service from the environment."""

    class _Named(Settings):
        model_config = SettingsConfigDict(env_prefix=f"{service.upper()}_", frozen=True, extra="ignore")

    return _Named()
