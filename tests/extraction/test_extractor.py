from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

import pytest
from builders import NOW, article
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.extraction.extractor import REMEMBERED, Extractor
from monitor.extraction.lexicon import fields
from monitor.model import Article, Event, Reading, Span, Vocabulary

pytestmark = pytest.mark.model

SENTENCES = (
    "North Korea fired two ballistic missiles toward the East Sea on Tuesday, Seoul said.",
    "It was the tenth missile launch this year.",
    "China denied sending warships through the Taiwan Strait.",
    "Russian and Chinese strategic bombers flew near Japan.",
    "No one was hurt.",
)
STRANGE = (
    "🚀",
    "👨‍👩‍👧",
    "북한은 ",
    "北朝鮮。",
    "e\u0301",
    "\u200b",
    "\u202e",
    "İ",
    "ﬁ",
    "\n\n",
    "“",
    "ＫＣＮＡ ",
    "\U0001f1f0\U0001f1f5 ",
)
PIECES = st.lists(st.sampled_from((*SENTENCES, *STRANGE)), min_size=1, max_size=6).map(" ".join)


def spans(reading: Reading) -> Iterable[Span]:
    yield from (mention.span for mention in reading.mentions)
    for event in reading.events:
        yield event.sentence
        yield from event_spans(event)


def event_spans(event: Event) -> Iterable[Span]:
    roles = (event.action, *event.actors, *event.objects, *event.recipients, *event.places)
    yield from (mention.span for mention in roles)
    if event.reporter:
        yield event.reporter.span
    if event.status_cue:
        yield event.status_cue


def read(reader: Extractor, **changed: object) -> Reading:
    return reader.read([article(**{"title": "", "text": "", "published": NOW, **changed})])[0]


@given(title=PIECES, text=PIECES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_span_cuts_its_text_out_of_its_field(reader: Extractor, title: str, text: str) -> None:
    told = article(title=title, text=text, published=NOW)
    texts = dict(fields(told))
    for span in spans(reader.read([told])[0]):
        assert texts[span.field][span.start : span.end] == span.text


@given(st.sampled_from(STRANGE), st.sampled_from(SENTENCES))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_stands_before_a_sentence_moves_it_and_changes_nothing(
    reader: Extractor, strange: str, sentence: str
) -> None:
    alone = read(reader, text=sentence)
    moved = read(reader, text=f"{strange}.\n\n{sentence}")
    kept = [event for event in moved.events if event.sentence.text == sentence]
    assert [(event.action.span.text, event.status, event.count) for event in kept] == [
        (event.action.span.text, event.status, event.count) for event in alone.events
    ]


def test_articles_read_one_by_one_and_in_a_batch_read_alike(reader: Extractor) -> None:
    articles = [
        article(key=str(n), title=one, text=two) for n, one in enumerate(SENTENCES) for two in SENTENCES
    ]
    random.Random(7).shuffle(articles)
    assert reader.read(articles) == [reader.read([each])[0] for each in articles]


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("북한, 단거리 탄도미사일 발사", "북한이 동해상으로 미사일 2발을 발사했다고 합참이 밝혔다.", "ko"),
        ("北朝鮮がミサイルを発射", "北朝鮮が弾道ミサイルを発射したと防衛省が発表した。", "ja"),
        (
            "La Corée du Nord tire deux missiles",
            "Pyongyang a tiré deux missiles balistiques vers la mer.",
            "fr",
        ),
    ],
)
def test_an_article_in_another_language_is_told_apart_and_not_parsed(
    reader: Extractor, title: str, text: str, language: str
) -> None:
    reading = read(reader, title=title, text=text, language="en")
    assert (reading.language, reading.events) == (language, ())


@pytest.mark.parametrize(("title", "text"), [("", ""), (" ", "\n\n"), ("🚀", ""), (".", "...")])
def test_an_article_of_nothing_reads_as_nothing(reader: Extractor, title: str, text: str) -> None:
    assert read(reader, title=title, text=text) == Reading()


def test_no_articles_give_no_readings(reader: Extractor) -> None:
    assert reader.read([]) == []


def test_what_is_told_again_reads_as_the_first_time(vocabulary: Vocabulary) -> None:
    told = [f"North Korea fired {number} missiles toward the East Sea." for number in range(REMEMBERED + 20)]
    articles = [
        article(title=text, text="", key=str(at))
        for at, text in enumerate([*told, *told[:40], told[-1], told[0]])
    ]
    reader = Extractor(vocabulary, (), gated=False)
    first, again = reader.read(articles), reader.read(articles)
    assert first == again
    assert [each.events for each in first[len(told) :]] == [
        each.events for each in (*first[:40], first[len(told) - 1], first[0])
    ]


@pytest.mark.parametrize(
    "alphabet", ["abc .", "missile fire.,!? ", "\U0001f680\u0301é北\n. ", "(ab \"c'’d” ", "0123 ,.-"]
)
def test_a_long_page_of_noise_is_read(reader: Extractor, alphabet: str) -> None:
    noise = "".join(random.Random(alphabet).choices(alphabet, k=50_000))
    assert all(noise[span.start : span.end] == span.text for span in spans(read(reader, text=noise)))


def test_an_event_among_noise_is_found(reader: Extractor) -> None:
    page = "Menu | Home | " + "x" * 5000 + "\n\n" + SENTENCES[0] + "\n\n" + "© " * 500
    assert "fired" in {event.action.span.text for event in read(reader, text=page).events}


def test_an_event_happens_on_the_day_of_its_place_not_of_the_wire(reader: Extractor) -> None:
    evening = dt.datetime(2026, 3, 11, 16, 0, tzinfo=dt.UTC)
    reading = read(reader, text="North Korea fired a missile.", published=evening)
    assert {event.date for event in reading.events} == {dt.date(2026, 3, 12)}


def test_without_a_publish_time_the_time_of_fetching_counts(reader: Extractor) -> None:
    reading = read(reader, text="North Korea fired a missile.", published=None, fetched=NOW)
    assert {event.date for event in reading.events} == {dt.date(2026, 3, 12)}


def test_mentions_are_kept_where_there_is_no_event(reader: Extractor) -> None:
    reading = read(reader, text="Kim Jong Un and the East Sea.")
    assert "Kim Jong Un" in {mention.span.text for mention in reading.mentions}


def test_nothing_passes_a_gate_without_needs(vocabulary: Vocabulary) -> None:
    told: list[Article] = [article(text=text) for text in SENTENCES]
    assert [reading.events for reading in Extractor(vocabulary, ()).read(told)] == [()] * len(told)
