"""Whether the service lives, asked of the database alone, so that a container may ask every minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.config import Config, Web
from monitor.errors import MonitorError
from monitor.storage import Connection, Database, service, tokens

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


def door(web: Web, conn: Connection, *, now: dt.datetime) -> Finding:
    """Who is let in to the pages; not well where others can reach them and nobody could be let in."""
    part = "pages"
    if not web.enabled:
        return Finding(part=part, ok=True, said="not served: [web] enabled is false")
    live = sum(each.is_live(now) for each in tokens.all(conn))
    let_in = f"people {len(web.people)}, tokens {live}"
    if not web.asks_who:
        whom = (
            "this machine's users, without login"
            if web.is_own
            else f"anybody who reaches {web.address} reads"
        )
        return Finding(part=part, ok=True, said=f"{whom}; {let_in}")
    if not web.people and not live:
        return Finding(
            part=part,
            ok=False,
            said=f"[web] host {web.host} can be reached from elsewhere, and nobody could be let in",
            mend='list [web] people, or make a token by `monitor tokens add NAME`, or set host = "127.0.0.1"',
        )
    clear = "" if web.is_secure else "; without HTTPS whoever is on the way reads along"
    return Finding(part=part, ok=True, said=f"at {web.address}, with login; {let_in}{clear}")
