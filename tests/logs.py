"""The log of tests: lines for people, with tracebacks as Python prints them."""

from __future__ import annotations

import structlog


def plain_log() -> None:
    """Log to stdout. Structlog's own tracebacks draw every local value, which takes seconds that tests would wait."""
    structlog.reset_defaults()
    *others, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, renderer])
