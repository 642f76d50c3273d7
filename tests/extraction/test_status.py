from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "North Korea fired two ballistic missiles into the East Sea on Tuesday."),
        ("fired", "Two ballistic missiles were fired by North Korea."),
        ("tested", "Seoul confirmed that North Korea tested a missile a day earlier."),
        ("launch", "The flight was put off due to the launch of a missile by North Korea."),
        ("launch", "The launch of two missiles by North Korea came at dawn."),
        ("fired", "Seoul says North Korea fired a ballistic missile."),
        ("launched", "According to Tokyo, North Korea launched a missile."),
        ("launched", "North Korea launched a missile, Seoul's military said."),
        ("launched", "North Korea has launched a ballistic missile."),
        ("firing", "After firing a missile, North Korea called for talks."),
        ("fired", "The missile that North Korea fired flew 600 km."),
        ("nature reserve", "Beijing sets up a nature reserve on the disputed shoal."),
        ("firing", "Japan accused North Korea of firing a missile over Hokkaido."),
        ("fired", "North Korea fired a missile hours after it threatened Seoul."),
        ("missile test", "North Korea conducted a missile test on Monday."),
        ("fired", "North Korea fired a missile and Japan protested."),
        ("entered", "Chinese jets crossed the median line, and a warship entered the ADIZ."),
        ("entered", "Chinese warships could be seen after they entered the zone on Friday."),
        ("launch", "The U.N. condemned North Korea's launch of a missile."),
        ("fired", "North Korea is believed to have fired a missile."),
        ("fired", "North Korea appears to have fired a missile, Seoul said."),
        ("fired", "North Korea allegedly fired a missile."),
        ("historic handshake", "A historic handshake ended the talks in Seoul."),
        ("operates", "As of May, North Korea operates an enrichment plant."),
        ("operates", "Since 2019 North Korea operates an enrichment plant."),
        ("visit", "Kim Jong Un ends visit to China."),
        ("missile test", "North Korea missile test not the first, Seoul says."),
        ("missile launch", "North Korea's missile launch no threat to Japan, the military says."),
        ("fired", "The report that North Korea fired a missile was not false, Tokyo said."),
        ("No-sail zone", "No-sail zone declared in Bohai Sea for live fire."),
        ("differ", "No joint briefing as ministers of Seoul and Washington differ over command."),
    ],
)
def test_what_happened_has_occurred(told: Told, trigger: str, text: str) -> None:
    event = told(trigger, text)
    assert (event.status, event.status_cue) == (Status.OCCURRED, None)


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("test-fired", "North Korea said it successfully test-fired a new cruise missile."),
        ("launched", "North Korea announced that it had launched a spy satellite."),
        ("tested", "North Korea claimed it tested a hydrogen bomb."),
    ],
)
def test_what_its_doer_alone_tells_is_claimed(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.CLAIMED


@pytest.mark.parametrize(
    ("trigger", "text", "cue"),
    [
        ("fire", "North Korea did not fire a missile on Tuesday.", "not"),
        ("operates", "North Korea no longer operates an enrichment plant.", "longer"),
        ("launched", "North Korea has never launched a missile from the site.", "never"),
        ("fired", "No missile was fired by North Korea.", "missile"),
        ("fired", "No missile fired by North Korea, Japan says.", "missile"),
        ("missile launch", "North Korea's missile launch not confirmed, Japan says.", "not"),
        ("launched", "Tokyo said no missile was launched.", "missile"),
        ("missile launch", "There was no North Korean missile launch.", "no"),
        ("crossed", "No Chinese aircraft crossed the median line, Taiwan said.", "aircraft"),
        ("firing", "Without firing a missile, North Korea made its point.", "Without"),
        ("fired", "North Korea neither fired a missile nor held a drill.", "neither"),
        ("ending", "South Korea decided on Friday against ending the pact with Japan.", "against"),
    ],
)
def test_what_a_word_negates_is_denied_by_that_word(told: Told, trigger: str, text: str, cue: str) -> None:
    event = told(trigger, text)
    assert (event.status, event.negated) == (Status.DENIED, True)
    assert event.status_cue is not None
    assert event.status_cue.text == cue


@pytest.mark.parametrize(
    ("trigger", "text", "cue"),
    [
        ("fired", "North Korea denied that it had fired a missile.", "denied"),
        ("sending", "China denied sending warships to the area.", "denied"),
        ("launching", "Beijing denies launching a cyberattack.", "denies"),
        ("launch", "North Korea halted the launch of a missile.", "halted"),
        ("launching", "North Korea refrained from launching missiles.", "refrained"),
        ("launch", "North Korea failed to launch a satellite.", "failed"),
        ("launch", "North Korea called off the launch of a satellite.", "called"),
        ("fired", "North Korea rejected claims that it had fired a missile.", "rejected"),
        ("sent", "Moscow shrugged off claims that North Korea sent shells.", "shrugged"),
        ("sent", "Moscow brushed aside a report that North Korea sent shells.", "brushed"),
        ("summit", "Trump cancels summit with Kim Jong Un.", "cancels"),
    ],
)
def test_what_is_denied_or_given_up_names_the_word_that_says_so(
    told: Told, trigger: str, text: str, cue: str
) -> None:
    event = told(trigger, text)
    assert (event.status, event.negated) == (Status.DENIED, False)
    assert event.status_cue is not None
    assert event.status_cue.text == cue


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("launch", "North Korea plans to launch a missile next week."),
        ("launch", "North Korea is preparing to launch a ballistic missile."),
        ("launch", "North Korea will launch a satellite in May."),
        ("launch", "North Korea's planned launch of a satellite worries Tokyo."),
        ("launch", "North Korea says it will launch a satellite."),
        ("military drill", "China is set to hold a military drill near Taiwan."),
        ("halt", "Trump made the announcement that he would halt the drills."),
        ("summit", "Envoys met ahead of a summit of Trump and Kim Jong Un."),
    ],
)
def test_what_is_to_come_is_planned(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.PLANNED


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fire", "North Korea threatened to fire missiles at Guam."),
        ("launch", "Pyongyang vowed to launch more ballistic missiles."),
        ("fire", "North Korea warned that it would fire missiles."),
        ("test", "North Korea's threat to test a missile alarmed Tokyo."),
    ],
)
def test_what_is_threatened_is_no_deed(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.THREATENED


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("launch", "North Korea could launch a ballistic missile at any time."),
        ("fired", "North Korea may have fired a missile."),
        ("fires", "If North Korea fires a missile, Japan will shoot it down."),
        ("launch", "Should North Korea launch a missile, Tokyo would respond."),
        ("fire", "Seoul fears North Korea may fire a missile."),
        ("launch", "Analysts discussed a possible launch of a ballistic missile."),
        ("launching", "North Korea is capable of launching a missile at the U.S."),
        ("fired", "It is unclear whether North Korea fired a missile."),
    ],
)
def test_what_only_might_be_is_hypothetical(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.HYPOTHETICAL


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "North Korea fired a missile over Japan in 2017."),
        ("launch", "Sunday is the anniversary of North Korea's launch of the missile."),
        ("launched", "The North launched a missile last year."),
        ("fired", "A decade ago North Korea fired artillery at the island."),
        ("launched", "North Korea, which launched a spy satellite in 2023, has new plans."),
    ],
)
def test_what_is_long_past_is_historical(told: Told, trigger: str, text: str) -> None:
    event = told(trigger, text)
    assert event.status is Status.HISTORICAL
    assert event.status_cue is not None


def test_one_sentence_may_tell_of_a_deed_and_of_a_threat(told: Told) -> None:
    text = "North Korea fired a missile on Tuesday and threatened to launch a satellite."
    assert told("fired", text).status is Status.OCCURRED
    assert told("launch", text).status is Status.THREATENED


def test_a_denial_of_one_deed_says_nothing_of_the_other(told: Told) -> None:
    text = "China did not send ships after North Korea fired a missile."
    assert told("send", text).status is Status.DENIED
    assert told("fired", text).status is Status.OCCURRED


def test_a_deed_of_weeks_ago_that_is_told_only_now_is_news(told: Told) -> None:
    event = told("fired", "A Chinese cutter fired a laser at the ship on Feb. 20, Manila said on Wednesday.")
    assert event.status is Status.OCCURRED


@pytest.mark.parametrize(
    "text",
    [
        "North Korea, which fired a missile over Japan in October, said on Wednesday it would talk.",
        "North Korea fired a missile over Japan in 2017, Tokyo said on Wednesday.",
    ],
)
def test_an_old_deed_beside_the_news_or_long_known_is_background(told: Told, text: str) -> None:
    assert told("fired", text).status is Status.HISTORICAL


def test_concern_voiced_at_a_deed_does_not_doubt_it(told: Told) -> None:
    said = "Tokyo expressed serious concern over a joint patrol by Chinese and Russian bombers."
    assert told("joint patrol", said).status is Status.OCCURRED
    assert told("joint patrol", "Tokyo has concerns over a joint patrol.").status is Status.HYPOTHETICAL


@pytest.mark.parametrize(
    ("trigger", "title", "status"),
    [
        ("visit", "Putin plans visit to Pyongyang, Kremlin says", Status.PLANNED),
        ("visit", "Putin plans visit to Pyongyang", Status.PLANNED),
        ("visit", "Xi eyes visit to Pyongyang: report", Status.PLANNED),
        ("drills", "Beijing prepares drills off Taiwan, Taipei says", Status.PLANNED),
        ("visit", "Kim mulls visit to Vladivostok, Seoul says", Status.PLANNED),
        ("nuclear test", "Kim vows nuclear test, state media say", Status.THREATENED),
        ("begin", "China, Russia set to begin naval drills, Tokyo says", Status.PLANNED),
    ],
)
def test_a_headline_that_names_its_source_tells_a_plan_as_a_plan(
    told: Told, trigger: str, title: str, status: Status
) -> None:
    assert told(trigger, title=title).status is status


@pytest.mark.parametrize(
    ("trigger", "text", "cue"),
    [
        ("sent", "Russia denies a report claiming it sent oil to North Korea.", "denies"),
        ("sent", "Reports that Russia sent oil to North Korea were false, Moscow said.", "were false"),
        ("fired", "The claim that North Korea fired first is a lie, Pyongyang said.", "lie"),
        ("nuclear test", "Seoul rejects a claim of a nuclear test by the North.", "rejects"),
        ("received", "Moscow dismisses claims it received North Korean shells.", "dismisses"),
        ("sent", "China rejects reports alleging that it sent a balloon over Taiwan.", "rejects"),
        ("shipped", "Reports that North Korea shipped arms to Russia were denied by Moscow.", "denied"),
        ("sent", "The Kremlin's denial of a report that North Korea sent troops came late.", "denial"),
    ],
)
def test_a_denied_report_takes_down_what_it_tells(told: Told, trigger: str, text: str, cue: str) -> None:
    event = told(trigger, text)
    assert event.status is Status.DENIED
    assert event.status_cue is not None
    assert event.status_cue.text == cue


def test_a_vowed_answer_leaves_the_answered_deed_done(told: Told) -> None:
    event = told("missile launch", title="US vows response to North Korea's missile launch")
    assert event.status is Status.OCCURRED


def test_an_answer_to_any_such_deed_tells_of_none(told: Told) -> None:
    event = told("nuclear test", "Washington vows a strong response to any nuclear test by North Korea.")
    assert event.status is Status.THREATENED


def test_the_words_of_a_deed_say_nothing_of_its_status(told: Told) -> None:
    event = told("warning shots", "The North's soldiers withdrew after South Korea's warning shots.")
    assert event.status is not Status.THREATENED


def test_to_deny_that_one_said_so_leaves_open_whether_it_was(told: Told) -> None:
    assert told("entered", "Beijing denied that it said a ship entered the zone.").status is Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "North Korea fired a missile on Tuesday; it could conduct a nuclear test soon."),
        ("fired", "North Korea may conduct a nuclear test soon; it fired a missile on Tuesday."),
        ("fired", "North Korea fired a missile on Tuesday and may conduct a nuclear test."),
        ("crossed", "China could send more jets, but 20 aircraft crossed the median line on Tuesday."),
        ("crossed", "China may hold drills and crossed the median line on Tuesday."),
    ],
)
def test_a_modal_speaks_of_its_own_clause(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("visits", "North Korea's No. 3 official visits Moscow"),
        ("enters", "China's No. 1 warship enters Taiwan Strait"),
    ],
)
def test_a_number_denies_nothing(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is Status.OCCURRED


def test_planes_are_no_plan(told: Told) -> None:
    assert told("cross", title="Nine PLA planes cross Taiwan Strait midline").status is Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("drills", "China refuses to stop drills around Taiwan"),
        ("missile launch", "Pyongyang did not halt the missile launch"),
        ("missile test", "UN Security Council to discuss North Korea's missile test"),
        ("nuclear test", "UN council to meet on North Korea's nuclear test"),
        ("missile launch", "The missile launch could lead to sanctions on North Korea"),
        ("missile launch", "Japan to respond to North Korea's missile launch"),
        ("Incursions", "With Record Military Incursions, China Warns Taiwan"),
        ("orders", "Court orders Japan company to pay four Koreans"),
        ("military buildup", "Nato concerned by China's 'opaque' military buildup"),
    ],
)
def test_what_is_known_stays_known_whatever_becomes_of_it(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("missile launch", "The missile launch could come this week, Seoul says"),
        ("nuclear test", "A North Korean nuclear test could trigger sanctions"),
        ("nuclear test", "US, Seoul to discuss response to a North Korean nuclear test"),
        ("halt", "North Korea refuses to halt missile launches"),
        ("nuclear test", "Seoul worried about North Korea's nuclear test"),
        ("admitting", "North Korea fires missiles, first since admitting COVID outbreak"),
    ],
)
def test_what_is_not_known_stays_open(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is not Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "headline", "status"),
    [
        ("nuclear test", "North Korean nuclear test feared", Status.HYPOTHETICAL),
        ("missile launch", "North Korean missile launch feared, Seoul says", Status.HYPOTHETICAL),
        ("missile test", "North Korea missile test likely this week", Status.HYPOTHETICAL),
        ("nuclear test", "North Korean nuclear test expected soon", Status.HYPOTHETICAL),
        ("military drills", "Chinese military drills planned near Taiwan", Status.PLANNED),
        ("missile launch", "North Korean missile launch postponed", Status.DENIED),
        ("missile launch", "North Korean missile launch planned for May takes place", Status.OCCURRED),
        ("missile launch", "North Korean missile launch delayed talks", Status.OCCURRED),
    ],
)
def test_what_a_headline_says_of_a_deed_counts(
    told: Told, trigger: str, headline: str, status: Status
) -> None:
    assert told(trigger, title=headline).status is status


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("meet", "Japan's prime minister is willing to meet Kim Jong Un."),
        ("meeting", "Trump says he is open to meeting Kim Jong Un."),
        ("deploy", "China is eager to deploy missiles on the islands."),
        ("launching", "The North is keen on launching satellites."),
        ("launching", "Pyongyang insists on launching satellites."),
        ("launching", "Pyongyang is weeks away from launching a satellite."),
        ("launching", "North Korea is close to launching a satellite."),
        ("launching", "North Korea has been barred from launching missiles."),
        ("missile launch", "The army trained for a North Korean missile launch."),
        ("launched", "Tokyo could not confirm that North Korea launched a missile."),
        ("launch", "North Korea used to launch missiles in spring."),
        ("launches", "Whenever North Korea launches a missile, the phones ring."),
    ],
)
def test_what_the_word_above_leaves_open_is_no_fact(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status not in {Status.OCCURRED, Status.CLAIMED}


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("launched", "Tokyo confirmed that North Korea launched a missile."),
        ("fire", "North Korea was the first to fire a missile over the strait."),
        ("launching", "North Korea ended the lull by launching a missile."),
    ],
)
def test_what_it_does_not_leave_open_stays_a_fact(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status in {Status.OCCURRED, Status.CLAIMED}
