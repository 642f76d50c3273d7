"""The rules in force in a running service: a mistake in a file never takes the last good set away.

Whatever is taken up is noted: each rule's revision with its days in force, and the user's own files, so that a
service that starts on files with a mistake still watches by those that were good.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from monitor.errors import RuleError
from monitor.matching import source
from monitor.matching.load import Pack, load_pack
from monitor.storage import Database, rule_sets, service

log = structlog.get_logger()

RULES = "rules"  # the part of the service under which the state of the rules is kept

Stamps = Mapping[Path, tuple[int, int]]


class Changes:
    """Tells when files of the folders have changed and then come to rest: an editor may write one in pieces."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._taken_up = self._seen = _stamps(folders)

    def seen(self) -> bool:
        """Whether files differ from those last told of, and not from those at the last look."""
        now = _stamps(self._folders)
        at_rest = now == self._seen
        self._seen = now
        if not at_rest or now == self._taken_up:
            return False
        self._taken_up = now
        return True


def first_set(folders: Sequence[Path], database: Database, *, now: dt.datetime) -> Pack:
    """The rules to start with: those of the folders, or the last good set where a file has a mistake.

    Raises RuleError when there is a mistake and no set was ever good.
    """
    try:
        pack = load_pack(folders)
    except RuleError as error:
        pack = _last_good(folders, database, error)
        refuse(database, error, now=now)
        return pack
    enter(pack, folders, database, now=now)
    return pack


def enter(pack: Pack, folders: Sequence[Path], database: Database, *, now: dt.datetime) -> None:
    """Note that the rules are in force from now on, and keep their files as the last good ones."""
    paths = {rule.id: Path(rule.path) for rule in pack.every}
    with database.write() as conn:
        changed = rule_sets.enter(
            conn,
            {rule.id: rule.revision for rule in pack.every},
            text_of=lambda rule: _text(paths[rule]),
            now=now,
        )
        rule_sets.keep_files(conn, _own_files(folders))
        service.beat(conn, RULES, now=now)
    log.info("rules.in_force", rules=len(pack.every), changed=len(changed))


def refuse(database: Database, error: RuleError, *, now: dt.datetime) -> None:
    """Note that files have mistakes, which is why the set in force stays."""
    first, count = str(error.mistakes[0]), len(error.mistakes)
    more = f" and {count - 1} more" if count > 1 else ""
    with database.write() as conn:
        service.beat(conn, RULES, now=now, fault=f"{first}{more}")
    log.error("rules.refused", mistakes=count, first=first)


def _last_good(folders: Sequence[Path], database: Database, error: RuleError) -> Pack:
    with database.read() as conn:
        if not rule_sets.any_in_force(conn):
            raise error
        files = rule_sets.kept_files(conn)
    with tempfile.TemporaryDirectory(prefix="rules-") as name:
        for relative, text in files.items():
            path = Path(name) / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_pack([*folders[:1], Path(name)])


def _own_files(folders: Sequence[Path]) -> dict[str, str]:
    """The files that the user wrote or changed, by their path below the folder; copies left alone are shipped."""
    return {
        path.relative_to(folder).as_posix(): _text(path)
        for folder in folders[1:]
        if folder.is_dir()
        for path in source.files(folder)
    }


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # gone since it was read: the next look finds the change
        return ""


def _stamps(folders: Sequence[Path]) -> Stamps:
    """When each file was last written, in ns, and its size in bytes."""
    paths = (path for folder in folders if folder.is_dir() for path in source.yaml_files(folder))
    return {path: stamp for path in paths if (stamp := _stamp(path))}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:  # an editor renames while it saves
        return None
    return found.st_mtime_ns, found.st_size
