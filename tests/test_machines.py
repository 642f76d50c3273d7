"""Workers on machines of their own, one of which is lost and one cut off from the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crash import WORDS
from feedserver import feed_server
from installation import FEEDS, Site, site, wait_for
from machines import HERE, Machine, Unavailable, machines, relay
from postgres import Postgres
from sqlalchemy import make_url

pytestmark = [pytest.mark.xdist_group("postgresql"), pytest.mark.timeout(300)]


@pytest.fixture
def three() -> Iterator[list[Machine]]:
    try:
        with machines(3) as made:
            yield made
    except Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def here(postgres: Postgres, three: list[Machine], tmp_path: Path) -> Iterator[Site]:
    """A database and feeds on this machine, as three others see them."""
    assert three
    with postgres.database(migrated=True) as url, feed_server(HERE) as server:
        parts = make_url(url)
        with relay(f"{parts.query['host']}/.s.PGSQL.5432") as port:
            theirs = f"postgresql://postgres@{HERE}:{port}/{parts.database}"
            with site(url, tmp_path / "site", server, theirs=theirs, allowed=f"{HERE}/32") as running:
                yield running


def test_one_machine_finishes_what_a_lost_one_and_one_cut_off_had_begun(
    here: Site, three: list[Machine]
) -> None:
    leader = here.start("worker", within=three[0].within)
    wait_for(lambda: "worker.leads" in here.said(0))
    victim, survivor = (here.start("worker", within=each.within) for each in three[1:])
    wait_for(here.past_the_baseline)
    wait_for(lambda: all("worker.started" in here.said(each) for each in range(3)))
    here.publish(WORDS[:5])
    wait_for(lambda: here.reports() > 0)
    three[0].cut()
    victim.kill()
    here.publish(WORDS)  # which only a new leader has polled
    wait_for(lambda: here.done(WORDS), otherwise=here.state)
    assert "worker.leads" in here.said(2)
    before = here.outcome()
    polled = here.said(0).count("feed.polled")
    three[0].mend()
    wait_for(lambda: here.said(0).count("feed.polled") > polled)  # it takes part again
    assert [here.stop(leader), here.stop(survivor)] == [0, 0]
    assert here.outcome() == before
    held, told, sent = before
    assert set(held.values()) == {1}
    assert len(held) == len(WORDS) * len(FEEDS)
    assert set(sent) == set(told)
