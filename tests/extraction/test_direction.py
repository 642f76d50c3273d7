from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from builders import article

from monitor.extraction.extractor import Extractor
from monitor.model import Event, Kind, Mention

pytestmark = pytest.mark.model
Told = Callable[..., Event]


def countries(mentions: Sequence[Mention]) -> str:
    return " ".join(sorted({mention.entity.country for mention in mentions}))


@pytest.mark.parametrize(
    ("trigger", "text", "actor", "recipient"),
    [
        ("warned", "North Korea warned Japan on Monday.", "KP", "JP"),
        ("fired", "North Korea fired a rocket toward Japan.", "KP", "JP"),
        ("fires", "North Korea fires a missile over Japan.", "KP", "JP"),
        ("rammed", "A Chinese cutter rammed a Vietnamese trawler.", "CN", "VN"),
        ("warned", "China warned by US over islands.", "US", "CN"),
        ("water cannon", "Philippine vessels were hit with water cannon by Chinese ships.", "CN", "PH"),
        ("pull", "Trump threatened to pull troops out of South Korea.", "US", "KR"),
        (
            "entered",
            "It was the fourth time that Chinese ships had entered the waters, Japan said.",
            "CN",
            "JP",
        ),
        ("rammed", "A Philippine trawler was rammed by a Chinese cutter.", "CN", "PH"),
        ("shipped", "North Korea shipped crates of ammunition to Russia.", "KP", "RU"),
        ("sent", "North Korea sent Russia two shiploads of ammunition.", "KP", "RU"),
        ("hiding", "Washington accuses North Korea of hiding shipments of arms to Russia.", "KP", "RU"),
        ("flew", "A Chinese jet flew dangerously close to an American plane.", "CN", "US"),
        ("stole", "North Korean hackers stole cryptocurrency from a Japanese exchange.", "KP", "JP"),
        ("send", "China will send 30 warplanes, 5 ships toward Taiwan.", "CN", "TW"),
        ("entered", "Chinese ships entered waters around the Senkaku Islands.", "CN", "JP"),
        ("entered", "Russian bombers entered South Korea's air defence zone.", "RU", "KR"),
        ("incursion", "Tokyo condemned an incursion by Chinese ships.", "CN", "JP"),
        ("entered", "Japan says that Chinese bombers entered its airspace.", "CN", "JP"),
        ("entered", "Seoul scrambled jets after Russian bombers entered the air defence zone.", "RU", "KR"),
        ("threatened", "North Korea threatened to strike South Korea at the U.N.", "KP", "KR"),
        ("rammed", "Hanoi: Chinese cutters rammed ours.", "CN", "VN"),
        ("sailed", "Chinese cutters sailed inside the closed zone around Kinmen.", "CN", "TW"),
        ("helping", "Russia is helping China build radars.", "RU", "CN"),
        ("withdrew", "Russia withdrew from the peace talks with Japan.", "RU", "JP"),
        ("came", "A Chinese fighter came within 20 feet of an American plane.", "CN", "US"),
        (
            "battered",
            "Two Filipino sailors were hurt when a Chinese ship battered a wooden boat.",
            "CN",
            "PH",
        ),
        ("intercepted", "Canada says Chinese jets intercepted its plane near North Korea.", "CN", "CA"),
        ("passed through", "A Chinese warship passed through waters southeast of Taiwan.", "CN", "TW"),
        ("disrupts", "Jamming by North Korea disrupts South Korean flights.", "KP", "KR"),
        ("GPS jamming", "GPS jamming by North Korea disrupts South Korean flights.", "KP", "KR"),
        ("encirclement", "Beijing's encirclement of Taiwan began on Monday.", "CN", "TW"),
        ("harassment", "Washington decried harassment of Philippine boats by China.", "CN", "PH"),
        ("withhold", "Washington will withhold satellite data from Seoul.", "US", "KR"),
        ("talks", "The United States said it is open to talks with North Korea.", "US", "KP"),
        ("landed", "A North Korean missile landed outside Japan's economic zone.", "KP", "JP"),
    ],
)
def test_the_recipient_is_whom_grammar_names(
    told: Told, trigger: str, text: str, actor: str, recipient: str
) -> None:
    event = told(trigger, text)
    assert (countries(event.actors), countries(event.recipients)) == (actor, recipient)


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "North Korea fired a missile, Japan said."),
        ("fired", "North Korea fired a missile into waters off its east coast, South Korea says."),
        ("launch", "The United States condemned North Korea's launch of a missile."),
        ("fired", "North Korea fired a missile as American and South Korean forces held drills."),
        ("fired", "North Korea fired a missile ahead of an American envoy's visit to Seoul."),
        ("launched", "Japan urged calm after North Korea launched a missile."),
        ("sold", "North Korea sold a Chinese-made radar."),
    ],
)
def test_who_only_tells_or_stands_by_is_no_recipient(told: Told, trigger: str, text: str) -> None:
    event = told(trigger, text)
    assert countries(event.actors) == "KP"
    assert event.recipients == ()


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("drill", "China and Russia held a joint drill in the Sea of Japan."),
        ("clashed", "Chinese and Russian sailors clashed on Monday."),
        ("held talks", "China and Russia held talks."),
        ("pledge", "Russia and China pledge closer cooperation."),
    ],
)
def test_what_two_do_together_each_does_to_the_other(told: Told, trigger: str, text: str) -> None:
    event = told(trigger, text)
    assert event.actors[0].entity.country != event.recipients[0].entity.country
    assert countries(event.actors) == countries(event.recipients) == "CN RU"


def test_with_whom_it_is_done_is_the_other_side(told: Told) -> None:
    event = told("naval drill", "China held a naval drill with Russia near Japan.")
    assert (countries(event.actors), countries(event.recipients)) == ("CN", "RU")


@pytest.mark.parametrize(
    ("trigger", "text", "actor", "recipient"),
    [
        ("scrambled", "South Korea scrambled jets after Russian bombers neared the coast.", "RU", "KR"),
        ("scrambled", "South Korea scrambled jets as Chinese and Russian bombers neared.", "CN RU", "KR"),
        ("detected", "Taiwan detected 11 Chinese aircraft off the island.", "CN", "TW"),
        ("detected", "Eleven Chinese aircraft were detected around Taiwan.", "CN", "TW"),
        ("protested against", "Manila protested against a Chinese blockade of the shoal.", "CN", "PH"),
        ("spotted", "Chinese carrier spotted off Okinawa.", "CN", "JP"),
        ("accuses", "Washington accuses North Korea of theft.", "KP", ""),
        ("charged", "The United States charged a North Korean hacker.", "KP", ""),
    ],
)
def test_an_answer_is_told_as_the_deed_that_it_answers(
    reader: Extractor, trigger: str, text: str, actor: str, recipient: str
) -> None:
    (reading,) = reader.read([article(title="", text=text)])
    event = next(each for each in reading.events if each.answered).turned()
    assert event.action.span.text == trigger
    assert (countries(event.actors), countries(event.recipients)) == (actor, recipient)


def test_two_in_one_word_are_told_apart(told: Told) -> None:
    event = told("held talks", "The two Koreas held talks at the border.").turned()
    assert [actor.entity.slug for actor in event.actors] == ["north-korea", "south-korea"]
    assert [recipient.entity.slug for recipient in event.recipients] == ["south-korea"]


@pytest.mark.parametrize(
    ("trigger", "text", "title", "actor"),
    [
        ("fired", "Seoul: North Korea fired two shells into the sea.", "", "KP"),
        ("fired", "Seoul - North Korea fired two shells into the sea.", "", "KP"),
        ("pay", "Kim Yo Jong: South Korea will pay dearly.", "", "KR"),
        ("develop", "North Korea's arsenal is driving Japan to develop interceptors.", "", "JP"),
        ("hide", "", "US accuses North Korea trying to hide shipments of coal", "KP"),
        ("no-sail zones", "", "China announces no-sail zones around Taiwan", "CN"),
        ("open to", "", "Kim Jong Un says open to talks if US lifts sanctions", "KP"),
        ("jams GPS signals", "", "North Korea jams GPS signals near western islands, South says", "KP"),
    ],
)
def test_who_speaks_or_is_spoken_of_is_not_who_acts(
    told: Told, trigger: str, text: str, title: str, actor: str
) -> None:
    assert countries(told(trigger, text, title=title).actors) == actor


def test_who_tells_before_a_colon_is_the_reporter(told: Told) -> None:
    event = told("violated", title="Seoul: North Korean drones violated airspace")
    assert event.reporter is not None
    assert event.reporter.entity.country == "KR"
    assert countries(event.recipients) == "KR"


def test_what_was_received_the_giver_gave(reader: Extractor) -> None:
    (reading,) = reader.read([article(title="", text="Trump received a letter from Kim Jong Un.")])
    event = next(each for each in reading.events if each.answered).turned()
    assert (countries(event.actors), countries(event.recipients)) == ("KP", "US")


@pytest.mark.parametrize(
    "text", ["Crowds demand China stop the drills.", "Tokyo fears a missile over Japan."]
)
def test_a_phrase_of_the_vocabulary_hides_nobody_inside_it(reader: Extractor, text: str) -> None:
    (reading,) = reader.read([article(title="", text=text)])
    named = {mention.span.text for mention in reading.mentions if mention.entity.kind is Kind.ACTOR}
    assert named & {"China", "Japan"}
