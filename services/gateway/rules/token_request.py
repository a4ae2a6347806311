"""What may be asked of the token endpoint (RFC 6749 section 4.4), and which way of proving who asks was chosen."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus
from uuid import UUID

from shared.errors import Kind, reason

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECRET = 200

# These three codes and their statuses are the ones of RFC 6749 section 5.2; the others of it do not arise.
INVALID_REQUEST = reason(
    "invalid_request",
    Kind.MALFORMED,
    "Send grant_type and one proof of your client: client_assertion, HTTP Basic, or client_id and client_secret.",
)
UNSUPPORTED_GRANT = reason(
    "unsupported_grant_type", Kind.MALFORMED, "Only the grant type client_credentials is offered here."
)
INVALID_SCOPE = reason(
    "invalid_scope", Kind.MALFORMED, "The client does not hold every scope that was asked for."
)
INVALID_CLIENT = reason(
    "invalid_client",
    Kind.UNAUTHENTICATED,
    "The client could not be recognised: look at its id, its key or secret, and the times and audience of the assertion.",
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request for a token: either an assertion, or a client id with a secret. `scopes` None asks for all."""

    scopes: frozenset[str] | None
    assertion: str | None = None
    client_id: str | None = None
    secret: str | None = None


def read_token_request(form: Mapping[str, str], authorization: str | None) -> TokenRequest:
    """Read the form and the Authorization header. Exactly one way of proving who asks is taken."""
    if "grant_type" not in form:
        raise INVALID_REQUEST()
    if form["grant_type"] != "client_credentials":
        raise UNSUPPORTED_GRANT()
    ways = ("client_assertion" in form, "client_secret" in form, authorization is not None)
    if sum(ways) != 1 or ways[0] != ("client_assertion_type" in form):
        raise INVALID_REQUEST()
    scopes = frozenset(form["scope"].split(" ")) if "scope" in form else None
    if ways[0]:
        if form["client_assertion_type"] != ASSERTION_TYPE:
            raise INVALID_REQUEST()
        return TokenRequest(scopes, assertion=form["client_assertion"], client_id=form.get("client_id"))
    if authorization is not None:
        client_id, secret = _basic(authorization)
        if form.get("client_id", client_id) != client_id:
            raise INVALID_REQUEST()
        return TokenRequest(scopes, client_id=client_id, secret=secret)
    if "client_id" not in form:
        raise INVALID_REQUEST()
    return TokenRequest(scopes, client_id=form["client_id"], secret=form["client_secret"])


def _basic(authorization: str) -> tuple[str, str]:
    """Client id and secret of HTTP Basic, each form-encoded within (RFC 6749 section 2.3.1)."""
    scheme, _, coded = authorization.partition(" ")
    try:
        client_id, colon, secret = b64decode(coded.strip(), validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise INVALID_CLIENT() from None
    if scheme.lower() != "basic" or not colon:
        raise INVALID_CLIENT()
    return unquote_plus(client_id), unquote_plus(secret)


def client_id_of(text: str | None) -> UUID | None:
    """A client id in its one spelling, or None."""
    try:
        found = UUID(text or "")
    except ValueError:
        return None
    return found if str(found) == text else None
