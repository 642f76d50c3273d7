from __future__ import annotations

import datetime as dt
import gc
import itertools
import re
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.fold import fold
from monitor.extraction.hits import Hit, mentions
from monitor.extraction.lexicon import Lexicon
from monitor.model import Entity, Kind, Term, Vocabulary


def entity(
    slug: str, kind: Kind, *terms: str | Term, country: str = "", near: tuple[str, ...] = ()
) -> Entity:
    spelled = tuple(term if isinstance(term, Term) else Term(text=term) for term in terms)
    return Entity(slug=slug, kind=kind, terms=spelled, country=country, near=near)


ENTITIES = (
    entity("north-korea", Kind.ACTOR, "North Korea", "N. Korea", "北朝鮮", "북한", country="KP"),
    entity("china", Kind.ACTOR, "China", country="CN"),
    entity("taiwan", Kind.ACTOR, "Taiwan", country="TW"),
    entity("china-navy", Kind.ACTOR, Term(text="PLAN", case=True), country="CN"),
    entity("united-states", Kind.ACTOR, Term(text="US", case=True), "U.S.", country="US"),
    entity("air-force-chief", Kind.ACTOR, "Ri", country="KP", near=("Pyongyang", "N. Korea")),
    entity("south-china-sea", Kind.PLACE, "South China Sea"),
    entity("around-taiwan", Kind.PLACE, "near Taiwan", country="TW"),
    replace(
        entity("past-president", Kind.ACTOR, "President Moon", country="KR"),
        since=dt.date(2017, 5, 10),
        until=dt.date(2022, 5, 9),
    ),
    entity("spy-chief", Kind.ACTOR, "Won", country="KR", near=("NIS", "ship")),
    entity("korea", Kind.ACTOR, "Korean", near=("Pyongyang",)),
    entity("sanctions", Kind.OBJECT, "sanctions on North Korea"),
    entity("pact", Kind.OBJECT, "inter-Korean pact"),
    entity("kadiz", Kind.PLACE, "KADIZ", country="KR"),
    entity("hwasong-18", Kind.OBJECT, "Hwasong-18", "화성-18"),
    entity("missile", Kind.OBJECT, "missile", "missiles"),
    entity("ballistic-missile", Kind.OBJECT, "ballistic missile", "ballistic missiles"),
    entity("new-arms", Kind.OBJECT, "new ballistic missile", "stolen missile", "fired missile"),
    entity("fire", Kind.ACTION, Term(text="fired", verb=True)),
    entity("missile-test", Kind.ACTION, "missile test"),
    entity("fly", Kind.ACTION, Term(text="flew", verb=True)),
    entity("fly-over", Kind.ACTION, Term(text="flew over", verb=True)),
    entity("sport", Kind.TOPIC, "North Korea match"),
)
LEXICON = Lexicon(Vocabulary(lists={}, entities={each.slug: each for each in ENTITIES}))


def found(text: str, *, title: str = "") -> list[tuple[str, str]]:
    hits = LEXICON.scan(article(title=title, text=text))["text"]
    return [(entity.slug, text[start:end]) for start, end, sense in hits for entity, _ in sense.meanings]


@pytest.mark.fault("TX09")
@pytest.mark.parametrize(
    ("text", "slug", "words"),
    [
        ("北朝鮮は発射した", "north-korea", "北朝鮮"),
        ("북한이 쐈다", "north-korea", "북한"),
        ("Hwasong-18을 쐈다", "hwasong-18", "Hwasong-18"),
        ("신형 화성-18을", "hwasong-18", "화성-18"),
        ("North Korea's army", "north-korea", "North Korea"),
        ("north korea.", "north-korea", "north korea"),
        ("(N. Korea)", "north-korea", "N. Korea"),
        ("North-Korea", "north-korea", "North-Korea"),
        ("ＮＯＲＴＨ ＫＯＲＥＡ", "north-korea", "ＮＯＲＴＨ ＫＯＲＥＡ"),
        ("North\u00a0Korea", "north-korea", "North\u00a0Korea"),
        ("the Hwasong‑18 flew", "hwasong-18", "Hwasong‑18"),
        ("🚀North Korea🚀", "north-korea", "North Korea"),
    ],
)
def test_a_term_is_found_in_every_script_and_dress(text: str, slug: str, words: str) -> None:
    assert (slug, words) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "the KADIZs",
        "ChinaDaily",
        "Hwasong-180",
        "Indochina",
        "missileer",
        "Taiwanese",
        "2KADIZ",
        "Northern Korea",
    ],
)
def test_part_of_a_word_is_no_term(text: str) -> None:
    assert found(text) == []


def test_a_term_of_one_case_is_found_in_that_case_only() -> None:
    assert found("a plan for us, and a Plan") == []
    assert found("PLAN and US ships") == [("china-navy", "PLAN"), ("united-states", "US")]
    assert found("the u.s. fleet") == [("united-states", "u.s.")]


def test_the_longest_name_wins() -> None:
    assert found("a ballistic missile") == [("ballistic-missile", "ballistic missile")]


def test_the_china_of_the_south_china_sea_is_no_actor() -> None:
    assert found("in the South China Sea") == [("south-china-sea", "South China Sea")]
    assert [slug for slug, _ in found("China, in the South China Sea")] == ["china", "south-china-sea"]


def test_a_place_of_a_country_still_names_the_country() -> None:
    assert [slug for slug, _ in found("flying near Taiwan")] == ["around-taiwan", "taiwan"]


def test_a_thing_that_has_a_country_in_its_name_still_names_the_country() -> None:
    assert [slug for slug, _ in found("sanctions on North Korea")] == ["sanctions", "north-korea"]
    assert [slug for slug, _ in found("Pyongyang broke the inter-Korean pact")] == ["pact"]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("a missile test", ["missile-test", "missile"]),
        ("a jet flew over", ["fly-over", "fly"]),
        ("the North Korea match", ["sport", "north-korea"]),
        ("a new ballistic missile", ["new-arms", "ballistic-missile"]),
        ("a stolen missile", ["new-arms"]),
        ("who fired missile", ["new-arms", "fire"]),
    ],
)
def test_what_a_deed_is_named_by_and_what_only_sets_the_scene_swallow_nothing(
    text: str, slugs: list[str]
) -> None:
    assert [slug for slug, _ in found(text)] == slugs


def test_an_ambiguous_name_counts_only_in_the_company_that_it_asks_for() -> None:
    assert found("Ri left early") == []
    assert found("Ri left Pyongyang") == [("air-force-chief", "Ri")]
    assert found("Ri left early", title="Chief of N. Korea") == [("air-force-chief", "Ri")]


def test_a_lexicon_that_nobody_needs_leaves_nothing_behind() -> None:
    lexicon = Lexicon(Vocabulary(lists={}, entities={each.slug: each for each in ENTITIES}))
    text = "The PLAN fired a missile in the South China Sea, and Ri left."
    senses = [weakref.ref(hit.sense) for hit in lexicon.scan(article(title="", text=text))["text"]]
    assert all(sense() is not None for sense in senses)
    del lexicon
    gc.collect()
    assert [sense() for sense in senses] == [None] * len(senses)


@given(
    st.lists(
        st.sampled_from(["北", "🚀", "é", "e\u0301", "a ", "\u200b", "\n", "ß", "İ", ". "]), max_size=12
    ),
    st.sampled_from(["North Korea", "KADIZ", "Hwasong-18", "ballistic missiles"]),
)
def test_a_mention_cuts_its_words_out_of_the_field(before: list[str], name: str) -> None:
    text = "".join(before) + f" {name}, seen"
    (hit,) = (
        hit for hit in LEXICON.scan(article(title="", text=text))["text"] if hit.start >= len(text) - 26
    )
    (mention,) = mentions([hit], "text", text)
    assert mention.span.text == text[hit.start : hit.end] == name


def test_a_vocabulary_without_terms_finds_nothing() -> None:
    empty = Lexicon(Vocabulary(lists={}, entities={}))
    assert empty.scan(article(text="North Korea \x00")) == {"title": [], "text": []}


@pytest.mark.parametrize(
    ("day", "named"),
    [
        (dt.date(2017, 5, 1), False),
        (dt.date(2017, 5, 10), True),
        (dt.date(2022, 5, 9), True),
        (dt.date(2022, 5, 10), True),  # the day turns earlier somewhere
        (dt.date(2025, 1, 1), False),
    ],
)
def test_a_person_counts_in_articles_of_the_days_in_office(day: dt.date, *, named: bool) -> None:
    published = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    hits = LEXICON.scan(article(title="", text="President Moon spoke.", published=published))["text"]
    assert bool(hits) is named


WORDS = st.lists(
    st.sampled_from(
        ["North", "Korea", "KOREA", " ", " ", "-", ".", "N", "us", "US", "U.S.", "PLAN", "plan", "화성", "18", "북한",
         "北朝鮮", "s", "é", "İ", "\n", "missile", "test", "’", "ｓｅａ"]
    ),
    max_size=14,
)  # fmt: skip


PARTS = st.lists(st.tuples(WORDS, WORDS), max_size=4)


@given(PARTS)
def test_a_glance_misses_nothing_that_a_scan_finds(parts: list[tuple[list[str], list[str]]]) -> None:
    told = [article(title="".join(title), text="".join(text)) for title, text in parts]
    naming = LEXICON.glance([f"{each.title}\n{each.text}" for each in told]).naming
    for at, each in enumerate(told):
        glanced = (LEXICON.named[number] for number, naming_it in naming.items() if naming_it >> at & 1)
        assert frozenset().union(*glanced) >= slugs(LEXICON.scan(each))


@given(PARTS)
def test_a_scan_after_a_glance_finds_the_same_as_one_alone(parts: list[tuple[list[str], list[str]]]) -> None:
    told = [article(title="".join(title), text="".join(text)) for title, text in parts]
    glance = LEXICON.glance([f"{each.title}\n{each.text}" for each in told])
    for at, each in enumerate(told):
        assert meanings(LEXICON.scan(each, glance.of(at))) == meanings(LEXICON.scan(each))


@given(PARTS, st.lists(st.integers(0, 30), max_size=4))
def test_a_glance_tells_in_which_sentence_a_name_starts(
    parts: list[tuple[list[str], list[str]]], cuts: list[int]
) -> None:
    told = [article(title="".join(title), text="".join(text)) for title, text in parts]
    begins = {at: sorted({0, *cuts}) for at in range(0, len(told), 2)}
    naming = LEXICON.glance([f"{each.title}\n{each.text}" for each in told]).by_sentence(begins)
    sentence = 0
    for at, starts in begins.items():
        hits = LEXICON.scan(told[at])
        placed = [(hit.start, hit) for hit in hits["title"]]
        placed += [(len(told[at].title) + 1 + hit.start, hit) for hit in hits["text"]]
        for start, end in itertools.pairwise([*starts, 1_000]):
            named = frozenset().union(
                *(LEXICON.named[each] for each, those in naming.items() if those >> sentence & 1)
            )
            assert named >= slugs({"": [hit for place, hit in placed if start <= place < end]})
            sentence += 1


def slugs(hits: Mapping[str, Sequence[Hit]]) -> frozenset[str]:
    """Of all that was found."""
    return frozenset().union(*(hit.sense.slugs for each in hits.values() for hit in each))


def meanings(hits: Mapping[str, Sequence[Hit]]) -> list[tuple[str, int, int, list[str]]]:
    """Where what was found."""
    return [
        (field, start, end, [entity.slug for entity, _ in sense.meanings])
        for field, each in hits.items()
        for start, end, sense in each
    ]


@given(WORDS)
def test_a_term_is_found_wherever_its_folded_text_stands_as_a_whole_word(parts: list[str]) -> None:
    text = "".join(parts)
    folded = fold(text)
    wanted = {
        found.start()
        for term in ("missile test", "missiles?")
        for found in re.finditer(term, folded)
        if apart(folded[: found.start()][-1:]) and apart(folded[found.end() :][:1])
    }
    hits = LEXICON.scan(article(title="", text=text))["text"]
    assert {hit.start for hit in hits if hit.sense.slugs & {"missile", "missile-test"}} == wanted


def apart(neighbour: str) -> bool:
    """Whether a word ends beside this character, or beside none; of the scripts above."""
    return not neighbour.isalnum() or neighbour in "화성북한北朝鮮"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Won of the NIS spoke.", True),
        ("Won boarded two ships.", True),
        ("Won left the administration.", False),
        ("Won asked for friendship.", False),
        ("Won read a Nissan advert.", False),
    ],
)
def test_the_company_that_a_name_asks_for_stands_in_words_of_its_own(text: str, *, named: bool) -> None:
    hits = LEXICON.scan(article(title="", text=text))["text"]
    assert any("spy-chief" in hit.sense.slugs for hit in hits) is named


def test_the_lexicon_of_a_vocabulary_is_made_once() -> None:
    known = Vocabulary(lists={}, entities={each.slug: each for each in ENTITIES})
    assert Lexicon.of(known) is Lexicon.of(known)
    assert Lexicon.of(Vocabulary(lists={}, entities={})) is not Lexicon.of(known)
