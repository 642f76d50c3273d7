"""Which test proves which fault survived. `python tests/faults.py` writes the table of docs/reliability.md anew."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
DOCUMENT = TESTS.parent / "docs" / "reliability.md"
HEAD = "| fault | severity | proved by |\n|---|---|---|\n"
FOOT = "\n<!-- end of the table -->"

_REASON = re.compile(r"^\| ([A-Z]{2}\d\d) \| (P\d) \| ([^|`]+) \|$", re.MULTILINE)


def listed() -> dict[str, str]:
    """Every fault's severity, P0 to P2, by its id."""
    lines = (TESTS / "data" / "faults.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines)


def proved() -> dict[str, list[str]]:
    """The tests that bear a fault's id, as `folder/file.py::name`."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, fault in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(fault, []).append(f"{path.relative_to(TESTS).as_posix()}::{name}")
    return found


def excused() -> dict[str, tuple[str, str]]:
    """Severity and reason of the faults that the document answers in words."""
    found = _REASON.findall(DOCUMENT.read_text(encoding="utf-8"))
    return {fault: (severity, reason) for fault, severity, reason in found}


def table() -> str:
    """The table of tests in the document, without its head."""
    severities, tests = listed(), proved()
    rows = [
        f"| {fault} | {severities[fault]} | {'<br>'.join(f'`{test}`' for test in tests[fault])} |"
        for fault in sorted(tests)
    ]
    return "\n".join(rows)


def written() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text(encoding="utf-8").partition(HEAD)[2].partition(FOOT)[0]


def _marked(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Name of each test and id of each fault that it is marked with."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    yield from ((node.name, ast.literal_eval(each)) for each in mark.args)


if __name__ == "__main__":
    before, head, rest = DOCUMENT.read_text(encoding="utf-8").partition(HEAD)
    DOCUMENT.write_text(before + head + table() + FOOT + rest.partition(FOOT)[2], encoding="utf-8")
