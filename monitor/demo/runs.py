"""Where a run of the demo keeps its files: one folder a run, so that an unfinished one is taken up again."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """The files of one run."""

    folder: Path
    resumed: bool = False  # an earlier process began it and did not finish

    @property
    def database(self) -> Path:
        """The service's SQLite file."""
        return self.folder / "monitor.db"

    @property
    def config(self) -> Path:
        """The service's config file, which other commands take too."""
        return self.folder / "config.toml"

    @property
    def received(self) -> Path:
        """What the receivers took: the ledger and the messages."""
        return self.folder / "received"

    @property
    def ledger(self) -> Path:
        """The receivers' ledger, JSON lines."""
        return self.received / "ledger.jsonl"

    @property
    def position(self) -> Path:
        """Where the replay's clock stands."""
        return self.folder / "position.json"

    @property
    def log(self) -> Path:
        """The service's log."""
        return self.folder / "service.log"

    def port(self, chosen: int) -> None:
        """Keep the port of the feed server, so that a resumed run finds its feeds at the same addresses."""
        self._port_file.write_text(json.dumps({"port": chosen}))

    @property
    def last_port(self) -> int:
        """The port that an earlier process of this run served on, else 0."""
        return int(json.loads(self._port_file.read_text())["port"]) if self._port_file.exists() else 0

    def finish(self) -> None:
        """Mark the run as done; the next one starts over in a folder of its own."""
        self._mark.touch()

    @property
    def finished(self) -> bool:
        """Whether the replay came to its end."""
        return self._mark.exists()

    @property
    def _port_file(self) -> Path:
        return self.folder / "server.json"

    @property
    def _mark(self) -> Path:
        return self.folder / "finished"


@contextlib.contextmanager
def open_run(base: Path) -> Iterator[Run]:
    """The last run under `base` if it is unfinished, else a new one; UsageError when it is in use."""
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"a demo is already running in {base}; end it, or give another --folder"
            ) from None
        yield _choose(base)


def _choose(base: Path) -> Run:
    numbers = sorted(int(path.name[4:]) for path in base.glob("run-*") if path.name[4:].isdigit())
    last = Run(folder=base / f"run-{numbers[-1]}", resumed=True) if numbers else None
    if last and not last.finished:
        return last
    fresh = Run(folder=base / f"run-{(numbers[-1] if numbers else 0) + 1}")
    fresh.folder.mkdir()
    return fresh
