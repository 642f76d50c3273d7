"""Every fault we mean to survive is answered: by a test that bears its id, or in words."""

from __future__ import annotations

import faults


def test_every_fault_is_answered_and_no_other() -> None:
    assert set(faults.proved()) | set(faults.excused()) == set(faults.listed())


def test_no_fault_is_both_proved_and_excused() -> None:
    assert set(faults.proved()) & set(faults.excused()) == set()


def test_the_document_holds_the_severity_of_each_fault() -> None:
    severities = faults.listed()
    assert {fault: severity for fault, (severity, _) in faults.excused().items()} == {
        fault: severities[fault] for fault in faults.excused()
    }


def test_the_table_in_the_document_is_that_of_the_tests() -> None:
    assert faults.written() == faults.table(), "`python tests/faults.py` writes the table anew"
