"""The cases that the command line is run against, here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local_workspace import ROOT
from tellr.workspace import credentials

if TYPE_CHECKING:
    from pathlib import Path

MATRIX: dict[str, Any] = json.loads(
    (ROOT / "tests" / "credentials" / "matrix.json").read_text("utf-8")
)
CASES = MATRIX["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_the_rule_is_the_command_line_s(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / ".databrickscfg"
    if case["file"] != "none":
        file.write_text(MATRIX["files"][case["file"]])
    environment = {"DATABRICKS_CONFIG_FILE": str(file), **case["environment"]}
    expect = case["expect"]

    def find() -> credentials.Found:
        argument = case["argument"]
        return credentials.find(
            argument.get("profile"), environment, credentials.settings(), argument.get("host")
        )

    if "error" in expect:
        with pytest.raises(credentials.NotFoundError) as caught:
            find()
        for part in expect["error"]:
            assert part in str(caught.value)
        return
    found = find()
    secret = found.values.get("token") or found.values.get("client_secret")
    assert (found.host, found.profile, secret) == (
        expect["host"],
        expect["profile"],
        expect["secret"],
    )
    if secret is not None:
        assert secret not in repr(found)
