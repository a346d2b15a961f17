"""The functions, against a real workspace."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

import tellr
from local_workspace import ADA, BEN, ROOT, LocalWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = f"/Workspace/Users/{ADA}/.apps"
# A Fernet key that isn't anybody's.
MODEL = "databricks-claude-sonnet-4-5"
KEY = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk="


def signature(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """List the parameters in front of the `*`, with their defaults."""
    return [
        (one.name, "needed" if one.default is one.empty else one.default)
        for one in inspect.signature(function).parameters.values()
        if one.kind is one.POSITIONAL_OR_KEYWORD
    ]


def test_the_signatures_are_the_specification_s() -> None:
    assert signature(tellr.create) == [
        ("lakebase_name", None),
        ("schema_name", None),
        ("app_name", None),
        ("app_file_workspace_path", None),
        ("lakebase_compute", "CU_1"),
        ("app_compute", "MEDIUM"),
        ("app_version", None),
        ("description", "Tellr AI Slide Generator"),
        ("client", None),
        ("profile", None),
        ("config_yaml_path", None),
        ("encryption_key", None),
        ("use_test_pypi", False),
    ]
    assert signature(tellr.update) == [
        ("app_name", "needed"),
        ("app_file_workspace_path", "needed"),
        ("lakebase_name", "needed"),
        ("schema_name", "needed"),
        ("app_version", None),
        ("reset_database", False),
        ("client", None),
        ("profile", None),
        ("encryption_key", None),
        ("use_test_pypi", False),
    ]
    assert signature(tellr.delete) == [
        ("app_name", "needed"),
        ("lakebase_name", None),
        ("schema_name", None),
        ("reset_database", False),
        ("client", None),
        ("profile", None),
    ]


def test_a_plain_script_deploys_without_any_argument(
    workspace: LocalWorkspace, script: Callable[..., Any]
) -> None:
    done = script("import json, tellr\nprint(json.dumps(tellr.create()))")
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    result = json.loads(last)
    url = result["url"]
    assert {name: result[name] for name in ("url", *list(result)[1:5])} == {
        "url": url,
        "app_name": "tellr",
        "lakebase_name": "tellr-db",
        "schema_name": "app_data",
        "status": "created",
    }
    assert result["lakebase_type"] == "autoscaling"
    assert {step["step"] for step in result["steps"]} >= {"lakebase", "app", "schema", "deployment"}
    assert any("✓ lakebase" in line and " s  " in line for line in lines)
    assert lines[-1] == f"Tellr is running: {url}"
    assert done.stderr == ""
    app = workspace.call("GET", "/api/2.0/apps/tellr")
    assert app["url"] == url
    tellr.delete("tellr", progress="none")


def test_the_specification_s_arguments_in_their_order(workspace: LocalWorkspace) -> None:
    result = tellr.create("slides-db", "slides", "slides", f"{FOLDER}/slides", "CU_2", "LARGE")
    assert list(result)[:5] == ["url", "app_name", "lakebase_name", "schema_name", "status"]
    assert (result["app_name"], result["lakebase_name"]) == ("slides", "slides-db")
    assert workspace.call("GET", "/api/2.0/apps/slides")["compute_size"] == "LARGE"

    arguments = ("slides", f"{FOLDER}/slides", "slides-db", "slides")
    result = tellr.update(*arguments)
    seed = ["url", "app_name", "deployment_id", "status", "database_reset"]
    assert list(result)[:5] == seed
    assert (result["status"], result["database_reset"]) == ("updated", False)
    assert result["deployment_id"]

    result = tellr.update(*arguments, None, True)
    assert result["database_reset"] is True
    assert result["restore_point"]["branch"].startswith("projects/slides-db/branches/pre-reset-")

    result = tellr.delete("slides", "slides-db", "slides", True)
    assert list(result)[:3] == ["app_name", "status", "database_reset"]
    assert (result["app_name"], result["status"]) == ("slides", "deleted")
    assert result["database_reset"] is True


@pytest.mark.usefixtures("workspace")
def test_a_file_says_what_to_deploy(tmp_path: Path) -> None:
    config = tmp_path / "tellr.yaml"
    config.write_text(
        "app_name: from-file\nlakebase_name: file-db\nschema_name: app_file\napp_compute: LARGE\n"
    )
    result = tellr.create(config_yaml_path=str(config), progress="none")
    assert (result["app_name"], result["schema_name"]) == ("from-file", "app_file")
    tellr.delete("from-file", progress="none")


def test_a_file_in_the_workspace_is_read_through_its_interface(workspace: LocalWorkspace) -> None:
    import base64

    path = f"/Workspace/Users/{ADA}/tellr.yaml"
    text = "environments: {test: {app_name: far, lakebase: {database_name: far-db}}}"
    content = base64.b64encode(text.encode()).decode()
    body = {"path": path, "content": content, "format": "AUTO", "overwrite": True}
    workspace.call("POST", "/api/2.0/workspace/import", body)
    result = tellr.create(config_yaml_path=path, environment="test", progress="none")
    assert (result["app_name"], result["lakebase_name"]) == ("far", "far-db")
    tellr.delete("far", progress="none")
    with pytest.raises(ValueError, match=r"can't be read: .*doesn't exist.*\(404\)"):
        tellr.create(config_yaml_path="/Workspace/Shared/no-such.yaml")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"app_name": "Tellr!"}, "lower-case letters"),
        ({"app_compute": "LIQUID"}, "MEDIUM"),
        ({"lakebase_compute": "CU_3"}, "CU_1"),
        ({"app_name": 7}, "app_name"),
        ({"app_name": b"tellr"}, "type `bytes`"),
        ({"environment": "production"}, "configuration file"),
        ({"config_yaml_path": "no-such.yaml"}, "can't be read: No such file"),
        ({"config_yaml_path": 7}, "path of a file"),
        ({"local_wheel_path": "no-such.whl"}, "can't be read: No such file"),
        ({"encryption_key": "short"}, "encryption_key"),
        ({"progress": "loud"}, "timeline, lines"),
    ],
)
def test_wrong_input_is_a_value_error_before_any_request(
    workspace: LocalWorkspace, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        tellr.create(**arguments)
    assert isinstance(caught.value, tellr.InvalidArgumentError)
    assert caught.value.code
    assert caught.value.remedy
    assert workspace.journal() == []


def test_a_folder_with_marks_is_the_same_in_every_call(workspace: LocalWorkspace) -> None:
    folder = "/Workspace/Shared/100% o'neil's + #1 ü & b=c?/tellr"
    names = {"app_name": "marks", "lakebase_name": "marks-db"}
    tellr.create(**names, app_file_workspace_path=folder, progress="none")
    assert tellr.status("marks")["app_file_workspace_path"] == folder
    read = {
        parse_qs(entry["query"])["path"][0]
        for entry in workspace.journal()
        if entry["path"] == "/api/2.0/workspace/export" and entry["status"] == 200
    }
    written = {f"{folder}/{name}" for name in ("app.yaml", "requirements.txt")}
    assert written <= read
    tellr.delete("marks", progress="none")


CORPUS = ROOT / "tests" / "configurations"
REFUSED = sorted(path.stem for path in CORPUS.glob("*.txt"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_in_the_deployer_s_words(workspace: LocalWorkspace, name: str) -> None:
    code, *words = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    with pytest.raises(tellr.InvalidArgumentError) as caught:
        tellr.create(config_yaml_path=CORPUS / f"{name}.yaml", progress="none")
    assert caught.value.code == code
    said = f"{caught.value.message} {caught.value.cause} {caught.value.remedy}"
    assert [part for part in words if part not in said] == []
    assert workspace.journal() == []


def test_a_file_and_arguments_exclude_each_other(workspace: LocalWorkspace, tmp_path: Path) -> None:
    config = tmp_path / "tellr.yaml"
    config.write_text("app_name: tellr\n")
    with pytest.raises(ValueError, match="schema_name") as caught:
        tellr.create(schema_name="s", config_yaml_path=config)
    assert caught.value.code == "CONFIG_CONFLICT"  # type: ignore[attr-defined]
    assert workspace.journal() == []


def test_somebody_else_s_app_is_left_alone(workspace: LocalWorkspace) -> None:
    workspace.call("POST", "/api/2.0/apps?no_compute=true", {"name": "bens"}, BEN)
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(app_name="bens", progress="none")
    error = caught.value
    assert error.code == "APP_ALREADY_EXISTS"
    assert str(error).splitlines()[0].startswith("App already exists: `bens`")
    assert BEN in str(error)
    assert "  Why:      " in str(error)
    assert "  What now: " in str(error)
    assert error.remedy in str(error)
    assert error.step == "preflight"


def test_a_client_and_a_profile_say_who_deploys(
    workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from databricks.sdk import WorkspaceClient

    client = WorkspaceClient(host=workspace.host, token=workspace.token(BEN))
    profiles = tmp_path / "profiles"
    profiles.write_text(f"[ben]\nhost = {workspace.host}\ntoken = {workspace.token(BEN)}\n")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(profiles))
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    for who in ({"client": client}, {"profile": "ben"}):
        workspace.control("DELETE", "/journal")
        with pytest.raises(tellr.DeploymentError):
            tellr.delete("no-such-app", progress="none", **who)
        # The SDK looks up what kind of host it is without a credential.
        assert {entry["principal"] for entry in workspace.journal()} - {None} == {BEN}


@pytest.mark.usefixtures("workspace")
def test_without_a_credential_the_error_says_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(progress="none")
    assert caught.value.code == "NOT_SIGNED_IN"
    assert caught.value.remedy


def test_a_wheel_is_uploaded_and_deployed(workspace: LocalWorkspace, tmp_path: Path) -> None:
    import zipfile

    wheel = tmp_path / "tellr_app-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tellr_app/__init__.py", "")
    result = tellr.create(
        app_name="own-wheel", schema_name="own_wheel", local_wheel_path=wheel, progress="none"
    )
    assert result["status"] == "created"
    written = [entry for entry in workspace.journal() if entry["path"].endswith("/import")]
    assert any("tellr_app-0.1.0-py3-none-any.whl" in (entry["body"] or "") for entry in written)
    with pytest.raises(ValueError, match="app_version"):
        tellr.create(local_wheel_path=wheel, app_version="0.1.0")
    tellr.delete("own-wheel", progress="none")


def test_a_key_goes_where_it_is_asked_to(workspace: LocalWorkspace) -> None:
    tellr.create(
        app_name="keyed",
        schema_name="keyed",
        encryption_key=KEY,
        encryption_key_storage="app_yaml",
        progress="none",
    )
    written = [entry["body"] or "" for entry in workspace.journal() if "import" in entry["path"]]
    import base64

    texts = [base64.b64decode(json.loads(body)["content"]).decode() for body in written if body]
    assert any(KEY in text for text in texts)
    tellr.delete("keyed", progress="none")


def test_a_plan_says_what_would_happen_and_changes_nothing(workspace: LocalWorkspace) -> None:
    told = tellr.plan("create", app_name="planned", schema_name="planned", encryption_key=KEY)
    assert (told["operation"], told["app_name"]) == ("create", "planned")
    assert {step["step"] for step in told["steps"]} >= {"lakebase", "app", "schema", "deployment"}
    assert {file["name"] for file in told["files"]} == {"app.yaml", "requirements.txt"}
    assert KEY not in json.dumps(told)
    assert [one for one in workspace.journal() if one["effect"]] == []
    with pytest.raises(ValueError, match="create, update, delete"):
        tellr.plan("destroy")
    with pytest.raises(TypeError, match="colour"):
        tellr.plan("create", colour="red")


def test_a_status_says_what_stands(workspace: LocalWorkspace) -> None:
    assert "app" not in tellr.status("standing")
    made = tellr.create(app_name="standing", lakebase_name="standing-db", progress="none")
    workspace.control("DELETE", "/journal")
    told = tellr.status("standing")
    assert told["app"]["url"] == made["url"]
    assert (told["lakebase_name"], told["can_resume"]) == ("standing-db", False)
    assert told["last_run"]["status"] == "finished"
    assert [one for one in workspace.journal() if one["effect"]] == []
    plan = tellr.plan("delete", "standing", reset_database=True)
    assert plan["lost"]
    tellr.delete("standing", progress="none")


def test_an_endpoint_is_attached_kept_and_detached(workspace: LocalWorkspace) -> None:
    def attached() -> list[str]:
        app = workspace.call("GET", "/api/2.0/apps/answering")
        return [
            one["serving_endpoint"]["name"]
            for one in app["resources"]
            if one["name"] == "serving_endpoint"
        ]

    names = {"app_name": "answering", "lakebase_name": "answering-db", "schema_name": "answering"}
    made = tellr.create(**names, serving_endpoint=MODEL, progress="none")
    assert made["services"] == {"serving_endpoint": MODEL}
    assert attached() == [MODEL]
    status = tellr.status("answering")
    assert status["services"] == made["services"]
    assert f"Serving endpoint  {MODEL}" in repr(status)
    there = ("answering", f"{FOLDER}/answering", "answering-db", "answering")
    assert tellr.update(*there, progress="none")["services"] == made["services"]
    updated = tellr.update(*there, serving_endpoint="", genie_spaces=[], progress="none")
    assert "services" not in updated
    assert attached() == []
    tellr.delete("answering", progress="none")
    with pytest.raises(tellr.InvalidArgumentError, match="no-such-model") as caught:
        tellr.plan("create", app_name="asking", serving_endpoint="no-such-model")
    assert caught.value.code == "SERVICE_NOT_FOUND"
    with pytest.raises(ValueError, match="hyphens and underscores"):
        tellr.plan("create", app_name="asking", genie_spaces=["a, b"])


def test_a_failed_deployment_shows_the_last_lines_of_the_log(
    workspace: LocalWorkspace, script: Callable[..., Any]
) -> None:
    logs = ["starting", "\x1b[31mno module named tellr\x1b[0m"]
    failed = {"message": "App did not start.", "logs": logs}
    workspace.control("PATCH", "/settings", {"outcomes": {"deployment": {"failed": failed}}})
    create = "import tellr\ntellr.create(app_name='logged', lakebase_name='logged-db')"
    token = workspace.oauth_token()
    done = script(create, DATABRICKS_TOKEN=token)
    assert done.returncode == 1, done.stdout
    _, log = done.stderr.split("  Last lines of the log:\n")
    assert log.splitlines()[:2] == ["  | starting", "  | no module named tellr"]
    # An app's URL takes no personal token; the error says where the log is.
    done = script(create)
    assert "Last lines of the log" not in done.stderr
    assert "/logz" in done.stderr
