"""What other systems read of this repository: the action for GitHub and the recipe of the image."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / ".github/actions/deploy/action.yml").read_text())
INSTALL, DEPLOY = ACTION["runs"]["steps"]
RECIPE = (ROOT / "runtime/Containerfile").read_text()
STAGES = re.split(r"(?m)^FROM ", RECIPE)[1:]


def test_no_input_of_the_action_becomes_a_word_of_the_shell() -> None:
    for step in (INSTALL, DEPLOY):
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def test_the_action_stores_no_secret() -> None:
    given = {name: text for step in (INSTALL, DEPLOY) for name, text in step["env"].items()}
    assert given["DATABRICKS_AUTH_TYPE"] == "github-oidc"
    assert not [name for name in given if re.search(r"SECRET|PASSWORD|TOKEN(?!_AUDIENCE)", name)]
    assert not [text for text in given.values() if "secrets." in text]


def test_the_action_installs_this_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)
    assert version
    assert ACTION["inputs"]["version"]["default"] == version[1]


def run(folder: Path, **inputs: str) -> list[str]:
    """The words that the action's last step calls the program with."""
    names = {
        re.sub(r"\W|inputs", "", text): name
        for name, text in DEPLOY["env"].items()
        if "inputs." in text
    }
    program = folder / "tellr/bin/tellr-app"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    values = {key: entry.get("default", "") for key, entry in ACTION["inputs"].items()} | inputs
    environment = {
        names[key.replace("-", "")]: value
        for key, value in values.items()
        if key.replace("-", "") in names
    }
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", DEPLOY["run"]],
        env=environment | {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(folder)},
        capture_output=True,
        check=True,
        text=True,
    )
    return result.stdout.splitlines()


def test_the_action_calls_the_program_with_its_inputs(tmp_path: Path) -> None:
    assert run(tmp_path) == ["deploy", "update", "--config", "tellr.yaml"]
    given = {
        "operation": "all plan update",
        "config": "a b.yaml; $(id)",
        "environment": "production",
    }
    words = ["deploy", "all", "plan", "update", "--config", given["config"]]
    assert run(tmp_path, **given, **{"confirm-loss": "true"}) == [
        *words,
        *("--environment", "production", "--yes"),
    ]


def test_the_image_holds_one_program_that_runs_without_rights() -> None:
    last = STAGES[-1]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.M)
    assert re.search(r'^ENTRYPOINT \["/usr/local/bin/tellr-app"\]$', last, re.M)
    assert re.search(r'^CMD \["serve"\]$', last, re.M)
    assert "RUN" not in re.findall(r"(?m)^([A-Z]+)", last), "nothing is installed in it"
    assert re.findall(r"(?m)^COPY (.+)$", last) == ["--from=unpacked /image/ /"]


def test_each_stage_of_the_image_names_its_version() -> None:
    for stage in STAGES:
        image = stage.split()[0]
        assert re.search(r":\d", image), image


def test_the_image_is_built_without_secrets() -> None:
    names = re.findall(r"(?m)^(?:ARG|ENV) (\w+)", RECIPE)
    assert names
    assert not [name for name in names if re.search("TOKEN|SECRET|KEY|PASSWORD", name)]
    assert re.findall(r"(?m)^COPY (?!--from)(\S+)", RECIPE) == ["dist/"], "packages only"


def test_the_images_shell_commands_are_valid() -> None:
    commands = re.findall(r"(?ms)^RUN (.+?[^\\])$", RECIPE)
    assert commands
    for command in commands:
        subprocess.run(["sh", "-n", "-c", command.replace("\\\n", "")], check=True)
        assert shlex.split(command.replace("\\\n", ""))
