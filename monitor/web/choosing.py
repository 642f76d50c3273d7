"""What a subscriber may choose, as the form offers it and as it comes back from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from starlette.datastructures import FormData
from starlette.requests import Request

from monitor.errors import UsageError
from monitor.history import is_somebody
from monitor.model import Entity, Kind, Level, Subscription
from monitor.web.indicators import rules_of
from monitor.web.site import Site

DIGESTS = ("", "hourly", "daily 08:00", "weekly monday 08:00")
GRADES = {
    "F": "any",
    "A": "A, completely reliable",
    "B": "B, usually reliable, or better",
    "C": "C, fairly reliable, or better",
    "D": "D, not usually reliable, or better",
    "E": "E, or better: all that have a grade",
}
_LONGEST = 200  # characters of what a link fills in
_BLANK: Mapping[str, object] = {
    "target": "",
    "rules": (),
    "muted": (),
    "tags": (),
    "min_level": "medium",
    "min_grade": "F",
    "digest": "",
    "quiet": "",
    "zone": "Asia/Seoul",
    "text": "",
    "actors": "",
    "places": "",
}


class _Named(NamedTuple):
    """What goes by names in the form."""

    takes: Callable[[Entity], bool]
    such: str  # two of them, as an example


_NAMED = {
    "actors": _Named(is_somebody, "North Korea, China"),
    "places": _Named(lambda entity: entity.kind is Kind.PLACE, "Taiwan Strait, Senkaku"),
}


def offer(site: Site) -> dict[str, object]:
    """All that the form lets choose from."""
    rules = [rule for rule in rules_of(site) if rule.status == "stable"]
    return {
        "rules": rules,
        "tags": _titled({tag for rule in rules for tag in rule.tags}, site),
        "levels": [str(level) for level in Level],
        "grades": GRADES,
        "digests": DIGESTS,
        "such": {many: each.such for many, each in _NAMED.items()},
    }


def searched(request: Request, site: Site) -> dict[str, object]:
    """The blank form, filled in with the search that the link named."""
    asked = {name: value[:_LONGEST] for name, value in request.query_params.items()}
    named = {
        many: _shown(filter(None, [asked.get(many.removesuffix("s"), "")]), many, site) for many in _NAMED
    }
    level = asked.get("level", "")
    wanted = {"min_level": level.lower()} if level.upper() in Level.__members__ else {}
    rules = tuple(filter(None, [asked.get("rule", "")]))
    return {**_BLANK, **named, **wanted, "rules": rules, "text": asked.get("text", "")}


def chosen(subscription: Subscription, site: Site) -> dict[str, object]:
    """The form, filled in with what was chosen before."""
    timing = subscription.timing
    return {
        "target": subscription.target,
        "rules": subscription.rules,
        "muted": subscription.muted,
        "tags": subscription.tags,
        "min_level": str(subscription.min_level),
        "min_grade": subscription.min_grade,
        "digest": str(timing.digest or ""),
        "quiet": str(timing.quiet or ""),
        "zone": timing.zone,
        "text": subscription.text,
        "actors": _shown(subscription.actors, "actors", site),
        "places": _shown(subscription.places, "places", site),
    }


def wished(fields: FormData) -> dict[str, object]:
    """What stands in a form that came back, to be shown again where something is wrong with it."""
    words = {
        name: str(fields.get(name, "")).strip()
        for name in ("target", "digest", "quiet", "zone", "text", "actors", "places")
    }
    many = {name: tuple(map(str, fields.getlist(name))) for name in ("rules", "muted", "tags")}
    level, grade = str(fields.get("min_level", "medium")), str(fields.get("min_grade", "F"))
    return {**words, **many, "min_level": level, "min_grade": grade, "zone": words["zone"] or "UTC"}


def meant(wish: Mapping[str, object], site: Site, *, before: Subscription | None = None) -> dict[str, object]:
    """The wish with slugs for the names of actors and places; UsageError for one that nobody knows.

    What the subscription had before is kept, though no list knows it any more.
    """
    return {
        **wish,
        **{
            many: frozenset(
                slug
                for word in _words(str(wish[many]))
                for slug in _called(word, many, site, kept=getattr(before, many, frozenset()))
            )
            for many in _NAMED
        },
    }


def _titled(tags: Iterable[str], site: Site) -> dict[str, str]:
    """How each tag is shown: as lists write it, DPRK and Taiwan, else in plain words."""
    entities = site.app.pack.vocabulary.entities.values()
    spelt = {term.text for each in entities for term in each.terms if term.text.isupper()}
    return {
        tag: tag.upper() if tag.upper() in spelt else site.names.get(tag, tag.replace("-", " "))
        for tag in sorted(tags)
    }


def _shown(slugs: Iterable[str], many: str, site: Site) -> str:
    """The names by which they are known, or the slug where several go by that name."""
    shown = []
    for slug in sorted(slugs):
        name = site.names.get(slug, slug)
        alone = _by_name(name, many, site) == {slug} and "," not in name
        shown.append(name if alone else slug)
    return ", ".join(shown)


def _words(written: str) -> list[str]:
    """What stands there, a comma between one and the next."""
    return [word for part in written.split(",") if (word := " ".join(part.split()))]


def _called(word: str, many: str, site: Site, *, kept: frozenset[str]) -> frozenset[str]:
    """Who goes by the word: as slug, by the name that is shown, else by any spelling."""
    entities, sought = site.app.pack.vocabulary.entities, word.casefold()
    if sought in kept or (sought in entities and _NAMED[many].takes(entities[sought])):
        return frozenset({sought})
    found = _by_name(word, many, site) or {
        each.slug
        for each in entities.values()
        if _NAMED[many].takes(each) and any(term.text.casefold() == sought for term in each.terms)
    }
    if not found:
        one = many.removesuffix("s")
        raise UsageError(
            f"'{word}' is no {one} known here. A comma stands between names: {_NAMED[many].such}."
        )
    return frozenset(found)


def _by_name(name: str, many: str, site: Site) -> set[str]:
    """Those whom the pages call so."""
    entities = site.app.pack.vocabulary.entities
    return {
        slug
        for slug, shown in site.names.items()
        if shown.casefold() == name.casefold() and slug in entities and _NAMED[many].takes(entities[slug])
    }
