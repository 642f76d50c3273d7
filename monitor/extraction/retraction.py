"""Whose report is taken back: "retracts its report that", "the report of a launch was wrong", "false alarm".

Read off the words of the sentence and not its parse, which a headline's "withdraws report of" leads astray.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAKING_BACK = (
    r"(?:retract(?:s|ed|ing)?|withdr(?:aw|aws|ew|awn|awing)|t(?:akes?|ook|aken|aking) back|rescind(?:s|ed|ing)?|"
    r"walk(?:s|ed|ing)? back|recant(?:s|ed|ing)?|disavow(?:s|ed|ing)?)"
)
_DENYING = (
    r"(?:den(?:y|ies|ied|ying)|disput(?:es?|ed|ing)|dismiss(?:es|ed|ing)?|"
    r"reject(?:s|ed|ing)?|refut(?:es?|ed|ing))"
)
_REPORT = (
    r"(?:reports?|statements?|announcements?|claims?|alerts?|accounts?|stor(?:y|ies)|warnings?|bulletins?)"
)
_REACH = 300  # characters between the deed and what takes it back
# What may stand between the verb and the report that it takes back.
_WHOSE = (
    r"(?:(?:an?|the|its|their|his|her|that|this|own|earlier|initial|previous|first|false|mistaken|erroneous|media|"
    r"[\w.]+['’]s?)\s+){0,4}"
)
_ERROR = (
    r"(?:(?:a )?false alarms?|wrong|false|mistaken|incorrect|erroneous|untrue|unfounded|baseless|"
    r"in error|an error|a mistake)"
)
_VERB = rf"\b(?P<cue>(?P<own>{_TAKING_BACK})|{_DENYING})\s+{_WHOSE}"
_BEFORE = re.compile(rf"{_VERB}{_REPORT}\s+(?:of|that|on|about|saying)\b[^.;:]*\Z", re.IGNORECASE)
_JUST_BEFORE = re.compile(rf"{_VERB}\Z", re.IGNORECASE)  # the report itself
_IS_REPORT = re.compile(_REPORT, re.IGNORECASE)
_WAS_WRONG = (
    r"(?:was|were|is|are|has been|had been|turned out(?: to be)?|proved(?: to be)?)\s+"
    rf"(?:an? |all |only |merely )?{_ERROR}"
)
_AFTER = re.compile(rf"\A[^.;:]*?\b(?P<cue>{_WAS_WRONG})\b", re.IGNORECASE)
_TOLD = re.compile(
    rf"\b(?:{_REPORT}\s+(?:of|that|on|about)|reported|suspected|supposed)\b[^.;:]*\Z", re.IGNORECASE
)
_ALARM = re.compile(r"false alarm", re.IGNORECASE)
# What is not said of the one event that was told: of a time since, or of one more of the kind.
_ELSEWHERE = re.compile(
    r"\b(?:since|yet|any ?more|any longer|further|additional|other|another|more|again|never|until|so far|"
    r"first|second|third|has|have|does|do|will|would|could)\b",
    re.IGNORECASE,
)
_SAID_UNTRUE = re.compile(r"(?:den(?:y|ie)|disput|refut|debunk|contradict|rebut)\w*", re.IGNORECASE)
_MARKED = re.compile(rf"\b{_TAKING_BACK}\b|\A\W*(?:correction|retraction)\b|\bfalse alarm\b", re.IGNORECASE)
_TELLS_WRONG = re.compile(rf"\b{_WAS_WRONG}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retraction:
    """The words that take a report of the event back, as offsets in the sentence."""

    start: int
    end: int
    own: bool  # who told it takes it back; else somebody else's report is denied
    verb: bool  # it is what somebody does; else what is said of the report


def retraction(sentence: str, start: int, end: int) -> Retraction | None:
    """What the words around the trigger, which lies from `start` to `end`, do to the report of it."""
    report = _IS_REPORT.fullmatch(sentence, start, end) is not None
    near = max(0, start - _REACH)
    before = (_JUST_BEFORE if report else _BEFORE).search(sentence, near, start)
    if before:
        return Retraction(*before.span("cue"), own=before["own"] is not None, verb=True)
    after = _AFTER.match(sentence[end : end + _REACH])
    if after and (report or _TOLD.search(sentence, near, start) or _ALARM.search(after["cue"])):
        first, last = after.span("cue")
        return Retraction(end + first, end + last, own=True, verb=False)
    return None


def is_marked(sentence: str) -> bool:
    """Whether the sentence says of itself that it takes something back: what it negates was told before."""
    return _MARKED.search(sentence) is not None


def may_take_back(sentence: str) -> bool:
    """Whether any event of the sentence may be one whose report is taken back by who told it."""
    return is_marked(sentence) or _TELLS_WRONG.search(sentence) is not None


def is_untrue(sentence: str, cue: str, *, negated: bool) -> bool:
    """Whether somebody says that the event did not happen: it was not merely called off, nor is still to come."""
    return not _ELSEWHERE.search(sentence) if negated else bool(_SAID_UNTRUE.fullmatch(cue))
