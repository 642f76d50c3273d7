from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import Mistake
from monitor.matching.vocabulary import load
from monitor.model import Answers, Kind, Term, Vocabulary

HEAD = "list: things\nkind: {kind}\nabout: x\nentries:\n"


def read(folder: Path, *texts: str) -> tuple[Vocabulary, list[Mistake]]:
    for number, text in enumerate(texts):
        (folder / f"{number}.yml").write_text(text)
    return load([folder])


def terms(folder: Path, kind: str, entry: str) -> list[str]:
    vocabulary, mistakes = read(folder, HEAD.format(kind=kind) + f"- {{slug: thing, {entry}}}\n")
    assert mistakes == []
    return [term.text for term in vocabulary.entities["thing"].terms]


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path,
        HEAD.format(kind="place")
        + "- {slug: sunan, country: KP, wikidata: Q1, timezone: Asia/Pyongyang, en: [Sunan],"
        + " en_case: [SN], near: [airport], within: north}\n- {slug: north, en: [the North]}\n",
    )
    sunan = vocabulary.entities["sunan"]
    assert mistakes == []
    assert (sunan.country, sunan.wikidata, sunan.timezone) == ("KP", "Q1", "Asia/Pyongyang")
    assert (sunan.within, sunan.near) == ("north", ("airport",))
    assert tuple(sunan.terms) == (Term(text="Sunan"), Term(text="SN", case=True))
    assert vocabulary.lists == {"things": {"sunan", "north"}}


@pytest.mark.parametrize(
    ("kind", "entry", "spelled"),
    [
        ("actor", "en: [Japan]", ["Japan"]),
        ("place", "en: [Yellow Sea]", ["Yellow Sea"]),
        ("object", "en: [missile]", ["missile", "missiles"]),
        ("object", "en_case: [ICBM]", ["ICBM", "ICBMs"]),
        ("topic", "en: [match]", ["match", "matches"]),
        (
            "action",
            "verbs: [fly], nouns: [flight]",
            ["fly", "flies", "flew", "flown", "flying", "flight", "flights"],
        ),
        ("actor", "en: [a, a]", ["a"]),
    ],
)
def test_spellings_have_the_forms_of_their_kind(
    tmp_path: Path, kind: str, entry: str, spelled: list[str]
) -> None:
    assert terms(tmp_path, kind, entry) == spelled


def test_choices_of_a_spelling_are_written_out(tmp_path: Path) -> None:
    spelled = terms(tmp_path, "place", "en: ['(air|aerial) (defence|defense) (identification |)zone']")
    assert len(spelled) == 8
    assert {"air defence zone", "aerial defense identification zone"} < set(spelled)


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("slug: a", "0.yml:5:4: entry 'a' has no spelling"),
        ("slug: A b, en: [x]", "0.yml:5:4: slug: small letters, digits"),
        ("slug: a, en: ['']", "0.yml:5:18: en: a spelling is empty"),
        ("slug: a, en: ['(|)']", "0.yml:5:18: en: a spelling is empty"),
        (f"slug: a, en: [{'(a|b)' * 40}]", "0.yml:5:18: en: one spelling gives more than 5,000 choices"),
        ("slug: a, en: [x], country: kp", "0.yml:5:22: country: "),
        ("slug: a, en: [x], wikidata: P31", "0.yml:5:22: wikidata: "),
        ("slug: a, en: [x], wikidata: q423", "0.yml:5:22: wikidata: "),
        ("slug: a, en: [x], wikidata: Q0423", "0.yml:5:22: wikidata: "),
        ("slug: a, en: [x], wikidata: Q", "0.yml:5:22: wikidata: "),
        ("slug: a, en: [x], contry: KP", "0.yml:5:22: unknown key 'contry'; did you mean 'country'?"),
        (
            "slug: a, en: [x], timezone: Asia/Soul",
            "0.yml:5:22: no time zone 'Asia/Soul'; did you mean 'Asia/Seoul'?",
        ),
        ("slug: a, en: [x], timezone: Asia", "0.yml:5:22: no time zone 'Asia'"),
        ("slug: a, en: [x], timezone: ../x", "0.yml:5:22: no time zone '../x'"),
        ("slug: a, en: [x], within: b", "0.yml:5:22: no entry 'b'"),
        ("slug: a, en: [x], owner: b", "0.yml:5:22: no entry 'b'"),
        ("slug: a, en: [x], members: [b]", "0.yml:5:22: no entry 'b'"),
    ],
)
def test_a_mistake_in_an_entry_is_shown_where_it_stands(tmp_path: Path, entry: str, mistake: str) -> None:
    _, mistakes = read(tmp_path, HEAD.format(kind="place") + f"- {{{entry}}}\n")
    assert [str(each).replace(f"{tmp_path}/", "")[: len(mistake)] for each in mistakes] == [mistake]


@pytest.mark.parametrize("kind", list(Kind))
def test_an_entry_of_any_kind_may_say_which_item_of_wikidata_it_is(tmp_path: Path, kind: Kind) -> None:
    spelled = "nouns" if kind is Kind.ACTION else "en"
    head = HEAD.format(kind=kind)
    vocabulary, mistakes = read(tmp_path, f"{head}- {{slug: thing, wikidata: Q423, {spelled}: [x]}}\n")
    assert mistakes == []
    assert vocabulary.entities["thing"].wikidata == "Q423"


def test_a_slug_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    _, (mistake,) = read(tmp_path, HEAD.format(kind="place") + "- {slug: a, en: [x]}\n- {slug: a, en: [y]}\n")
    assert mistake.where == f"{tmp_path}/0.yml:6:4"


def test_a_list_that_stands_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    one, two = (HEAD.format(kind="place") + f"- {{slug: {slug}, en: [x]}}\n" for slug in "ab")
    _, (mistake,) = read(tmp_path, one, two)
    assert str(mistake) == f"{tmp_path}/1.yml:1:1: list 'things' is already in {tmp_path}/0.yml"


def including(name: str, *others: str) -> str:
    entry = f"[{{slug: {name}-entry, en: [{name}]}}]"
    return f"list: {name}\nkind: actor\nabout: x\nincludes: [{', '.join(others)}]\nentries: {entry}\n"


def test_a_list_holds_what_those_hold_that_it_includes(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path, including("a", "b"), including("b", "c"), including("c", "a"), including("d")
    )
    everything = {"a-entry", "b-entry", "c-entry"}
    assert mistakes == []
    assert vocabulary.lists == {"a": everything, "b": everything, "c": everything, "d": {"d-entry"}}


def test_an_included_list_that_is_not_there_is_one_mistake(tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, including("aaa", "bbb"), including("bbb", "bbbb"))
    assert [str(each) for each in mistakes] == [
        f"{tmp_path}/1.yml:4:12: no list is called 'bbbb'; did you mean 'bbb'?"
    ]


def test_the_lists_that_come_with_the_product_have_no_mistake() -> None:
    vocabulary, mistakes = load([Path(__file__).parents[2] / "rules" / "vocabulary"])
    assert mistakes == []
    assert len(vocabulary.entities) > 500


def test_entries_are_tied_to_others_by_their_slugs(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path,
        HEAD.format(kind="actor")
        + "- {slug: north, en: [the North]}\n- {slug: south, en: [the South]}\n"
        + "- {slug: both, en: [the two], members: [north, south]}\n",
        HEAD.format(kind="place").replace("things", "places")
        + "- {slug: strait, en: [the Strait], owner: south}\n",
    )
    entities = vocabulary.entities
    assert mistakes == []
    assert entities["strait"].owner == entities["south"]
    assert entities["both"].members == (entities["north"], entities["south"])


def test_an_action_says_as_whom_one_answers_by_it(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path,
        HEAD.format(kind="action")
        + "- {slug: accuse, verbs: [accuse], answers: witness}\n- {slug: enter, verbs: [enter], against: true}\n"
        + "- {slug: talk, verbs: [talk], mutual: true}\n",
    )
    accuse, enter, talk = (vocabulary.entities[slug] for slug in ("accuse", "enter", "talk"))
    assert mistakes == []
    assert (accuse.answers, enter.answers, talk.answers) == (Answers.WITNESS, None, None)
    assert (enter.against, talk.mutual) == (True, True)


def test_names_in_other_languages_are_kept_apart(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path, HEAD.format(kind="actor") + "- {slug: pla, en: [PLA], zh: [解放军, 解放军], ru: [НОАК]}\n"
    )
    pla = vocabulary.entities["pla"]
    assert mistakes == []
    assert tuple(pla.terms) == (Term(text="PLA"),)
    assert pla.elsewhere == (Term(text="解放军", language="zh"), Term(text="НОАК", language="ru"))


def test_a_state_takes_its_names_from_babel(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path, HEAD.format(kind="actor") + "- {slug: japan, country: JP, babel: true, en: [Tokyo]}\n"
    )
    japan = vocabulary.entities["japan"]
    assert mistakes == []
    assert [term.text for term in japan.terms] == ["Tokyo", "Japan"]
    assert [term.text for term in japan.elsewhere] == ["일본", "日本", "日本", "Япония"]


@pytest.mark.parametrize("country", ["", "country: QQ, "])
def test_names_of_no_country_are_a_mistake(tmp_path: Path, country: str) -> None:
    text = HEAD.format(kind="actor") + f"- {{slug: x, {country}babel: true, en: [x]}}\n"
    _, mistakes = read(tmp_path, text)
    assert [each.what for each in mistakes] == [f"no country {country[9:11]!r} whose names could be taken"]


def test_entries_have_the_sector_of_their_list_unless_they_name_one(tmp_path: Path) -> None:
    text = (
        "list: things\nkind: actor\nsector: military\nabout: x\nentries:\n"
        "- {slug: army, en: [army]}\n- {slug: guard, sector: security, en: [guard]}\n"
    )
    vocabulary, _ = read(tmp_path, text)
    assert [each.sector for each in vocabulary.entities.values()] == ["military", "security"]


def test_a_place_takes_in_those_within_it(tmp_path: Path) -> None:
    text = HEAD.format(kind="place") + (
        "- {slug: sea, en: [Sea]}\n- {slug: isles, within: sea, en: [Isles]}\n"
        "- {slug: rock, within: isles, en: [Rock]}\n"
    )
    vocabulary, _ = read(tmp_path, text)
    assert vocabulary.named("sea") == frozenset({"sea", "isles", "rock"})
    assert vocabulary.named("rock") == frozenset({"rock"})
    assert vocabulary.named("$things") == frozenset({"sea", "isles", "rock"})
    assert vocabulary.named("land") is None


def test_places_within_each_other_come_to_an_end(tmp_path: Path) -> None:
    text = HEAD.format(kind="place") + (
        "- {slug: hen, within: egg, en: [Hen]}\n- {slug: egg, within: hen, en: [Egg]}\n"
    )
    vocabulary, _ = read(tmp_path, text)
    assert vocabulary.named("hen") == frozenset({"hen", "egg"})


def test_an_owner_goes_by_the_names_of_his_things(tmp_path: Path) -> None:
    vocabulary, mistakes = read(
        tmp_path,
        HEAD.format(kind="actor") + "- {slug: north, en: [the North]}\n",
        HEAD.format(kind="object").replace("things", "arms")
        + "- {slug: musudan, owner: north, en: [Musudan]}\n",
    )
    assert mistakes == []
    assert [term.text for term in vocabulary.entities["north"].terms] == ["the North", "Musudan", "Musudans"]
    assert [term.text for term in vocabulary.entities["musudan"].terms] == ["Musudan", "Musudans"]


def test_lists_that_did_not_change_are_not_read_again_while_they_are_in_use(tmp_path: Path) -> None:
    entry = "- {slug: sunan, en: [Sunan]}\n"
    before, _ = read(tmp_path, HEAD.format(kind="place") + entry)
    again, _ = load([tmp_path])
    after, _ = read(tmp_path, HEAD.format(kind="place") + entry.replace("[Sunan]", "[Sinan]"))
    assert again is before
    assert [term.text for term in after.entities["sunan"].terms] == ["Sinan"]


def test_the_mistakes_of_lists_are_told_every_time(tmp_path: Path) -> None:
    for _ in range(2):
        _, mistakes = read(
            tmp_path, HEAD.format(kind="place") + "- {slug: sunan, en: [Sunan], within: nowhere}\n"
        )
        assert [each.what for each in mistakes] == ["no entry 'nowhere'"]
