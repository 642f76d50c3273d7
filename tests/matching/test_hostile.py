"""Rule files that would hang, fill the memory or run code elsewhere. The names give the faults they hold off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rulefolder import RULE, RuleFolder

from monitor.matching import patterns, source
from monitor.matching.judge import RuleIndex

BROKEN = Path(__file__).parents[1] / "data/broken-rules"
CONFINED = """
import resource, sys
from pathlib import Path
from monitor.errors import RuleError
from monitor.matching.load import load_pack
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    load_pack([Path(sys.argv[1])])
except RuleError as error:
    print(len(error.mistakes))
"""


def mistakes_of(name: str) -> list[str]:
    (file,) = BROKEN.glob(f"*-{name}.yml")
    return [str(each) for each in source.read(file, name="x.yml").mistakes]


def with_pattern(pattern: str) -> str:
    return f"{RULE}unless:\n  - {{text: ['{pattern}']}}\n"


def test_all_broken_files_together_are_refused_within_limits(folder: RuleFolder) -> None:
    """RU07, RU08: 20 s of CPU and 2 GB, both many times what it takes."""
    for file in BROKEN.glob("*.yml"):
        folder.write(f"broken/{file.name}", file.read_text(encoding="utf-8"))
    child = subprocess.run(
        [sys.executable, "-c", CONFINED, folder.path], capture_output=True, text=True, check=True
    )
    assert int(child.stdout) >= len(list(BROKEN.glob("*.yml")))


@pytest.mark.fault("RU02")
@pytest.mark.parametrize(
    "name", ["new.yml~", ".new.yml.swp", "#new.yml#", ".#new.yml", "new.yml.tmp", "new.bak"]
)
def test_ru02_what_editors_leave_behind_is_no_rule(folder: RuleFolder, name: str) -> None:
    folder.write(name, "id: [half")
    assert [rule.id for rule in folder.load().rules] == ["launch"]


@pytest.mark.fault("RU02")
@pytest.mark.parametrize("length", range(1, len(RULE), 9))
def test_ru02_a_file_written_in_part_is_a_rule_or_a_mistake(folder: RuleFolder, length: int) -> None:
    folder.write("launch.yml", RULE[:length])
    assert folder.mistakes() or folder.load().rules


@pytest.mark.fault("RU04")
@pytest.mark.parametrize("pattern", ["(a+)+x", "(x+x+)+y", "(.*b){20}"])
def test_ru04_a_pattern_that_would_backtrack_for_ever_is_tried_in_one_pass(pattern: str) -> None:
    """The time limit of every test is the measure: a backtracking engine needs years."""
    assert patterns.fault(pattern) == ("", "")
    assert patterns.first([pattern], "a" * 50_000 + "!" + "x" * 50_000) in {None, (0, 50_000)}


@pytest.mark.fault("RU05")
@pytest.mark.parametrize(
    ("pattern", "construct", "instead"),
    [
        ("(?=x)missile", "(?=", "look-ahead"),
        ("(?<!x)missile", "(?<", "look-behind"),
        (r"(fire)\1", r"\1", "back-references"),
        ("a{1001}", "{1001}", "1,000"),
        ("ab++", "++", "possessive"),
        ("(missile", "missing )", "bracket"),
        ("*missile", "*", r"`\*`"),
        ("((ab){500}c){500}", "repetition size", "1,000"),
    ],
)
def test_ru05_what_re2_does_not_know_is_named_with_what_to_write(
    folder: RuleFolder, capfd: pytest.CaptureFixture[str], pattern: str, construct: str, instead: str
) -> None:
    folder.write("launch.yml", with_pattern(pattern))
    (told,) = folder.mistakes()
    assert told.startswith("launch.yml:9:")
    assert construct in told
    assert instead in told
    assert capfd.readouterr().err == ""


@pytest.mark.fault("RU05")
@pytest.mark.parametrize("pattern", ["x" * 501, r"[\p{L}]{900}"])
def test_ru05_a_pattern_that_takes_too_much_is_refused(folder: RuleFolder, pattern: str) -> None:
    folder.write("launch.yml", with_pattern(pattern))
    (told,) = folder.mistakes()
    assert "longer than 500 characters" in told or "too much memory" in told


@pytest.mark.fault("RU07")
def test_ru07_a_bomb_of_merge_keys_is_refused_at_its_first_anchor() -> None:
    (told,) = mistakes_of("merge-key-bomb")
    assert told.startswith("x.yml:1:4: anchor is not allowed")


@pytest.mark.fault("RU08")
@pytest.mark.parametrize("name", ["deep-brackets", "deep-lists"])
def test_ru08_deep_nesting_is_a_mistake(name: str) -> None:
    (told,) = mistakes_of(name)
    assert "nesting" in told


@pytest.mark.fault("RU08")
@pytest.mark.parametrize("sign", ["- ", "? ", "[", "{a: "])
def test_ru08_nesting_of_any_kind_is_a_mistake_at_any_depth(sign: str) -> None:
    for times in (30, 90, 5_000):
        assert source.read_text(sign * times, name="x.yml").mistakes


@pytest.mark.fault("RU09")
@pytest.mark.parametrize("name", ["number-of-many-digits", "date-that-is-none"])
def test_ru09_numbers_and_dates_that_are_none_are_mistakes(folder: RuleFolder, name: str) -> None:
    (file,) = BROKEN.glob(f"*-{name}.yml")
    folder.write("x.yml", file.read_text(encoding="utf-8"))
    (told,) = folder.mistakes()
    assert told.startswith("x.yml:7:")


@pytest.mark.fault("RU10")
def test_ru10_no_tag_is_followed() -> None:
    (told,) = mistakes_of("python-tag")
    assert told.startswith("x.yml:2:8: tag is not allowed")


@pytest.mark.fault("RU12")
def test_ru12_words_that_look_like_something_else_stay_words() -> None:
    found = source.read_text("[NO, on, off, y, 22:00, 0x1F, 1_000, 2026-01-06, C#, .inf, ~x]", name="x.yml")
    assert found.value == ["NO", "on", "off", "y", "22:00", "0x1F", "1_000", "2026-01-06", "C#", ".inf", "~x"]


@pytest.mark.fault("RU12")
@pytest.mark.parametrize("name", ["colon-in-title", "percent-sign", "at-sign", "star"])
def test_ru12_where_quotes_are_needed_it_says_so(name: str) -> None:
    (told,) = mistakes_of(name)
    assert "needs quotes around it" in told


@pytest.mark.fault("RU14")
@pytest.mark.parametrize("pattern", ["", ".*", "x*", "(missile)?", "^", "e", "[a-z]", "."])
def test_ru14_a_pattern_that_holds_everywhere_is_refused(folder: RuleFolder, pattern: str) -> None:
    folder.write("launch.yml", with_pattern(pattern))
    (told,) = folder.mistakes()
    assert "every sentence" in told


@pytest.mark.fault("RU15")
def test_ru15_rules_are_asked_by_what_was_done_and_not_one_after_another(folder: RuleFolder) -> None:
    folder.write(
        "vocabulary/more.yml", "list: more\nkind: action\nabout: x\nentries: [{slug: sink, verbs: [sink]}]\n"
    )
    for number in range(20):
        folder.write(
            f"{number}.yml", RULE.replace("launch\n", f"sink-{number}\n", 1).replace(": launch", ": sink")
        )
    index = RuleIndex.of(folder.load().rules)
    assert [rule.id for rule in index.by_action["launch"]] == ["launch"]


@pytest.mark.fault("RU17")
@pytest.mark.timeout(20)
def test_ru17_a_pipe_is_not_waited_for(folder: RuleFolder) -> None:
    os.mkfifo(folder.path / "pipe.yml")
    (told,) = folder.mistakes()
    assert told == "pipe.yml:1:1: is no plain file"


@pytest.mark.fault("RU17")
def test_ru17_a_file_without_end_is_not_read(folder: RuleFolder) -> None:
    with (folder.path / "huge.yml").open("wb") as file:
        file.truncate(1 << 30)  # takes no room on the disk
    (folder.path / "device.yml").symlink_to("/dev/zero")
    (folder.path / "binary.yml").write_bytes(bytes(range(256)))
    assert [told.split(":")[0] for told in folder.mistakes()] == ["binary.yml", "device.yml", "huge.yml"]


@pytest.mark.fault("RU18")
def test_ru18_a_list_that_is_none_is_told_when_the_rules_are_read(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE.replace("$dprk", "$drpk"))
    assert folder.mistakes() == [
        "launch.yml:5:3: '$drpk' is no list or entry of the vocabulary; did you mean '$dprk'?"
    ]
