from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Answer, Monitor

LAUNCH = {
    "id": "1",
    "title": "North Korea fires missiles",
    "text": "North Korea fired two short-range ballistic missiles toward the East Sea on Tuesday, Seoul said.",
    "published": "2026-01-06T09:00:00+09:00",
}
NOTHING = {"id": "2", "text": "The weather in Seoul was mild."}


def lines(*articles: object) -> str:
    return "".join(json.dumps(article) + "\n" for article in articles)


def answers(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()]


@pytest.mark.model
def test_one_line_for_each_article_in_order(monitor: Monitor) -> None:
    first, second = answers(monitor("match", "-", stdin=lines(LAUNCH, NOTHING)))
    assert [first["id"], second["id"]] == ["1", "2"]
    assert second["matches"] == []
    assert "assumed" not in first
    assert "assumed" in second


@pytest.mark.model
def test_a_match_says_who_did_what_and_on_which_words_it_rests(monitor: Monitor) -> None:
    (line,) = answers(monitor("match", stdin=lines(LAUNCH)))
    (match,) = line["matches"]
    assert set(match) == {"rule", "level", "score", "event", "evidence"}
    assert match["rule"] == "dprk-missile-launch"
    assert match["event"]["actor_country"] == "KP"
    assert 0 <= match["score"] <= 1
    for evidence in match["evidence"]:
        given = LAUNCH[evidence["field"]]
        assert given[evidence["start"] : evidence["end"]] == evidence["text"]


@pytest.mark.model
def test_the_gate_changes_nothing(monitor: Monitor) -> None:
    text = lines(LAUNCH, NOTHING)
    assert answers(monitor("match", stdin=text))[0] == answers(monitor("match", "--no-gate", stdin=text))[0]


@pytest.mark.model
def test_lone_surrogates_come_through(monitor: Monitor) -> None:
    """JSON can write them, UTF-8 cannot: the id comes out as it was given, and offsets stay."""
    text = "\ud83d " + str(LAUNCH["text"])
    (plain,) = answers(monitor("match", stdin=lines({**LAUNCH, "title": ""})))
    (line,) = answers(monitor("match", stdin=lines({**LAUNCH, "title": "", "text": text, "id": "\udc00"})))
    assert line["id"] == "\udc00"
    starts = [each["start"] for match in line["matches"] for each in match["evidence"]]
    assert starts == [each["start"] + 2 for match in plain["matches"] for each in match["evidence"]]


def test_it_writes_no_database(monitor: Monitor) -> None:
    monitor("match", stdin=lines(NOTHING))
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "-:1: not JSON"),
        ("\n[]", "-:2: not a JSON object"),
        ('{"id": "1"}', "-:1: an article needs an id, and a title or a text"),
        ('{"id": "1", "text": 3}', "-:1: text must be text"),
        ('{"id": "1", "text": "x", "published": "soon"}', "-:1: published must be a time"),
        (
            '{"id": "1", "text": "x", "published": "0001-01-01T00:00:00+14:00"}',
            "-:1: published must be a time",
        ),
        ("[" * 100_000, "-:1: not JSON"),
    ],
)
def test_a_bad_line_is_named(monitor: Monitor, text: str, said: str) -> None:
    answer = monitor("match", stdin=text)
    assert answer.status == 2
    assert said in answer.err


@pytest.mark.model
def test_the_mark_that_windows_puts_before_a_text_is_no_part_of_it(monitor: Monitor) -> None:
    (line,) = answers(monitor("match", stdin="\ufeff" + lines(LAUNCH)))
    assert line["id"] == "1"


def test_a_missing_file_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("match", "absent.jsonl")
    assert (answer.status, "cannot read absent.jsonl" in answer.err) == (2, True)


@pytest.mark.model
def test_eval_counts_hits_misses_and_wrong_matches(monitor: Monitor) -> None:
    items = [
        {**LAUNCH, "labels": ["dprk-missile-launch"]},
        {**NOTHING, "labels": ["dprk-missile-launch"]},
        {**LAUNCH, "id": "3", "labels": []},
        {**LAUNCH, "id": "4", "labels": [], "sure": False},
    ]
    answer = monitor("eval", "--json", "-", stdin=lines(*items))
    tally = {each["rule"]: each for each in answer.json}["dprk-missile-launch"]
    assert (tally["hits"], tally["precision"], tally["recall"]) == (1, 0.5, 0.5)
    assert [each["id"] for each in tally["false_positives"]] == ["3"]
    assert [each["id"] for each in tally["misses"]] == ["2"]


@pytest.mark.model
def test_eval_prints_a_table(monitor: Monitor) -> None:
    answer = monitor("eval", "-", stdin=lines({**LAUNCH, "labels": ["dprk-missile-launch"]}))
    assert answer.status == 0
    assert "precision" in answer.out
    assert "all" in answer.out


def test_eval_needs_labels(monitor: Monitor) -> None:
    answer = monitor("eval", "-", stdin=lines(LAUNCH))
    assert (answer.status, "labels must be a list" in answer.err) == (2, True)
