"""A Databricks workspace on this machine, and its control address."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90
ADA, BEN, CARLA = "ada@example.com", "ben@example.com", "carla@example.com"


def binary() -> Path:
    """Find the program: where `TELLR_LOCAL_WORKSPACE` says, else where cargo puts it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    return Path(os.environ.get("TELLR_LOCAL_WORKSPACE") or target / "debug" / "local-workspace")


class LocalWorkspace:
    """A running workspace; ends with `stop`."""

    def __init__(self, *flags: str) -> None:
        self._process = subprocess.Popen(
            [binary(), "serve", "--json", "--port", "0", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a test is not for it.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.told: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.host: str = self.told["host"]
        self._tokens = {one["user_name"]: one["token"] for one in self.told["principals"]}

    def stop(self) -> None:
        """End it with everything it runs."""
        self._process.terminate()
        self._process.communicate(timeout=60)

    def token(self, user: str = ADA) -> str:
        """Give a principal's token."""
        return self._tokens[user]

    def oauth_token(self, user: str = ADA) -> str:
        """Exchange a principal's token for one that apps accept."""
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": self.token(user),
        }
        data = urlencode(form).encode()
        with urllib.request.urlopen(f"{self.host}/oidc/v1/token", data, timeout=60) as answer:
            return json.load(answer)["access_token"]

    def environment(self, user: str = ADA) -> dict[str, str]:
        """Say what points a Databricks client, and libpq, at it."""
        return {
            "DATABRICKS_HOST": self.host,
            "DATABRICKS_TOKEN": self.token(user),
            "PGSSLROOTCERT": self.told["ca_file"],
        }

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 (JSON)
        """Call the control address."""
        return self._call(method, f"/__local{path}", body, None)

    def call(self, method: str, path: str, body: object = None, user: str = ADA) -> Any:  # noqa: ANN401
        """Call the workspace's interface as a principal."""
        return self._call(method, path, body, self.token(user))

    def fault(self, **rule: Any) -> None:  # noqa: ANN401 (JSON)
        """Let something go wrong; see the workspace's README."""
        self.control("POST", "/faults", rule)

    def journal(self) -> list[dict[str, Any]]:
        """List the requests so far."""
        return self.control("GET", "/journal")["entries"]

    def _call(self, method: str, path: str, body: object, token: str | None) -> Any:  # noqa: ANN401
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.host + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            refused.msg += f": {refused.read().decode()}"
            raise
