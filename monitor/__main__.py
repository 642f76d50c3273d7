"""`python -m monitor` and the `monitor` command."""

from __future__ import annotations

import sys

_INTERRUPTED = 130  # as shells count a process ended by Ctrl-C


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback, also while it is being loaded."""
    try:
        from monitor.cli import main as run  # noqa: PLC0415 - children that are spawned import this file again

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
