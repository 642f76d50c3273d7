from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from builders import NOW, alert, article, event, match, mention, span

from monitor.errors import StorageError
from monitor.model import Because, Kind, Level, Match, NearMiss, Status, Terms, Verdict
from monitor.storage import Database, alerts, articles, matches

HOUR = dt.timedelta(hours=1)
ONE, TWO = article(key="1"), article(key="2")
MISS = NearMiss(rule="adiz-incursion", because=Because.ACTOR, sentence=span("Seoul said"))
FULL_MISS = NearMiss(
    rule="dprk-missile-launch",
    because=Because.DENIED,
    also=(Because.OBJECT, Because.PLACE),
    sentence=span("fired"),
    cue=span("said"),
)
RICH = event(
    recipients=(mention("japan", Kind.ACTOR, country="JP"),),
    reporter=mention("jcs", Kind.ACTOR),
    status=Status.DENIED,
    status_cue=span("said"),
    negated=True,
    exercise=True,
    inferred=frozenset({"actor", "place"}),
)


@pytest.fixture(autouse=True)
def _articles(database: Database) -> None:
    """A verdict belongs to an article."""
    with database.write() as conn:
        articles.add(conn, [ONE, TWO])


def add(
    database: Database, verdicts: dict[str, Verdict], *, told: str | None = None, now: dt.datetime = NOW
) -> None:
    held = {(key, each.rule): told for key, verdict in verdicts.items() for each in verdict.matches if told}
    with database.write() as conn:
        matches.add(conn, verdicts, alert_ids=held, now=now)


def stored(database: Database, key: str = ONE.id) -> Verdict:
    with database.read() as conn:
        return matches.for_article(conn, key)


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(),
        Verdict(
            matches=(match(), match(rule="other", event=RICH, evidence=(), shadow=True, level=Level.LOW))
        ),
        Verdict(near_misses=(FULL_MISS, MISS)),
        Verdict(matches=(match(),), near_misses=(MISS,)),
    ],
    ids=["nothing", "matches in their order", "near misses in their order", "both"],
)
def test_a_verdict_comes_out_as_it_went_in(database: Database, verdict: Verdict) -> None:
    add(database, {ONE.id: verdict, TWO.id: Verdict()})
    assert stored(database) == verdict
    assert stored(database, TWO.id) == Verdict()
    assert stored(database, "absent") == Verdict()


def test_the_spellings_of_what_a_match_names_stay_in_the_vocabulary(database: Database) -> None:
    told = event()
    spelled = replace(told.action.entity, terms=Terms.spelled(verbs=["fire", "fires"]), near=("missile",))
    held = match(event=replace(told, action=replace(told.action, entity=spelled)))
    add(database, {ONE.id: Verdict(matches=(held,))})
    (found,) = stored(database).matches
    assert found == held
    assert (list(found.event.action.entity.terms), found.event.action.entity.near) == ([], ())


def test_a_verdict_takes_the_place_of_the_former_of_its_article_only(database: Database) -> None:
    first = Verdict(matches=(match(), match(rule="b")), near_misses=(MISS, FULL_MISS))
    add(database, {ONE.id: first, TWO.id: first})
    second = Verdict(matches=(match(rule="c"),))
    add(database, {ONE.id: second})
    assert stored(database) == second
    assert stored(database, TWO.id) == first
    add(database, {})
    add(database, {ONE.id: Verdict()})
    assert stored(database) == Verdict()


def test_a_match_names_an_alert_that_is_there(database: Database) -> None:
    with pytest.raises(StorageError):
        add(database, {ONE.id: Verdict(matches=(match(),))}, told="absent")
    assert stored(database) == Verdict()
    with database.write() as conn:
        alerts.save(conn, alert())
    add(database, {ONE.id: Verdict(matches=(match(),))}, told=alert().id)
    assert stored(database).matches == (match(),)


def test_recent_near_misses_come_newest_first_with_their_articles(database: Database) -> None:
    add(database, {ONE.id: Verdict(near_misses=(FULL_MISS, MISS))})
    add(database, {TWO.id: Verdict(near_misses=(MISS,))}, now=NOW + HOUR)
    with database.read() as conn:
        assert matches.recent_near_misses(conn) == [(TWO, MISS), (ONE, FULL_MISS), (ONE, MISS)]
        assert matches.recent_near_misses(conn, limit=1) == [(TWO, MISS)]
        assert matches.recent_near_misses(conn, since=NOW + HOUR) == [(TWO, MISS)]
        assert matches.recent_near_misses(conn, since=NOW + 2 * HOUR) == []


def test_text_that_no_database_takes_is_stored_cleaned(database: Database) -> None:
    unsafe: Match = match(title="two \0 missiles \ud83d")
    add(database, {ONE.id: Verdict(matches=(unsafe,))})
    assert stored(database).matches[0].title.startswith("two ")


def test_two_that_analyse_the_same_articles_at_once_disturb_nobody(database: Database) -> None:
    together = Barrier(2, timeout=30)
    verdict = Verdict(matches=(match(),), near_misses=(MISS, FULL_MISS))

    def analyse(number: int) -> None:
        together.wait()
        add(database, {ONE.id: verdict, TWO.id: verdict}, now=NOW + number * HOUR)

    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            for writer in [pool.submit(analyse, number) for _ in range(2)]:
                writer.result()
            assert (stored(database), stored(database, TWO.id)) == (verdict, verdict)
            add(database, {ONE.id: Verdict(), TWO.id: Verdict()})


def test_shares_count_articles_that_were_analysed(database: Database) -> None:
    with database.read() as conn:
        assert matches.shares(conn) == {}
    add(
        database,
        {ONE.id: Verdict(matches=(match(), match(rule="other"))), TWO.id: Verdict(matches=(match(),))},
    )
    with database.write() as conn:
        articles.mark_analysed(conn, [ONE, TWO], now=NOW)
    with database.read() as conn:
        assert matches.shares(conn) == {match().rule: 1.0, "other": 0.5}
