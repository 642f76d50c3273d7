from __future__ import annotations

from pathlib import Path

import pytest

from monitor.demo.runs import open_run
from monitor.errors import UsageError


def test_an_unfinished_run_is_taken_up_again(tmp_path: Path) -> None:
    with open_run(tmp_path) as first:
        assert not first.resumed
        first.port(4711)
    with open_run(tmp_path) as second:
        assert second.resumed
        assert second.folder == first.folder
        assert second.last_port == 4711


def test_after_a_finished_run_the_next_starts_over_beside_it(tmp_path: Path) -> None:
    with open_run(tmp_path) as first:
        first.finish()
    with open_run(tmp_path) as second:
        assert not second.resumed
        assert second.folder != first.folder
        assert second.last_port == 0
    assert first.folder.exists()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with open_run(tmp_path), pytest.raises(UsageError, match="already running"), open_run(tmp_path):
        pass
