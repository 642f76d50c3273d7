"""Where one begins."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from monitor import __version__
from monitor.shapes.base import Shape
from monitor.web.api.actors import Reader

router = APIRouter(tags=["front"])


class Front(Shape):
    """What answers here, and where it is described."""

    name: str = Field("Bongsu", examples=["Bongsu"])
    version: str = Field(__version__, examples=["0.1.0"])
    description: str = Field("openapi.json", description="Relative to here.", examples=["openapi.json"])


@router.get("/", summary="What is this?")
def front(_: Reader) -> Front:
    """The service's name and version, and where all that it answers is described."""
    return Front()
