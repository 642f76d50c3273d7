from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from monitor.matching.source import MAX_BYTES, Source, files, read, read_text, suggest, validate


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: str = ""


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    inner: list[Inner] = []


def value(text: str) -> object:
    found = read_text(text, name="x.yml")
    assert found.mistakes == ()
    return found.value


def mistakes(text: str) -> list[str]:
    return [str(each) for each in validate(read_text(text, name="x.yml"), Outer)[1]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),  # Norway, in YAML 1.1 false
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("22:00", "22:00"),
        ("2026-01-06", "2026-01-06"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("007", "007"),
        (".inf", ".inf"),
        ("1e3", "1e3"),
        ("=", "="),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("2.50", 2.5),
        ("9" * 19, "9" * 19),
        ('"true"', "true"),
        ("'12'", "12"),
        ('"a\\u5927b"', "a大b"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">\n  one\n  line\n", "one line\n"),
    ],
)
def test_a_scalar_is_what_it_looks_like(written: str, meant: object) -> None:
    assert value(f"key: {written}") == {"key": meant}


def test_an_empty_value_is_none_and_an_empty_string_is_not() -> None:
    assert value("a:\nb: ''") == {"a": None, "b": ""}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert value("\ufeffa: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("name: a\nname: b", "x.yml:2:1: key 'name' stands here twice"),
        ("name: a\ninner:\n  - {colour: b, colour: c}", "x.yml:3:17: key 'colour' stands here twice"),
        (
            "name: &a b",
            "x.yml:1:7: anchor is not allowed; a value that begins with '&' needs quotes around it",
        ),
        ("name: *a", "x.yml:1:7: alias is not allowed; a value that begins with '*' needs quotes around it"),
        (
            "name: !!str b",
            "x.yml:1:7: tag is not allowed; a value that begins with '!' needs quotes around it",
        ),
        (
            "name: !!python/object/apply:os.system [x]",
            "x.yml:1:7: tag is not allowed; a value that begins with '!' needs quotes around it",
        ),
        ("<<: {name: a}\nname: b", "x.yml:1:1: a key must be a plain word"),
        ("? [a, b]\n: c\nname: b", "x.yml:1:3: a key must be a plain word"),
        ("", "x.yml:1:1: the file is empty"),
        ("# nothing but this", "x.yml:1:1: the file is empty"),
        ("- a", "x.yml:1:1: keys with values belong here"),
        ("name: a\ninner: [b]", "x.yml:2:9: inner: keys with values belong here"),
        ("inner: []", "x.yml:1:1: key 'name' is missing"),
        ("name: [a]", "x.yml:1:1: name: text belongs here"),
        ("nmae: a\nname: b", "x.yml:1:1: unknown key 'nmae'; did you mean 'name'?"),
        ("name: b\ninner:\n- color: c", "x.yml:3:3: unknown key 'color'; did you mean 'colour'?"),
        ("name: b\nzzz: c", "x.yml:2:1: unknown key 'zzz'"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, mistake: str) -> None:
    assert mistakes(text) == [mistake]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name: [a", "x.yml:"),
        ("name: a: b", "x.yml:1:8"),
        ("\tname: a", "x.yml:1:1"),
        ("name: 'a", "x.yml:"),
        ("--- a\n--- b", "x.yml:2:1"),
        ("name: \x07", "x.yml:1:1"),
        ("name: \ud800", "x.yml:1:1"),
    ],
)
def test_what_is_no_yaml_is_one_mistake_of_one_line(text: str, where: str) -> None:
    (mistake,) = mistakes(text)
    assert mistake.startswith(where)
    assert "not valid YAML" in mistake
    assert "\n" not in mistake


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    assert len(mistakes("nmae: a\ninner:\n- {color: a}\n- {colour: [b]}")) == 4


BOMBS = {
    "flow": "[" * 100_000,
    "flow mappings": "{a: " * 100_000,
    "sequences in a line": "- " * 400_000,
    "indented mappings": "\n".join(f"{' ' * depth}a:" for depth in range(1300)),
    "just too deep": "- " * 30 + "a",
    "laughs": "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_a_mistake(text: str) -> None:
    assert read_text(text, name="x.yml").mistakes


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("#" * (MAX_BYTES + 1))
    (mistake,) = read(tmp_path / "x.yml").mistakes
    assert "larger than 1,000,000 bytes" in mistake.what


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name: caf\xe9"])
def test_a_file_that_is_no_utf8_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.yml").write_bytes(content)
    (mistake,) = read(tmp_path / "x.yml").mistakes
    assert "cannot be read" in mistake.what


def test_what_is_no_file_is_a_mistake_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "dangling.yml").symlink_to(tmp_path / "absent")
    for path in files(tmp_path):
        (mistake,) = read(path, name=path.name).mistakes
        assert mistake.where == f"{path.name}:1:1"


def test_only_yaml_files_are_listed_in_order_and_not_what_editors_leave(tmp_path: Path) -> None:
    for name in ("b.yml", "a/c.yaml", "a/.#c.yaml", ".hidden.yml", "#b.yml", "b.yml~", "read.me"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(path.relative_to(tmp_path)) for path in files(tmp_path)] == ["a/c.yaml", "b.yml"]
    assert files(tmp_path / "absent") == []


def test_the_place_of_what_is_not_there_is_that_of_what_encloses_it() -> None:
    found: Source = read_text("a:\n  b: 1", name="x.yml")
    assert found.where(("a", "b")) == "x.yml:2:3"
    assert found.where(("a", "absent", 3)) == "x.yml:1:1"
    assert found.where(()) == "x.yml:1:1"


def test_a_suggestion_is_made_only_when_a_word_is_near() -> None:
    assert suggest("actr", ["action", "actor"]) == "did you mean 'actor'?"
    assert suggest("zebra", ["action", "actor"]) == ""


@given(st.text())
def test_no_text_whatever_raises(text: str) -> None:
    validate(read_text(text, name="x.yml"), Outer)


@given(
    st.recursive(st.text("ab: -#\n'\"[]{}&*!|>%@`,?", max_size=5), lambda part: st.lists(part).map("".join))
)
def test_no_text_of_yaml_signs_raises(text: str) -> None:
    validate(read_text(text, name="x.yml"), Outer)
