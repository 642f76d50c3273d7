"""Forms that only our own pages can send: each carries a token bound to the visitor's cookie."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_COOKIE = "visitor"
_AGE = 24 * 3600  # seconds that a form may lie open
_LARGEST = 64 * 2**10  # bytes of a form
_MOST = 1000  # fields: every rule may be ticked twice
_FOREIGN = {"cross-site", "same-site"}  # of Sec-Fetch-Site


def visitor(request: Request) -> str:
    """The visitor's cookie, or a new one; says nothing of who it is."""
    return request.cookies.get(_COOKIE) or secrets.token_urlsafe(16)


def remember(answer: Response, who: str, *, secure: bool) -> None:
    """Give the visitor the cookie."""
    answer.set_cookie(_COOKIE, who, httponly=True, samesite="strict", secure=secure)


def token(key: str, who: str) -> str:
    """What a form of this visitor carries."""
    return _signer(key).dumps(who)


async def received(request: Request, *, key: str) -> FormData:
    """The fields of a form of ours; 403 for any other, with what to do."""
    fields = await _fields(request)
    foreign = request.headers.get("sec-fetch-site") in _FOREIGN
    if foreign or not _is_ours(key, str(fields.get("token", "")), request.cookies.get(_COOKIE)):
        raise HTTPException(403, "This form is not ours, or has lain open for too long. Load the page again.")
    return fields


async def _fields(request: Request) -> FormData:
    """The fields of a form as browsers send ours; 413 when it is larger than any of them."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            what = "That is more than any form of ours holds."
            raise HTTPException(413, what, headers={"connection": "close"})  # the rest is not read
    try:
        found = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST)
        return FormData([*found])
    except ValueError as error:
        raise HTTPException(400, "That is not what a form of ours sends.") from error


def _is_ours(key: str, given: str, who: str | None) -> bool:
    try:
        return who is not None and _signer(key).loads(given, max_age=_AGE) == who
    except BadSignature:
        return False


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="form")
