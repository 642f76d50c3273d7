"""`python -m monitor` and the `monitor` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from monitor.cli import main as run  # noqa: PLC0415 - children that are spawned import this file again

    run()


if __name__ == "__main__":
    main()
