"""The limit of starting: FastAPI with one door and nothing behind it."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/ready")
async def ready() -> dict[str, str]:
    return {}
