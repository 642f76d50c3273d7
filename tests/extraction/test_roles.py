from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from builders import article

from monitor.extraction.extractor import Extractor
from monitor.model import Event, Mention

pytestmark = pytest.mark.model
Told = Callable[..., Event]


def countries(mentions: Sequence[Mention]) -> list[str]:
    return sorted({mention.entity.country for mention in mentions})


def named(mentions: Sequence[Mention], words: str) -> bool:
    """Whether one of them is written so; a longer name that ends in these words is."""
    return any(mention.span.text.endswith(words) for mention in mentions)


@pytest.mark.parametrize(
    ("trigger", "text", "actors", "thing"),
    [
        ("fired", "North Korea fired two ballistic missiles toward Japan.", "KP", "ballistic missiles"),
        ("fired", "Two ballistic missiles were fired by North Korea.", "KP", "ballistic missiles"),
        ("launch", "The launch of two ballistic missiles by North Korea alarmed Japan.", "KP", "ballistic missiles"),
        ("launch", "North Korea's launch of an ICBM drew protests from Japan.", "KP", "ICBM"),
        ("fired", "Seoul says North Korea fired a ballistic missile.", "KP", "ballistic missile"),
        ("fired", "North Korea fired a ballistic missile, according to Japan.", "KP", "ballistic missile"),
        ("fired", "According to Seoul, North Korea fired a ballistic missile.", "KP", "ballistic missile"),
        ("crossed", "Chinese aircraft crossed the median line, Taiwan's military said.", "CN", "aircraft"),
        ("crossed", "Taiwan detected 45 Chinese military aircraft that crossed the median line.", "CN", "aircraft"),
        ("entered", "Japan said Chinese warships entered its waters.", "CN", "warships"),
        ("flew", "China and Russia flew strategic bombers near Japan.", "CN RU", "strategic bombers"),
        ("flew", "Chinese and Russian strategic bombers flew near Japan.", "CN RU", "strategic bombers"),
        ("fired", "The missile that North Korea fired landed near Japan.", "KP", "missile"),
        ("missile test", "North Korea conducted a missile test on Monday.", "KP", "missile"),
        ("launch", "North Korea carried out a launch of a cruise missile.", "KP", "cruise missile"),
        ("sending", "Tokyo accuses China of sending warships into its waters.", "CN", "warships"),
        ("launching", "The United States condemned North Korea for launching a missile.", "KP", "missile"),
        ("firing", "After firing a ballistic missile, North Korea called Seoul a puppet.", "KP", "ballistic missile"),
        ("crossed", "South Korea fired shots after a North Korean drone crossed the border.", "KP", "drone"),
        ("launch", "Kim Jong Un oversaw the launch of a ballistic missile.", "KP", "ballistic missile"),
        ("fired", "North Korea fired a missile and South Korea scrambled fighter jets.", "KP", "missile"),
        ("scrambled", "North Korea fired a missile and South Korea scrambled fighter jets.", "KR", "fighter jets"),
        ("firing", "Japan protested North Korea's act of firing a missile.", "KP", "missile"),
        ("arm", "Moscow's decision to arm the islands was protested by Tokyo.", "RU", ""),
        ("stealing", "Washington charged three North Koreans with stealing cryptocurrency.", "KP", ""),
        ("supplied", "Russia has been supplied with shells by North Korea.", "KP", "shells"),
        ("removed", "South Korea was removed from a list of trusted partners by Japan.", "JP", ""),
        ("fired", "India fired a ballistic missile as North Korea watched.", "IN", "ballistic missile"),
        ("launched", "Iran launched a missile built with help from North Korea.", "IR", "missile"),
        ("fired", "Japan fired a missile that it bought from the United States.", "JP", "missile"),
        ("stole", "North Korean hackers stole cryptocurrency.", "KP", "cryptocurrency"),
        ("vetoed", "Russia vetoed a resolution on North Korea.", "RU", ""),
        ("vetoed", "A resolution on North Korea was vetoed by China and Russia.", "CN RU", ""),
        ("harassed", "A U.S. plane was harassed by a Chinese jet, the Pentagon said.", "CN", ""),
        ("rammed", "Philippine officials said a Chinese vessel rammed their boat.", "CN", "boat"),
        ("shot down", "A North Korean missile was shot down by Japan.", "JP", "missile"),
        ("fired", "U.S. bombers flew by days after North Korea fired an ICBM.", "KP", "ICBM"),
        ("launch", "Japan, citing the launch of a missile by North Korea, raised its alert.", "KP", "missile"),
        ("test-fired", "North Korea test-fired what it called a new missile.", "KP", "missile"),
        ("fired", "North Korea fired three missiles including an ICBM.", "KP", "ICBM"),
        ("missile test", "North Korea defied Japan with a missile test.", "KP", "missile"),
        ("fired", "North Korea fired rockets on Monday, including an ICBM, Seoul said.", "KP", "ICBM"),
        ("warning", "North Korea denounced on Sunday joint drills by South Korea and Japan, warning of war.", "KP", ""),
    ],
)  # fmt: skip
def test_the_sentence_says_who_did_it_and_with_what(
    told: Told, trigger: str, text: str, actors: str, thing: str
) -> None:
    event = told(trigger, text)
    assert countries(event.actors) == actors.split()
    assert not thing or named(event.objects, thing)
    assert "actor" not in event.inferred


@pytest.mark.parametrize(
    ("trigger", "text", "actor", "recipient"),
    [
        ("fired", "North Korea fired two ballistic missiles toward Japan.", "KP", "JP"),
        ("rammed", "A Philippine boat was rammed by a Chinese coast guard ship.", "CN", "PH"),
        ("ramming", "The Philippines accused China's coast guard of ramming a vessel.", "CN", "PH"),
        ("vetoed", "Russia vetoed a resolution on North Korea.", "RU", "KP"),
        ("sending", "Tokyo accuses China of sending warships into its waters.", "CN", "JP"),
        ("lifted", "The United States lifted sanctions on North Korea.", "US", "KP"),
        ("entered", "Japan scrambled fighter jets after Russian warships entered its waters.", "RU", "JP"),
        ("scrambled", "Japan scrambled fighter jets after Russian warships entered its waters.", "JP", "RU"),
    ],
)
def test_who_it_was_done_to_is_not_who_did_it(
    told: Told, trigger: str, text: str, actor: str, recipient: str
) -> None:
    event = told(trigger, text)
    assert countries(event.actors) == [actor]
    assert recipient in countries(event.recipients)


@pytest.mark.parametrize(
    ("trigger", "text", "reporter"),
    [
        ("fired", "Seoul says North Korea fired a ballistic missile.", "KR"),
        ("entered", "Japan said Chinese warships entered its waters.", "JP"),
        ("fired", "North Korea fired a missile, Tokyo said.", "JP"),
        ("launched", "North Korea announced that it had launched a spy satellite.", "KP"),
    ],
)
def test_who_tells_is_the_reporter(told: Told, trigger: str, text: str, reporter: str) -> None:
    event = told(trigger, text)
    assert event.reporter is not None
    assert event.reporter.entity.country == reporter


@pytest.mark.parametrize(
    ("trigger", "text", "title"),
    [
        ("fired", "It fired a ballistic missile on Tuesday.", "North Korea defiant"),
        ("launched", "The regime launched a cruise missile from the coast.", "Pyongyang tests new weapon"),
        ("launched", "The country launched a cruise missile from the coast.", "North Korea tests new weapon"),
        ("fired", "Two missiles were fired at dawn.", "North Korea defiant"),
    ],
)
def test_whom_the_sentence_leaves_unnamed_the_title_names(
    told: Told, trigger: str, text: str, title: str
) -> None:
    event = told(trigger, text, title=title)
    assert countries(event.actors) == ["KP"]
    assert "actor" in event.inferred
    assert [actor.span.field for actor in event.actors] == ["title"]


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "Utopia fired a missile, and North Korea applauded."),
        ("launched", "The company launched a rocket, North Korea's media reported."),
    ],
)
def test_a_doer_that_is_not_known_is_not_replaced_by_one_that_is(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).actors == ()


@pytest.mark.parametrize(
    ("trigger", "text", "place"),
    [
        ("entered", "Chinese warships entered Taiwan's air defense identification zone.", "zone"),
        ("sent", "China sent warships through the Taiwan Strait.", "Taiwan Strait"),
        ("rammed", "China's coast guard rammed a boat near Scarborough Shoal.", "Scarborough Shoal"),
        ("crossed", "Chinese military aircraft crossed the median line.", "median line"),
    ],
)
def test_where_it_happened_is_the_place(told: Told, trigger: str, text: str, place: str) -> None:
    assert named(told(trigger, text).places, place)


@pytest.mark.parametrize(
    ("trigger", "text", "least", "most"),
    [
        ("fired", "North Korea fired two missiles and a dozen artillery shells.", 2, 2),
        ("crossed", "Taiwan detected 45 Chinese military aircraft that crossed the median line.", 45, 45),
        ("fired", "North Korea fired at least one ballistic missile.", 1, None),
        ("fired", "At least 10 missiles were fired by North Korea.", 10, None),
        ("fired", "A salvo of ten short-range missiles was fired by North Korea.", 10, 10),
        ("launched", "North Korea launched its fifth ballistic missile of the year.", 1, 1),
    ],
)
def test_the_count_is_of_the_object(
    told: Told, trigger: str, text: str, least: int, most: int | None
) -> None:
    count = told(trigger, text).count
    assert count is not None
    assert (count.min, count.max) == (least, most)


def test_two_deeds_of_one_sentence_have_their_own_doers_and_things(told: Told) -> None:
    text = "North Korea launched a cruise missile, and Japan scrambled two fighter jets."
    launched, scrambled = told("launched", text), told("scrambled", text)
    assert (countries(launched.actors), countries(scrambled.actors)) == (["KP"], ["JP"])
    assert (launched.objects[0].span.text, scrambled.objects[0].span.text) == (
        "cruise missile",
        "fighter jets",
    )


def test_what_fell_outside_a_zone_fell_elsewhere(told: Told) -> None:
    event = told("landed", "A North Korean missile landed outside Japan's exclusive economic zone.")
    assert event.places == ()


def test_whom_a_deed_points_at_is_not_taken_for_its_doer(told: Told) -> None:
    assert told("landed", "The missile landed near Japan.").actors == ()


def test_a_city_visited_does_not_join_the_doer_of_the_next_clause(told: Told) -> None:
    event = told("launched", "Analysts say Lee may visit Moscow, and North Korea launched a missile.")
    assert [mention.entity.country for mention in event.actors] == ["KP"]


def test_the_family_of_somebody_is_not_himself(told: Told) -> None:
    assert told("vanished", "The brother of Xi Jinping vanished from view for 50 days.").actors == ()
    assert countries(told("vanished", "Xi Jinping vanished from view for 50 days.").actors) == ["CN"]


def test_who_says_a_door_is_open_offers_it(told: Told) -> None:
    event = told("dialogue", title="US says door open to dialogue with North Korea")
    assert countries(event.actors) == ["US"]


def test_who_admits_a_deed_that_nobody_else_is_named_for_did_it(told: Told) -> None:
    event = told("blew up", "A rocket blew up on its way to space, Pyongyang admitted on Tuesday.")
    assert countries(event.actors) == ["KP"]
    assert "actor" in event.inferred


def test_whose_a_thing_is_said_to_be_is_no_deed(reader: Extractor) -> None:
    (reading,) = reader.read([article(title="US destroyer sails near Chinese-held island", text="")])
    assert "held" not in {event.action.span.text for event in reading.events}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("China tested a missile that could hit ships in the South China Sea.", False),
        ("China tested a missile in the South China Sea that could hit ships.", True),
        ("China tested a missile that flew over the South China Sea.", True),
    ],
)
def test_where_a_thing_could_only_be_used_is_not_where_it_was_tested(
    told: Told, text: str, *, there: bool
) -> None:
    assert named(told("tested", text).places, "South China Sea") is there


QUIET = "Officials gave no details. The weather was calm. Markets rose a little. Schools stayed open."


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        (f"North Korea showed a cruise missile. {QUIET} Seoul said the launch alarmed it.", "cruise missile"),
        (f"Nobody was hurt. {QUIET} It bought an ICBM. Seoul said the launch alarmed it.", "ICBM"),
        (f"Nobody was hurt. It rained. An ICBM stood there. {QUIET} Seoul said the launch alarmed it.", ""),
    ],
)
def test_what_the_sentence_leaves_open_stands_near_it_or_in_the_lead(
    told: Told, text: str, thing: str
) -> None:
    objects = [mention.span.text for mention in told("launch", text).objects]
    assert objects[:1] == ([thing] if thing else [])


def test_a_doer_who_is_named_nowhere_near_stays_unknown(told: Told) -> None:
    far = f"Nobody was hurt. It rained. {QUIET} North Korea said nothing."
    assert not told("Missile Launch", far, title="Missile Launch Alarms the Coast").actors
    assert countries(told("launch", f"{far} {QUIET} Japan called. The launch failed.").actors) == ["JP"]


def test_the_doer_behind_the_thing_of_a_noun_is_its_own(told: Told) -> None:
    condemned = told(
        "launch", "The allies condemned the launch of a ballistic missile by the DPRK on Tuesday."
    )
    assert countries(condemned.actors) == ["KP"]


def test_who_is_blasted_for_a_deed_did_it(told: Told) -> None:
    text = "North Korea blasted South Korea for holding drills with the US and deploying fighter jets."
    assert countries(told("deploying", text).actors) == ["KR"]


def test_it_is_what_the_clause_above_speaks_of(told: Told) -> None:
    text = "A North Korean drone photographed a US missile defence site before it crashed near the border."
    assert countries(told("crashed", text).actors) == ["KP"]


def test_who_tells_of_a_passive_is_not_its_doer(told: Told) -> None:
    text = "The missile, which Japan said fell outside its zone, was launched from near Pyongyang."
    assert countries(told("launched", text).actors) == ["KP"]
    text = "The Japanese government issued a warning after the missile was fired."
    assert not told("fired", text).actors


def test_a_headline_in_capitals_is_one_sentence(reader: Extractor) -> None:
    (read,) = reader.read([article(title="U.S. And South Korea Stage Drill", text="")])
    (drill,) = [event for event in read.events if event.action.entity.slug == "drill"]
    assert countries(drill.actors) == ["KR", "US"]


@pytest.mark.parametrize(
    ("trigger", "text", "aside"),
    [
        ("fired", "North Korea fired a missile on Monday.", False),
        ("fired", "Seoul said North Korea fired a missile.", False),
        ("fired", "North Korea fired a missile and hailed it.", False),
        ("drill", "China held a drill near Taiwan.", False),
        ("fired", "Japan protested after North Korea fired a missile.", True),
        ("built", "The frigate passed reefs where China built bases.", True),
        ("launch", "The talks come days after the launch of a missile by North Korea.", True),
    ],
)
def test_what_hangs_on_other_news_is_told_aside(told: Told, trigger: str, text: str, aside: bool) -> None:  # noqa: FBT001 - a case of the table
    assert told(trigger, text).aside is aside


def test_who_said_so_goes_on_to_tell(told: Told) -> None:
    text = "North Korea floated balloons, South Korea's military said, declaring it would respond with broadcasts."
    assert countries(told("declaring", text).actors) == ["KR"]
