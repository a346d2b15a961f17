"""Which workspace, and as whom: the same rule as on the command line, and no surprises."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from databricks.sdk.config import Config

import tellr
from local_workspace import BEN, LocalWorkspace
from tellr.workspace import credentials
from tellr.workspace.address import AddressError, trimmed
from tellr.workspace.session import NoAnswerError, WorkspaceSession

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def profiles(workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep a profile for the workspace in a file, while the environment names another one."""
    file = tmp_path / "profiles"
    file.write_text(f"[ben]\nhost = {workspace.host}/?o=1\ntoken = {workspace.token(BEN)}\n")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(file))
    for name, value in {
        "DATABRICKS_HOST": "https://other.example",
        "DATABRICKS_TOKEN": "dapi-of-another-workspace",
        "DATABRICKS_CLIENT_ID": "of another",
        "DATABRICKS_CLIENT_SECRET": "of another",
        "DATABRICKS_AUTH_TYPE": "oauth-m2m",
    }.items():
        monkeypatch.setenv(name, value)
    return file


@pytest.mark.usefixtures("profiles")
def test_a_profile_is_not_overruled_by_the_environment(workspace: LocalWorkspace) -> None:
    with pytest.raises(tellr.DeploymentError, match="no app"):
        tellr.delete("no-such-app", profile="ben", progress="none")
    assert {entry["principal"] for entry in workspace.journal()} - {None} == {BEN}


def test_a_jobs_token_is_never_sent_unencrypted() -> None:
    settings = {"host": "DATABRICKS_HOST"}
    job = {"DATABRICKS_HOST": "https://w.example", "DATABRICKS_AUTH_TYPE": "github-oidc"}
    url = "ACTIONS_ID_TOKEN_REQUEST_URL"
    with pytest.raises(credentials.NotFoundError, match="https://"):
        credentials.find(None, {**job, url: "http://192.0.2.2/x?a=1"}, settings)
    assert credentials.find(None, {**job, url: "https://github.example/x"}, settings).host


@pytest.mark.usefixtures("profiles")
def test_a_missing_profile_names_those_there_are_and_nothing_is_sent(
    workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", workspace.host)
    monkeypatch.setenv("DATABRICKS_TOKEN", workspace.token())
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.delete("tellr", profile="bne", progress="none")
    assert "There is no profile `bne`" in caught.value.cause
    assert "Profiles there: ben" in caught.value.cause
    assert workspace.journal() == []


def test_nothing_of_the_environment_gets_into_a_profile(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [one for one in Config.attributes() if one.env and one.name != "config_file"]
    assert len(named) > 20
    for attribute in named:
        monkeypatch.setenv(attribute.env, "of another")
    found = credentials.find("ben", os.environ, credentials.settings())
    config = credentials.config(found)
    assert config.auth_type == "pat"
    assert "of another" not in [getattr(config, attribute.name) for attribute in named]
    assert profiles.exists()


def test_the_first_line_names_the_workspace_and_who_one_is(
    workspace: LocalWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(tellr.DeploymentError):
        tellr.delete("no-such-app", progress="lines")
    assert capsys.readouterr().out.splitlines()[0] == (
        f"Workspace {workspace.host} as ada@example.com"
    )
    assert f"Workspace {workspace.host} as ada@example.com" in repr(tellr.status("no-such-app"))


def test_a_notebook_on_the_platform_needs_nothing(tmp_path: Path) -> None:
    environment = {
        "DATABRICKS_RUNTIME_VERSION": "16.4",
        "DATABRICKS_CONFIG_FILE": str(tmp_path / "none"),
    }
    assert credentials.find(None, environment, credentials.settings()).host is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf[p]\nhost = https://a.example\ntoken = t\n", {"token": "t"}),
        (b"[p]\r\nHOST = https://a.example\r\ntoken: a%b\r\n", {"token": "a%b"}),
        (b"stray\n[p]\nhost = https://a.example\nalso stray\ntoken = t\n", {"token": "t"}),
        (b"[p]\ntoken = 1\n[p]\nhost = https://a.example\n", {"token": "1"}),
        (b"[DEFAULT]\ntoken = d\n[p]\nhost = https://a.example\n", {}),
    ],
)
def test_a_file_is_read_as_others_write_it(
    tmp_path: Path, content: bytes, expected: dict[str, str]
) -> None:
    file = tmp_path / "profiles"
    file.write_bytes(content)
    found = credentials.find("p", {"DATABRICKS_CONFIG_FILE": str(file)}, {})
    assert dict(found.values) == {"host": "https://a.example", **expected}


def test_a_file_in_utf_16_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "profiles"
    file.write_text("[p]\n", encoding="utf-16")
    with pytest.raises(credentials.NotFoundError, match="UTF-16"):
        credentials.find("p", {"DATABRICKS_CONFIG_FILE": str(file)}, {})


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://my.cloud.databricks.com", "https://my.cloud.databricks.com"),
        ("my.cloud.databricks.com", "https://my.cloud.databricks.com"),
        ("  HTTPS://My.Cloud.Databricks.com/?o=123\n", "https://my.cloud.databricks.com"),
        (
            "https://my.cloud.databricks.com/browse/folders/1?o=1#x",
            "https://my.cloud.databricks.com",
        ),
        ("<https://my.cloud.databricks.com/>", "https://my.cloud.databricks.com"),
        ("https://adb-1.2.azuredatabricks.net:443", "https://adb-1.2.azuredatabricks.net:443"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(pasted: str, address: str) -> None:
    assert trimmed(pasted) == address


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("https://accounts.cloud.databricks.com/", "the account console"),
        ("accounts.azuredatabricks.net", "the account console"),
        ("https://tellr-123.aws.databricksapps.com", "the address of an app"),
        ("http://my.cloud.databricks.com", "unencrypted"),
        ("ftp://my.cloud.databricks.com", "starts with `ftp://`"),
        ("my workspace", "isn't an address"),
        ("", "isn't an address"),
        ("https://my.example:port", "isn't an address"),
        ("https://token:dapi-secret@my.cloud.databricks.com", "contains a user name or a password"),
    ],
)
def test_what_is_no_workspace_s_address_is_named(pasted: str, words: str) -> None:
    with pytest.raises(AddressError, match=words) as caught:
        trimmed(pasted)
    assert "dapi-secret" not in str(caught.value)


def test_a_wrong_address_in_the_environment_is_told_before_any_request(
    workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "https://accounts.cloud.databricks.com")
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(progress="none")
    assert "`DATABRICKS_HOST` is `accounts.cloud.databricks.com`" in caught.value.cause
    assert workspace.journal() == []


@pytest.mark.parametrize(
    ("host", "reason"),
    [("http://127.0.0.1:1", "Connection refused"), ("https://no-such-host.invalid", "resol|known")],
)
def test_a_host_that_is_not_there_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, host: str, reason: str
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", host)
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-some-token-0123456789")
    with pytest.raises(NoAnswerError, match=reason) as caught:
        WorkspaceSession().send("GET", "/api/2.0/x")
    assert caught.value.kind == "connection"
    assert host in str(caught.value)


def test_a_company_s_authority_that_is_not_there_is_named(
    workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        with monkeypatch.context() as patched:
            patched.setenv(name, "/no/such/file.pem")
            with pytest.raises(NoAnswerError, match=f"`{name}` is `/no/such/file.pem`"):
                WorkspaceSession().send("GET", "/api/2.0/x")
    assert workspace.journal() == []
