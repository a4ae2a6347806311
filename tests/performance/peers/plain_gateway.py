"""The plain gateway: verifies the token of each request, then sends it on with httpx."""
# mypy: ignore-errors

import os
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

KEY = OctKey.import_key(os.environ["PLAIN_SECRET"])


@asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient(base_url=os.environ["PLAIN_BUDGET_URL"], timeout=10) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


def caller(authorization: Annotated[str, Header()]) -> dict:
    try:
        return jwt.decode(authorization.removeprefix("Bearer "), KEY).claims
    except JoseError:
        raise HTTPException(401) from None


@app.get("/ready")
async def ready():
    return {}


@app.put("/v1/journals/{id}", status_code=201)
async def post(id: UUID, request: Request, claims: Annotated[dict, Depends(caller)]) -> Response:  # noqa: A002
    answer = await request.app.state.client.put(
        f"/v1/journals/{id}",
        content=await request.body(),
        headers={
            "Content-Type": "application/json",
            "X-Client": claims["sub"],
            "X-Organisation": claims["org"],
            "X-Partnerships": ",".join(claims["partnerships"]),
        },
    )
    return Response(answer.content, answer.status_code, media_type="application/json")
