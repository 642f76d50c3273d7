"""The parser's child process: one document after another on standard input, an answer to each on standard output.

A document is a feed or a web page. Started by child.py as `python -m monitor.feeds.confined CPU MEMORY`. It ends when
its input does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping

from monitor.errors import ParseError
from monitor.feeds import frames
from monitor.feeds.parse import parse
from monitor.feeds.webtext import webtext

_READERS: Mapping[str, Callable[..., dict[str, object]]] = {
    "feed": lambda body, **asked: frames.answer(parse(body, **asked)),
    "webpage": lambda body, **asked: frames.article(webtext(body, **asked)),
}
_LARGE = 2**20  # bytes of a document after which memory lies in pieces; the next one gets a fresh child


def main(cpu: int, memory: int) -> None:
    """Answer until the input ends, each document within `cpu` seconds, all within `memory` bytes."""
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    logging.disable(logging.CRITICAL)  # of a document's faults we hear by the answer
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, memory)
    with told:
        while lengths := asked.read(frames.LENGTHS.size):
            # Counts down from here. RLIMIT_CPU counts from the birth of the process, by a clock that nobody can read.
            signal.setitimer(signal.ITIMER_PROF, cpu)
            try:
                head, body = (asked.read(length) for length in frames.LENGTHS.unpack(lengths))
                answer, last = _answer(head, body), len(body) > _LARGE
            except MemoryError:
                answer, last = frames.refusal(f"takes more than {memory >> 20} MB of memory to parse"), True
            told.write(frames.pack(answer))
            told.flush()
            if last:
                return


def _answer(head: bytes, body: bytes) -> dict[str, object]:
    asked = frames.request(head)
    try:
        return _READERS[asked.pop("what")](body, **asked)
    except ParseError as error:
        return frames.refusal(str(error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the child lives on, and the parent has a sentence to show
        return frames.refusal(f"breaks the parser ({type(error).__name__}: {error})")


def _limit(what: int, soft: int) -> None:
    """Set a limit; a system that does not know it, or has a lower one already, stays as it is."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
