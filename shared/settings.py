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
    # Seconds between two rounds of the sealer; 0 leaves sealing to another process of the service.
    seal_seconds: float = Field(default=1.0, ge=0, le=60, validation_alias="SEAL_SECONDS")
    # For so long a process serves on after SIGTERM, while whoever sends it requests learns that it leaves.
    served_on_seconds: float = Field(default=2.0, ge=0, le=30, validation_alias="SERVED_ON_SECONDS")
    # Publishers register a prefix of their own with the Open Contracting Partnership; this is its example's.
    ocid_prefix: str = Field(
        default="ocds-213czf", pattern=r"^ocds-[a-z0-9]{6}$", validation_alias="OCID_PREFIX"
    )
    issuer: str = Field(default="http://127.0.0.1:8000", validation_alias="GATEWAY_PUBLIC_URL")


def read_settings(service: str) -> Settings:
    """Read the settings of a service from the environment."""

    class _Named(Settings):
        model_config = SettingsConfigDict(env_prefix=f"{service.upper()}_", frozen=True, extra="ignore")

    return _Named()
