"""Which entries of a document are the same as before: by entry id, else by address, else by content.

Publishers change ids at every poll, give one id to many entries, or one address to all. So the last entries
are remembered by all that marks them, and a feed whose ids fail falls back without its known entries coming
out as new. Where the marks leave a doubt, an entry counts as new: told twice is better than never.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from monitor.feeds.entry import Entry
from monitor.feeds.links import canonical
from monitor.model import Identity

KEY_CAP = 200  # characters; what is longer is hashed

_SEVERAL = 2  # one page that came with another id, date and text may well be news
_REMEMBERED = 300  # entries: those of the last document, and then those that dropped out of it
_REMEMBERED_AT_MOST = 2_000  # of one long document


@dataclass(frozen=True, kw_only=True, slots=True)
class Identified:
    """The distinct entries of a document under their keys, and what the feed's state is to keep."""

    entries: Mapping[str, Entry]  # key to entry, in the feed's order
    identity: Identity
    recent: Mapping[str, str]  # key to traces, newest first


@dataclass(frozen=True, slots=True)
class _Traces:
    """Fingerprints of what marks an entry; "" for what it lacks."""

    id: str
    url: str
    title: str  # of the text where there is no title
    text: str
    published: str

    @classmethod
    def of(cls, entry: Entry) -> _Traces:
        published = entry.published.isoformat() if entry.published else ""
        title = entry.title or (entry.text and f"\x1f{entry.text}")
        return cls(*map(_print, (entry.entry_id, canonical(entry.url), title, entry.text, published)))

    @classmethod
    def read(cls, written: str) -> _Traces | None:
        values = ["" if value == "-" else value for value in written.split(" ")]
        return cls(*values) if len(values) == len(fields(cls)) else None

    def written(self) -> str:
        return " ".join(getattr(self, each.name) or "-" for each in fields(self))


_Mark = Callable[[_Traces], tuple[str, ...] | None]  # None: the traces lack it

# What makes a remembered entry and one of the document the same, the surest first.
_WHOLLY: tuple[_Mark, ...] = (lambda seen: (seen.id, seen.url, seen.title, seen.text, seen.published),)
_BY_ID: tuple[_Mark, ...] = (
    lambda seen: (seen.id, seen.url) if seen.id else None,
    lambda seen: (seen.id, seen.title) if seen.id and seen.title else None,
    lambda seen: (seen.id, seen.published) if seen.id and seen.published else None,
)
_BY_URL: tuple[_Mark, ...] = (
    lambda seen: (seen.url, seen.title) if seen.url else None,
    lambda seen: (seen.url, seen.published) if seen.url and seen.published else None,
    lambda seen: (seen.url,) if seen.url else None,
)
_BY_CONTENT: tuple[_Mark, ...] = (lambda seen: (seen.title, seen.text),)
_OWN = {Identity.ENTRY_ID: _BY_ID, Identity.URL: _BY_URL, Identity.CONTENT: _BY_CONTENT}
_UNDER_ANOTHER_KEY: tuple[_Mark, ...] = (
    lambda seen: (seen.url, seen.title, seen.published) if seen.url and seen.published else None,
    lambda seen: (seen.url, seen.title, seen.text) if seen.url and not seen.published else None,
    lambda seen: (seen.title, seen.text, seen.published) if seen.title and seen.published else None,
)
_LOOSELY: tuple[_Mark, ...] = (lambda seen: (seen.url, seen.title) if seen.url and seen.title else None,)


def identify(entries: Iterable[Entry], *, identity: Identity, recent: Mapping[str, str]) -> Identified:
    """The distinct entries under the keys that they had before, or new ones; `recent` is the last `recent`."""
    seen = _distinct(entries)
    remembered = {key: traces for key, text in recent.items() if (traces := _Traces.read(text))}
    identity = _fitting(identity, seen)
    if identity is Identity.ENTRY_ID and _ids_fail(seen, remembered):
        identity = _fitting(Identity.URL, seen)
    if _words_alone_hold(seen, remembered, identity):
        identity = Identity.CONTENT
    known = _matched(seen, remembered, (*_WHOLLY, *_OWN[identity], *_UNDER_ANOTHER_KEY))
    keyed = _keyed(seen, known, remembered, identity)
    return Identified(
        entries={key: seen[traces] for key, traces in keyed.items()},
        identity=identity,
        recent=_to_remember(keyed, remembered),
    )


def _print(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:10] if value else ""


def _distinct(entries: Iterable[Entry]) -> dict[_Traces, Entry]:
    """The entries without those that stand in the document twice."""
    distinct: dict[_Traces, Entry] = {}
    met: set[tuple[str, ...]] = set()
    for entry in entries:
        traces = _Traces.of(entry)
        other = (
            "" if traces.title else traces.id
        )  # with no word in them, ids are all that tells entries apart
        marks: set[tuple[str, ...]] = {
            ("content", traces.url, traces.title, traces.text, traces.published, other)
        }
        if traces.id:
            marks |= {
                ("page", traces.id, traces.url, traces.title),
                ("words", traces.id, traces.title, traces.text),
            }
        if not marks & met:
            distinct[traces] = entry
        met |= marks
    return distinct


# --- does the identity hold? -----------------------------------------------------------------------


def _fitting(identity: Identity, seen: Iterable[_Traces]) -> Identity:
    """The identity, or a weaker one where most ids or addresses stand on several entries. It never comes back."""
    ids, urls = ([getattr(traces, name) for traces in seen] for name in ("id", "url"))
    if identity is Identity.ENTRY_ID and (_mostly_shared(ids) or (ids and not any(ids))):
        identity = Identity.URL
    if identity is Identity.URL and _mostly_shared(urls):
        identity = Identity.CONTENT
    return identity


def _mostly_shared(values: Sequence[str]) -> bool:
    counts = Counter(filter(None, values))
    return 2 * sum(count for count in counts.values() if count > 1) > len(values)


def _ids_fail(seen: Mapping[_Traces, Entry], remembered: Mapping[str, _Traces]) -> bool:
    """Whether more known entries came under other ids, or known ids on other entries, than ids held."""
    held = _matched(seen, remembered, _BY_ID)
    surely = {
        traces: key
        for traces, key in _matched(seen, remembered, (*_BY_ID, *_UNDER_ANOTHER_KEY)).items()
        if traces not in held and traces.id and remembered[key].id
    }
    loosely = _matched(seen, remembered, (*_BY_ID, *_UNDER_ANOTHER_KEY, *_LOOSELY))
    renamed = [
        traces for traces, key in loosely.items() if traces not in held and traces.id and remembered[key].id
    ]
    ids = {traces.id for traces in remembered.values()}
    reused = [traces for traces in seen if traces.id in ids and traces.id and traces not in loosely]
    if surely or len(renamed) >= _SEVERAL:
        return len(renamed) > len(held)
    return len(reused) > len(held)


def _words_alone_hold(
    seen: Mapping[_Traces, Entry], remembered: Mapping[str, _Traces], identity: Identity
) -> bool:
    """Whether most entries are known by nothing but their words: ids, addresses and dates are new at each poll."""
    held = _matched(seen, remembered, (*_WHOLLY, *_OWN[identity], *_UNDER_ANOTHER_KEY))
    moved = [traces for traces in _matched(seen, remembered, _BY_CONTENT) if traces not in held]
    return len(moved) >= _SEVERAL and 2 * len(moved) > len(seen)


# --- keys ------------------------------------------------------------------------------------------


def _matched(
    seen: Iterable[_Traces], remembered: Mapping[str, _Traces], marks: Iterable[_Mark]
) -> dict[_Traces, str]:
    """Traces to the key under which they are remembered; a mark counts where it is unique on both sides."""
    seen = tuple(seen)
    known: dict[_Traces, str] = {}
    taken: set[str] = set()
    for mark in marks:
        keys = _unique((mark(traces), key) for key, traces in remembered.items())
        for value, traces in _unique((mark(traces), traces) for traces in seen).items():
            key = keys.get(value)
            if key is not None and key not in taken and traces not in known:
                known[traces] = key
                taken.add(key)
    return known


_T = TypeVar("_T")


def _unique(marked: Iterable[tuple[tuple[str, ...] | None, _T]]) -> dict[tuple[str, ...], _T]:
    """What bears each mark that only one thing bears."""
    bearers: dict[tuple[str, ...], list[_T]] = {}
    for mark, thing in marked:
        if mark is not None:
            bearers.setdefault(mark, []).append(thing)
    return {mark: things[0] for mark, things in bearers.items() if len(things) == 1}


def _keyed(
    seen: Mapping[_Traces, Entry],
    known: Mapping[_Traces, str],
    remembered: Mapping[str, _Traces],
    identity: Identity,
) -> dict[str, _Traces]:
    """Each entry's key, known or new; of two that nothing but a date tells apart, the first."""
    own_ids, own_urls = _unshared(seen, "id"), _unshared(seen, "url")
    own_ids -= {traces.id for traces in remembered.values()}  # there it is another's
    claimed = set(known.values())
    keyed: dict[str, _Traces] = {}
    for traces, entry in seen.items():
        if traces in known:
            keyed[known[traces]] = traces
            continue
        url = canonical(entry.url)
        keys = []
        if identity is Identity.ENTRY_ID and traces.id in own_ids:
            keys.append(_bounded(entry.entry_id))
        if identity is not Identity.CONTENT and traces.url in own_urls:
            keys.append(_bounded(url))
        keys = [key for key in keys if key not in remembered]
        keys += [_of(entry.title, entry.text), _of(entry.entry_id, url, entry.title, entry.text)]
        if key := next((key for key in keys if key not in claimed and key not in keyed), None):
            keyed[key] = traces
    return keyed


def _of(*words: str) -> str:
    return "content:" + hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def _unshared(seen: Iterable[_Traces], name: str) -> set[str]:
    counts = Counter(getattr(traces, name) for traces in seen)
    return {value for value, count in counts.items() if value and count == 1}


def _bounded(key: str) -> str:
    return key if len(key) <= KEY_CAP else "hash:" + hashlib.sha256(key.encode()).hexdigest()


def _to_remember(keyed: Mapping[str, _Traces], remembered: Mapping[str, _Traces]) -> dict[str, str]:
    here = set(keyed.values())
    dropped = {key: traces for key, traces in remembered.items() if key not in keyed and traces not in here}
    room = max(_REMEMBERED, min(len(keyed), _REMEMBERED_AT_MOST))
    return {key: traces.written() for key, traces in [*keyed.items(), *dropped.items()][:room]}
