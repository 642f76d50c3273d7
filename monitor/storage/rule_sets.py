"""The rules that were in force, and the user's files as they last were without a mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, delete, select, update

from monitor.model import RuleRevision
from monitor.storage.rows import chunks, columns, row, upsert
from monitor.storage.tables import rule_files, rule_revisions

_REVISION = columns(rule_revisions, RuleRevision)
_IN_FORCE = rule_revisions.c.last.is_(None)


def enter(
    conn: Connection, revisions: Mapping[str, str], *, text_of: Callable[[str], str], now: dt.datetime
) -> list[str]:
    """These revisions, by rule, are in force from now on, and no others; the rules that are new or changed.

    `text_of` gives the file of a rule; it is asked for changed rules only.
    """
    known = {each.rule: each.revision for each in conn.execute(select(rule_revisions).where(_IN_FORCE))}
    gone = [rule for rule, revision in known.items() if revisions.get(rule) != revision]
    for rule in sorted(gone):
        own = _IN_FORCE & (rule_revisions.c.rule == rule)
        conn.execute(update(rule_revisions).where(own).values(last=now))
    changed = [rule for rule, revision in revisions.items() if known.get(rule) != revision]
    rows = [
        row(RuleRevision(rule=rule, revision=revisions[rule], first=now, text=text_of(rule)))
        for rule in sorted(changed)
    ]
    upsert(conn, rule_revisions, rows)  # over a revision that was in force for no time at all
    return changed


def in_force(conn: Connection) -> dict[str, str]:
    """The revision of each rule in force."""
    found = conn.execute(select(rule_revisions.c.rule, rule_revisions.c.revision).where(_IN_FORCE))
    return {each.rule: each.revision for each in found}


def history(conn: Connection, rule: str) -> list[RuleRevision]:
    """Every revision of the rule, the first in force first."""
    query = select(*_REVISION).where(rule_revisions.c.rule == rule).order_by(rule_revisions.c.first)
    return [RuleRevision(**each) for each in conn.execute(query).mappings()]


def any_in_force(conn: Connection) -> bool:
    """Whether any set was ever without a mistake."""
    return conn.execute(select(rule_revisions.c.rule).where(_IN_FORCE).limit(1)).first() is not None


def keep_files(conn: Connection, files: Mapping[str, str]) -> None:
    """The user's files, by their path below the folder, of a set without a mistake.

    Workers that start together keep the same ones at the same moment: what is there is written over, in one order.
    """
    gone = sorted(kept_files(conn).keys() - files.keys())
    for some in chunks(gone):
        conn.execute(delete(rule_files).where(rule_files.c.name.in_(some)))
    upsert(conn, rule_files, [{"name": name, "text": files[name]} for name in sorted(files)])


def kept_files(conn: Connection) -> dict[str, str]:
    """The files that were last kept."""
    return {each.name: each.text for each in conn.execute(select(rule_files))}
