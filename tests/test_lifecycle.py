"""The life of an alert, from sentences to messages: the shipped rules, the model, a real database."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from builders import article
from fakes import FakeChannel, FakeClock

from monitor import outbox, pipeline, resources
from monitor.app import App
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.matching.load import Pack, load_pack
from monitor.model import Alert, Level, Reason, Stage
from monitor.storage import alerts, articles
from monitor.storage.query import AlertQuery

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("lifecycle")]

THURSDAY = dt.datetime(2026, 3, 12, 0, 30, tzinfo=dt.UTC)  # 09:30 in Seoul
HOUR = dt.timedelta(hours=1)
LAUNCH = (
    "N. Korea fires three ballistic missiles into East Sea",
    "North Korea fired three short-range ballistic missiles from Sunan into the East Sea on Thursday, the JCS said.",
)
KYODO = (
    "North Korea launches missiles that miss fishing boats",
    "North Korea launched three ballistic missiles early Thursday, Japan's defense ministry said; no ship was harmed.",
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([resources.path("rules")])


@pytest.fixture(scope="module")
def reader(pack: Pack) -> Extractor:
    return Extractor(pack.vocabulary, pack.needs)


class Newsroom:
    """A service to which tests hand articles; its subscriptions take all of it, and all that is critical."""

    def __init__(self, app: App, clock: FakeClock, channel: FakeChannel) -> None:
        self.app = app
        self.clock = clock
        self.channel = channel
        self._number = 0

    async def hears(
        self, told: tuple[str, str], *, publisher: str, hours: float = 0, number: int = 0
    ) -> None:
        """One article, so many hours after the first, with all that the service does about it.

        `number` is that of a former one, counted from 1, which its publisher edits.
        """
        self._number += not number
        when = THURSDAY + hours * HOUR
        self.clock.now = max(self.clock.now, when)
        title, text = told
        new = article(
            key=str(number or self._number),
            title=title,
            text=text,
            publisher=publisher,
            published=when,
            fetched=when,
        )
        with self.app.parts.database.write() as conn:
            articles.add(conn, [new])
        await pipeline.analyse(self.app.parts, now=self.clock.now)
        await outbox.deliver(self.app.parts, now=self.clock.now)

    def alerts(self) -> Sequence[Alert]:
        """All of them, oldest first."""
        with self.app.parts.database.read() as conn:
            return sorted(alerts.search(conn, AlertQuery()), key=lambda each: each.opened)

    def launch(self) -> Alert:
        """The only alert of a launch."""
        (found,) = [each for each in self.alerts() if "dprk-missile-launch" in each.rules]
        return found

    def sent(self, subscription: str = "desk") -> list[tuple[Reason, Level]]:
        """Why each message was sent, and at which level."""
        told = (each for each in self.channel.messages if each.delivery.subscription == subscription)
        return [(each.delivery.reason, each.alert.level) for each in told]


@asynccontextmanager
async def newsroom(folder: Path, pack: Pack, reader: Extractor) -> AsyncIterator[Newsroom]:
    clock, channel = FakeClock(THURSDAY), FakeChannel()
    wanted = [
        {"id": "desk", "channel": "console"},
        {"id": "chief", "channel": "console", "min_level": "critical"},
    ]
    config = Config.model_validate({"subscriptions": wanted}, context={"folder": folder})
    channels = {"console": channel}
    async with App.open(config, clock=clock, pack=pack, reader=lambda: reader, channels=channels) as app:
        yield Newsroom(app, clock, channel)


@pytest.fixture
async def room(tmp_path: Path, pack: Pack, reader: Extractor) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, pack, reader) as opened:
        yield opened


# --- one event, one alert --------------------------------------------------------------------------


async def test_reports_of_one_launch_within_three_days_are_one_alert(room: Newsroom) -> None:
    late = (
        "What North Korea's launch of last week's Thursday tells of its arsenal",
        "Analysts said that the three ballistic missiles which North Korea fired on Thursday flew a new path.",
    )
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(KYODO, publisher="Kyodo", hours=3)
    await room.hears(late, publisher="AFP", hours=60)
    assert room.launch().date == dt.date(2026, 3, 12)
    assert len(room.launch().reports) >= 2


async def test_launches_of_neighbouring_days_stay_apart(room: Newsroom) -> None:
    friday = (
        "N. Korea fires ballistic missile a day after launching three",
        "North Korea fired a ballistic missile from Wonsan toward the East Sea on Friday, the JCS said.",
    )
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(friday, publisher="Yonhap", hours=24)
    found = [each for each in room.alerts() if "dprk-missile-launch" in each.rules]
    assert [each.date for each in found] == [dt.date(2026, 3, 12), dt.date(2026, 3, 13)]
    assert [len(each.reports) for each in found] == [1, 1]


async def test_copies_of_one_wire_count_once_and_a_second_source_corroborates(room: Newsroom) -> None:
    for hours, masthead in enumerate(("Yonhap", "Morning Post", "Evening Star")):
        await room.hears(LAUNCH, publisher=masthead, hours=hours)
    assert (room.launch().stage, len(room.launch().reports)) == (Stage.REPORTED, 3)
    await room.hears(KYODO, publisher="Kyodo", hours=4)
    assert room.launch().stage is Stage.CORROBORATED
    assert [reason for reason, _ in room.sent()] == [Reason.FIRST]


async def test_a_high_alert_never_hides_a_critical_one_that_follows(room: Newsroom) -> None:
    icbm = (
        "N. Korea fires ICBM hours after short-range missiles",
        "North Korea fired an intercontinental ballistic missile on Thursday, South Korea's military said.",
    )
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(icbm, publisher="Yonhap", hours=5)
    assert room.sent()[0] == (Reason.FIRST, Level.HIGH)
    assert room.sent()[-1][1] is Level.CRITICAL
    assert room.sent("chief") == [(Reason.FIRST, Level.CRITICAL)]


# --- taken back ------------------------------------------------------------------------------------

RETRACTED = (
    "South Korea's military retracts its report that North Korea fired ballistic missiles",
    "The Joint Chiefs of Staff said that radar had taken a flock of birds for missiles.",
)


async def test_a_retraction_in_another_report_withdraws_and_says_who(room: Newsroom) -> None:
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(RETRACTED, publisher="Kyodo", hours=3)
    assert room.launch().stage is Stage.WITHDRAWN
    first, last = [each for each in room.channel.messages if each.delivery.subscription == "desk"]
    assert (first.delivery.reason, last.delivery.reason) == (Reason.FIRST, Reason.WITHDRAWN)
    assert last.headline.startswith("HIGH · withdrawn · ")
    assert last.standing_line.startswith("WITHDRAWN · taken back by South Korea's military · was told by ")
    assert last.sentence == RETRACTED[0]


async def test_a_retraction_leaves_what_another_state_said(room: Newsroom) -> None:
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(KYODO, publisher="Kyodo", hours=1)
    await room.hears(RETRACTED, publisher="AFP", hours=3)
    assert room.launch().stage is Stage.CORRECTED
    assert [each.publisher for each in room.launch().standing_reports] == ["Kyodo"]


async def test_what_the_accused_denies_is_disputed_and_stands(room: Newsroom) -> None:
    denial = (
        "Pyongyang denies firing ballistic missiles",
        "North Korea denied that it had fired ballistic missiles.",
    )
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(denial, publisher="TASS", hours=9)
    assert room.launch().stage is Stage.REPORTED
    assert [reason for reason, _ in room.sent()] == [Reason.FIRST]
    assert room.launch().changes == ("disputed: Pyongyang denies it (TASS)",)


async def test_an_incursion_that_the_military_withdraws_is_withdrawn(room: Newsroom) -> None:
    told = (
        "Chinese jets enter Taiwan's air defense zone",
        "Twelve Chinese fighters entered Taiwan's air defense identification zone on Thursday, Taiwan's military said.",
    )
    back = (
        "Taiwan's military withdraws its report of a Chinese incursion",
        "Taiwan's military withdrew its report that Chinese fighters entered its air defense identification zone.",
    )
    await room.hears(told, publisher="CNA")
    await room.hears(back, publisher="CNA", hours=4)
    (alert,) = room.alerts()
    assert alert.stage is Stage.WITHDRAWN


@pytest.mark.parametrize(
    "notice",
    [
        (LAUNCH[0], "This story has been withdrawn."),
        (f"WITHDRAWN: {LAUNCH[0]}", f"The report below was in error. {LAUNCH[1]}"),
    ],
)
async def test_a_story_that_its_publisher_withdraws_in_its_place_is_withdrawn(
    room: Newsroom, notice: tuple[str, str]
) -> None:
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(notice, publisher="Yonhap", hours=1, number=1)
    assert room.launch().stage is Stage.WITHDRAWN
    assert [reason for reason, _ in room.sent()] == [Reason.FIRST, Reason.WITHDRAWN]


KILL = (f"[Kill notice] {LAUNCH[0]}", f'Please disregard the story "{LAUNCH[0]}".')


async def test_a_notice_takes_back_what_its_own_publisher_told_and_no_more(room: Newsroom) -> None:
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(KYODO, publisher="Kyodo", hours=1)
    await room.hears(KILL, publisher="AFP", hours=2)
    assert [each.publisher for each in room.launch().standing_reports] == ["Yonhap", "Kyodo"]
    await room.hears(KILL, publisher="Yonhap", hours=3)
    assert [each.publisher for each in room.launch().standing_reports] == ["Kyodo"]
    assert "Yonhap corrected its report and tells it no more" in room.launch().changes
    await room.hears(LAUNCH, publisher="Yonhap", hours=4)
    assert len(room.launch().standing_reports) == 2


async def test_a_notice_on_a_story_that_was_never_told_tells_of_nothing(room: Newsroom) -> None:
    await room.hears(KILL, publisher="Yonhap")
    assert room.alerts() == []
    assert room.sent() == []


async def test_an_article_that_changes_to_and_fro_is_taken_back_once(room: Newsroom) -> None:
    """Two machines serve the feed by turns, and one of them lags behind."""
    other = ("Weather mild in Seoul", "It was a mild day in Seoul.")
    await room.hears(LAUNCH, publisher="Yonhap")
    for hour in range(1, 9):
        await room.hears(other if hour % 2 else LAUNCH, publisher="Yonhap", hours=hour, number=1)
    assert [reason for reason, _ in room.sent()] == [Reason.FIRST, Reason.WITHDRAWN, Reason.CORRECTED]
    assert room.launch().standing_reports


async def test_a_corrected_number_corrects_the_alert(room: Newsroom) -> None:
    corrected = (
        "JCS corrects number of North Korean missiles to two",
        "North Korea fired two short-range ballistic missiles on Thursday, not three, the Joint Chiefs of Staff said.",
    )
    await room.hears(LAUNCH, publisher="Yonhap")
    await room.hears(LAUNCH, publisher="Morning Post", hours=1)
    await room.hears(corrected, publisher="Kyodo", hours=3)
    assert "count 3 to 2" in room.launch().changes
    assert room.sent()[-1] == (Reason.CORRECTED, Level.HIGH)
