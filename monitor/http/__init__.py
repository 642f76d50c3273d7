"""The one HTTP client of the product."""

from monitor.http.client import Client, Response, retry_after
from monitor.http.guard import Resolve
from monitor.http.websocket import Socket

__all__ = ["Client", "Resolve", "Response", "Socket", "retry_after"]
