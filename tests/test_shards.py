"""An archive of many files is judged as one of the same articles would be, and never twice."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import Answer, run
from rulefolder import RuleFolder

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("shards")]

RULE = """\
id: shots
title: North Korea fires something
level: high
when: {actor: $dprk, action: $launch, object: $missile}
"""
TEXTS = [
    ("2026-03-02", "North Korea fired a short-range missile on Monday, Seoul said.", ["shots"]),
    ("2026-03-03", "Rain fell in Seoul.", []),
    ("2026-03-10", "North Korea fired an ICBM on Tuesday, Seoul said.", ["shots"]),
    ("2026-03-11", "North Korea held a parade on Wednesday.", []),
    ("2026-03-20", "Pyongyang may fire a missile next week, Seoul said.", ["shots"]),
    ("2026-03-25", "North Korea launched two ballistic missiles on Wednesday.", []),
]
BACKTEST = ("rules", "backtest", "shots", "--rules", "rules", "--against", "before", "--json")
PATIENCE = 240.0  # seconds, on a machine that is busy with other tests


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Six articles, as one file and as a folder of three in three formats; rules of today that are narrower."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    for name, rule in (("before", RULE), ("rules", RULE.replace("$missile", "icbm"))):
        RuleFolder(tmp_path / name, lists=False).write("shots.yml", rule)
    told: list[dict[str, Any]] = [
        {"id": f"a{n}", "text": text, "published": day, "labels": labels}
        for n, (day, text, labels) in enumerate(TEXTS)
    ]
    Path("news.jsonl").write_text(_lines(told), encoding="utf-8")
    folder = Path("archive/2026")
    folder.mkdir(parents=True)
    (folder / "1.jsonl").write_text(_lines(told[:2]), encoding="utf-8")
    (folder / "2.jsonl.gz").write_bytes(gzip.compress(_lines(told[2:4]).encode()))
    pq.write_table(pa.Table.from_pylist(told[4:]), folder / "3.parquet")
    return told


def _lines(told: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in told)


def kept() -> dict[str, int]:
    """The results that lie there, each with the time at which it was written."""
    return {path.name: path.stat().st_mtime_ns for path in Path("data/judged").iterdir()}


def backtest(*words: str) -> Answer:
    """Of the folder, which must come to an end."""
    answer = run(*BACKTEST, "archive", *words)
    assert answer.status == 0, answer.err
    return answer


@pytest.mark.usefixtures("news")
def test_a_folder_is_judged_as_one_file_of_the_same_articles() -> None:
    told = backtest("--processes", "1")
    assert told.out == run(*BACKTEST, "news.jsonl", "--processes", "1").out
    assert (told.json["before"], told.json["after"]) == (3, 1)


@pytest.mark.usefixtures("news")
def test_only_articles_of_the_day_of_since_and_later_count() -> None:
    assert backtest("--processes", "1", "--since", "2026-03-10").json["before"] == 2
    assert backtest("--processes", "1", "--since", "2026-03-11").json["before"] == 1


@pytest.mark.usefixtures("news")
def test_a_result_is_made_once_and_anew_only_where_shard_or_rules_changed() -> None:
    first = backtest("--processes", "1").out
    before = kept()
    assert backtest("--processes", "1").out == first
    assert kept() == before
    more = {
        "id": "a9",
        "text": "North Korea fired an ICBM on Thursday, Seoul said.",
        "published": "2026-03-26",
    }
    with Path("archive/2026/1.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(more) + "\n")
    assert backtest("--processes", "1").json["after"] == 2
    assert before.items() <= kept().items()
    assert len(kept()) == len(before) + 1
    rules = Path("rules/shots.yml")
    rules.write_text(rules.read_text(encoding="utf-8").replace("icbm", "$missile"), encoding="utf-8")
    assert backtest("--processes", "1").json["after"] == 4
    assert len(kept()) == len(before) + 4


@pytest.mark.usefixtures("news")
def test_a_broken_line_is_named_and_what_was_judged_before_it_is_kept() -> None:
    good = Path("archive/2026/2.jsonl.gz").read_bytes()
    Path("archive/2026/2.jsonl.gz").write_bytes(gzip.compress(b'{"id": "x", "text": "Rain."}\n{"id": \n'))
    answer = run(*BACKTEST, "archive", "--processes", "1")
    assert answer.status == 2
    assert "2.jsonl.gz:2: not JSON" in answer.err
    assert len(kept()) == 1  # that of the first, and nothing half-written
    Path("archive/2026/2.jsonl.gz").write_bytes(good)
    assert backtest("--processes", "1").json["after"] == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cut.jsonl.gz", gzip.compress(b'{"id": "x", "text": "Rain."}\n' * 99)[:-20], "ends too early"),
        ("no.parquet", b"not Parquet at all", "cannot read"),
        ("no.jsonl", b"\xff\xfe", "not UTF-8"),
    ],
    ids=[
        "cut",
        "no parquet",
        "no text",
    ],  # gzip writes the time: the workers of the suite would name it differently
)
@pytest.mark.usefixtures("news")
def test_a_file_that_cannot_be_read_is_named(name: str, content: bytes, said: str) -> None:
    (Path("archive") / name).write_bytes(content)
    answer = run(*BACKTEST, "archive", "--processes", "1")
    assert answer.status == 2
    assert name in answer.err
    assert said in answer.err


@pytest.mark.usefixtures("news")
def test_a_folder_without_an_archive_is_wrong_usage() -> None:
    Path("empty").mkdir()
    answer = run(*BACKTEST, "empty")
    assert answer.status == 2
    assert "holds no archive" in answer.err
    assert "--ray" in run(*BACKTEST, "news.jsonl", "--ray", "local").err


def test_labelled_folders_are_counted_like_one_file(news: list[dict[str, Any]]) -> None:
    def figures(file: str) -> Any:
        answer = run("eval", file, "--json")
        assert answer.status == 0, answer.err
        return answer.json

    for each in news:
        each["labels"] = ["dprk-missile-launch"] if each["labels"] else []
    Path("news.jsonl").write_text(_lines(news), encoding="utf-8")
    folder = Path("labelled")
    folder.mkdir()
    (folder / "1.jsonl").write_text(_lines(news[:3]), encoding="utf-8")
    (folder / "2.jsonl").write_text(_lines(news[3:]), encoding="utf-8")
    found = figures("labelled")
    assert found == figures("news.jsonl")
    assert found[-1]["labelled"] == 3
    unlabelled = {
        "id": "u",
        "text": "North Korea fired an ICBM on Tuesday, Seoul said.",
        "published": "2026-03-26",
    }
    (folder / "3.jsonl").write_text(_lines([unlabelled]), encoding="utf-8")
    assert figures("labelled") == found


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("news")
def test_by_ray_comes_the_same_and_other_processes_take_over_its_results() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *BACKTEST, "archive", "--ray", "local"],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    before = kept()
    assert len(before) == 3
    assert backtest("--processes", "1").out == done.stdout
    assert kept() == before
    assert not Path("data/readings.db").exists()  # several machines would have written to it
