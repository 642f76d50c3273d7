"""Running a command to its end, and what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PYTHON = (sys.executable, "-P")  # the scripts of this folder are no modules for others
MONITOR = (*PYTHON, "-m", "monitor")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a process and its children used."""

    cpu: float  # seconds, user + system
    wall: float  # seconds
    peak: int  # bytes resident, of the largest process


def run(*command: str | Path, out: Path) -> Usage:
    """Run the command with its output to `out`, in that file's folder; RuntimeError when it fails.

    A child's peak never lies under what its parent held at most, so this process must stay small: it loads no
    model and holds no corpus.
    """
    # The config of whoever measures has no part in it, and both sides compute on one core.
    env = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    env["OPENBLAS_NUM_THREADS"] = "1"
    said = out.with_suffix(".err")
    began = time.perf_counter()
    with out.open("wb") as to, said.open("wb") as errors:
        child = subprocess.Popen(command, stdout=to, stderr=errors, cwd=out.parent, env=env)
        _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        words = " ".join(map(str, command))[:200]
        raise RuntimeError(f"{words}: exit status {child.returncode}\n{said.read_text('utf-8')[-2000:]}")
    return Usage(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss * 1024)
