"""Where the files lie that come with the product: rules, migrations, the example config."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import MonitorError

_PACK = Path(__file__).parent / "pack"  # in an installed wheel
_CHECKOUT = Path(__file__).parent.parent


def path(name: str) -> Path:
    """Path of `rules`, `migrations` or `config.example.toml`, in a wheel as in a checkout."""
    for place in (_PACK / name, _CHECKOUT / name):
        if place.exists():
            return place
    raise MonitorError(f"{name} is missing from {_PACK}; install bongsu again, this copy is not whole")
