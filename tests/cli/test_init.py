from __future__ import annotations

from pathlib import Path

from commands import Monitor

from monitor import config


def test_it_writes_a_config_that_can_be_read_and_the_rules(monitor: Monitor) -> None:
    assert monitor("init").status == 0
    assert len(config.load(Path("config.toml")).feeds) >= 30
    assert Path("rules/vocabulary").is_dir()


def test_it_makes_the_folder(monitor: Monitor) -> None:
    assert monitor("init", "here/and/there").status == 0
    assert Path("here/and/there/config.toml").exists()


def test_it_overwrites_nothing(monitor: Monitor) -> None:
    Path("config.toml").write_text("mine")
    answer = monitor("init")
    assert answer.status == 2
    assert "config.toml is there already" in answer.err
    assert Path("config.toml").read_text() == "mine"
    assert not Path("rules").exists()


def test_a_place_where_nothing_can_be_written_is_told(monitor: Monitor) -> None:
    Path("file").write_text("")
    for folder in ("file", "file/below"):
        answer = monitor("init", folder)
        assert answer.status == 2
        assert f"cannot write into {folder}: " in answer.err
