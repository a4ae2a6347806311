"""The tables of the schema `gateway`, in SQLAlchemy Core, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.gateway.rules.client import CLIENT_NAME_TAKEN, KEY_NAME_TAKEN, OWNER_UNKNOWN
from services.gateway.rules.identifier import CODE_TAKEN, CODE_TWICE, Scheme
from services.gateway.rules.issuer import ISSUER_CLIENT_UNKNOWN, ISSUER_TAKEN
from services.gateway.rules.organisation import OPERATOR_EXISTS, OrganisationKind
from services.gateway.rules.partnership import MEMBER_TWICE, MEMBER_UNKNOWN, Role
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

metadata = MetaData(schema="gateway")

ORGANISATION_KIND = ENUM(*OrganisationKind, name="organisation_kind", create_type=False)
IDENTIFIER_SCHEME = ENUM(*Scheme, name="identifier_scheme", create_type=False)
MEMBER_ROLE = ENUM(*Role, name="member_role", create_type=False)
KEY_ALGORITHM = ENUM("RS256", "RS512", "PS256", "ES256", name="key_algorithm", create_type=False)

organisations = Table(
    "organisations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", ORGANISATION_KIND, nullable=False),
    Column("parent_id", Uuid, ForeignKey("gateway.organisations.id")),
    Column("names", JSONB, nullable=False),
    Column("is_body", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

organisation_identifiers = Table(
    "organisation_identifiers",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("scheme", IDENTIFIER_SCHEME, nullable=False),
    Column("code", Text, nullable=False),
    Column("role", Text),
    Column("from_date", Date),
    Column("to_date", Date),
)

partnerships = Table(
    "partnerships",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("area", Text),
    Column("currency", Text, nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, ForeignKey("gateway.partnerships.id"), nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("is_body", Boolean, nullable=False),
    Column("role", MEMBER_ROLE, nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("audited_organisation_ids", ARRAY(Uuid), nullable=False),
    Column("financial_years", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "is_body"], ["gateway.organisations.id", "gateway.organisations.is_body"]
    ),
)

clients = Table(
    "clients",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


def _of_client() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["client_id", "owner_organisation_id"],
        ["gateway.clients.id", "gateway.clients.owner_organisation_id"],
    )


client_keys = Table(
    "client_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("kid", Text, nullable=False),
    Column("algorithm", KEY_ALGORITHM, nullable=False),
    Column("jwk", JSONB, nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    _of_client(),
)

client_secrets = Table(
    "client_secrets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("retired_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    _of_client(),
)

issuers = Table(
    "issuers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("algorithm", KEY_ALGORITHM, nullable=False),
    Column("keys", JSONB, nullable=False),
    Column("client_claim", Text, nullable=False),
    Column("scope_claim", Text),
    Column("longest_life_seconds", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

issuer_clients = Table(
    "issuer_clients",
    metadata,
    Column("issuer_id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("claim_value", Text, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    ForeignKeyConstraint(
        ["issuer_id", "owner_organisation_id"],
        ["gateway.issuers.id", "gateway.issuers.owner_organisation_id"],
    ),
    _of_client(),
)

for _table in (organisations, partnerships, members, clients, client_keys, issuers):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("organisations_one_operator", OPERATOR_EXISTS)
refuse_constraint("organisation_identifiers_once", CODE_TWICE, "/identifiers")
refuse_constraint("identifier_means_one_body", CODE_TAKEN, "/identifiers")
refuse_constraint("members_body", MEMBER_UNKNOWN, "/organisation_id")
refuse_constraint("member_holds_role_once", MEMBER_TWICE, "/organisation_id")
refuse_constraint("client_acts_for_its_owner", OWNER_UNKNOWN, "/organisation_id")
refuse_constraint("clients_name", CLIENT_NAME_TAKEN, "/name")
refuse_constraint("client_keys_kid", KEY_NAME_TAKEN, "/jwk/kid")
refuse_constraint("issuers_once", ISSUER_TAKEN, "/issuer")
refuse_constraint("issuer_clients_own", ISSUER_CLIENT_UNKNOWN, "/clients")
