from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run(
        [hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.fault("OP10")
def test_it_runs_as_somebody_without_rights_and_keeps_one_volume() -> None:
    final = TEXT.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.+)$", final, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^VOLUME (.+)$", final, re.MULTILINE) == ["/data"]
    assert len(re.findall(r"^HEALTHCHECK", final, re.MULTILINE)) == 1


def test_packages_come_by_hash_only() -> None:
    (install,) = re.findall(r"pip install (?:.*\\\n)*.*", TEXT)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


def test_what_it_copies_is_there_and_let_into_the_build() -> None:
    copied = [line.split()[1] for line in TEXT.splitlines() if re.match(r"COPY (?!--from)", line)]
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_in
