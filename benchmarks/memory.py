"""Peak memory of `monitor match`, and of the service with a thousand feeds."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.polling import config_of, feeds_on_loopback, polled
from benchmarks.process import MONITOR, run
from benchmarks.table import Row

_MEGABYTE = 10**6
_FEEDS = 1_000
_SETTLED = 20.0  # seconds after the last feed was asked in which the last articles are read
_PATIENCE = 600.0  # seconds


def measure(corpus: Corpus) -> list[Row]:
    """The most that each held."""
    used = run(*MONITOR, "match", corpus.sample, out=corpus.folder / "memory")
    service = _service(corpus.folder)
    return [
        Row(
            what="monitor match, peak memory",
            ours=f"{used.peak / _MEGABYTE:,.0f} MB",
            aim="under 400 MB",
        ),
        Row(
            what=f"monitor run with {_FEEDS:,} feeds and its pages, peak memory after a round",
            ours=f"{service / _MEGABYTE:,.0f} MB",
            aim="under 400 MB",
        ),
    ]


def _service(folder: Path) -> int:
    """Bytes resident at most of the service while it polls and reads so many feeds, the model loaded."""
    home = folder / "service"
    home.mkdir()
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    env.pop("MONITOR_CONFIG", None)
    with feeds_on_loopback(telling=True) as base, (home / "log").open("wb") as log:
        config = config_of(home / "config.toml", base, _FEEDS)
        command = [*MONITOR, "run", "--config", str(config)]
        with subprocess.Popen(command, cwd=home, env=env, stdout=log, stderr=log) as service:
            try:
                _wait_for_round(base, service)
                return _peak(service.pid)
            finally:
                service.terminate()


def _wait_for_round(base: str, service: subprocess.Popen[bytes]) -> None:
    """Return some time after every feed was asked; RuntimeError where the service ended before."""
    end = time.monotonic() + _PATIENCE
    while polled(base) < _FEEDS:
        if service.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the service asked not every feed")
        time.sleep(0.5)
    time.sleep(_SETTLED)


def _peak(process: int) -> int:
    """Bytes, as Linux tells them."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    assert found is not None
    return int(found[1]) * 1024
