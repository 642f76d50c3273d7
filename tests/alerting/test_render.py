from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import NAMES, NOW, alert, delivery, message, report, span
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.digest import digest
from monitor.alerting.render import both_times, first_lines, html, lead_report, plain_text, render, segments
from monitor.model import (
    Alert,
    Count,
    Digest,
    Evidence,
    Level,
    Message,
    Reason,
    Report,
    Stage,
    Status,
    Timing,
)

ONE = Count(min=1, max=1, text="one")
KYODO = "North Korea launched what may be a ballistic missile, the Japanese government said."


def kyodo(**changed: object) -> Report:
    return report(
        **{
            "article": "k",
            "publisher": "Kyodo",
            "url": "https://kyodo.example/2",
            "title": "N. Korea launches missile",
            "published": NOW + dt.timedelta(minutes=3),
            "sentence": span(KYODO, within=KYODO),
            "evidence": (),
            "count": ONE,
            **changed,
        }
    )


def headline(told: Alert, *, created: dt.datetime = NOW) -> str:
    return render(told, delivery(created=created), names=NAMES).headline


def standing(told: Alert, *, reason: Reason = Reason.FIRST, days: int | None = None) -> str:
    before = None if days is None else told.opened - dt.timedelta(days=days)
    return render(told, delivery(reason=reason), names=NAMES, last_before=before).standing_line


# --- the first three lines -------------------------------------------------------------------------


def test_the_first_three_lines_say_it_all() -> None:
    told = alert(reports=(report(), kyodo()))
    made = render(told, delivery(), names=NAMES, last_before=NOW - dt.timedelta(days=34))
    assert made.headline == "HIGH · occurred · DPRK fired 2 SRBMs, Sunan to East Sea · 12 Mar 07:52 KST"
    assert made.standing_line == (
        "NEW · Yonhap and Kyodo (2 origins, 2 reports) · counts differ 2/1 · first in 34 days"
    )
    assert made.sentence == report().sentence.text
    assert made.links == ("https://news.example/1", "https://kyodo.example/2")


def test_a_day_before_that_of_the_first_report_is_told_beside_it() -> None:
    assert headline(alert(date=dt.date(2026, 3, 10))).endswith(" · 10 Mar, told 12 Mar 07:52 KST")
    assert headline(alert(date=None)).endswith(" · 12 Mar 07:52 KST")


def test_another_year_is_named() -> None:
    later = NOW + dt.timedelta(days=365)
    assert headline(alert(), created=later).endswith(" · 12 Mar 2026 07:52 KST")
    assert "10 Mar 2025, told" in headline(alert(date=dt.date(2025, 3, 10)))


def test_a_claim_is_called_one() -> None:
    assert headline(alert(status=Status.CLAIMED, level=Level.CRITICAL)).startswith("CRITICAL · claimed · ")


@pytest.mark.parametrize(
    ("publishers", "words"),
    [
        ([""], "1 report"),
        (["Yonhap"], "Yonhap (1 report)"),
        (["Yonhap", "Yonhap"], "Yonhap (2 reports)"),
        (["Yonhap", "Kyodo"], "Yonhap (1 origin, 2 reports, one text)"),
        (["Yonhap", "Kyodo", "AFP"], "Yonhap (1 origin, 3 reports, one text)"),
    ],
)
def test_who_reports_is_named_and_whether_they_print_one_text(publishers: list[str], words: str) -> None:
    reports = tuple(report(article=str(n), publisher=each) for n, each in enumerate(publishers))
    assert standing(alert(reports=reports)) == f"NEW · {words}"


def test_a_withdrawn_alert_names_its_reporters_as_those_who_told_it_before() -> None:
    gone = tuple(replace(each, retracted=True) for each in (report(), kyodo()))
    told = alert(reports=gone, stage=Stage.WITHDRAWN)
    before = "was told by Yonhap and Kyodo (2 origins, 2 reports)"
    assert standing(told, reason=Reason.WITHDRAWN) == f"WITHDRAWN · {before}"
    assert first_lines(told, names=NAMES, now=NOW)[1] == f"withdrawn · {before}"


def test_a_raised_level_says_so_and_no_longer_since_when() -> None:
    assert standing(alert(), reason=Reason.LEVEL_RAISED, days=34) == "RAISED to HIGH · Yonhap (1 report)"


@pytest.mark.parametrize(("days", "words"), [(None, ""), (0, ""), (1, ""), (2, " · first in 2 days")])
def test_a_pause_is_told_when_it_is_worth_a_word(days: int | None, words: str) -> None:
    assert standing(alert(), days=days) == f"NEW · Yonhap (1 report){words}"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([(2, 2), (2, None)], ""),
        ([(2, None), (3, 3)], ""),
        ([(1, 3), (2, 2)], ""),
        ([(2, 2), (1, 1)], " · counts differ 2/1"),
        ([(3, None), (2, 2)], " · counts differ at least 3/2"),
        ([(2, 2), (2, 2)], ""),
    ],
)
def test_counts_differ_where_no_number_fits_them_all(
    counts: list[tuple[int, int | None]], words: str
) -> None:
    told = tuple(
        report(article=str(n), count=Count(min=low, max=high, text=""))
        for n, (low, high) in enumerate(counts)
    )
    assert standing(alert(reports=told)) == f"NEW · Yonhap (2 reports){words}"


# --- the sentence ----------------------------------------------------------------------------------


def test_the_fullest_report_that_tells_the_count_lends_its_sentence() -> None:
    told = alert(reports=(kyodo(), report()))
    assert lead_report(told, Reason.FIRST).publisher == "Yonhap"
    assert lead_report(told, Reason.LEVEL_RAISED).publisher == "Yonhap"


def test_a_raised_level_is_told_by_a_report_that_reaches_it() -> None:
    lower, higher = report(level=Level.LOW), replace(kyodo(), level=Level.CRITICAL)
    told = alert(level=Level.CRITICAL, reports=(lower, higher))
    assert lead_report(told, Reason.LEVEL_RAISED).publisher == "Kyodo"


def test_of_reports_as_full_the_better_source_lends_its_sentence() -> None:
    doubtful, good = report(publisher="Ticker", grade="D"), report(publisher="Agency", grade="B")
    assert lead_report(alert(reports=(doubtful, good)), Reason.FIRST).publisher == "Agency"


def test_evidence_outside_the_sentence_is_not_marked() -> None:
    elsewhere = Evidence(span=span("North Korea", field="title"), role="actor")
    late = Evidence(span=replace(span("North Korea"), start=900, end=911), role="actor")
    made = message(alert(reports=(report(evidence=(elsewhere, late)),)))
    assert made.marks == ()


def test_marks_count_from_the_start_of_the_sentence() -> None:
    text = f"Earlier words. {KYODO}"
    there = replace(span(KYODO, within=text))
    mark = Evidence(span=span("launched", within=text), role="action")
    made = message(alert(reports=(report(sentence=there, evidence=(mark,)),)))
    assert segments(made)[1] == ("launched", "action")


def test_a_mark_within_a_longer_one_is_left_to_it() -> None:
    inner = Evidence(span=span("ballistic missiles"), role="topic")
    made = message(alert(reports=(report(evidence=(*report().evidence, inner)),)))
    assert ("short-range ballistic missiles", "object") in segments(made)
    assert "topic" not in {role for _, role in segments(made)}


SPANS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)), max_size=8)


@given(SPANS)
def test_the_segments_joined_are_the_sentence(spans: list[tuple[int, int]]) -> None:
    sentence = report().sentence
    marks = tuple(
        Evidence(
            span=replace(sentence, start=start, end=start + size, text=sentence.text[start : start + size]),
            role="x",
        )
        for start, size in spans
    )
    made = message(alert(reports=(report(evidence=marks),)))
    assert "".join(text for text, _ in segments(made)) == made.sentence


# --- what is written out ---------------------------------------------------------------------------


def many(number: int) -> Message:
    reports = tuple(
        report(article=str(n), title=f"title {n}", url=f"https://a.example/{n}") for n in range(number)
    )
    return message(alert(reports=reports))


@pytest.mark.parametrize("write", [plain_text, html], ids=["plain", "html"])
def test_of_many_reports_the_first_and_the_latest_are_shown(write: object) -> None:
    assert callable(write)
    text = write(many(15))
    assert [n for n in range(15) if f"title {n}\n" in text or f">title {n}<" in text] == [0, *range(6, 15)]
    assert "and 5 more" in text
    assert "more" not in write(many(10)).partition("Reports")[2]


@pytest.mark.parametrize("write", [plain_text, html], ids=["plain", "html"])
def test_a_repeat_says_that_it_may_be_one(write: object) -> None:
    assert callable(write)
    assert "may be a repeat" in write(message(repeated=True))
    assert "may be a repeat" not in write(message())


def test_times_are_given_twice() -> None:
    assert both_times(NOW) == "12 Mar 2026 08:00 KST (11 Mar 23:00 UTC)"


@pytest.mark.parametrize("url", ["", "javascript:x", "http://[", "https://a\u202eb", "https://a\nb"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    made = message(alert(reports=(report(url=url),)))
    assert made.links == ()
    assert "<a href" not in html(made)


def test_the_payload_is_plain_json_with_everything_a_program_needs() -> None:
    told = alert(reports=(report(), kyodo(published=None, count=None)))
    data = json.loads(json.dumps(dict(message(told).data)))
    assert data["headline"].startswith("HIGH · ")
    assert data["rules"] == [{"id": "dprk-missile-launch", "title": "North Korea launches a missile"}]
    assert data["event"] == {
        "actors": ["north-korea"],
        "action": "launch",
        "objects": ["srbm"],
        "recipients": [],
        "places": ["sunan", "east-sea"],
        "date": "2026-03-12",
        "count": {"min": 2, "max": 2, "text": "two"},
    }
    assert [each["published"] for each in data["reports"]] == ["2026-03-11T22:52:00+00:00", None]
    assert (data["level"], data["status"], data["reason"], data["repeated"]) == (
        "high",
        "occurred",
        "first",
        False,
    )


@pytest.mark.parametrize("write", [plain_text, html], ids=["plain", "html"])
def test_the_page_of_the_alert_is_led_to_where_there_is_one(write: Callable[[Message | Digest], str]) -> None:
    page = "https://alerts.example.org/alerts/a1"
    alone = message(batch=f"desk@{NOW.isoformat()}")
    led = replace(alone, page=page)
    for with_page, without in (
        (led, alone),
        (digest([led, led], timing=Timing()), digest([alone, alone], timing=Timing())),
    ):
        assert page in write(with_page)
        assert page not in write(without)
