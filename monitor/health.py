"""Whether the service lives, asked of the database alone, so that a container may ask every minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.config import Config
from monitor.errors import MonitorError
from monitor.storage import Database, service

HEARTBEAT = "scheduler"  # the name under which `monitor run` says that it lives
SILENT_FOR = dt.timedelta(minutes=2)  # without a heartbeat, and the service counts as dead


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One part, whether it is well, and what to do where it is not."""

    part: str
    ok: bool
    said: str
    mend: str = ""


def is_alive(config: Config, *, now: dt.datetime) -> Finding:
    """Whether `monitor run` showed a sign of life lately; only reads, so that it may be asked often."""
    database = Database(config.database_url)
    try:
        with database.read() as conn:
            beat = service.beats(conn).get(HEARTBEAT)
    except MonitorError as error:
        return Finding(part="service", ok=False, said=str(error))
    finally:
        database.close()
    if beat is None:
        return Finding(part="service", ok=False, said="never ran", mend="`monitor run` starts it")
    ago = f"last sign of life {beat:%Y-%m-%d %H:%M:%S} UTC"
    if now - beat > SILENT_FOR:
        return Finding(part="service", ok=False, said=ago, mend="`monitor run` starts it again")
    return Finding(part="service", ok=True, said=ago)
