"""The documentation against the program: what can be used is documented, what is documented can be used."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import documents
import pytest
import structlog
import yaml
from builders import message
from commands import run
from documents import ROOT
from pydantic import BaseModel
from typer.core import TyperGroup
from typer.main import get_command

from monitor import examples, timelines
from monitor.alerting.channels import KINDS
from monitor.cli.root import app
from monitor.config import FeedEntry
from monitor.exports.table import COLUMNS
from monitor.extraction.extractor import Extractor
from monitor.matching.guards import GuardFile, GuardsFile
from monitor.matching.load import Pack, load_pack
from monitor.matching.overtime.files import (
    AbsentFile,
    AtFile,
    CalendarFile,
    CountFile,
    DownFile,
    EventFile,
    OverTimeFile,
    SeasonFile,
    SequenceFile,
    StepFile,
    SurgeFile,
    TimelineFile,
    TimelinesFile,
)
from monitor.matching.rule import (
    AlertFile,
    ExampleFile,
    ExamplesFile,
    ExpectFile,
    IgnoreFile,
    RuleFile,
    WhenFile,
)
from monitor.matching.vocabulary import Entry, VocabularyFile
from monitor.model import Because, Kind, Level, Reason, Status

RULES = documents.read("rules/README.md")
EXAMPLE_CONFIG = (ROOT / "config.example.toml").read_text(encoding="utf-8")
AWAITED = {"docs/demo.svg"}  # made from the demo's output
WRITTEN: list[type[BaseModel]] = [
    *(RuleFile, WhenFile, AlertFile, ExamplesFile, ExampleFile, IgnoreFile, ExpectFile),
    *(VocabularyFile, Entry),
    *(GuardsFile, GuardFile),
    *(OverTimeFile, AbsentFile, SequenceFile, StepFile, CountFile, SurgeFile, SeasonFile),
    *(TimelinesFile, TimelineFile, EventFile, DownFile, AtFile, CalendarFile),
]
RULE = {
    "id": "example",
    "title": "An example",
    "level": "medium",
    "when": {"actor": "$dprk", "action": "$launch", "object": "$missile"},
}


def commands(command: Any = None, *before: str) -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    command = command or get_command(app)
    if not isinstance(command, TyperGroup):
        yield " ".join(before), command
        return
    for name in command.list_commands(None):  # type: ignore[arg-type]  # ours asks no context
        yield from commands(command.get_command(None, name), *before, name)  # type: ignore[arg-type]  # same


def fields(model: type[BaseModel]) -> set[str]:
    """The keys of a file, as a person writes them."""
    return {field.alias or name for name, field in model.model_fields.items()}


# --- commands ------------------------------------------------------------------------------------


def test_the_table_of_the_readme_holds_every_command_and_no_other() -> None:
    listed = documents.rows(documents.section("README.md", "All commands"))
    told = [row.removeprefix("monitor ") for row in listed if row.startswith("monitor ")]
    assert sorted(told) == sorted(words for words, _ in commands())


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=str)
def test_every_command_and_option_has_help(words: str, command: Any) -> None:
    assert command.help, words
    assert [each.name for each in command.params if not each.help] == []


def lines_of(language: str) -> Iterator[tuple[str, str]]:
    for name in documents.NAMES:
        for block in documents.blocks(documents.read(name), language):
            yield from ((name, line) for line in block.text.splitlines())


@pytest.mark.parametrize(
    "line", [line for _, line in lines_of("shell") if re.search(r"(^|\| )monitor ", line)]
)
def test_every_command_line_in_the_documents_is_one_that_monitor_takes(line: str) -> None:
    words = shlex.split(line.rpartition("| ")[2], comments=True)[1:]
    if words == ["--help"]:
        return
    command: Any = get_command(app)
    while isinstance(command, TyperGroup):
        name, *words = words
        command = command.get_command(None, name)  # type: ignore[arg-type]  # ours asks no context
        assert command is not None, name
    command.make_context(name, words)  # raises what a person would read


def test_every_make_target_in_the_documents_is_one() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {line.split()[1] for _, line in lines_of("shell") if line.startswith("make ")}
    assert told >= {"demo", "test"}
    assert told <= targets


def test_the_map_of_the_house_shows_every_part_and_no_other() -> None:
    shown = documents.rows(documents.section("CONTRIBUTING.md", "The map of the house"))
    assert [path for path in shown if not (ROOT / path).exists()] == []
    parts = {f"monitor/{path.name}" + "/" * path.is_dir() for path in (ROOT / "monitor").iterdir()}
    hidden = {part for part in parts if part.startswith("monitor/__")}
    assert parts - hidden - {"monitor/py.typed"} <= set(shown)


def test_the_map_of_the_house_draws_the_layers_that_are_checked() -> None:
    """All from the entry down to the errors, siblings apart by a stroke."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = " > ".join(contracts["contracts"][0]["layers"])
    assert layers in " ".join(documents.read("CONTRIBUTING.md").split())


# --- links, channels, config -----------------------------------------------------------------------


@pytest.mark.parametrize("name", documents.NAMES)
def test_every_link_and_image_leads_somewhere(name: str) -> None:
    for file, place in documents.links(name):
        if file not in AWAITED:
            assert (ROOT / file).exists(), file
        if place:
            assert place in map(documents.anchor, documents.headings(documents.read(file))), (file, place)


@pytest.mark.parametrize("kind", KINDS)
def test_every_channel_is_in_the_readme(kind: str) -> None:
    assert f'kind = "{kind}"' in documents.section("README.md", "Who is told")


def test_every_reason_that_the_readme_names_is_one() -> None:
    """All other options of the config are held by tests/config/test_example.py."""
    named = re.findall(r"such as\s+`([a-z-]+)`, `([a-z-]+)` or `([a-z-]+)`", documents.read("README.md"))
    assert named
    assert set(named[0]) <= set(Reason)


def test_every_key_of_a_feed_is_explained() -> None:
    explained = re.findall(r"^# (\w+)  +\S", EXAMPLE_CONFIG.partition("# --- feeds")[2], re.MULTILINE)
    assert explained == list(FeedEntry.model_fields)


# --- rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_every_field_of_a_rule_and_of_a_list_is_explained(model: type[BaseModel]) -> None:
    titles = [word for title in documents.headings(RULES) for word in re.findall(r"`([^`]+)`", title)]
    listed = re.findall(r"`([a-z_]+)`", RULES.partition("`expect` takes")[2].partition("\n")[0])
    assert fields(model) <= {*documents.rows(RULES), *titles, *listed}


def test_no_field_is_explained_that_is_none() -> None:
    known = set().union(*map(fields, WRITTEN)) | set(Because)
    assert set(documents.rows(RULES)) <= known


def test_every_value_is_named() -> None:
    statuses = set(RuleFile.model_fields["status"].annotation.__args__)  # type: ignore[union-attr]  # a Literal
    for value in (*statuses, *Status, *map(str, Level), *Kind):
        assert f"`{value}`" in RULES, value
    assert set(documents.rows(documents.section("rules/README.md", "Why a rule stayed silent"))) == set(
        Because
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The rules and lists of rules/README.md beside the shipped ones; a part of a rule is made whole."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "vocabulary").mkdir()
    for number, block in enumerate(documents.blocks(RULES, "yaml")):
        keys = re.findall(r"^(\w+):", block.text, re.MULTILINE)
        unused = {*keys, *({"when"} if "kind" in keys else ())}
        rest = {key: value for key, value in {**RULE, "id": f"example-{number}"}.items() if key not in unused}
        if "guards" in keys:
            (folder / "guards.yml").write_text(block.text)
        elif "list" in keys:
            (folder / "vocabulary" / f"{number}.yml").write_text(block.text)
        else:
            (folder / f"{number}.yml").write_text((yaml.safe_dump(rest) if rest else "") + block.text)
    return load_pack([ROOT / "rules", folder])


def test_the_examples_of_the_rules_readme_load(shown: Pack) -> None:
    assert {"example-launch", "example-tow"} <= {rule.id for rule in shown.rules}


@pytest.mark.model
def test_the_examples_of_the_rules_readme_hold(shown: Pack) -> None:
    reader = Extractor(shown.vocabulary, shown.needs, gated=False)
    outcomes = examples.run([rule for rule in shown.rules if rule.id.startswith("example-")], reader)
    watched = [rule for rule in shown.over_time if rule.id.startswith("example-")]
    outcomes += timelines.run(watched, shown.rules, reader)
    assert len(watched) == 5
    assert len(outcomes) > 40
    assert [(each.rule, each.text, each.wrong) for each in outcomes if each.wrong] == []


# --- formats -----------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder without a config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    yield
    structlog.reset_defaults()


def json_lines(heading: str) -> list[str]:
    return [block.text for block in documents.blocks(documents.section("docs/formats.md", heading), "json")]


@pytest.mark.model
@pytest.mark.usefixtures("elsewhere")
def test_match_answers_as_the_document_says() -> None:
    given, answered = json_lines("Match")
    assert json.loads(run("match", stdin=given).out) == json.loads(answered)


@pytest.mark.model
@pytest.mark.usefixtures("elsewhere")
def test_eval_reads_what_the_document_says() -> None:
    (given,) = json_lines("Eval")
    answer = run("eval", "-", "--json", stdin=given)
    assert (answer.status, answer.json[-1]["rule"], answer.json[-1]["hits"]) == (0, "all", 1)


def test_the_data_of_a_webhook_and_the_columns_of_an_export_are_explained() -> None:
    data: Any = message().data
    told = documents.rows(documents.section("docs/formats.md", "Webhook"))
    assert set(data) <= set(told)
    listed = documents.section("docs/formats.md", "Webhook")
    for key in (*data["event"], *data["reports"][0]):
        assert f"`{key}`" in listed, key
    export = re.findall(r"`(\w+)`", documents.section("docs/formats.md", "Export").partition("report:")[2])
    assert tuple(export) == COLUMNS


@pytest.mark.model
@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("name", "heading"),
    [("README.md", "Tune a rule"), ("rules/README.md", "Why it fired, or not: `explain`")],
)
def test_explain_says_what_the_documents_show(
    name: str, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    command, said = documents.blocks(documents.section(name, heading), "shell", "text")
    assert run(*shlex.split(command.text)[1:]).out == said.text
