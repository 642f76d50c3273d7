from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.entry import Entry
from monitor.feeds.identity import KEY_CAP, Identified, identify
from monitor.model import Identity

NOON = dt.datetime(2026, 3, 11, 12, 0, tzinfo=dt.UTC)


def entry(number: int = 1, **changed: object) -> Entry:
    values: dict[str, object] = {
        "entry_id": f"id-{number}",
        "url": f"https://news.example/{number}",
        "title": f"Report {number}",
        "text": f"What happened, part {number}.",
        "published": NOON - dt.timedelta(hours=number),
        "updated": None,
        **changed,
    }
    return Entry(**values)  # type: ignore[arg-type]  # a builder passes on what it is given


def entries(*numbers: int, **changed: object) -> list[Entry]:
    return [entry(number, **changed) for number in numbers]


def poll(found: Iterable[Entry], before: Identified | None = None) -> Identified:
    if before is None:
        return identify(found, identity=Identity.ENTRY_ID, recent={})
    return identify(found, identity=before.identity, recent=before.recent)


def titles(found: Identified, before: Identified) -> list[str]:
    """Of the entries that are new."""
    return [each.title for key, each in found.entries.items() if key not in before.entries]


def renamed(found: Sequence[Entry], suffix: str) -> list[Entry]:
    return [replace(each, entry_id=f"{each.entry_id}-{suffix}") for each in found]


# --- keys ------------------------------------------------------------------------------------------


def test_an_entry_goes_by_its_id() -> None:
    assert list(poll(entries(1, 2)).entries) == ["id-1", "id-2"]


def test_an_edit_keeps_the_key() -> None:
    before = poll(entries(1, 2))
    after = poll([entry(1, title="Report 1, corrected", text="Now otherwise."), entry(2)], before)
    assert list(after.entries) == ["id-1", "id-2"]


def test_an_entry_without_an_id_goes_by_its_address_without_tracking() -> None:
    url = "http://news.example/1?utm_source=rss&b=2&a=1&fbclid=x#top"
    (key,) = poll([entry(1, entry_id="", url=url)]).entries
    assert key == "https://news.example/1?a=1&b=2"


@pytest.mark.fault("FP20")
def test_an_entry_without_id_and_address_goes_by_its_content() -> None:
    bare = entry(1, entry_id="", url="", title="")
    (key,) = poll([bare]).entries
    assert key.startswith("content:")
    assert list(poll([bare], poll([])).entries) == [key]


@pytest.mark.fault("DD08")
@pytest.mark.parametrize("entry_id", ["x" * 1_000_000, "https://news.example/" + "y" * 300])
def test_a_key_is_bounded(entry_id: str) -> None:
    (key,) = poll([entry(1, entry_id=entry_id)]).entries
    assert len(key) <= KEY_CAP


def test_ids_that_differ_only_at_a_late_character_stay_apart() -> None:
    assert len(poll([entry(1, entry_id="x" * 999 + end) for end in "ab"]).entries) == 1
    assert len(poll([entry(n, entry_id="x" * 999 + str(n)) for n in (1, 2)]).entries) == 2


# --- within one document ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"entry_id": "another"},
        {"url": "https://news.example/other-section/1"},
        {"text": "The same in other words."},
    ],
)
def test_an_entry_that_stands_twice_in_a_document_counts_once(changed: Mapping[str, object]) -> None:
    assert len(poll([entry(1), entry(1, **changed), entry(2)]).entries) == 2


def test_entries_without_a_word_are_told_apart_by_their_ids() -> None:
    assert len(poll(entries(1, 2, 3, url="", title="", text="", published=None)).entries) == 3


@pytest.mark.fault("DD03")
def test_entries_that_share_an_id_are_all_kept() -> None:
    found = poll(entries(*range(14), entry_id="https://news.example/"))
    assert len(found.entries) == 14
    assert found.identity is Identity.URL


def test_entries_that_share_id_and_address_are_kept_by_content() -> None:
    found = poll(entries(*range(14), entry_id="x", url="https://news.example/"))
    assert len(found.entries) == 14
    assert found.identity is Identity.CONTENT


def test_one_id_given_twice_by_mistake_leaves_the_others_in_force() -> None:
    found = poll([*entries(1, 2, 3, 4), entry(5, entry_id="id-4")])
    assert found.identity is Identity.ENTRY_ID
    assert list(found.entries) == ["id-1", "id-2", "id-3", "https://news.example/4", "https://news.example/5"]


def test_alike_messages_of_different_times_are_kept() -> None:
    alarm = [entry(n, title="Alarm", text="Take shelter.", url="https://alarm.example/") for n in range(3)]
    assert len(poll(alarm).entries) == 3


# --- from poll to poll -----------------------------------------------------------------------------


def test_what_comes_back_unchanged_is_known() -> None:
    before = poll(entries(1, 2, 3))
    assert titles(poll(entries(1, 2, 3), before), before) == []


@pytest.mark.fault("DD01")
def test_ids_that_change_at_every_poll_are_noticed_and_flood_nothing() -> None:
    found = entries(1, 2, 3)
    first = poll(found)
    second = poll(renamed(found, "b"), first)
    third = poll([entry(4, entry_id="id-4-c"), *renamed(found, "c")], second)
    assert titles(second, first) == []
    assert second.identity is Identity.URL
    assert titles(third, first) == ["Report 4"]
    assert "https://news.example/4" in third.entries


@pytest.mark.fault("DD01")
def test_entries_of_which_nothing_but_the_words_stays_are_noticed() -> None:
    def at_poll(word: str, *numbers: int) -> list[Entry]:
        moved = (replace(entry(n), url=f"https://news.example/{word}/{n}") for n in numbers)
        hours = len(word)
        return renamed([replace(each, published=NOON + dt.timedelta(hours=hours)) for each in moved], word)

    first = poll(at_poll("b", 1, 2, 3))
    second = poll(at_poll("bb", 1, 2, 3), first)
    third = poll(at_poll("bbb", 4, 1, 2, 3), second)
    assert titles(second, first) == []
    assert second.identity is Identity.CONTENT
    assert titles(third, first) == ["Report 4"]


def test_two_reports_in_the_same_words_do_not_make_a_feed_one_of_words() -> None:
    same = [entry(n, title="Weather warning", text="Strong winds.") for n in (1, 2)]
    first = poll([*same[:1], *entries(3, 4, 5)])
    second = poll([same[1], *entries(6, 7)], first)
    assert titles(second, first) == ["Weather warning", "Report 6", "Report 7"]
    assert second.identity is Identity.ENTRY_ID


def test_changing_ids_are_noticed_though_dates_and_texts_change_too() -> None:
    first = poll(entries(1, 2, 3))
    second = poll(renamed(entries(1, 2, 3, published=NOON, text="Read 17 times."), "b"), first)
    assert titles(second, first) == []
    assert second.identity is Identity.URL


def test_an_edit_in_a_feed_of_changing_ids_keeps_its_key() -> None:
    first = poll(entries(1, 2, 3))
    second = poll(renamed(entries(1, 2, 3), "b"), first)
    third = poll(renamed([entry(1, title="Report 1, corrected"), *entries(2, 3)], "c"), second)
    assert titles(third, first) == []


def test_a_feed_of_one_entry_whose_id_changes_floods_nothing() -> None:
    first = poll([entry(1)])
    second = poll(renamed([entry(1)], "b"), first)
    assert titles(second, first) == []


def test_one_entry_given_a_new_id_is_known_and_ids_stay_in_force() -> None:
    first = poll(entries(1, 2, 3))
    second = poll([*renamed([entry(1)], "b"), *entries(2, 3)], first)
    assert titles(second, first) == []
    assert second.identity is Identity.ENTRY_ID


def test_a_feed_that_moves_house_with_new_ids_and_addresses_floods_nothing() -> None:
    first = poll(entries(1, 2, 3))
    moved = [replace(each, url=each.url.replace("news.", "www.")) for each in renamed(entries(1, 2, 3), "b")]
    assert titles(poll(moved, first), first) == []


def test_an_id_that_comes_again_on_another_entry_hides_nothing() -> None:
    constant = [entry(n, entry_id="https://news.example/") for n in (1, 2, 3)]
    first = poll(constant[:1])
    second = poll(constant[1:2], first)
    third = poll(constant[2:], second)
    assert titles(second, first) == ["Report 2"]
    assert titles(third, second) == ["Report 3"]
    assert second.identity is Identity.URL


def test_alike_messages_under_new_ids_are_news() -> None:
    def alarm(number: int) -> Entry:
        return entry(number, title="Alarm", text="Take shelter.", url="https://alarm.example/")

    first = poll([alarm(3)])
    second = poll([alarm(2)], first)
    third = poll([alarm(1), alarm(2)], second)
    assert titles(second, first) == ["Alarm"]
    assert len(third.entries) == 2
    assert not set(third.entries) <= {*first.entries, *second.entries}


def test_other_entries_at_one_address_are_news_though_they_come_one_at_a_time() -> None:
    here = {"entry_id": "", "url": "https://news.example/"}
    first = poll([entry(1, **here), entry(2, **here)])
    second = poll([entry(3, **here)], first)
    assert first.identity is Identity.CONTENT
    assert titles(second, first) == ["Report 3"]


@pytest.mark.fault("DD06")
def test_an_entry_that_went_and_comes_back_is_known() -> None:
    first = poll(entries(1, 2))
    assert titles(poll(entries(1, 2), poll(entries(2), first)), first) == []


def test_an_empty_document_forgets_nothing() -> None:
    first = poll(entries(1, 2))
    empty = poll([], first)
    assert empty.recent == first.recent
    assert titles(poll(renamed(entries(1, 2), "b"), empty), first) == []


def test_the_memory_is_bounded() -> None:
    before = poll(entries(*range(5_000)))
    assert len(before.recent) == 2_000
    for start in range(0, 1_000, 50):
        before = poll(entries(*range(start, start + 50)), before)
    assert len(before.recent) == 300


@pytest.mark.parametrize("written", ["", "a", "a b c d e f", "央行"])
def test_a_memory_that_cannot_be_read_is_no_memory(written: str) -> None:
    found = identify(entries(1), identity=Identity.ENTRY_ID, recent={"id-1": written})
    assert list(found.entries) == ["id-1"]


# --- laws ------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["", "a", "b", "c"])
ANY = st.builds(
    Entry,
    entry_id=WORDS,
    url=st.sampled_from(["", "https://news.example/", "https://news.example/1", "https://news.example/2"]),
    title=WORDS,
    text=WORDS,
    published=st.sampled_from([None, NOON, NOON - dt.timedelta(days=1)]),
    updated=st.none(),
)
DOCUMENTS = st.lists(ANY, max_size=8)


@given(DOCUMENTS, DOCUMENTS)
def test_a_document_polled_twice_brings_nothing_new(earlier: list[Entry], found: list[Entry]) -> None:
    before = poll(found, poll(earlier))
    again = poll(found, before)
    assert set(again.entries) <= set(before.entries)


@given(DOCUMENTS, DOCUMENTS)
def test_every_message_of_a_document_is_kept(earlier: list[Entry], found: list[Entry]) -> None:
    kept = poll(found, poll(earlier)).entries.values()
    assert {(each.title, each.text) for each in found if not each.entry_id and not each.url} <= {
        (each.title, each.text) for each in kept
    }


@given(st.sets(st.integers(0, 50), min_size=1), st.text(min_size=1, max_size=3))
def test_renaming_every_id_brings_nothing_new(numbers: set[int], suffix: str) -> None:
    before = poll(entries(*numbers))
    assert titles(poll(renamed(entries(*numbers), suffix), before), before) == []


@given(st.permutations(range(8)))
def test_the_order_of_a_document_does_not_matter(order: list[int]) -> None:
    before = poll(entries(*range(8)))
    assert set(poll(entries(*order), before).entries) == set(before.entries)
