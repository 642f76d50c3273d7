"""The API: the history for other programs, under `/api/v1`, told in full by its own OpenAPI description.

It answers from the queries that the pages and `monitor alerts` use. To add a resource: a module with a router, its
shapes in `monitor/shapes/`, and a line in ROUTERS of `application.py`.
"""

from monitor.web.api.application import PATH, create, description
from monitor.web.api.problems import problem

__all__ = ["PATH", "create", "description", "problem"]
