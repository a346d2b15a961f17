"""Workspace files and notebooks."""

from __future__ import annotations

import base64
import io
import json
import zipfile

from calls import Client, refused
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    PermissionDenied,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)
from databricks.sdk.service import workspace

HOME = "/Workspace/Users/ada@example.com"
SOURCE = f"{HOME}/.apps/tellr"
MANIFEST = b"command: [python, -m, http.server]\nenv:\n  - name: KEY\n    valueFrom: key\n"
NOTEBOOK = b"# Databricks notebook source\nprint(1)\n\n# COMMAND ----------\n\nprint(2)\n"
AUTO = workspace.ImportFormat.AUTO


def files(client: Client) -> None:
    """Upload, download, list, status and delete."""
    files = client.workspace
    with refused(ResourceDoesNotExist, "parent folder", "RESOURCE_DOES_NOT_EXIST"):
        files.upload(f"{SOURCE}/app.yaml", io.BytesIO(MANIFEST), format=AUTO)
    files.mkdirs(SOURCE)
    files.mkdirs(SOURCE)
    files.upload(f"{SOURCE}/app.yaml", io.BytesIO(MANIFEST), format=AUTO)
    with refused(ResourceAlreadyExists, "already exists"):
        files.upload(f"{SOURCE}/app.yaml", io.BytesIO(b""), format=AUTO)
    files.upload(f"{SOURCE}/app.yaml", MANIFEST, format=AUTO, overwrite=True)
    with files.download(f"{SOURCE}/app.yaml") as stream:
        assert stream.read() == MANIFEST
    exported = files.export(f"{SOURCE}/app.yaml", format=workspace.ExportFormat.AUTO)
    assert base64.b64decode(exported.content) == MANIFEST
    paths = [item.path for item in files.list(f"{HOME}/.apps", recursive=True)]
    assert paths == [f"{SOURCE}/app.yaml"], paths
    kinds = [(item.path, item.object_type) for item in files.list(f"{HOME}/.apps")]
    assert kinds == [(SOURCE, workspace.ObjectType.DIRECTORY)], kinds

    content = base64.b64encode(b"text").decode()
    files.import_(f"{SOURCE}/read.me", content=content, format=AUTO)
    status = files.get_status(f"{SOURCE}/read.me")
    assert (status.object_type, status.size) == (workspace.ObjectType.FILE, 4)
    assert status.created_at <= status.modified_at
    files.delete(f"{SOURCE}/read.me")
    with refused(ResourceDoesNotExist, "doesn't exist", "RESOURCE_DOES_NOT_EXIST"):
        files.get_status(f"{SOURCE}/read.me")
    with refused(BadRequest, "not empty", "DIRECTORY_NOT_EMPTY"):
        files.delete(f"{HOME}/.apps")
    with refused(InvalidParameterValue, "base64"):
        files.import_(f"{SOURCE}/x", content="%", format=AUTO)
    with refused(ResourceDoesNotExist, "doesn't exist"):
        list(files.list(f"{HOME}/none"))


def notebooks(client: Client) -> None:
    """Every format out, and those that are understood in."""
    files = client.workspace
    formats = workspace.ExportFormat

    def exported(path: str, kind: workspace.ExportFormat) -> bytes:
        return base64.b64decode(files.export(path, format=kind).content)

    note = f"{HOME}/note"
    files.upload(f"{note}.py", NOTEBOOK, format=AUTO)
    status = files.get_status(note)
    assert status.object_type == workspace.ObjectType.NOTEBOOK
    assert status.language == workspace.Language.PYTHON
    assert exported(note, formats.SOURCE) == NOTEBOOK
    assert files.export(note, format=formats.SOURCE).file_type == "py"
    jupyter = exported(note, formats.JUPYTER)
    cells = json.loads(jupyter)["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["print(1)", "print(2)"]
    assert b"__DATABRICKS_NOTEBOOK_MODEL" in exported(note, formats.HTML)
    with zipfile.ZipFile(io.BytesIO(exported(note, formats.DBC))) as archive:
        assert archive.namelist() == ["note.python"]
        model = json.loads(archive.read("note.python"))
    assert [command["command"] for command in model["commands"]] == ["print(1)", "print(2)"]
    with files.download(note, format=formats.JUPYTER) as stream:
        assert stream.read() == jupyter
    with refused(BadRequest, "R_MARKDOWN is not supported for PYTHON notebooks"):
        files.export(note, format=formats.R_MARKDOWN)
    with refused(BadRequest, "JUPYTER is not supported for files"):
        files.export(f"{SOURCE}/app.yaml", format=formats.JUPYTER)

    files.upload(f"{HOME}/again", jupyter, format=workspace.ImportFormat.JUPYTER)
    assert exported(f"{HOME}/again", formats.SOURCE) == NOTEBOOK
    sql = workspace.Language.SQL
    files.upload(f"{HOME}/query", b"select 1", format=workspace.ImportFormat.SOURCE, language=sql)
    assert exported(f"{HOME}/query", formats.AUTO).startswith(b"-- Databricks notebook source")
    for name in ["note", "again", "query"]:
        files.delete(f"{HOME}/{name}")


def permissions(client: Client, ben: Client) -> None:
    """A folder that is shared with somebody."""
    files = client.workspace
    folder = str(files.get_status(f"{HOME}/.apps").object_id)
    with refused(PermissionDenied, "does not have CAN_READ"):
        ben.workspace.get_status(SOURCE)
    levels = files.get_permission_levels("directories", folder).permission_levels
    assert "CAN_EDIT" in [level.permission_level.value for level in levels]
    may_read = workspace.WorkspaceObjectAccessControlRequest(
        user_name="ben@example.com",
        permission_level=workspace.WorkspaceObjectPermissionLevel.CAN_READ,
    )
    files.update_permissions("directories", folder, access_control_list=[may_read])
    assert ben.workspace.get_status(SOURCE).path == SOURCE
    with refused(PermissionDenied, "does not have CAN_EDIT"):
        ben.workspace.upload(f"{SOURCE}/bens", b"", format=AUTO)
    shown = files.get_permissions("directories", folder).access_control_list
    assert "ben@example.com" in [entry.user_name for entry in shown]
    files.set_permissions("directories", folder, access_control_list=[])
    with refused(PermissionDenied, "does not have CAN_READ"):
        ben.workspace.get_status(SOURCE)
