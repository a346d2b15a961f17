"""What other systems read of this repository: the action for GitHub and the recipe of the image."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ACTION = (ROOT / ".github/actions/deploy/action.yml").read_text()
RECIPE = (ROOT / "runtime/Containerfile").read_text()
COMMANDS = json.loads((ROOT / "widget/src/tellr/command/commands.json").read_text())


def scripts(action: str) -> str:
    """Return what the action's shells run."""
    found = re.findall(r"^ +run: (?:\|\n((?: {8}.*\n?)+)|(.+))", action, re.M)
    return "\n".join(block or line for block, line in found)


def test_the_action_uses_others_at_one_commit_only() -> None:
    used = re.findall(r"uses: *(\S+)(.*)", ACTION)
    assert used
    for name, comment in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
        assert re.search(r"# v\d", comment), f"{name} says which version it is"


def test_no_input_of_the_action_becomes_a_word_of_the_shell() -> None:
    run = scripts(ACTION)
    assert "tellr" in run
    assert "${{" not in run


def test_the_action_signs_in_without_a_stored_secret() -> None:
    assert "DATABRICKS_AUTH_TYPE: github-oidc" in ACTION
    assert not re.search(r"secrets\.|TOKEN(?!_AUDIENCE)", ACTION)


def test_the_action_installs_this_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)
    assert version
    default = re.search(r"  version:\n.*\n    default: (.+)", ACTION)
    assert default
    assert default[1] == version[1]


def test_the_action_gives_only_flags_that_the_command_has() -> None:
    given = set(re.findall(r"--([a-z-]+)", scripts(ACTION).split("tellr==")[-1]))
    for operation in ("update",):
        flags = {flag["long"] for flag in COMMANDS["commands"][operation]["flags"]}
        assert given - {"disable-pip-version-check", "quiet"} <= flags


def test_the_image_holds_one_program_that_runs_without_rights() -> None:
    stages = re.split(r"(?m)^FROM ", RECIPE)[1:]
    last = stages[-1]
    assert re.search(r"^USER nonroot:nonroot$", last, re.M)
    assert re.search(r'^ENTRYPOINT \["/usr/local/bin/tellr-app"\]$', last, re.M)
    assert "RUN" not in re.findall(r"(?m)^([A-Z]+)", last), "there is no shell"
    for stage in stages:
        image = stage.split()[0]
        assert ":" in image, image
        assert not image.endswith(":latest"), image


def test_the_image_is_built_without_secrets() -> None:
    names = re.findall(r"(?m)^(?:ARG|ENV) (\w+)", RECIPE)
    assert names
    assert [name for name in names if re.search("TOKEN|SECRET|KEY|PASSWORD", name)] == []
    copied = re.findall(r"(?m)^COPY (?!--from)(\S+)", RECIPE)
    assert copied == ["dist/"], "packages only"
