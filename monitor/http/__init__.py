"""The one HTTP client of the product."""

from monitor.http.client import Client, Response, retry_after
from monitor.http.guard import Resolve

__all__ = ["Client", "Resolve", "Response", "retry_after"]
