"""Whose a deed is: what a noun phrase names, who owns the noun that tells it, who is of a mind to do it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.extraction import grammar
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.tokens import Token
from monitor.model import Kind

OBSERVING = re.compile(
    r"(?:condemn|detect|report|confirm|protest|slam|denounc|discuss|monitor|fear|warn|respon|react|criticis|criticiz|sa(?:y|id)|"
    r"track|spot|announc|watch|decr|blast|mark|call|urg|analy[sz]|assess|stud|show|reveal|see|saw|want|expect|describ|"
    r"address|deplor|regret|tell|told|know|believ|suspect|accus|blam|observ|follow|face|brac|counter|deter|oppos|"
    r"not|ignor|welcom|forc|prompt|visit|meet|met|talk|vote|answer|intercept|chase|identif|record|sanction)\w*",
    re.IGNORECASE,
)
# Whose family is not himself: "the wife of the leader".
_KIN = re.compile(
    r"(?:wi(?:fe|ves)|husband|aunt|uncle|sister|brother|half-brother|half-sister|daughter|son|mother|father|grandfather|"
    r"grandmother|nephew|niece|cousin|relative|widow)s?",
    re.IGNORECASE,
)
# Of these the others are to do it: "Seoul's call to stop".
_ASKING = re.compile(
    r"(?:call|request|demand|appeal|order|urg|plea|pressure|advice|invitation|warning|condemnation|accusation|report|"
    r"criticism|denunciation)\w*",
    re.IGNORECASE,
)
_PUNISHMENT = re.compile(
    r"(?:sanctions?|penalt(?:y|ies)|charges?|fines?|curbs?|bans?|blacklists?|bount(?:y|ies)|indictments?|protests?)",
    re.IGNORECASE,
)
_ANNOUNCING = re.compile(r"(?:announc|declar|proclaim)\w*", re.IGNORECASE)
_TAKING = re.compile(
    r"(?:theft|robber|heist|seizure|withdrawal|raid|purchase|import|demand)\w*", re.IGNORECASE
)


def owners(trigger: Located, actors: Sequence[Located]) -> list[Located]:
    """Actors that a noun names as its own: "North Korea's launch", "launch by", "Chinese incursion"."""
    tokens = range(trigger.first, trigger.last + 1)
    heads = [trigger.root, *(c for c in trigger.root.children if c.i in tokens)]
    if trigger.root.dep_ in grammar.MODIFIERS:
        heads.append(trigger.root.head)  # "North Korea missile test site"
    parts = [child for head in heads for child in head.children if _owning(child)]
    parts += _by_behind(part for part in parts if part.lower_ == "of")
    done_to = trigger.mention.entity.against or any(child.dep_ == "poss" for child in parts)
    if done_to:  # "Beijing's encirclement of Taiwan", "harassment of Philippine boats"
        parts = [child for child in parts if child.lower_ != "of"]
    if _TAKING.fullmatch(trigger.root.text):  # "theft from a Japanese exchange"
        parts = [child for child in parts if child.lower_ != "from"]
    found = (actor for part in parts for actor in in_phrase(part, actors))
    return list({actor.first: actor for actor in found}.values())


def _by_behind(ofs: Iterable[Token]) -> list[Token]:
    """The "by" behind the thing, whatever it was parsed with: "condemned the launch of a missile by"."""
    things = [thing for of in ofs for thing in of.children]
    near = (word for thing in things for word in (*thing.children, *thing.doc[thing.i + 1 : thing.i + 2]))
    return list({word.i: word for word in near if word.lower_ == "by"}.values())


def _owning(child: Token) -> bool:
    return child.dep_ in grammar.MODIFIERS or (
        child.dep_ in {"prep", "agent"} and child.lower_ in {"by", "of", "from"}
    )


def supporting_subject(noun: Token) -> Token | None:
    """The subject of the verb that a noun depends on, unless that verb only watches."""
    if noun.dep_ == "pobj" and noun.head.lower_ == "behind":
        holder = noun.head.head
        return grammar.subject(holder) if holder.tag_.startswith("V") else holder
    verb = grammar.supporter(noun)
    if verb is None:
        return None
    node = grammar.attached_to(noun, verb)
    if node.lower_ == "with" and noun.head == node and grammar.is_means(node):
        return grammar.subject(verb)
    off = any(child.dep_ == "prt" and child.lower_ == "off" for child in verb.children)  # "calls off"
    if OBSERVING.fullmatch(verb.text) and not off and not _is_own(node, noun, verb):
        return None
    return None if node.dep_ == "prep" or node.dep_ in grammar.SUBJECTS else grammar.subject(verb)


def _is_own(node: Token, noun: Token, verb: Token) -> bool:
    """Whether who tells it does it: "announces a closed zone", "says open to talks"."""
    if node == noun and (
        node.dep_ in {"acomp", "xcomp", "oprd"} or (node.dep_ == "advmod" and node.tag_ == "JJ")
    ):
        return True
    return node.dep_ == "dobj" and node == noun and bool(_ANNOUNCING.fullmatch(verb.text))


def in_phrase(head: Token, actors: Sequence[Located]) -> list[Located]:
    """The actors inside a noun phrase, not those of clauses that hang on it.

    Where one is the head itself, those that only belong to it are left out: "China's ally North Korea".
    """
    tokens = set(grammar.phrase(head))
    found = [actor for actor in actors if actor.root.i in tokens]
    if _KIN.fullmatch(head.text):
        return [actor for actor in found if actor.first <= head.i <= actor.last]
    if not any(actor.first <= head.i <= actor.last for actor in found):
        holding = [a for a in found if a.root.dep_ == "poss" and a.root.head == head]
        done_to = {c.i for p in head.children if p.dep_ == "prep" and p.lower_ == "of" for c in p.subtree}
        return [a for a in found if not holding or a.root.i not in done_to]  # "Kim's snub of Japan"
    return [
        a
        for a in found
        if a.first <= head.i <= a.last or a.root.dep_ not in {"poss", "appos", "pobj", "nmod"}
    ]


def blamed(noun: Token, actors: Sequence[Located]) -> list[Located]:
    """Who is punished or blamed for it: "slams China over an incursion", "sanctions on the North over theft"."""
    while noun.dep_ in grammar.MODIFIERS and noun.head != noun:
        noun = noun.head
    if noun.dep_ != "pobj" or noun.head.lower_ not in {"over", "for", "with"}:
        return []
    over = noun.head
    verb = over.head if over.head.tag_.startswith("V") else grammar.supporter(over.head)
    if verb is None:
        return []
    patient = grammar.patient(verb)
    if patient is not None and grammar.accuses(verb, over):
        return in_phrase(patient, actors)
    if patient is None or not _PUNISHMENT.fullmatch(patient.text):
        return []
    ons = [w for w in verb.subtree if w.lower_ in {"on", "against"} and patient.i < w.i < over.i]
    return [actor for on in ons for child in on.children for actor in in_phrase(child, actors)]


def minded(verb: Token, actors: Sequence[Located]) -> list[Located]:
    """Who is of a mind or used to do it: "Moscow's decision to arm", "the North's act of firing"."""
    noun = verb.head if verb.dep_ == "acl" and verb.tag_ == "VB" else None
    if verb.dep_ == "pcomp" and verb.head.lower_ in {"of", "in"}:
        noun = verb.head.head
    if noun is None or not noun.tag_.startswith("N") or _ASKING.fullmatch(noun.text):
        return []
    by = [child for child in noun.children if child.dep_ in {"prep", "agent"} and child.lower_ == "by"]
    holders = [child for child in noun.children if child.dep_ in grammar.MODIFIERS]
    return [actor for holder in (*holders, *by) for actor in in_phrase(holder, actors)]


def far_agent(trigger: Located, parsed: Parsed, actors: Sequence[Located]) -> list[Located]:
    """Who is told by a passive's "by" that was hung on another word: "supplied with shells by the North"."""
    verb = trigger.root
    if not any(child.dep_ == "nsubjpass" for child in verb.children):
        return []
    deeds = {
        each.root.i for each in parsed.of_kind(Kind.ACTION) if each.noun
    }  # "angered by a drill by the South"
    bys = [w for w in verb.subtree if w.lower_ == "by" and w.i > verb.i and w.head.i not in deeds]
    return [actor for by in bys if by.head.tag_.startswith("N") for actor in in_phrase(by, actors)]
