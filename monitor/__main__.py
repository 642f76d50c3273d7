"""`python -m monitor` and the `monitor` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from monitor.cli import main as run

    run()


if __name__ == "__main__":
    main()
