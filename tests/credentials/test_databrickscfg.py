"""Each `.databrickscfg` of the test files, as Databricks' Python SDK reads it.

`databrickscfg.json` holds what the SDK makes of each file (`sdk`), which the tests of `tellr-app`
compare with their own reading. Where the SDK refuses a file, `here` says what is to be read all the
same: one bad line costs the section that it stands in, not the file.
`python tests/credentials/test_databrickscfg.py` writes `sdk` anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from databricks.sdk.config import Config

HERE = Path(__file__).parent
CASES = HERE / "databrickscfg.json"
KEYS = ("host", "token", "client_id", "client_secret", "auth_type", "account_id", "workspace_id")
LEAST_FILES = 25


def read_by_sdk(file: str, profile: str | None) -> dict[str, Any]:
    """Read a file with the SDK's own code, without its later network requests."""
    Config.attributes()  # names them
    config = Config.__new__(Config)
    config._inner = {}
    config.config_file = str(HERE / "databrickscfg" / file)
    if profile is not None:
        config.profile = profile
    try:
        config._known_file_config_loader()
    except Exception as error:
        return {"refused": type(error).__name__}
    values = {key: config._inner[key] for key in KEYS if config._inner.get(key)}
    name = config.profile or ("DEFAULT" if values else None)
    return {"profile": name, "values": values}


def cases() -> list[dict[str, Any]]:
    """Read the recorded cases."""
    return json.loads(CASES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['file']}-{case['profile']}")
def test_the_sdk_reads_what_is_recorded(case: dict[str, Any]) -> None:
    assert read_by_sdk(case["file"], case["profile"]) == case["sdk"]


def test_the_corpus_is_complete() -> None:
    files = {path.name for path in (HERE / "databrickscfg").iterdir()}
    assert files == {case["file"] for case in cases()}
    assert len(files) >= LEAST_FILES
    for case in cases():
        assert all(key in ("file", "profile", "sdk", "here") for key in case)
        # The result differs from the SDK's only where the SDK reads no profile, or no value that
        # could be sent.
        sdk = case["sdk"]
        reads = bool(sdk.get("values")) and not any(
            "\n" in value for value in sdk["values"].values()
        )
        assert reads != ("here" in case), case


if __name__ == "__main__":
    recorded = [{**case, "sdk": read_by_sdk(case["file"], case["profile"])} for case in cases()]
    CASES.write_text(json.dumps(recorded, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
