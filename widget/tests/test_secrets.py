"""No token, key or database password is in what a person sees, or in what stays behind."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

import tellr
from local_workspace import LocalWorkspace
from tellr.kernel.run import Run
from tellr.secrets import Hidden, Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = base64.urlsafe_b64encode(b"marked-key-" * 2 + b"0123456789").decode()


def marks(workspace: LocalWorkspace) -> list[str]:
    """List what must not be seen: token, key, and everything minted or stored meanwhile."""
    minted = [
        json.loads(entry["answer"]["body"])["token"]
        for entry in workspace.journal()
        if entry["path"].endswith("/credentials")
        and isinstance(entry["answer"], dict)
        and "body" in entry["answer"]
    ]
    return [workspace.token(), KEY, base64.b64encode(KEY.encode()).decode(), *minted]


def verbose(error: BaseException) -> str:
    """Print a traceback as an error reporter does: with the locals of each of our frames."""
    assert error.__traceback__ is not None
    frames = error.__traceback__.tb_next  # the first one is the test's own
    printed = traceback.TracebackException(type(error), error, frames, capture_locals=True)
    return "".join(printed.format())


def test_a_deployment_shows_and_leaves_none(
    workspace: LocalWorkspace,
    capfd: pytest.CaptureFixture[str],
    cache: Path,
) -> None:
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    names: set[str] = set()
    try:
        result = tellr.create(
            app_name="marked", lakebase_name="marked-db", encryption_key=KEY, progress="lines"
        )
        names = {thread.name for thread in threading.enumerate()}
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    out, err = capfd.readouterr()
    seen = [out, err, log.getvalue(), repr(result), *names]
    seen += [file.read_bytes().decode("latin-1") for file in cache.rglob("*") if file.is_file()]
    assert "created the app" in out
    for mark in marks(workspace):
        assert not [text[:200] for text in seen if mark in text]
    tellr.delete("marked", progress="none")


@pytest.mark.parametrize("where", ["POST /api/2.0/secrets/put", "POST /api/2.0/workspace/mkdirs"])
def test_a_failure_shows_none_even_with_all_locals(workspace: LocalWorkspace, where: str) -> None:
    method, path = where.split()
    # The platform's own words repeat what it was sent.
    body = {"error_code": "BAD_REQUEST", "message": f"no: {workspace.token()}"}
    workspace.fault(
        method=method, path=path, times=None, action={"answer": {"status": 400, "body": body}}
    )
    name = f"fails-{path[-3:]}"
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(app_name=name, lakebase_name=name, encryption_key=KEY, progress="none")
    shown = verbose(caught.value) + str(caught.value) + repr(caught.value)
    assert "encryption_key = '[hidden]'" in shown
    assert "[token]" in shown
    for mark in marks(workspace):
        assert mark not in shown


def test_a_refused_key_is_not_repeated(workspace: LocalWorkspace) -> None:
    wrong = KEY + "wrong"
    with pytest.raises(ValueError, match="encryption_key") as caught:
        tellr.create(encryption_key=wrong, progress="none")
    assert wrong not in verbose(caught.value)
    assert workspace.journal() == []


def test_a_credential_in_the_sdk_s_words_is_blanked(
    workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Config:
        host = workspace.host

        def authenticate(self) -> dict[str, str]:
            message = f"can't renew {workspace.token()}"
            raise ValueError(message)

    class Client:
        config = Config()

    monkeypatch.setenv("DATABRICKS_TOKEN", workspace.token())
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(client=Client(), progress="none")  # type: ignore[arg-type]
    assert caught.value.code == "NOT_SIGNED_IN"
    assert workspace.token() not in verbose(caught.value)
    assert "can't renew [token]" in str(caught.value)


def test_a_script_s_traceback_has_none(
    workspace: LocalWorkspace, script: Callable[..., Any]
) -> None:
    workspace.fault(
        path="/api/2.0/apps", method="POST", times=None, action={"answer": {"status": 403}}
    )
    done = script(f"import tellr\ntellr.create(app_name='x-y', encryption_key={KEY!r})")
    assert done.returncode == 1
    assert "tellr.DeploymentError: " in done.stderr
    assert workspace.token() not in done.stdout + done.stderr
    # The line of the script itself is the script's own.
    assert done.stderr.count(KEY) <= 1
    assert KEY not in done.stdout


def test_values_that_hold_secrets_do_not_show_them() -> None:
    assert KEY not in repr(Secret(KEY))
    assert Secret(KEY) == KEY
    hidden = Hidden(arguments=Hidden(encryption_key=KEY))
    assert KEY not in repr(hidden)
    assert "arguments" in repr(hidden)
    assert json.loads(json.dumps(hidden))["arguments"]["encryption_key"] == KEY
    assert KEY not in repr(vars(Run(None, hidden)))  # type: ignore[arg-type]
