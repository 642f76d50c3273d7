"""Stand-ins that keep to the same protocols and remember what they were given."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

from monitor.model import Article, Digest, Event, Message, Notice, Reading, Taken, Thread


class FakeChannel:
    """Takes every message, but first fails with the errors it was given, one at each attempt."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.messages: list[Message] = []
        self.digests: list[Digest] = []
        self.notices: list[Notice] = []
        self.thread: Thread | None = None  # that every message begins
        self.took_one = asyncio.Event()

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken | None:
        del now
        if self.errors:
            raise self.errors.pop(0)
        if isinstance(message, Digest):
            self.digests.append(message)
        elif isinstance(message, Notice):
            self.notices.append(message)
        else:
            self.messages.append(message)
        self.took_one.set()
        return Taken(thread=self.thread)


class FakeReader:
    """Finds the event of the first word that an article's title holds; `poison` in a title makes it fail."""

    def __init__(self, events: Mapping[str, Event]) -> None:
        self.events = events
        self.read_titles: list[str] = []

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        self.read_titles += [article.title for article in articles]
        if any("poison" in article.title for article in articles):
            raise RuntimeError("cannot be read")
        return [self._reading(article) for article in articles]

    def concerned(self, articles: Sequence[Article]) -> list[bool]:
        return [any(word in article.title for word in self.events) for article in articles]

    def _reading(self, article: Article) -> Reading:
        events = [event for word, event in self.events.items() if word in article.title]
        return Reading(events=tuple(events[:1]))


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move forward: `hours=1`."""
        self.now += dt.timedelta(**by)
