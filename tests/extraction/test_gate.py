"""The gate's law: with it or without, an article gives exactly the same matches."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest
from builders import NOW, article
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import resources
from monitor.extraction.extractor import Extractor
from monitor.extraction.gate import Gate
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


class Text(str):
    """An article of some sentences, a line each."""

    __slots__ = ()

    def lines(self) -> str:
        """In one line."""
        return self.replace("\n", " ")

    def sentences(self) -> str:
        """As it stands."""
        return str(self)


def deeds(gate: Gate, article: frozenset[str], sentence: frozenset[str], text: str = "") -> frozenset[str]:
    """What the gate lets a sentence of an article be read for, with all that it lets the article through for."""
    named = [frozenset({slug}) for slug in sorted(article)]
    met = gate.sieve(named).met(dict.fromkeys(range(len(named)), 1), [Text(text)])
    return gate.within(article, met[0]).sought(sentence, text).deeds if met else frozenset()


@given(needs=NEEDS, sentence=SLUGS, rest=SLUGS)
def test_it_opens_exactly_where_a_need_is_met(
    needs: list[Need], sentence: frozenset[str], rest: frozenset[str]
) -> None:
    def met(parts: Sequence[frozenset[str]], slugs: frozenset[str]) -> bool:
        return all(part & slugs for part in parts)

    whole = sentence | rest
    expected = any(met(need.sentence, sentence) and met(need.article, whole) for need in needs)
    assert bool(deeds(Gate(needs), whole, sentence)) == (expected and bool(sentence))


WORDED = st.none() | st.sampled_from(["a", "b", "^a", "a$", r"\Ab"]).map(
    lambda each: Wording(frozenset({each}))
)
ASKING = st.lists(st.builds(Need, sentence=PARTS.filter(bool), article=PARTS, worded=WORDED), max_size=4)
ARTICLES = st.lists(
    st.lists(st.tuples(SLUGS, st.sampled_from(["a b", "b a", "c", ""])), max_size=3), max_size=9
)


@given(needs=st.one_of(NEEDS, ASKING), told=ARTICLES)
def test_an_article_that_fails_as_a_whole_has_no_sentence_that_passes(
    needs: list[Need], told: list[list[tuple[frozenset[str], str]]]
) -> None:
    gate = Gate(needs)
    named = [frozenset({slug}) for slug in "abcdef"]
    whole = [frozenset[str]().union(*(slugs for slugs, _ in each)) for each in told]
    naming = {n: sum((slugs <= each) << at for at, each in enumerate(whole)) for n, slugs in enumerate(named)}
    texts = [Text("\n".join(text for _, text in each)) for each in told]
    met = gate.sieve(named).met(naming, texts)
    for at, each in enumerate(told):
        for slugs, text in each:
            let = gate.within(whole[at], met[at]).sought(slugs, text).deeds if at in met else frozenset()
            assert let == deeds(gate, whole[at], slugs, text)


def test_of_many_articles_those_pass_whose_own_words_do() -> None:
    fired = frozenset({"fire"})
    need = Need(sentence=(fired,), deeds=fired, worded=Wording(frozenset({"^a"})))
    sieve = Gate([need]).sieve([fired])
    texts = [Text(text) for text in ("a", "b a", "b\na", "a", "c")]
    assert sieve.met({0: 0b10111}, texts).keys() == {0, 2}


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
@settings(max_examples=400, deadline=None, derandomize=True)
@given(told=st.lists(articles(), min_size=1, max_size=3))
def test_it_changes_no_match_of_articles_made_of_the_vocabulary(sides: Sides, told: list[Article]) -> None:
    sides.agree_on(told)


@pytest.mark.model
def test_it_changes_no_match_of_the_examples_that_rules_bring(sides: Sides) -> None:
    examples = [example for rule in pack().rules for example in rule.examples]
    told = [article(title=each.title, text=each.text, published=NOW) for each in examples]
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


def _read(file: Path) -> Iterable[Article]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield article(id=told["id"], title=told["title"], text=told.get("text") or "", published=NOW)
