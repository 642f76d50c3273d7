"""Running a command to its end, and what it used."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PYTHON = (sys.executable, "-P")  # the scripts of this folder are no modules for others
MONITOR = (*PYTHON, "-m", "monitor")
_PATIENCE = 300  # seconds, for start-up
_GLANCE = 0.05  # seconds


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a process and its children used."""

    cpu: float  # seconds, user + system
    wall: float  # seconds
    peak: int  # bytes resident, of the largest process


@dataclass(frozen=True, kw_only=True)
class Spent:
    """CPU seconds of a process, user + system."""

    start: float  # until it had answered what it was given first
    rest: float


def run(*command: str | Path, out: Path) -> Usage:
    """Run the command with its output to `out`, in that file's folder; RuntimeError when it fails.

    A child's peak never lies under what its parent held at most, so this process must stay small: it loads no
    model and holds no corpus.
    """
    said = out.with_suffix(".err")
    began = time.perf_counter()
    with out.open("wb") as to, said.open("wb") as errors:
        child = subprocess.Popen(command, stdout=to, stderr=errors, cwd=out.parent, env=_env())
        return _ended(child, began, said)


def run_on(*command: str | Path, first: Path, rest: Path, out: Path) -> Spent:
    """What the command spends on the lines of `rest` once it has answered each of `first` with a line.

    So what start-up takes need not be measured by another process, in another minute, and subtracted.
    """
    said = out.with_suffix(".err")
    lines = first.read_bytes()
    began = time.perf_counter()
    with out.open("wb") as to, said.open("wb") as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=to, stderr=errors, cwd=out.parent, env=_env()
        )
        assert child.stdin is not None
        before = 0.0
        with contextlib.suppress(BrokenPipeError), child.stdin as to_child:  # how it ended is told below
            to_child.write(lines)
            to_child.flush()
            _await_lines(out, lines.count(b"\n"), child, said)
            before = cpu(child.pid)
            with rest.open("rb") as told:
                shutil.copyfileobj(told, to_child)
        return Spent(start=before, rest=_ended(child, began, said).cpu - before)


def cpu(process: int) -> float:
    """Seconds of CPU of the process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _await_lines(file: Path, lines: int, child: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while file.read_bytes().count(b"\n") < lines:
        if child.poll() is not None or time.monotonic() > until:
            child.kill()
            raise RuntimeError(f"{child.args!r}: no answer\n{said.read_text('utf-8')[-2000:]}")
        time.sleep(_GLANCE)


def _env() -> dict[str, str]:
    """The config of whoever measures has no part in it, and both sides compute on one core."""
    env = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    return {**env, "OPENBLAS_NUM_THREADS": "1"}


def _ended(child: subprocess.Popen[bytes], began: float, said: Path) -> Usage:
    """What the child used, once it has ended."""
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(
            f"{child.args!r:.200}: exit status {child.returncode}\n{said.read_text('utf-8')[-2000:]}"
        )
    return Usage(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss * 1024)
