"""Which of two names that overlap counts: a name inside a longer one is mostly no name of its own."""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.model import Entity, Kind, Term

_PREPOSITION_LAST = re.compile(r"\b(?:over|above|of|around|off|near) (?:the )?$")
# What is said of a thing of any kind.
_ANY = re.compile(
    r"(?:(?:new|newest|latest|another|more|suspected|apparent|unidentified|large|small|giant|big|modern|upgraded|"
    r"improved|first|second|third|fourth|fifth|sixth) )+",
    re.IGNORECASE,
)
_AUXILIARIES = frozenset({"is ", "are ", "was ", "were ", "be ", "been ", "being "})


class Inside(NamedTuple):
    """A term that stands inside a longer one."""

    longer: Term
    whole: Entity  # what the longer one means
    shorter: Term
    part: Entity
    before: int  # signs of the longer one before the shorter
    after: int

    @property
    def is_swallowed(self) -> bool:
        """Whether the shorter one means nothing there: the China of the South China Sea is no actor."""
        kinds = self.whole.kind, self.part.kind
        if Kind.TOPIC in kinds or self._may_have_been_done or self._is_one_of:
            return False
        if kinds in {(Kind.OBJECT, Kind.ACTOR), (Kind.ACTION, Kind.ACTOR), (Kind.ACTION, Kind.PLACE)}:
            # "Sanctions on North Korea", "demands China stop" name it; the Korea in an inter-Korean accord names none.
            return bool(self.part.near)
        if kinds == (Kind.PLACE, Kind.ACTOR):
            # "near Taiwan" still names it; the South China Sea names no China.
            return not self.whole.country or self.whole.country != self.part.country
        if kinds == (Kind.PLACE, Kind.PLACE):
            return not self._is_where
        if kinds == (Kind.ACTION, Kind.ACTION):
            return not (self._goes_on or self._is_with_auxiliary)  # who flies over also flies
        # "missile test" is what was done, and the missile in it is still what it was done with.
        return kinds != (Kind.ACTION, Kind.OBJECT)

    @property
    def _lead(self) -> str:
        return self.longer.text[: self.before]

    @property
    def _goes_on(self) -> bool:
        """Whether the longer phrase is the shorter one with more words, and not one word with it: "test-fire"."""
        text = self.longer.text
        return not self.before and text[len(text) - self.after :].startswith(" ")

    @property
    def _is_with_auxiliary(self) -> bool:
        """Whether the longer phrase is only the verb with its auxiliary: who "is spotted" also was spotted."""
        return not self.after and self._lead.lower() in _AUXILIARIES

    @property
    def _is_where(self) -> bool:
        """Whether the longer name ends in a preposition and the shorter: "the airspace over Matsu" names Matsu too."""
        return not self.after and bool(_PREPOSITION_LAST.search(self._lead.lower()))

    @property
    def _may_have_been_done(self) -> bool:
        """Whether the thing's first word may be what somebody did with it, as the parse will tell: "smuggled coal"."""
        participle = self.shorter.verb and self.shorter.text.endswith("ed")
        kinds = self.whole.kind, self.part.kind
        return kinds == (Kind.OBJECT, Kind.ACTION) and not self.before and participle

    @property
    def _is_one_of(self) -> bool:
        """Whether the longer name adds nothing that changes the thing: a new cruise missile is a cruise missile."""
        things = self.whole.kind is Kind.OBJECT and self.part.kind is Kind.OBJECT
        return things and not self.after and bool(_ANY.fullmatch(self._lead))
