"""`monitor slack` says what is missing before it listens."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import run

APP = 'kind = "slack"\ntoken = "xoxb-1"\napp_token = "xapp-1"\nworkspaces = ["T024BE7LD"]\n'
PEOPLE = 'people = {U061F7AUR = "analyst"}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no channel of the config is a Slack app"),
        (f"[channels.a]\n{APP}{PEOPLE}[channels.b]\n{APP}{PEOPLE}", "several channels have an app: a, b"),
        (f"[channels.a]\n{APP}", "workspaces and people"),
        (f'[channels.a]\n{APP}people = {{kim = "analyst"}}\n', '"kim" is no id'),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text, encoding="utf-8")
    done = run("slack", "-c", str(config))
    assert done.status == 2
    assert said in done.err
    assert "xapp-1" not in done.err
