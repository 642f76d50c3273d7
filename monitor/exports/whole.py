"""All that the history holds of alerts, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from monitor.exports.about import About
from monitor.exports.values import plain
from monitor.model import Alert


def write(alerts: Sequence[Alert], about: About) -> str:
    """A list of objects."""
    listed = [
        {
            **asdict(alert),
            "level": str(alert.level),
            "verdicts": list(map(asdict, about.verdicts.get(alert.id, ()))),
        }
        for alert in alerts
    ]
    return json.dumps(listed, default=plain, ensure_ascii=False, indent=2) + "\n"
