"""What the stream of alerts brings."""

from __future__ import annotations

from pydantic import Field

from monitor.shapes.alerts import Alert
from monitor.shapes.base import Shape


class Event(Shape):
    """One revision of an alert that came in."""

    revision: int = Field(description="1: the alert is new.", examples=[1])
    alert: Alert = Field(description="As it stands now, which may be a later revision.")
