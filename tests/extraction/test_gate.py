"""The gate's law: with it or without, an article gives exactly the same matches."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from builders import NOW, article
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import resources
from monitor.extraction.extractor import Extractor
from monitor.extraction.gate import Gate
from monitor.extraction.sieve import Passed, Sieve
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import Pack, load_pack
from monitor.matching.patterns import Wording
from monitor.matching.rule import Condition
from monitor.model import Article, Kind, Match, Need

REAL = Path(__file__).resolve().parents[2] / "../shared/data"
FILES = ("news-2022.jsonl.gz", "labelled-dev.jsonl", "launch-reports-2022.jsonl")
EACH = 100  # articles of each file

# --- the gate alone --------------------------------------------------------------------------------

SLUGS = st.frozensets(st.sampled_from("abcdef"), max_size=4)
PARTS = st.lists(SLUGS.filter(bool), max_size=3).map(tuple)
NEEDS = st.lists(st.builds(Need, sentence=PARTS, article=PARTS), max_size=4)


Told = Sequence[tuple[frozenset[str], str]]  # the sentences of an article: what each mentions, and its words


@dataclass(frozen=True)
class Text:
    """An article on its way through the sieve."""

    told: Told
    is_short: bool

    @property
    def whole(self) -> str:
        """In one line."""
        return " ".join(self.lines)

    @property
    def heads(self) -> int:
        """The first."""
        return 1

    @property
    def begins(self) -> Sequence[int]:
        """One after another."""
        return range(len(self.told))

    @property
    def lines(self) -> Sequence[str]:
        """The words alone."""
        return [text for _, text in self.told]


class Names:
    """What articles name, by the numbers of the slugs."""

    def __init__(self, told: Sequence[Told], slugs: Sequence[str]) -> None:
        self._told = told
        self._slugs = slugs

    @property
    def naming(self) -> Mapping[int, int]:
        """For each the articles."""
        return self._bits([frozenset[str]().union(*(slugs for slugs, _ in each)) for each in self._told])

    def by_sentence(self, begins: Mapping[int, Sequence[int]]) -> Mapping[int, int]:
        """For each the sentences; what begins after them holds nothing."""
        nothing = frozenset[str]()
        told = [(*(slugs for slugs, _ in each), nothing) for each in self._told]
        return self._bits([told[at][nth] for at, each in begins.items() for nth in range(len(each))])

    def _bits(self, named: Sequence[frozenset[str]]) -> Mapping[int, int]:
        bits = {
            n: sum((slug in slugs) << at for at, slugs in enumerate(named))
            for n, slug in enumerate(self._slugs)
        }
        return {number: those for number, those in bits.items() if those}


def let(gate: Gate, told: Sequence[Told], *, short: bool = True) -> list[list[frozenset[str]]]:
    """The deeds that each sentence of each article is to be read for."""
    slugs = sorted(frozenset[str]().union(*(slugs for each in told for slugs, _ in each)))
    sieve = Sieve(gate, [frozenset({slug}) for slug in slugs])
    passed = sieve.met(Names(told, slugs), [Text(each, is_short=short) for each in told])
    return [
        [_let(gate, each, nth, passed.get(at, {})) for nth in range(len(each))]
        for at, each in enumerate(told)
    ]


def _let(gate: Gate, told: Told, nth: int, passed: Passed) -> frozenset[str]:
    slugs, text = told[nth]
    met = gate.met(passed[nth], gate.parts([slugs]), text) if nth in passed else None
    if met is None:
        return frozenset()
    return gate.sought(met, slugs, gate.parts(slugs for slugs, _ in told)).deeds


def deeds(gate: Gate, article: frozenset[str], sentence: frozenset[str], text: str = "") -> frozenset[str]:
    """What the gate lets a sentence be read for, of an article with these mentions."""
    short, long = (
        let(gate, [[(sentence, text), (article, "")]], short=short)[0][0] for short in (True, False)
    )
    assert short == long
    return short


WORDED = st.none() | st.sampled_from(["a", "b", "^a", "a$", r"\Ab"]).map(
    lambda each: Wording(frozenset({each}))
)
ASKING = st.lists(st.builds(Need, sentence=PARTS, deeds=SLUGS, article=PARTS, worded=WORDED), max_size=4)
ARTICLES = st.lists(
    st.lists(st.tuples(SLUGS, st.sampled_from(["a b", "b a", "c", ""])), max_size=3), max_size=9
)


@given(needs=st.one_of(NEEDS, ASKING), told=ARTICLES, short=st.booleans())
def test_it_opens_exactly_where_a_need_is_met(
    needs: list[Need], told: Sequence[Told], *, short: bool
) -> None:
    def met(need: Need, slugs: frozenset[str], text: str, sentences: Told) -> bool:
        whole = frozenset[str]().union(*(slugs for slugs, _ in sentences))
        named = all(part & slugs for part in need.sentence) and all(part & whole for part in need.article)
        return named and (need.worded is None or need.worded(text))

    gate = Gate(needs)
    asked = [need for need in needs if need.sentence or need.article or need.worded is None]
    for sentences, passed in zip(told, let(gate, told, short=short), strict=True):
        for (slugs, text), got in zip(sentences, passed, strict=True):
            those = [need for need in asked if met(need, slugs, text, sentences)]
            expected = frozenset[str]().union(*((need.deeds or slugs) & slugs for need in those))
            assert got == (slugs if gate.is_open else expected)


def test_of_many_articles_those_pass_whose_own_words_do() -> None:
    fired = frozenset({"fire"})
    gate = Gate([Need(sentence=(fired,), deeds=fired, worded=Wording(frozenset({"^a"})))])
    told = [[(fired, text) for text in texts] for texts in (["a"], ["b a"], ["b", "a"], ["c"])]
    for short in (True, False):
        passed = let(gate, [*told, [(frozenset(), "a")]], short=short)
        assert [any(each) for each in passed] == [True, False, True, False, False]


@given(told=st.lists(st.lists(SLUGS, min_size=1, max_size=9), max_size=4))
def test_whom_a_long_article_names_far_off_no_sentence_takes_up(told: list[list[frozenset[str]]]) -> None:
    fired, north = frozenset({"a"}), frozenset({"b"})
    gate = Gate([Need(sentence=(fired,), deeds=fired, article=(north,), roles=(("actor", north),))])
    passed = let(gate, [[(slugs, "") for slugs in each] for each in told], short=False)
    for each, got in zip(told, passed, strict=True):
        for nth, slugs in enumerate(each):
            near = [each[0], *each[max(0, nth - 3) : nth + 1]]
            if any("b" in those for those in near):
                assert got[nth] == slugs & fired
            elif nth > 3:
                assert not got[nth]


def test_it_names_the_deeds_of_the_needs_that_are_met() -> None:
    fires = Need(sentence=(frozenset({"fire", "test"}),), deeds=frozenset({"fire", "test"}))
    talks = Need(sentence=(frozenset({"talk"}),), article=(frozenset({"envoy"}),), deeds=frozenset({"talk"}))
    gate = Gate([fires, talks])
    assert deeds(gate, frozenset({"fire", "talk"}), frozenset({"fire", "talk"})) == {"fire"}
    assert deeds(gate, frozenset({"talk", "envoy"}), frozenset({"talk"})) == {"talk"}


def test_it_asks_for_the_words_of_the_sentence() -> None:
    need = Need(
        sentence=(frozenset({"fire"}),),
        deeds=frozenset({"fire"}),
        worded=Wording(frozenset({"rocket|shell"})),
    )
    gate, fired = Gate([need]), frozenset({"fire"})
    assert deeds(gate, fired, fired, "It fired a rocket.") == fired
    assert not deeds(gate, fired, fired, "It fired a minister.")


# --- with the parser behind it ---------------------------------------------------------------------


class Sides:
    """The shipped rules with the gate, and without; and as who asks for matches alone reads by them."""

    def __init__(self, pack: Pack) -> None:
        self.gated = Extractor(pack.vocabulary, pack.needs)
        self.ungated = Extractor(pack.vocabulary, pack.needs, gated=False)
        self.alone = Extractor(pack.vocabulary, pack.needs, misses=False)
        self.rules = RuleIndex.of(pack.rules)

    def agree_on(self, articles: Sequence[Article]) -> list[Match]:
        """What all sides match; fails where they differ."""
        sides = (self.gated, self.ungated, self.alone)
        with_gate, without, alone = (self._matches(side, articles) for side in sides)
        for each, passed, every, last in zip(articles, with_gate, without, alone, strict=True):
            assert passed == every, f"the gate changes {each.title!r} {each.text!r}"
            assert last == every, f"without near misses it changes {each.title!r} {each.text!r}"
        return list(itertools.chain.from_iterable(with_gate))

    def _matches(self, side: Extractor, articles: Sequence[Article]) -> list[tuple[Match, ...]]:
        return [judge(reading, self.rules).matches for reading in side.read(articles)]


@cache
def pack() -> Pack:
    return load_pack([resources.path("rules")])


@pytest.fixture(scope="module")
def sides() -> Sides:
    return Sides(pack())


FILLER = (
    "on Tuesday", "said", "that", "the", "a", "two", "near", "toward", "from", "by", "of", "and", "did not", "plans to",
    "after", "it", "U.S.", "No.", ",", "in 2017", "le général a dit que", "mid-air", "“",
)  # fmt: skip
ENDS = (". ", ". ", ". ", "! ", "? ", ".” ", ".\n\n", "\n", "。", " | ", "; ", " ")


def roles(condition: Condition) -> list[frozenset[str]]:
    """What the condition asks for, in the order in which English tells it."""
    c = condition
    asked = (c.actor, c.together, c.action, c.object, c.mentions, c.recipient, c.place, c.topic)
    return [slugs for slugs in asked if slugs]


@cache
def spelling(slugs: frozenset[str]) -> st.SearchStrategy[str]:
    """A term of one of these entities, as the list has it or as headlines write it."""
    entities = [pack().vocabulary.entities[slug] for slug in sorted(slugs)]
    term = st.sampled_from([term.text for entity in entities for term in entity.terms])
    return st.one_of(term, term, term.map(str.title), term.map(str.upper))


@cache
def anything() -> st.SearchStrategy[str]:
    """A filler, or a term that no condition asked for."""
    kinds: dict[Kind, set[str]] = {}
    for entity in pack().vocabulary.entities.values():
        kinds.setdefault(entity.kind, set()).add(entity.slug)
    terms = [spelling(frozenset(slugs)) for slugs in kinds.values()]
    filler = st.sampled_from(FILLER)
    return st.one_of(filler, filler, *terms)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """The words of one condition, or some of them, in their order or in none, among other words."""
    conditions = [condition for rule in pack().rules for condition in rule.when]
    words = [draw(spelling(slugs)) for slugs in roles(draw(st.sampled_from(conditions)))]
    words = draw(st.one_of(st.just(words), st.permutations(words)))
    words = words[: draw(st.integers(min_value=1, max_value=9))]
    for _ in range(draw(st.integers(max_value=4, min_value=0))):
        words.insert(draw(st.integers(min_value=0, max_value=len(words))), draw(anything()))
    return " ".join(words)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    told = draw(st.lists(sentences(), min_size=1, max_size=4))
    text = "".join(sentence + draw(st.sampled_from(ENDS)) for sentence in told)
    return article(title=draw(st.one_of(st.just(""), sentences())), text=text)


@pytest.mark.model
@settings(max_examples=200, deadline=None, derandomize=True)
@given(told=st.lists(articles(), min_size=1, max_size=3))
def test_it_changes_no_match_of_articles_made_of_the_vocabulary(sides: Sides, told: list[Article]) -> None:
    sides.agree_on(told)


@pytest.mark.model
def test_it_changes_no_match_of_the_examples_that_rules_bring(sides: Sides) -> None:
    examples = [example for rule in pack().rules for example in rule.examples]
    told = [article(title=each.title, text=each.text, published=NOW) for each in examples]
    assert sides.agree_on(told)


@pytest.mark.model
def test_it_changes_no_match_of_long_articles(sides: Sides) -> None:
    examples = [example for rule in pack().rules for example in rule.examples]
    random.Random(8).shuffle(examples)
    long = [examples[at : at + 12] for at in range(0, len(examples), 12)]
    told = [
        article(title=each[0].title or each[0].text, text=" ".join(part.text for part in each), published=NOW)
        for each in long
    ]
    assert sides.agree_on(told)


@pytest.mark.model
@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("", "North Korea was defiant. It fired two missiles on Tuesday.", id="actor-elsewhere"),
        pytest.param("Pyongyang defiant", "Two missiles were fired on Tuesday.", id="actor-in-title"),
        pytest.param("", "The North fired two missiles, Seoul said.", id="near-word-beside"),
        pytest.param("Seoul watches", "Quiet reigned. The North fired two missiles.", id="near-word-in-title"),
        pytest.param("", "North. Korea. Fired. Two missiles.", id="name-across-sentences"),
        pytest.param("", "Kim ordered North\n\nKorea to fire. Missiles flew.", id="name-across-paragraphs"),
        pytest.param(
            "La Corée du Nord", "Selon l'état-major, le régime a de nouveau fait usage de la force dans la nuit : "
            "North Korea fired missiles. C'est la troisième fois cette année, a précisé Séoul.",
            id="foreign",
        ),
        pytest.param("", "北朝鮮 North Korea fired a missile。日本", id="no-spaces-around"),
        pytest.param("", "x " * 400 + "North Korea fired a missile.", id="a-page-without-full-stops"),
        pytest.param(
            "China abstains", "A Chinese coast guard ship rammed a Philippine boat at Second Thomas Shoal. "
            "China abstained when the UN Security Council voted on North Korea.",
            id="order-of-matches",
        ),
        pytest.param(
            "Tokyo", "It puts to rest the row over ties and the air space over Jeju.", id="owner-of-a-place"
        ),
        pytest.param(
            "", "PYONGYANG, North Korea (AP) — Two ballistic missiles were fired on Tuesday. " + "It rained. " * 80,
            id="named-in-the-dateline-alone",
        ),
        pytest.param("NORTH KOREA FIRES MISSILE", "", id="only-a-title"),
        pytest.param("", "", id="empty"),
    ],
)  # fmt: skip
def test_it_changes_no_match_where_names_and_sentences_meet(sides: Sides, title: str, text: str) -> None:
    sides.agree_on([article(title=title, text=text)])


@pytest.mark.model
@pytest.mark.parametrize("file", FILES)
def test_it_changes_no_match_of_real_articles(sides: Sides, file: str) -> None:
    if not (REAL / file).exists():
        pytest.skip(f"no real articles at {REAL / file}")
    told = random.Random(file).sample(list(_read(REAL / file)), EACH)
    sides.agree_on(told)
    long = [told[at : at + 10] for at in range(0, EACH, 10)]
    sides.agree_on(
        [
            article(
                id=each[0].id,
                title=each[0].title,
                text="\n".join(f"{part.title}. {part.text}" for part in each),
            )
            for each in long
        ]
    )


def _read(file: Path) -> Iterable[Article]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield article(id=told["id"], title=told["title"], text=told.get("text") or "", published=NOW)
