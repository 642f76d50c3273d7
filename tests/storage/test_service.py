from __future__ import annotations

import datetime as dt

from builders import NOW

from monitor.storage import Database, service


def test_each_part_shows_when_it_last_lived(database: Database) -> None:
    with database.read() as conn:
        assert service.beats(conn) == {}
    later = NOW + dt.timedelta(seconds=10)
    for name, now in (("heartbeat", NOW), ("other", NOW), ("heartbeat", later)):
        with database.write() as conn:
            service.beat(conn, name, now=now)
    with database.read() as conn:
        assert service.beats(conn) == {"heartbeat": later, "other": NOW}
