from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from monitor.storage import Database, rule_sets


def kept(database: Database) -> dict[str, str]:
    with database.read() as conn:
        return rule_sets.kept_files(conn)


def test_the_files_kept_last_take_the_place_of_those_before(database: Database) -> None:
    for files in ({"a.yml": "1", "b.yml": "1"}, {"b.yml": "2", "c.yml": "2"}, {}):
        with database.write() as conn:
            rule_sets.keep_files(conn, files)
        assert kept(database) == files


def test_several_who_keep_the_same_files_at_once_all_do(database: Database) -> None:
    files = {f"{number}.yml": "text" for number in range(50)}
    together = threading.Barrier(4)

    def keep(_: int) -> None:
        together.wait()
        with database.write() as conn:
            rule_sets.keep_files(conn, files)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(40)))
    assert kept(database) == files
