"""A parsed sentence to its events: one for each trigger, with roles, status, date and count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

from monitor.extraction import grammar
from monitor.extraction.background import background_cue
from monitor.extraction.clauses import dates_another, is_conditional
from monitor.extraction.counts import count_before
from monitor.extraction.cues import ANNOUNCED, ANSWERING
from monitor.extraction.dates import When, when
from monitor.extraction.direction import answered_by, giver_of, recipients_of, was_seen
from monitor.extraction.facing import asked_by, facing
from monitor.extraction.gate import Sought
from monitor.extraction.headlines import asks, doer_of, explains, is_verb_before_somebody
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.recaps import recap_cue
from monitor.extraction.retraction import Retraction, is_marked, is_untrue, retraction
from monitor.extraction.roles import IN_ROLES, Context, Roles, roles_of
from monitor.extraction.status import Finding, claimed_by, is_boast, is_claim, status_of
from monitor.extraction.trigger import may_act
from monitor.model import LEAD, Count, Event, Kind, Mention, Need, Span, Status

_UP_TO_NOW = re.compile(r"\b(?:as of|since|by)\b", re.IGNORECASE)
DEFAULT_ZONE = "Asia/Seoul"  # also Tokyo's and Pyongyang's clock
_Word = tuple[int, int, bool, bool]  # first and last token, whether it is a verb's form, a noun's
_OPEN = frozenset({Status.OCCURRED, Status.CLAIMED, Status.PLANNED})  # what a question leaves open
_OFFERED = 50  # mentions of one kind that other sentences offer; who comes later is not the article's subject
_SETTLED = frozenset(
    {Status.DENIED, Status.PLANNED, Status.THREATENED, Status.HYPOTHETICAL, Status.HISTORICAL}
)


def events_of(
    parsed: Parsed, context: Context, published: dt.datetime, *, sought: Sought | None = None
) -> list[Event]:
    """One event for each action term of the sentence that is used as verb or noun of that action.

    A word that stands for several actions is read once: who, whom and when are the same for all of them. Of what is
    `sought` only the deeds are told, and where it names needs, only those that could satisfy one, as far as roles and
    status tell, or that somebody denies: most that a sentence tells of are read no further than that.
    """
    first: dict[tuple[object, ...], Located] = {}  # the trigger as which a word is read
    acts: dict[_Word, bool] = {}
    filled: dict[_Word, Roles] = {}
    read: dict[_Word, Event] = {}
    directed: dict[tuple[object, ...], Event] = {}
    events = []
    for trigger in parsed.of_kind(Kind.ACTION):
        word = (trigger.first, trigger.last, trigger.verb, trigger.noun)
        deed = trigger.mention.entity
        key = (*word, deed.mutual, deed.answers)
        first.setdefault(word, trigger)
        first.setdefault(key, trigger)
        if sought is not None and deed.slug not in sought.deeds:
            continue
        if word not in acts:
            acts[word] = may_act(trigger, parsed)
        if not acts[word]:
            continue
        roles = filled.get(word) or roles_of(first[word], parsed, context)
        filled[word] = roles
        hopes = _hopes(sought, deed.slug, roles)
        if hopes is not None and not hopes:
            continue
        event = read.get(word) or _event(first[word], roles, parsed, context, published)
        read[word] = event
        if hopes is not None and not _may_count(event, hopes):
            continue
        told = directed.get(key) or _directed(event, first[key], parsed, roles)
        directed[key] = told
        events.append(replace(told, action=trigger.mention))
    return events


def _hopes(sought: Sought | None, deed: str, roles: Roles) -> list[Need] | None:
    """The needs that the deed, done by and with these, could satisfy; None where all that is read is to be told."""
    if sought is None or sought.needs is None:
        return None
    actors = _slugs(roles.actors)
    parts = {
        "actor": actors,
        "together": actors,
        "object": _slugs(roles.objects),
        "place": _slugs(roles.places),
    }
    return [
        need
        for need in sought.needs
        if (not need.deeds or deed in need.deeds)
        and not any(slugs.isdisjoint(parts[role]) for role, slugs in need.roles if role in parts)
    ]


def _may_count(event: Event, hopes: Iterable[Need]) -> bool:
    """Whether it is of a status that one of the needs asks for; what is called untrue may deny one that is not."""
    return event.untrue or any(not need.status or event.status in need.status for need in hopes)


def _slugs(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset([mention.entity.slug for mention in mentions])


def _event(trigger: Located, roles: Roles, parsed: Parsed, context: Context, published: dt.datetime) -> Event:
    around = (trigger.mention.span.start - parsed.piece.start, trigger.mention.span.end - parsed.piece.start)
    time = when(
        parsed.piece.text,
        published,
        _zone(roles),
        around=around,
        apart=lambda at: _is_apart(at, trigger, parsed),
        answered=_is_answered(trigger),
    )
    headline = doer_of(trigger, parsed) is not None or is_verb_before_somebody(trigger, parsed)
    finding = (
        Finding(Status.OCCURRED)
        if headline
        else status_of(trigger.root, range(trigger.first, trigger.last + 1))
    )
    finding = _spoken(trigger, roles, finding)
    if _still_so(trigger, time, parsed) or _disclosed(trigger, time, parsed):
        time = replace(time, historical=False)
    status, cue = _status(finding, time, parsed)
    if status is Status.OCCURRED and not headline and not _dated(trigger, time):
        status, cue = _unless_background(trigger, parsed)
    if status is Status.OCCURRED and not time.given:
        status, cue = _unless_recalled(trigger, parsed, roles, context)
    if status in _OPEN and asks(parsed.piece.text):
        status, cue = Status.HYPOTHETICAL, None
    if status is Status.OCCURRED and _claims_itself(trigger, roles):
        status = Status.CLAIMED
    back = retraction(parsed.piece.text, *around)
    if back is not None:
        status, cue = Status.DENIED, parsed.piece.within(back.start, back.end)
    event = Event(
        action=trigger.mention,
        sentence=parsed.piece.span,
        nth=parsed.piece.nth,
        actors=roles.actors,
        objects=roles.objects,
        others=roles.others,
        places=roles.places,
        reporter=roles.reporter,
        date=time.date,
        date_given=time.given,
        count=_count(roles, parsed),
        status=status,
        status_cue=cue,
        negated=finding.negated and back is None,
        exercise=finding.exercise,
        nominal=not headline and not grammar.is_verb(trigger.root),
        aside=not headline and not grammar.is_main(trigger.root),
        inferred=roles.inferred,
    )
    return _denied(event, parsed, back) if status is Status.DENIED else event


def _denied(event: Event, parsed: Parsed, back: Retraction | None) -> Event:
    """The denied event with who denies it, whether as untrue, and whether it was told before by the same."""
    text, cue = parsed.piece.text, event.status_cue
    own = back.own if back else event.negated and is_marked(text)
    by_verb = back.verb if back else not event.negated
    who = (_denier(parsed, cue) if by_verb and cue else None) or event.reporter
    # What is told in the negative by nobody is the setting of other news: "no one was hurt".
    said = cue is not None and is_untrue(text, cue.text, negated=event.negated) and (by_verb or who)
    return replace(event, reporter=who, untrue=bool(own or back or said), taken_back=own)


def _directed(event: Event, trigger: Located, parsed: Parsed, roles: Roles) -> Event:
    """The event with its recipients and whose deed it answers; of an answer, an inferred actor counts for none."""
    verb_or_noun = trigger.noun or trigger.root.tag_ not in {"JJ", "RB"}  # no "record number"
    answers = trigger.mention.entity.answers and verb_or_noun
    unseen = "actor" in roles.inferred or was_seen(trigger)
    doing = () if answers and unseen else roles.actors
    recipients = recipients_of(trigger, parsed, doing)
    if not answers:
        placed = any(recipient.entity.country for recipient in recipients)
        faced = () if placed else facing(trigger, parsed, doing)
        gave = giver_of(trigger, parsed, doing)
        asking = asked_by(trigger, parsed, doing)
        return replace(event, recipients=recipients, facing=faced, answered=gave, asked_by=asking)
    answered = roles.actors if was_seen(trigger) else answered_by(trigger, parsed, doing, recipients)
    besides = () if doing or not answered else recipients_of(trigger, parsed, answered)
    return replace(event, recipients=(*(recipients or answered), *besides), answered=answered)


def _status(finding: Finding, time: When, parsed: Parsed) -> tuple[Status, Span | None]:
    """What the words say; where they say nothing, an old date makes the event background."""
    if finding.status in _SETTLED:
        return finding.status, parsed.span(finding.cue) if finding.cue is not None else None
    if time.historical and time.cue:
        start, end = (parsed.piece.start + offset for offset in time.cue)
        text = parsed.piece.text[time.cue[0] : time.cue[1]]
        return Status.HISTORICAL, Span(field=parsed.piece.field, start=start, end=end, text=text)
    return finding.status, None


def _still_so(trigger: Located, time: When, parsed: Parsed) -> bool:
    """Whether a present tense tells what still is: "as of May it runs", "since 2019 it has", "it has 600 by May"."""
    if time.cue is None or trigger.root.tag_ not in {"VBZ", "VBP"}:
        return False
    words = parsed.piece.text[max(0, time.cue[0] - 6) : time.cue[1]]
    return bool(_UP_TO_NOW.search(words))


def _disclosed(trigger: Located, time: When, parsed: Parsed) -> bool:
    """Whether an older deed is the very news: told only now, at the head of the article."""
    first = parsed.is_title or parsed.piece.nth == 0
    by_hearsay = any(
        child.lower_ == "reportedly" for word in (trigger.root, trigger.root.head) for child in word.children
    )
    teller = claimed_by(trigger.root)
    under = trigger.root.dep_ == "ccomp" or (teller is not None and teller.head == trigger.root)
    lately = time.lately and (by_hearsay or (teller is not None and under))
    return first and (lately or (teller is not None and time.told_now))


def _is_apart(at: int, trigger: Located, parsed: Parsed) -> bool:
    """Whether what stands at that offset is said of another deed."""
    word = next((token for token in parsed.doc if token.idx <= at < token.end), None)
    time = word if word is None or word.dep_ != "prep" else next((c for c in word.children), word)
    return time is not None and dates_another(time, trigger.root)


def _is_answered(trigger: Located) -> bool:
    """Whether the deed is told as what somebody condemns or welcomes."""
    return not grammar.is_verb(trigger.root) and bool(ANSWERING.fullmatch(trigger.root.head.text))


def _dated(trigger: Located, time: When) -> bool:
    """Whether the text gives this event a day: a noun needs one of its own, for a verb's date may stand far off."""
    if not time.given or time.cue is None:
        return False
    if grammar.is_verb(trigger.root):
        return True
    return any(token.idx <= time.cue[0] < token.end for token in trigger.root.subtree)


def _unless_background(trigger: Located, parsed: Parsed) -> tuple[Status, Span | None]:
    """Undated, the event may be only the setting of other news, or what a piece explains."""
    end = trigger.mention.span.end - parsed.piece.start
    nominal = not grammar.is_verb(trigger.root)
    if parsed.is_title and nominal and explains(parsed.piece.text, end):
        return Status.HISTORICAL, None
    token = background_cue(trigger.root, headline=parsed.is_title)
    if token is None or (token == trigger.root and _is_misread_verb(trigger, parsed)):
        return Status.OCCURRED, None
    return Status.HISTORICAL, parsed.span(token)


def _is_misread_verb(trigger: Located, parsed: Parsed) -> bool:
    """Whether a headline's verb in -s was parsed as a plural: "the legislature curbs protests".

    A spelling that no list knows as a noun tells of no several deeds; what a verb governs is a noun all the same.
    """
    return parsed.is_title and trigger.verb and not trigger.noun and not grammar.is_verb(trigger.root.head)


def _unless_recalled(
    trigger: Located, parsed: Parsed, roles: Roles, context: Context
) -> tuple[Status, Span | None]:
    """Undated and told below the first sentence, the event may be one of former days."""
    if parsed.is_title or parsed.piece.nth == 0 or _is_of_title(parsed, roles, context):
        return Status.OCCURRED, None
    token = recap_cue(trigger.root, parsed.piece.text, far=parsed.piece.nth >= LEAD)
    return (Status.OCCURRED, None) if token is None else (Status.HISTORICAL, parsed.span(token))


def _is_of_title(parsed: Parsed, roles: Roles, context: Context) -> bool:
    """Whether the headline names the thing or the place too: then it tells of the same news."""
    titled = {each.entity.slug for each in (*context.objects, *context.places) if each.span.field == "title"}
    placed = {place.slug for place in parsed.of_kind(Kind.PLACE)}
    return not titled.isdisjoint(placed | {thing.entity.slug for thing in roles.objects})


def _claims_itself(trigger: Located, roles: Roles) -> bool:
    verb = claimed_by(trigger.root)
    doing = {mention.entity.country or mention.entity.slug for mention in roles.actors}
    reporter = roles.reporter
    if verb is None or reporter is None or not is_claim(verb):
        return False
    if not doing:
        return is_boast(verb)
    return (reporter.entity.country or reporter.entity.slug) in doing


def _spoken(trigger: Located, roles: Roles, finding: Finding) -> Finding:
    """What it means who says it: a doer's "would if" is a threat and its "would" a plan, another's warning is none."""
    if finding.cue is None or roles.reporter is None:
        return finding
    own = roles.reporter.entity.country in {mention.entity.country for mention in roles.actors}
    if own and finding.cue.lower_ in ANNOUNCED:
        return replace(finding, status=Status.THREATENED if is_conditional(trigger.root) else Status.PLANNED)
    if not own and roles.actors and finding.cue.lower_.startswith("warn"):
        foreseen = any(child.dep_ == "aux" and child.tag_ == "MD" for child in trigger.root.children)
        return replace(finding, status=Status.HYPOTHETICAL if foreseen else Status.OCCURRED)
    return finding


def _denier(parsed: Parsed, cue: Span) -> Mention | None:
    """Who denies: the actor named last before the word that does."""
    before = (each.mention for each in parsed.of_kind(Kind.ACTOR) if each.mention.span.end <= cue.start)
    return max(before, key=lambda each: each.span.end, default=None)


def _zone(roles: Roles) -> str:
    zones = (place.entity.timezone for place in roles.places)
    return next((zone for zone in zones if zone), DEFAULT_ZONE)


def _count(roles: Roles, parsed: Parsed) -> Count | None:
    own = [mention for mention in roles.objects if _inside(mention.span, parsed.piece.span)]
    return count_before(parsed.piece.text, own[0].span.start - parsed.piece.start) if own else None


def context_of(near: Iterable[Mention]) -> Context:
    """The first actors, objects and places of what an article names near a sentence."""
    kinds: dict[Kind, list[Mention]] = {kind: [] for kind in IN_ROLES}
    for mention in near:
        kinds[mention.entity.kind].append(mention)
    actors, objects, places = (tuple(kinds[kind][:_OFFERED]) for kind in IN_ROLES)
    return Context(actors=actors, objects=objects, places=places)


def _inside(span: Span, sentence: Span) -> bool:
    return span.field == sentence.field and sentence.start <= span.start and span.end <= sentence.end
