"""Whether a word that a list knows as a deed is one where it stands."""

from __future__ import annotations

import re

from monitor.extraction.background import is_thing
from monitor.extraction.grammar import patient
from monitor.extraction.headlines import doer_of
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.tokens import Token

_FUNCTION_WORDS = frozenset({"IN", "TO", "RP", "CC", "DT", "PRP", "PRP$", "MD"})
# Where a noun stands: "trade ministry", "ships simulate strikes".
_OF_NOUNS = frozenset({"compound", "nmod", "nsubj", "nsubjpass", "dobj", "pobj"})
_ARTICLES = frozenset({"the", "a", "an"})
# What a word in -ing names where it is counted or owned: "in a building", "at their first meeting".
_THINGS = frozenset(
    {"building", "crossing", "opening", "setting", "meeting", "hearing", "briefing", "ruling", "finding", "spending",
     "funding", "gathering", "holding", "standing"}
)  # fmt: skip
_HELPING = frozenset(
    {"has", "have", "had", "having", "do", "does", "did", "is", "are", "was", "were", "been", "being"}
)
_STANDING = frozenset(
    {
        "restricted",
        "prohibited",
        "disputed",
        "contested",
        "occupied",
        "controlled",
        "claimed",
        "fortified",
        "divided",
        "protected",
        "limited",
        "shared",
        "reserved",
    }
)
# Verbs that mean with a particle what they do not mean alone; of others it changes little: "fires off".
_LIGHT = re.compile(
    r"t(?:ake|akes|aking|ook|aken)|ma(?:ke|kes|king|de)|gets?|getting|got|puts?|putting|gi(?:ve|ves|ving|ven)|gave|"
    r"call(?:s|ed|ing)?|keep(?:s|ing)?|kept|br(?:ings?|inging|ought)|sets?|setting|cuts?|cutting|look(?:s|ed|ing)?|"
    r"carr(?:y|ies|ied|ying)",
    re.IGNORECASE,
)


def may_act(trigger: Located, parsed: Parsed) -> bool:
    """Whether the word can be a deed here: not "near" as a preposition, nor "launch" in a launch site.

    It is the same for all the deeds that the word stands for.
    """
    word = trigger.root
    if word.dep_ in {"aux", "auxpass"} and word.lower_ in _HELPING:
        return False
    if trigger.first == trigger.last and _is_no_verb(trigger, in_title=parsed.is_title):
        return False
    if _is_phrasal(trigger) or _is_said(word) or _is_naming(word):
        return False
    if is_thing(word) and doer_of(trigger, parsed) is None:
        return False
    return word.tag_ not in _FUNCTION_WORDS and not _is_attribute(word)


def _is_no_verb(trigger: Located, *, in_title: bool) -> bool:
    """Whether a word that does something only as a verb is none in a sentence: "double digits", "the number of"."""
    word = trigger.root
    if trigger.noun or word.lower_.endswith(("ed", "en")):
        return False
    if word.lower_.endswith("ing"):
        return _is_single_thing(word)
    if word.tag_ in {"NN", "NNS"} and _has_article(word, at_once=in_title):
        return True
    if in_title:
        return False
    if word.tag_ in {"NN", "NNS"} and word.dep_ in _OF_NOUNS:
        return True
    return word.lower_ == "number" or word.tag_ in {"JJ", "JJS", "CD", "PDT"}


def _is_single_thing(word: Token) -> bool:
    """Whether it is one of many things, done by nobody to nothing: "in a building", not "the building of islands"."""
    if word.lower_ not in _THINGS or word.tag_ != "NN":
        return False
    counted = any(child.dep_ in {"det", "poss"} for child in word.children)
    return counted and not any(child.lower_ == "of" for child in word.children)


def _is_phrasal(trigger: Located) -> bool:
    """Whether a particle gives a light verb another meaning: "after taking off", "gave up"."""
    word = trigger.root
    return bool(_LIGHT.fullmatch(word.text)) and any(
        c.dep_ == "prt" and c.i > trigger.last for c in word.children
    )


def _is_said(word: Token) -> bool:
    """Whether somebody only goes on to say something: "the force is small, he added"."""
    return word.lower_ == "added" and patient(word) is None


def _is_naming(word: Token) -> bool:
    """Whether somebody only has another name for it: "Japan, which calls the islets Takeshima"."""
    return (
        word.lower_ in {"calls", "call"}
        and word.dep_ == "relcl"
        and any(child.dep_ == "nsubj" and child.tag_ == "WDT" for child in word.children)
    )


def _has_article(word: Token, *, at_once: bool) -> bool:
    """Whether an article, an owner or a number makes it a noun: "piles on the pounds", "its narrowest point"."""
    if at_once:
        before = word.doc[word.i - 1] if word.i else None
        return before is not None and (before.tag_ == "CD" or before.lower_ in _ARTICLES)
    return any(child.i < word.i and child.dep_ in {"det", "nummod", "poss"} for child in word.children)


def _is_attribute(word: Token) -> bool:
    """Whether a participle only tells whose or what a thing is: "a Chinese-held island", "restricted waters"."""
    if word.dep_ == "amod" and word.lower_ in _STANDING and word.head.i > word.i:
        return True
    if word.tag_ != "VBN" or word.dep_ != "amod" or word.i < 2:  # noqa: PLR2004 - a name and a hyphen
        return False
    name, hyphen = word.doc[word.i - 2], word.doc[word.i - 1]
    named = name.tag_ in {"NNP", "JJ", "NNPS", "NN", "NNS"} or name.lower_ == "now"
    return hyphen.text == "-" and named
