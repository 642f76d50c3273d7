from __future__ import annotations

import datetime as dt

from builders import NOW, article

from monitor.model import Record
from monitor.storage import Database, articles, audit, prune

HOUR = dt.timedelta(hours=1)


def test_texts_go_step_by_step_and_a_step_begins_where_the_last_ended(database: Database) -> None:
    told = [
        article(key=str(at), fetched=NOW + at // 2 * HOUR, text="" if at == 1 else "long") for at in range(8)
    ]
    with database.write() as conn:
        articles.add(conn, told)
    emptied, step = [], prune.Emptied(texts=0, last=None)
    while True:
        with database.write() as conn:
            step = prune.texts(conn, NOW + 3 * HOUR, after=step.last, limit=2)
        emptied.append(step.texts)
        if step.last is None:
            break
    assert sum(emptied) == 5
    assert max(emptied) <= 2
    with database.read() as conn:
        assert [each.text for each in articles.since(conn, NOW)] == [""] * 6 + ["long"] * 2
        assert prune.counts(conn, NOW + 3 * HOUR) == (0, 0)


def test_lines_of_the_log_go_in_steps_too(database: Database) -> None:
    with database.write() as conn:
        for at in range(5):
            audit.add(conn, Record(at=NOW + at * HOUR, who="kim", what="add", thing=str(at), origin="cli"))
    with database.write() as conn:
        assert [prune.records(conn, NOW + 4 * HOUR, limit=3) for _ in range(3)] == [3, 1, 0]
        assert [each.thing for each in audit.listed(conn)] == ["4"]
