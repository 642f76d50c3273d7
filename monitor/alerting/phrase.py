"""Who did what, to whom, where: an alert in the words of its event, short enough for a headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from monitor.model import Alert, Count, Evidence, Report, Status

_MOST_ACTORS = 3
# Deeds that say nothing without their object, and verbs that carry a deed told by another word.
_TELLING = frozenset(
    {"reported", "announced", "confirmed", "declared", "detected", "said", "admitted", "claimed", "stated"}
)
_LIGHT = frozenset(
    {"take", "takes", "took", "taken", "make", "makes", "made", "has", "have", "had", "is", "are", "was", "were", "do",
     "does", "did", "get", "gets", "got", "come", "comes", "came", "say", "says", "said"}
)  # fmt: skip
_ARTICLES = frozenset({"a", "an"})
_MORE = frozenset({"more", "plus"})  # ends of "one or more", "one plus"
_FROM = frozenset({"from"})
_TOWARD = frozenset({"to", "toward", "towards", "into", "over"})
_PREPOSITIONS = _FROM | _TOWARD | {"against", "at", "for", "in", "near", "off", "on", "with"}
# Verbs that take no object: what did it stands before them, "China: coast guard vessel stayed".
_TAKES_NONE = frozenset(
    {"appeared", "arrived", "departed", "gathered", "headed", "hovered", "intruded", "lingered", "loitered",
     "lurked", "remained", "returned", "stayed", "swarmed", "travelled", "traveled", "went"}
)  # fmt: skip
_LOOSE = tuple(f"{each} the " for each in sorted(_PREPOSITIONS))  # a place without a name of its own
_LEADING = frozenset({"the", "a", "an", *_PREPOSITIONS})
_PARTICLES = frozenset({"back", "down", "in", "into", "off", "on", "out", "over", "through", "up"})
_DOUBLED = frozenset({"transfer", "refer", "deter", "patrol", "control", "commit", "permit", "emit"})
# Ends of actions that are things done, not doings: "nuclear-test", "joint-air-patrol".
_PASTS = {
    "become": "became",
    "begin": "began",
    "break": "broke",
    "bring": "brought",
    "build": "built",
    "buy": "bought",
    "cut": "cut",
    "dig": "dug",
    "fly": "flew",
    "give": "gave",
    "go": "went",
    "hide": "hid",
    "hit": "hit",
    "hold": "held",
    "lead": "led",
    "make": "made",
    "meet": "met",
    "put": "put",
    "run": "ran",
    "sell": "sold",
    "send": "sent",
    "set": "set",
    "shoot": "shot",
    "sink": "sank",
    "steal": "stole",
    "strike": "struck",
    "take": "took",
    "withdraw": "withdrew",
}
_IRREGULAR = frozenset(_PASTS.values())
# Verbs of another that tell of the deed's own things: aircraft were detected. "Protested" would be a lie, and the jets
# that are scrambled are not the doer's.
_SIGHTING = re.compile(
    r"(?:detect|spot|track|monitor|sight|observ|record|log|count|identif|tall|register|intercept|report)",
    re.IGNORECASE,
)


def phrase(alert: Alert, report: Report, names: Mapping[str, str]) -> str:
    """`DPRK fired 2 SRBMs, Sunan to East Sea`; parts that the event does not have are left out.

    `names` gives display texts by slug; a slug without one is shown in words. `report` is the one whose
    sentence stands under the headline; its words show the tense, the order and the way from place to place.
    """
    if alert.said:
        return alert.said
    actors = _actors(report.actors or _told(alert, report, "actor", alert.actors), names)
    objects = _objects(alert, report, names)
    verb = _verb(alert, report, names)
    denied_of_object = alert.status is Status.DENIED and _object_first(report)  # "sanctions denying to have"
    by_another = report.answering and not (objects and _SIGHTING.match(verb))
    if _says_too_little(report) or denied_of_object or by_another:
        return alert.titles[0]
    if report.nominal:
        clause = _noun_clause(alert, report, actors, objects)
    elif objects and (
        not actors or report.answering or _object_first(report) or verb.split(" ")[0] in _TAKES_NONE
    ):
        clause = _joined((f"{actors}:" if actors else "", objects, verb))
    else:
        clause = _joined((actors, verb, objects))
    clause = _joined((clause, _recipients(alert, report, names, plain=not objects)))
    places = _places(alert, report, names)
    if places.startswith(_LOOSE):
        return _joined((clause, places))
    return f"{clause}, {places}" if places else clause


def _says_too_little(report: Report) -> bool:
    """Whether the deed alone would stand in the headline, in a word that says nothing: "North Korea reported"."""
    said = " ".join(_words(report, "action")[:1]).casefold()
    if said.split(" ")[0] in _LIGHT:
        return True
    told = any(_spans(report, role) for role in ("object", "place", "recipient"))
    return (
        bool(report.action)
        and not told
        and (
            " " not in said
            if report.nominal
            else (said if said.endswith("ed") else past(said.removesuffix("s"))) in _TELLING
        )
    )


def shown(slug: str, names: Mapping[str, str]) -> str:
    """The display text of an actor or a place."""
    return names.get(slug) or " ".join(word.capitalize() for word in slug.split("-"))


def past(slug: str) -> str:
    """The past tense of an action's slug: "test-fire" gives "test-fired", "carry-out" "carried out"."""
    head, _, tail = slug.rpartition("-")
    if head and tail in _PARTICLES:
        return f"{past(head)} {tail}"
    return f"{head}-{_past_word(tail)}" if head else _past_word(tail)


def count_text(count: Count) -> str:
    """`2`, `2-3`, or the text's own words where no upper bound is known."""
    if count.max == count.min:
        return str(count.min)
    if count.max is None:
        return f"{count.text[:1].lower()}{count.text[1:]}" or f"at least {count.min}"
    return f"{count.min}-{count.max}"


def _told(alert: Alert, report: Report, role: str, slugs: Sequence[str]) -> Sequence[str]:
    """As many of the slugs as the alert's first sentence names; all, where a later one stands in its place.

    What the first report's lead says comes first among the slugs; the rest is from other sentences.
    """
    named = len(set(_words(report, role)))
    return slugs[:named] if named and report is alert.reports[0] else slugs


def _noun_clause(alert: Alert, report: Report, actors: str, objects: str) -> str:
    """`DPRK: missile test of 3 SRBMs`; an object that the noun names already is left out."""
    said = next(iter(_words(report, "action")), alert.action.replace("-", " "))
    noun = said if any(letter.isupper() for letter in said[1:]) else said.casefold()
    told = _spans(report, "object") or not report.evidence
    named = alert.count is None and any(word in objects for word in noun.split()[:-1])
    clause = f"{noun} of {objects}" if objects and told and not named else noun
    return f"{actors}: {clause}" if actors else clause


def _past_word(verb: str) -> str:
    if verb in _PASTS:
        return _PASTS[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _doubles(verb) else "") + "ed"


def _doubles(verb: str) -> bool:
    """Whether the last letter doubles: one short vowel, then one consonant, in a word of one syllable."""
    if verb in _DOUBLED:
        return True
    vowels = sum(letter in "aeiou" for letter in verb)
    short = vowels == 1 and len(verb) > 2 and verb[-2] in "aeiou"  # noqa: PLR2004 - shorter has no such end
    return short and verb[-1] not in "aeiouwxy"


def _actors(slugs: Sequence[str], names: Mapping[str, str]) -> str:
    texts = list(dict.fromkeys(shown(slug, names) for slug in slugs))
    if len(texts) > _MOST_ACTORS:
        texts = [*texts[: _MOST_ACTORS - 1], f"{len(texts) - _MOST_ACTORS + 1} others"]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _objects(alert: Alert, report: Report, names: Mapping[str, str]) -> str:
    objects = report.objects or alert.objects
    if not objects or _within_action(report):
        return ""
    slug = objects[0]
    noun = names.get(slug) or slug.replace("-", " ")
    if alert.count is None:
        return _plural(noun) if any(_is_plural(said) for said in _words(report, "object")[:1]) else noun
    number = count_text(alert.count)
    if alert.count.text.casefold() in _ARTICLES:
        return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
    of = "of " if number.isalpha() and number.endswith("s") else ""  # dozens of
    return f"{number} {of}{noun if _is_single(alert.count) else _plural(noun)}"


def _is_single(count: Count) -> bool:
    """Whether the noun after it stands in the singular: "at least one missile", but "one or more missiles"."""
    last = count.text.casefold().rstrip("+").rpartition(" ")[2]
    return count.min == 1 and (count.max == 1 or last not in _MORE)


def _within_action(report: Report) -> bool:
    """Whether the words of the action name the object too: "missile test"."""
    objects, actions = _spans(report, "object"), _spans(report, "action")
    return bool(objects and actions and actions[0].span.start <= objects[0].span.start < actions[0].span.end)


def _is_plural(words: str) -> bool:
    return words.endswith("s") and not words.endswith(("ss", "us", "is"))


def _plural(noun: str) -> str:
    if noun.endswith(("s", "craft", "personnel")):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("x", "ch", "sh")) else "s")


def _verb(alert: Alert, report: Report, names: Mapping[str, str]) -> str:
    action = report.action or alert.action
    base = names.get(action) or action.replace("-", " ")
    match alert.status:
        case Status.PLANNED:
            return f"to {base}"
        case Status.THREATENED:
            return f"threatening to {base}"
        case Status.HYPOTHETICAL:
            return f"may {base}"
        case Status.DENIED:
            return f"denying to have {_past_in(report) or _past_of(base)}"
        case _:
            return _past_in(report) or _past_of(_base_in(report) or base)


def _past_of(base: str) -> str:
    """The past tense of an action as shown: its first word changes."""
    first, _, rest = base.partition(" ")
    return base if first == "never" else _joined((past(first), rest))


def _base_in(report: Report) -> str:
    """The action as the sentence says it in the present, brought to its base: "fires off" gives "fire off"."""
    first, _, rest = " ".join(_words(report, "action")[:1]).casefold().partition(" ")
    if first.endswith("ies"):
        first = f"{first[:-3]}y"
    elif first.endswith(("ches", "shes", "sses", "xes", "zes")):
        first = first[:-2]
    elif first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return "" if report.nominal or not first.isalpha() or first.endswith("ing") else _joined((first, rest))


def _past_in(report: Report) -> str:
    """The action as the sentence says it, where that is a past tense."""
    said = " ".join(_words(report, "action")[:1]).casefold()
    first = said.split(" ")[0]
    return said if first in _IRREGULAR or (first.endswith("ed") and not first.endswith("eed")) else ""


def _object_first(report: Report) -> bool:
    """Whether the sentence has the object before the action: "jets entered", "missiles were fired"."""
    objects, actions = _spans(report, "object"), _spans(report, "action")
    return bool(objects and actions and objects[0].span.end <= actions[0].span.start)


def _recipients(alert: Alert, report: Report, names: Mapping[str, str], *, plain: bool) -> str:
    """Those that the sentence itself names: further ones may belong to other events of the article."""
    named = len(set(_words(report, "recipient")))
    others = [slug for slug in alert.recipients if slug not in alert.actors]
    texts = list(dict.fromkeys(shown(slug, names) for slug in others[:named]))[:2]
    if not texts:
        return ""
    way = next((found for each in _spans(report, "recipient") if (found := _preposition(report, each))), "")
    return _joined((way or ("" if plain else "·"), " and ".join(texts)))


def _places(alert: Alert, report: Report, names: Mapping[str, str]) -> str:
    """`Sunan to East Sea` where the sentence says from where to where, else the places in a row."""
    spans = _spans(report, "place")
    by_way = [(_preposition(report, each), _named_place(each.span.text)) for each in spans]
    origin = next((text for way, text in by_way if way in _FROM), "")
    goal = next((text for way, text in by_way if way in _TOWARD and text != origin), "")
    if origin and goal:
        return f"{origin} to {goal}"
    told = [text for _, text in by_way if not text.startswith("the ")]
    if by_way and not told:
        way = next((way or _way_within(each) for (way, _), each in zip(by_way, spans, strict=True)), "")
        return _joined((way or "in", by_way[0][1]))
    told = told or [shown(slug, names) for slug in alert.places]
    return ", ".join(list(dict.fromkeys(told))[:2])


def _named_place(text: str) -> str:
    """The place without article and preposition; one that has no name of its own keeps its article: "the sea"."""
    words = text.split()
    while len(words) > 1 and words[0].casefold() in _LEADING:
        words = words[1:]
    bare = " ".join(words)
    return _capital(bare) if any(letter.isupper() for letter in bare) else f"the {bare}"


def _way_within(evidence: Evidence) -> str:
    """The preposition that the words of the place begin with."""
    first = evidence.span.text.split(" ")[0].casefold()
    return first if first in _PREPOSITIONS else ""


def _preposition(report: Report, evidence: Evidence) -> str:
    """The preposition that leads to the span, looked for a few words back ("from the Sunan area")."""
    sentence = report.sentence
    if evidence.span.field != sentence.field:
        return ""
    before = sentence.text[: max(evidence.span.start - sentence.start, 0)].casefold().split()[-4:]
    return next((word for word in reversed(before) if word in _PREPOSITIONS), "")


def _spans(report: Report, role: str) -> list[Evidence]:
    return [each for each in report.evidence if each.role == role]


def _words(report: Report, role: str) -> list[str]:
    return [each.span.text for each in _spans(report, role)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
