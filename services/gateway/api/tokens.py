"""The token endpoint and what the world may know about our tokens: their keys, and where to get them."""

from __future__ import annotations

import time
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Header, Request, Response
from pydantic import Field

from services.gateway.actions.issue_token import Issuing, issue_token
from services.gateway.rules.client_assertion import ALGORITHMS
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.token_request import INVALID_CLIENT, INVALID_REQUEST, read_token_request
from shared.errors import Kind, Refusal
from shared.web.answers import JSON
from shared.web.examples import PUBLIC_KEY
from shared.web.fields import Body, Out
from shared.web.openapi import problems
from shared.web.problem import STATUS

router = APIRouter(tags=["tokens"])

LONGEST_FORM = 16 * 1024
MOST_FIELDS = 20
_NO_STORE = {"Pragma": "no-cache"}
_BASIC = {"WWW-Authenticate": 'Basic realm="token", charset="UTF-8"'}


class TokenForm(Body):
    """The form of a token request. Prove who you are in one way: by assertion, by secret, or by HTTP Basic."""

    grant_type: str = Field(examples=["client_credentials"])
    client_assertion_type: str | None = Field(
        default=None, examples=["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    )
    client_assertion: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = Field(default=None, examples=["budget:read budget:post"])


class TokenOut(Out):
    """An access token, for how many seconds it is good, and for which scopes."""

    access_token: str = Field(examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(examples=[300])
    scope: str = Field(examples=["budget:read"])


class TokenRefusedOut(Out):
    """Why there is no token, as RFC 6749 section 5.2 has it."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["The client could not be recognised."])


class KeySetOut(Out):
    """The public keys with which our access tokens are signed (RFC 7517), the signing one first."""

    keys: list[dict[str, str]] = Field(examples=[[PUBLIC_KEY]])


class ServerMetadataOut(Out):
    """Where this authorisation server is and what it takes (RFC 8414)."""

    issuer: str = Field(examples=["https://commissioning.plymouth.example"])
    token_endpoint: str = Field(examples=["https://commissioning.plymouth.example/oauth2/token"])
    jwks_uri: str = Field(examples=["https://commissioning.plymouth.example/.well-known/jwks.json"])
    scopes_supported: list[str] = Field(examples=[["budget:read"]])
    response_types_supported: list[str] = Field(examples=[[]])
    grant_types_supported: list[str] = Field(examples=[["client_credentials"]])
    token_endpoint_auth_methods_supported: list[str] = Field(examples=[["private_key_jwt"]])
    token_endpoint_auth_signing_alg_values_supported: list[str] = Field(examples=[["ES256"]])
    service_documentation: str = Field(examples=["https://commissioning.plymouth.example/docs"])


_REFUSED: dict[str, Any] = {"model": TokenRefusedOut}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {**_REFUSED, "description": "The request is not one for a token, or asks for too many scopes."},
    401: {**_REFUSED, "description": "The client could not be recognised."},
    **{status: each for status, each in problems(413, 415).items() if status in {413, 415, 429, 503}},
}


@router.post(
    "/oauth2/token",
    operation_id="issueToken",
    response_model=TokenOut,
    responses=_RESPONSES,
    summary="Get an access token",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": TokenForm.model_json_schema(ref_template="#/components/schemas/{model}")
                }
            },
        }
    },
)
async def issue(
    request: Request, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Response:
    """Client credentials: by an assertion signed with your client's key (RS512, PS256 or ES256), or by its secret."""
    try:
        asked = read_token_request(await _form(request), authorization)
        issued = await issue_token(request.app.state.db, _issuing(request), asked, int(time.time()))
    except Refusal as refusal:
        if refusal.reason.kind is Kind.UNAVAILABLE:
            raise
        return _refused(refusal)
    return Response(msgspec.json.encode(issued), 200, _NO_STORE, JSON)


async def _form(request: Request) -> dict[str, str]:
    """The fields of the form, each once."""
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise INVALID_REQUEST() from None
    form = dict(pairs)
    if len(form) != len(pairs) or len(body) > LONGEST_FORM:
        raise INVALID_REQUEST()
    return form


def _issuing(request: Request) -> Issuing:
    place = request.app.state.place
    return Issuing(place.issuer, place.audience, place.token_endpoint, request.app.state.token_keys.current())


def _refused(refusal: Refusal) -> Response:
    """An OAuth error: the same bytes for every client that could not be recognised, whatever was wrong."""
    body = {"error": refusal.code, "error_description": refusal.reason.sentence}
    headers = _NO_STORE | (_BASIC if refusal.reason is INVALID_CLIENT else {})
    return Response(msgspec.json.encode(body), STATUS[refusal.reason.kind], headers, JSON)


@router.get(
    "/.well-known/jwks.json",
    operation_id="getKeySet",
    response_model=KeySetOut,
    responses={422: problems()[422]},
    summary="Read the keys that sign access tokens",
)
async def key_set(request: Request) -> Response:
    """The signing key and those that signed before it and still count."""
    return Response(msgspec.json.encode(request.app.state.token_keys.public()), media_type=JSON)


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="getServerMetadata",
    response_model=ServerMetadataOut,
    responses={422: problems()[422]},
    summary="Read where tokens come from",
)
async def metadata(request: Request) -> Response:
    """What a client library needs to know to get tokens here."""
    place, scopes = request.app.state.place, known_scopes(ROWS)
    body = {
        "issuer": place.issuer,
        "token_endpoint": place.token_endpoint,
        "jwks_uri": f"{place.issuer}/.well-known/jwks.json",
        "scopes_supported": sorted(scopes.operator | scopes.organisation),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": [
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "service_documentation": f"{place.issuer}/docs",
    }
    return Response(msgspec.json.encode(body), media_type=JSON)
