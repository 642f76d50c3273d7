"""The command line, called in a test as from a shell."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logs import plain_log
from typer.testing import CliRunner

from monitor.cli.root import app


@dataclass(frozen=True)
class Answer:
    """What a command said, and with which exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Monitor = Callable[..., Answer]


def run(*words: str | os.PathLike[str], stdin: str = "") -> Answer:
    """Run `monitor` with these words; an error that nobody foresaw comes out as it is."""
    done = CliRunner().invoke(app, [os.fspath(word) for word in words], input=stdin)
    plain_log()  # it went to the runner's stderr, which is gone
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(status=done.exit_code, out=done.stdout, err=done.stderr)
