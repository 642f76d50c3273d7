from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from monitor.storage import Database, tallies


def test_all_who_count_are_counted(database: Database) -> None:
    def count(name: str) -> None:
        with database.write() as conn:
            tallies.count(conn, name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, ["a", "b", "a"] * 8))
    with database.read() as conn:
        assert tallies.all(conn) == {"a": 16, "b": 8}
