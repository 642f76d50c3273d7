"""robots.txt (RFC 9309): which addresses a site asks programs to leave alone.

Python's own reader takes the first rule that fits where the standard takes the longest, and knows no `*`. The
usual one from outside makes regular expressions of it; as a stranger wrote the file, rules are compared here by
plain searches, of which no file can make many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_RULES = 2_000  # that are heeded of one file
_LONGEST = 500  # characters of one rule that are heeded
_KEPT = "%/*$?=&;:@+,!'()~-._#[]"  # not to be percent-encoded: done already, or of meaning
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Robots:
    """What one site asks of us."""

    rules: tuple[tuple[str, bool], ...] = ()  # pattern, and whether it allows
    delay: float = 0.0  # seconds from request to request; 0: it names none

    def allows(self, url: str) -> bool:
        """Whether the address may be asked: the longest rule that fits decides, and of two the friendlier."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


ALL = Robots()
NONE = Robots(rules=(("/", False),))


def read(text: str, *, agent: str) -> Robots:
    """What the file asks of `agent`, our name in small letters: the groups under it, else those for everybody."""
    groups = list(_groups(text))
    chosen = [group for group in groups if agent in group.agents] or [
        group for group in groups if "*" in group.agents
    ]
    rules = tuple(dict.fromkeys(rule for group in chosen for rule in group.rules))
    return Robots(rules=rules[:_RULES], delay=max((group.delay for group in chosen), default=0.0))


class _Group:
    def __init__(self) -> None:
        self.agents: set[str] = set()
        self.rules: list[tuple[str, bool]] = []
        self.delay = 0.0
        self.begun = False  # a line other than an agent came


def _groups(text: str) -> Iterator[_Group]:
    group = _Group()
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if not colon:
            continue
        if name == "user-agent":
            if group.begun:
                yield group
                group = _Group()
            group.agents.add(value.lower().partition("/")[0])
        elif name in ("allow", "disallow"):
            group.begun = True
            if value:  # an empty one forbids nothing
                group.rules.append((_normal(value[:_LONGEST]), name == "allow"))
        elif name == "crawl-delay":
            group.begun = True
            group.delay = _seconds(value)
    yield group


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value, re.ASCII) else 0.0


def _normal(path: str) -> str:
    """Letters beyond ASCII percent-encoded, and all codes in capitals, so that two spellings are equal."""
    return _ENCODED.sub(lambda code: code[0].upper(), quote(path, safe=_KEPT, errors="replace"))


def _fits(pattern: str, path: str) -> bool:
    """Whether the path begins as the pattern says: `*` stands for anything, `$` at the end for the path's end."""
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not ends or path == first
    at = len(first)
    for part in others[:-1]:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    last = others[-1]
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0
