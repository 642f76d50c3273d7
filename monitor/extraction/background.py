"""Is it news, or only the setting of other news? Events that a text sums up or brings in as background.

"Amid a series of missile tests", "a record number of launches this year", "its increasingly frequent patrols" tell
of no one event. Failure class 3 of political event coders; what has a date to the day is never background here.
"""

from __future__ import annotations

import re

from monitor.extraction import cues, grammar
from monitor.extraction.tokens import Token

_QUANTITY = re.compile(
    r"(?:series|string|flurry|spate|slew|raft|waves?|number|record|spree|pace|frequency|campaign|years?|months?|weeks?|days?|hours?|"
    r"streak|run|history|rash|sequence|succession|rounds?|cycle|pattern|surge|increase|rise|uptick|escalation|"
    r"threats?|risk|fears?|prospect|possibility|importance|use|tempo|intensity|era|programmes?|programs?)",
    re.IGNORECASE,
)
_SERIES = re.compile(r"(?:series|string|spate|flurry|slew|raft|wave|spree)", re.IGNORECASE)
_FREQUENT = re.compile(
    r"(?:regular(?:ly)?|frequent(?:ly)?|repeated(?:ly)?|increasing(?:ly)?|often|routine(?:ly)?|constant(?:ly)?|"
    r"continued|continual(?:ly)?|continuous(?:ly)?|ongoing|persistent|growing|numerous|many|"
    r"escalating|near-daily|almost-daily|daily|past|so-called|annual)",
    re.IGNORECASE,
)
# What somebody does again and again.
_HABIT = re.compile(
    r"(?:usual|typical|normal|traditional|customari|habitual|historical|occasional|periodical|sporadical|routine)ly|always|"
    r"sometimes",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"(?:repeated|frequent|increasing(?:ly)?|many|numerous|growing)", re.IGNORECASE)
_FRESH = re.compile(
    r"(?:latest|new|newest|fresh|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th)|"
    r"apparent|suspected|another|overnight|today|yesterday|back-to-back|twin|double|simultaneous|surprise)",
    re.IGNORECASE,
)
# Prepositions that bring in what is already known.
_SETTING = frozenset(
    {"after", "following", "amid", "amidst", "over", "despite", "since", "to", "by", "about", "on", "with", "in",
     "of", "between", "from", "against", "during", "given", "through", "because"}
)  # fmt: skip
# Verbs whose subject or object is itself what happened.
_HAPPENING = re.compile(
    r"(?:fac|suffer|experienc|follow(?!ing)|overse|oversaw|supervis|inspect|observ|watch|witness|guid|attend|host|begin|beg[au]n|start|kick|continu|resum|enter|take|took|end|occur|conduct|carr|hold|held|stag|launch|"
    r"perform|carry|ma[dk]e|complet|conclud|confirm|do|did|claim|involv|includ|spark|trigger|prompt|violat|land|fall|"
    r"fell|fl[ie]|flew|reach|came?|come|report|detect|announc|halt|stop|alarm|fail|succeed|appear|cross|ha[ds]|have|"
    r"hand|giv|gave|mete|undertak|undertook|impos|plac|put|issu|order|restart|reviv|expand|boost|pledg|decid|agree|approv|adopt|pass|sign|seal|rehears|practi[cs]|step|mount|intensif|last|near|say|said|unveil|display|show|run|ran|lead|led|be|is|was|were|are)\w*",
    re.IGNORECASE,
)
# Verbs that tell in a headline what a deed of the day set off.
_STIRRING = re.compile(
    r"(?:draw|rattl|anger|shak|stir|provok|jolt|ril|unnerv|irk|fuel|caus|rais|rous|unsettl|test|heighten|infuriat|bring)(?:e|s|es)?",
    re.IGNORECASE,
)
# What the events of the day do to somebody: "shaken by tremors".
_STRIKING = re.compile(r"shaken|rocked|hit|struck|jolted|rattled|targeted|pounded|disrupted", re.IGNORECASE)
_PRESENT = frozenset({"VBP", "VBZ", "VB"})
# What an event noun before it makes into a thing: a launch site, a test programme, an enrichment plant.
_THING = re.compile(
    r"(?:sites?|pads?|grounds?|cent(?:er|re)s?|facilit(?:y|ies)|ranges?|bases?|stations?|tubes?|vehicles?|platforms?|"
    r"program(?:me)?s?|capabilit(?:y|ies)|technolog(?:y|ies)|plants?|machines?|power|boats?|ships?|vessels?|crafts?|"
    r"teams?|units?|groups?|directors?|officials?|chiefs?|experts?|analysts?|schedules?|seasons?|areas?|zones?|"
    r"complex(?:es)?|locations?|stands?|towers?|equipment|systems?|trucks?|lines?|points?|laws?|acts?|data|"
    r"sheets?|results?|history|timelines?|maps?|quotas?|record|days?|positions?|uniforms?)",
    re.IGNORECASE,
)
# Verbs that bring somebody into what is happening: "took part in exercises".
_JOINING = re.compile(r"(?:tak|took|participat|join|engag|arriv|begin|began|part|involv)\w*", re.IGNORECASE)
_MEASURING = re.compile(
    r"ahead|behind|lags?|lagg(?:ed|ing)|leads?|led|leading|race|advantage|edge|advances?|progress|superior|inferior|"
    r"interest(?:ed)?|experienced?|expertise",
    re.IGNORECASE,
)
_COUNTED = frozenset({"nummod"})
_RANKING = re.compile(cues.RANKING, re.IGNORECASE)


def background_cue(trigger: Token, *, headline: bool = False) -> Token | None:
    """The word that makes an undated event background; None where it is told as news.

    A headline that tells how several deeds are answered, or whom they stir, reports them.
    """
    past = _ranked_since(trigger) or _recently(trigger) or _known_long(trigger)
    if past is not None:
        return past
    if headline and _is_answered(trigger):
        return next((child for child in trigger.children if _is_often(child, _FREQUENT)), None)
    if grammar.is_verb(trigger):
        return _summing_up(trigger)
    if trigger.tag_ in {"VBG", "NN"} and trigger.lower_.endswith("ing") and (compared := _compared(trigger)):
        return compared
    if (
        headline
        and trigger.dep_ == "pobj"
        and trigger.head.lower_ == "with"
        and grammar.is_means(trigger.head)
    ):
        return None
    return _summed_up(trigger)


def _ranked_since(trigger: Token) -> Token | None:
    """The "since" of "the biggest drills since the summit", "its first visit since the two met"."""
    node = trigger
    while node.dep_ in grammar.MODIFIERS and node.head != node:
        node = node.head  # "the summit talks"
    since = next((child for child in node.children if child.dep_ == "mark"), node.head)
    if since.lower_ != "since" or not (since == node.head or node.dep_ == "advcl"):
        return None
    before = since.doc[: since.i]
    return since if any(_RANKING.fullmatch(word.text) for word in before) else None


def _recently(trigger: Token) -> Token | None:
    """The word that makes a clause about somebody or a place one of former days: "where it recently ran a test"."""
    verb = trigger if grammar.is_verb(trigger) else grammar.supporter(trigger)
    if verb is None:
        return None
    where = any(child.lower_ == "where" for child in verb.children)
    if verb.dep_ not in {"relcl", "advcl", "pcomp"} and not where:
        return None
    return next((child for child in verb.children if child.lower_ == "recently"), None)


def _known_long(trigger: Token) -> Token | None:
    """The word that makes a clause about somebody what is known of him: "where China has built", "once protested"."""
    verb = trigger if grammar.is_verb(trigger) else _verb_of(trigger)
    if verb is None:
        return None
    once = next((child for child in verb.children if child.lower_ == "once" and child.dep_ == "advmod"), None)
    if once is not None and once.i < verb.i:
        return once
    seasons = (child for child in verb.children if child.dep_ == "npadvmod" and child.i > verb.i)
    every = next((s for s in seasons if any(w.lower_ in {"each", "every"} for w in s.lefts)), None)
    if every is not None and verb.tag_ in _PRESENT:
        return every
    if verb.dep_ != "relcl" or any(child.lower_ == "who" for child in verb.children):
        return None  # "the editor, who has been jailed" is news
    return next(
        (child for child in verb.children if child.dep_ == "aux" and child.lower_ in {"has", "have"}), None
    )


def _verb_of(noun: Token) -> Token | None:
    """The verb of which a noun is the very object: "holds drills"."""
    return noun.head if noun.dep_ == "dobj" and noun.head.tag_.startswith("V") else None


def _is_answered(noun: Token) -> bool:
    """Whether this is "condemns launches", "a protest over launches", "launches draw a rebuke"."""
    if noun.dep_ in grammar.SUBJECTS:
        return noun.head.tag_ in _PRESENT and bool(_STIRRING.fullmatch(noun.head.text))
    over = noun.dep_ == "pobj" and noun.head.lower_ in {"over", "against", "of"}
    answer = noun.head.head if over else noun.head
    return (over or noun.dep_ == "dobj") and bool(cues.ANSWERING.fullmatch(answer.text))


def is_thing(noun: Token) -> bool:
    """Whether an event noun only tells what kind of thing its head is: a launch site, a test range."""
    head = noun.head
    named = noun.dep_ in {"compound", "amod", "nmod"} and head.i > noun.i and not grammar.is_verb(noun)
    return named and bool(_THING.fullmatch(head.text))


def _summing_up(verb: Token) -> Token | None:
    """A verb that tells of a habit or of a sum: "fired a record number of missiles", "tests ever more often"."""
    compared = _compared(verb)
    if compared is not None:
        return compared
    series = _series_behind(verb)
    if series is not None:
        return series
    habit = _habit(verb)
    if habit is not None:
        return habit
    direct = grammar.patient(verb)
    return _sum_of(direct) if direct is not None and direct.i > verb.i else None


def _habit(verb: Token) -> Token | None:
    """The adverb that makes a verb tell what is done again and again."""
    for child in verb.children:
        if child.dep_ != "advmod":
            continue
        usual = child.i < verb.i and (_HABIT.fullmatch(child.text) or child.lower_ == "long")
        more = child.tag_ == "RBR" and child.lower_ in {"more", "frequently"}
        if _is_often(child, _FREQUENT) or usual or more:
            return child
    return None


def _series_behind(verb: Token) -> Token | None:
    """The word that sums up what other news follows: "met after it launched a series of missiles"."""
    follows = verb.dep_ == "advcl" and any(child.lower_ in {"after", "since"} for child in verb.children)
    thing = grammar.patient(verb) if follows else None
    return thing if thing is not None and _SERIES.fullmatch(thing.text) else None


def _compared(verb: Token) -> Token | None:
    """The word that measures somebody by a habit: "is ahead in testing", "lags in building", "the race in arming"."""
    while verb.dep_ == "conj":
        verb = verb.head
    if verb.dep_ not in {"pcomp", "compound", "amod"}:
        return None
    preposition = verb.head if verb.dep_ == "pcomp" else verb.head.head
    over = preposition.head
    if preposition.lower_ == "to" and over.lower_ in {"comes", "came"}:
        return over  # "when it comes to building"
    if preposition.lower_ != "in":
        return None
    return next((word for word in (over, *over.children) if _MEASURING.fullmatch(word.text)), None)


def _is_often(word: Token, often: re.Pattern[str]) -> bool:
    """Whether the word makes one deed many; of several an "unprecedented" does too."""
    many = word.lower_ == "unprecedented" and grammar.is_plural(word.head)
    return many or bool(often.fullmatch(word.text))


def _sum_of(noun: Token) -> Token | None:
    """The word that makes a thing a sum over time."""
    if noun.lower_ in {"number", "series", "string"} and any(c.lower_ == "record" for c in noun.children):
        return noun
    words = [*noun.children, *(g for c in noun.children for g in c.children)]
    for word in words:
        if word.dep_ in {"amod", "advmod"} and _is_often(word, _REPEATED):
            return word
        if word.lower_ == "more" and any(other.lower_ == "ever" for other in noun.doc):
            return word
    return None


def _summed_up(noun: Token) -> Token | None:
    """A noun of several events, told as the setting: "following a series of launches", "amid missile tests"."""
    verb = _verb_of(noun)
    habit = _habit(verb) if verb is not None and verb.tag_ in _PRESENT else None
    if habit is not None:
        return habit
    head = _quantity_over(noun)
    if head is not None:
        return None if (_is_news(head) or _is_protested(head)) and not _is_record(head) else head
    for child in noun.children:
        if child.dep_ == "amod" and _is_often(child, _FREQUENT):
            return child
        if child.lower_ == "more" and any(word.lower_ == "than" for word in noun.doc):
            return child
    if not grammar.is_plural(noun) or _fresh(noun):
        return None
    return None if _is_news(_one_of(noun) or noun) else noun


def _one_of(noun: Token) -> Token | None:
    """The "one" of "suffers one of its worst shortages": what is told is one of them."""
    of = noun.head
    return of.head if noun.dep_ == "pobj" and of.lower_ == "of" and of.head.lower_ == "one" else None


def _is_protested(head: Token) -> bool:
    """Whether somebody's use of something is what is answered: "to protest Beijing's use of water cannon"."""
    owned = any(child.dep_ == "poss" for child in head.children)
    answered = head.dep_ == "dobj" and cues.ANSWERING.fullmatch(head.head.text)
    return head.lower_ == "use" and owned and bool(answered)


def _quantity_over(noun: Token) -> Token | None:
    """The word of quantity that an event noun hangs on: the "series" of "series of tests"."""
    of = noun.head
    if noun.dep_ == "pobj" and of.lower_ == "of" and _QUANTITY.fullmatch(of.head.text):
        return of.head
    return None


def _is_record(head: Token) -> bool:
    return any(child.lower_ in {"record", "recent", "growing"} for child in head.children)


def _fresh(noun: Token) -> bool:
    return any(child.dep_ in _COUNTED or _FRESH.fullmatch(child.text) for child in noun.children)


def _brings_news(preposition: Token) -> bool:
    """Whether what follows is told as news: "shaken by a test", "raises tension with tests", "joins in drills"."""
    governor = preposition.head
    if preposition.lower_ == "with" and governor.tag_.startswith("V") and grammar.is_means(preposition):
        return True
    if preposition.dep_ == "agent" and _STRIKING.fullmatch(governor.text):
        return True
    return preposition.lower_ not in _SETTING or bool(_JOINING.fullmatch(governor.text))


def _is_news(noun: Token) -> bool:
    """Whether the noun stands where news is told: no governor, or subject or object of a verb of happening."""
    head = noun.head
    if head == noun:
        return True
    if noun.dep_ in {"conj", "appos"}:
        return head.tag_.startswith("V") or _is_news(head)
    if noun.dep_ == "pobj":
        return _brings_news(head)
    if head.tag_.startswith("V"):
        return bool(_HAPPENING.fullmatch(head.text))
    return noun.dep_ in {"compound", "amod", "nmod"}
