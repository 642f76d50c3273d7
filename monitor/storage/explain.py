"""What went wrong in the database, for the person: what happened, where, what to do."""

from __future__ import annotations

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from monitor.errors import StorageError

_DAMAGED = "is damaged; restore it from a backup"
_ANOTHER_KIND = "is a file of another kind; name another file in the config"
_FOR_GOOD = {_DAMAGED, _ANOTHER_KIND}  # whoever goes on may damage more

# A part of what the database says, lower case, and what we say.
_ADVICE = (
    ("database is locked", "is busy: another process keeps writing to it; stop that one, or try again"),
    ("lock timeout", "is busy: another process keeps a lock in it; stop that one, or try again"),
    ("unable to open", "cannot be opened; see that its folder exists and that you may write there"),
    ("permission denied", "cannot be opened; see that its folder exists and that you may write there"),
    ("is a directory", "is a folder; name a file in the config"),
    ("readonly database", "may not be written; see who owns the file and its folder"),
    ("disk is full", "has no room left on its disk; free some space, and work goes on where it stopped"),
    ("no space left", "has no room left on its disk; free some space, and work goes on where it stopped"),
    ("not a database", _ANOTHER_KIND),
    ("malformed", _DAMAGED),
    ("no such table", "lacks a part of its schema; run `monitor db upgrade`"),
    ("undefinedtable", "lacks a part of its schema; run `monitor db upgrade`"),
    ("connection failed", "cannot be reached; see that the server runs and that the URL is right"),
    ("server closed the connection", "broke the connection; nothing was saved halfway, so try again"),
    ("terminating connection", "broke the connection; nothing was saved halfway, so try again"),
)

_OURS = (DataError, IntegrityError, ProgrammingError)  # what we asked cannot be done, now or later


def explain(error: BaseException, name: str) -> StorageError:
    """The error to raise instead; `name` is the database's URL without its password."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip()
    lowered = f"{type(cause).__name__} {said}".lower()
    advice = next((advice for part, advice in _ADVICE if part in lowered), "")
    what = f"{name} {advice} ({said})" if advice else f"{name}: {said}"
    return StorageError(what, passing=not isinstance(error, _OURS), for_good=advice in _FOR_GOOD)
