from __future__ import annotations

import datetime as dt
import random

import pytest
from builders import NOW, article, report, span
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.stories import (
    COPY,
    SKETCH,
    is_copy,
    is_fresh,
    is_one_more,
    resemblance,
    sketch,
    withdraws,
)
from monitor.model import Span

WORDS = st.lists(
    st.sampled_from(["harbour", "pier", "smoke", "dawn", "boat", "gull", "net", "rope"]), max_size=60
)


@given(words=WORDS)
def test_a_text_resembles_itself_and_the_sketch_stays_small(words: list[str]) -> None:
    told = sketch(article(title="", text=" ".join(words)))
    assert resemblance(told, told) == 1
    assert len(told) <= SKETCH


@given(one=WORDS, other=WORDS)
def test_resemblance_knows_no_order(one: list[str], other: list[str]) -> None:
    first, second = (sketch(article(title="", text=" ".join(words))) for words in (one, other))
    assert resemblance(first, second) == resemblance(second, first)
    assert 0 <= resemblance(first, second) <= 1


def test_a_text_that_was_cut_is_a_copy_and_another_text_is_none() -> None:
    words = [f"word{number}" for number in range(80)]
    whole, cut = (sketch(article(text=" ".join(words[:n]))) for n in (80, 65))
    random.Random(1).shuffle(words)
    other = sketch(article(title="Another", text=" ".join(words)))
    assert resemblance(whole, cut) >= COPY
    assert resemblance(whole, other) < COPY / 2


@pytest.mark.parametrize(
    ("title", "hours", "copy"),
    [
        ("N. Korea fires 2 short-range ballistic missiles", 20, True),
        ("N. Korea fires 2 short-range ballistic missiles ", 20, True),
        ("N. Korea fires 3 short-range ballistic missiles", 1, False),
        ("N. Korea fires 2 short-range ballistic missiles", 30, False),
    ],
)
def test_the_same_title_is_a_copy_within_a_day_as_long_as_its_figures_agree(
    title: str, hours: int, *, copy: bool
) -> None:
    other = article(key="2", title=title, text="", published=NOW + dt.timedelta(hours=hours))
    assert is_copy(other, report(), sketched=sketch(other)) is copy


@pytest.mark.parametrize(
    ("title", "deed", "fresh"),
    [
        ("North Korea fires missile", "fires", True),
        ("North Korea has launched missile", "launched", True),
        ("North Korea launched missile after warning", "launched", False),
        ("Why Pyongyang launched missiles again", "launched", True),
    ],
)
def test_news_of_the_day_is_told_in_the_present(title: str, deed: str, *, fresh: bool) -> None:
    told = span(deed, within=title, field="title")
    assert is_fresh(told, title, nominal=False) is fresh


def test_a_noun_and_a_sentence_of_the_text_are_not_news_of_the_day() -> None:
    assert not is_fresh(
        Span(field="title", start=0, end=6, text="launch"), "Launch of a missile", nominal=True
    )
    assert not is_fresh(span("fires"), "What to know", nominal=False)


@pytest.mark.parametrize(
    "title", ["Fires again", "Third test in a week", "Its 5th missile launch this month", "4 more"]
)
def test_one_more_is_told_in_many_ways(title: str) -> None:
    assert is_one_more(title)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("WITHDRAWN: Boats collide off Busan", "Boats collided."),
        ("(Retracted) Boats collide off Busan", ""),
        ("[Kill notice] Boats collide off Busan", ""),
        ("STORY KILLED - Boats collide off Busan", ""),
        ("MANDATORY KILL: Boats collide off Busan", ""),
        ("ADVISORY-Story on boats off Busan withdrawn", ""),
        ("Boats collide off Busan", "This story has been withdrawn."),
        ("Boats collide off Busan", "(Busan) The above report on two boats has been retracted as wrong."),
        ("Boats collide off Busan", "Editors, please kill the earlier story slugged BOATS."),
        ("Boats off Busan", "The alert headlined BOATS is withdrawn. There will be no substitute alert."),
    ],
)
def test_a_notice_that_a_piece_is_withdrawn_is_known(title: str, text: str) -> None:
    assert withdraws(article(title=title, text=text))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Navy withdraws boats from Busan", "The navy has withdrawn its boats."),
        ("Withdrawn boats return to Busan", "Boats that were withdrawn return."),
        ("Killed: three sailors off Busan", "Three sailors were killed."),
        ("Tsunami advisory for Busan withdrawn", "The alert was withdrawn at noon."),
        ("Advisory: alert for Busan withdrawn", "The alert was withdrawn at noon."),
        ("Ministry retracts its report on boats", "The ministry said its report was withdrawn."),
        ("Boats collide off Busan", "A report on boats was withdrawn by the ministry."),
    ],
)
def test_news_of_what_others_withdraw_is_no_such_notice(title: str, text: str) -> None:
    assert not withdraws(article(title=title, text=text))
