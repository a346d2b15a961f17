"""The pains of other deployers' users are listed with tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHORT = {"e2e/": "tests/end-to-end/tests/end_to_end/"}


def rows() -> list[list[str]]:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    section = text.split("## What others suffer from\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def is_there(test: str) -> bool:
    """Whether `path::name` is a test of that file."""
    path, name = test.split("::")
    for short, long in SHORT.items():
        path = path.replace(short, long, 1) if path.startswith(short) else path
    file = ROOT / path
    pattern = rf"#\[(tokio::)?test[^\]]*\]\n(#\[.*\]\n)*(async )?fn {name}\("
    return file.is_file() and re.search(pattern, file.read_text()) is not None


def test_all_28_are_there_and_complete() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, 29))
    assert [row[0] for row in rows() if len(row) != 4 or not all(row)] == []


def test_every_one_has_tests_that_exist() -> None:
    named = {row[0]: re.findall(r"`([^`]+::[^`]+)`", row[3]) for row in rows()}
    assert [number for number, tests in named.items() if not tests] == []
    missing = [test for tests in named.values() for test in tests if not is_there(test)]
    assert missing == []


def test_a_test_that_does_not_exist_is_noticed() -> None:
    assert is_there("e2e/pains.rs::an_update_changes_the_app_in_place")
    assert not is_there("e2e/pains.rs::an_update_changes_the_app")
    assert not is_there("e2e/no_such_file.rs::an_update_changes_the_app_in_place")
    assert not is_there("e2e/pains.rs::deployed"), "a function that is no test"
