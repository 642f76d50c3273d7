from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from monitor.errors import StorageError, UsageError
from monitor.web.api import problems


@pytest.mark.fault("AP01")
@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (UsageError("write 7d"), 400, "write 7d"),
        (StorageError("the disk is full"), 503, "the disk is full"),
        (ZeroDivisionError("secret"), 500, "This is a fault of ours; the log of the service says more."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_whatever_goes_wrong_is_told_as_a_problem(error: Exception, status: int, detail: str) -> None:
    app = FastAPI()
    problems.handle(app)

    @app.get("/")
    def fail() -> None:
        raise error

    asked = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=asked, base_url="http://127.0.0.1") as client:
        answer = await client.get("/")
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert (answer.status_code, answer.json()["status"], answer.json()["detail"]) == (status, status, detail)
