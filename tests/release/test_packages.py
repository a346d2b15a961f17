"""The packages: reproducible builds, and checks that detect errors."""

import base64
import json
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import check
import pytest
from artifacts import KINDS, ROOT, Artifact, ReleaseError, find, version_of
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

DIST = ROOT / "dist"
VERSION = version_of(ROOT)
ARTIFACTS = {artifact.path.name: artifact for artifact in find(DIST, VERSION)}


def artifact(pattern: str) -> Artifact:
    return next(found for name, found in ARTIFACTS.items() if Path(name).match(pattern))


@dataclass(frozen=True)
class Place:
    """A checkout like another machine's: another path, other times, other file modes."""

    tree: Path
    file_mode: int

    def copy(self, folder: str) -> None:
        """Copy a folder of the checkout."""
        to = self.tree / folder
        shutil.copytree(ROOT / folder, to, ignore=shutil.ignore_patterns("node_modules"))
        for path in to.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000 + self.file_mode))
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else self.file_mode)

    def run(self, script: str, out: Path) -> None:
        """Build with the copy's own script."""
        shutil.copy(ROOT / "LICENSE", self.tree)
        out.mkdir()
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1780000000"}
        command = [self.tree / "tests/release" / script, out]
        subprocess.run(command, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("script", "folder", "patterns"),
    [
        ("pack-notebook.sh", "widget", ["tellr-*.whl", "tellr-*.tar.gz"]),
        ("pack-npm.sh", "pkg", ["tellr-deployer-*.tgz"]),
    ],
)
def test_a_package_is_the_same_wherever_it_is_built(
    tmp_path: Path, script: str, folder: str, patterns: list[str]
) -> None:
    outs = [tmp_path / "one-out", tmp_path / "other-out"]
    for out, mode in zip(outs, (0o644, 0o640), strict=True):
        place = Place(tmp_path / out.name.removesuffix("-out") / "somewhere", mode)
        for needed in (folder, "tests/release"):
            place.copy(needed)
        place.run(script, out)
    assert sorted(path.name for path in outs[0].iterdir()) == sorted(
        artifact(pattern).path.name for pattern in patterns
    )
    for pattern in patterns:
        there = artifact(pattern)
        one, other = (replace(there, path=out / there.path.name) for out in outs)
        assert one.sha256 == other.sha256
        # Apart from its time, it equals the file in dist/.
        assert contents(one) == contents(there)


def contents(package: Artifact) -> dict[str, bytes]:
    return {member.name: member.content for member in package.members()}


def spoiled_wheel(tmp_path: Path, change: Callable[[zipfile.ZipFile], None]) -> Artifact:
    good = artifact("tellr-*.whl")
    path = Path(shutil.copy(good.path, tmp_path))
    with zipfile.ZipFile(path, "a") as archive:
        change(archive)
    return replace(good, path=path)


def test_a_stray_file_is_found(tmp_path: Path) -> None:
    wheel = spoiled_wheel(tmp_path, lambda archive: archive.writestr("tellr/scratch.py", ""))
    with pytest.raises(ReleaseError, match=r"not expected \['tellr/scratch.py'\]"):
        check.check_contents(wheel, VERSION)


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    sdist = artifact("tellr-*.tar.gz")
    path = tmp_path / sdist.path.name
    with tarfile.open(sdist.path) as whole, tarfile.open(path, "w:gz") as part:
        for info in whole:
            if not info.name.endswith("kernel.wasm"):
                part.addfile(info, whole.extractfile(info))
    with pytest.raises(ReleaseError, match=r"missing \['.*kernel.wasm'\]"):
        check.check_contents(replace(sdist, path=path), VERSION)


def test_a_folder_of_the_machine_is_found() -> None:
    [member, *_] = artifact("tellr-deployer-*").members()
    spoiled = replace(member, content=f"built in {ROOT}/pkg".encode())
    with pytest.raises(ReleaseError, match="names the folder"):
        check.check_member(artifact("tellr-deployer-*"), spoiled)


def test_rights_of_whoever_built_it_are_found() -> None:
    [member, *_] = artifact("tellr-deployer-*").members()
    with pytest.raises(ReleaseError, match="has the mode"):
        check.check_member(artifact("tellr-deployer-*"), replace(member, mode=0o600))


def test_a_package_that_grew_too_large_is_found(tmp_path: Path) -> None:
    noise = os.urandom(1_600_000)
    wheel = spoiled_wheel(tmp_path, lambda archive: archive.writestr("tellr/noise", noise))
    with pytest.raises(ReleaseError, match="more than 1500000"):
        check.check_size(wheel)


def test_a_package_that_can_not_be_imported_is_found(tmp_path: Path) -> None:
    good = artifact("tellr_app-*.whl")
    path = tmp_path / good.path.name
    with zipfile.ZipFile(good.path) as whole, zipfile.ZipFile(path, "w") as spoiled:
        for info in whole.infolist():
            content = whole.read(info)
            if info.filename == "tellr_app/__init__.py":
                content = b"raise ImportError('spoiled on purpose')"
            if info.filename.endswith("RECORD"):
                content = b"\n".join(
                    line.split(b",")[0] + b",," if line.startswith(b"tellr_app/__init__") else line
                    for line in content.splitlines()
                )
            spoiled.writestr(info, content)
    with pytest.raises(ReleaseError, match="spoiled on purpose"):
        check.check_installs(replace(good, path=path), VERSION)


@contextmanager
def local_workspace() -> Iterator[dict]:
    """Run a workspace that runs apps as processes; yields what it says when it is ready."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    command = [target / "debug/local-workspace", "serve", "--json", "--port", "0", "--pace", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as workspace:
        try:
            assert workspace.stdout is not None
            yield json.loads(workspace.stdout.readline())
        finally:
            workspace.terminate()


def ask(url: str, token: str, form: dict[str, str] | None = None) -> dict:
    data = urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data, {"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def unpacked(wheel: Path) -> dict[str, bytes]:
    """Read a wheel's files, the program without its compression."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    packed = "tellr_app/tellr-app.xz"
    return {**contents, packed: lzma.decompress(contents[packed])}


def test_the_program_deploys_itself_and_what_is_uploaded_installs_and_serves(
    tmp_path: Path,
) -> None:
    published = unpacked(artifact("tellr_app-*.whl").path)
    # As installed: the notices of third parties are beside the program, and not in it.
    for name, content in published.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    program = tmp_path / "site/tellr_app/tellr-app"
    program.write_bytes(published["tellr_app/tellr-app.xz"])
    program.chmod(0o755)

    with local_workspace() as told:
        host, ada = told["host"], told["principals"][0]
        exchange = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": ada["token"],
        }
        # Apps don't accept personal access tokens.
        token = ask(f"{host}/oidc/v1/token", ada["token"], exchange)["access_token"]
        environment = {
            "DATABRICKS_HOST": host,
            "DATABRICKS_TOKEN": token,
            "PGSSLROOTCERT": told["ca_file"],
        }
        deploy = [program, "deploy", "create", "--self"]
        said = subprocess.run(deploy, env=environment, check=True, capture_output=True, text=True)
        assert f"(version {VERSION})" in said.stdout + said.stderr, "the app itself was asked"
        app = ask(f"{host}/api/2.0/apps/tellr", token)
        assert ask(f"{app['url']}/api/health", token)["status"] == "ok"

        files = f"{host}/api/2.0/workspace"
        folder = f"/Workspace/Users/{ada['user_name']}/.apps/tellr/wheels"
        # Each release has its wheel in a folder of its own.
        [release] = ask(f"{files}/list?path={folder}", token)["objects"]
        [uploaded] = ask(f"{files}/list?path={release['path']}", token)["objects"]
        exported = ask(f"{files}/export?path={uploaded['path']}&format=AUTO", token)
    path = tmp_path / Path(uploaded["path"]).name
    path.write_bytes(base64.b64decode(exported["content"]))

    packed = unpacked(path)
    assert set(packed) == set(published)
    for name in published:
        if not name.endswith((".dist-info/METADATA", ".dist-info/WHEEL", ".dist-info/RECORD")):
            assert packed[name] == published[name], name

    place = tmp_path / "installed"
    install = ["install", "--quiet", "--no-index", "--no-deps", "--target", place, path]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    for command in ([place / "bin/tellr-app"], [sys.executable, "-m", "tellr_app"]):
        version = subprocess.check_output(
            [*command, "--version"], text=True, env={**os.environ, "PYTHONPATH": str(place)}
        )
        assert version == f"tellr-app {VERSION}\n", command


def test_every_kind_of_package_is_there_once() -> None:
    assert [found.kind for found in ARTIFACTS.values()] == list(KINDS)


def bill() -> dict:
    return json.loads((DIST / f"tellr-{VERSION}.cdx.json").read_text())


def test_the_bill_of_materials_follows_the_standards_schema() -> None:
    text = (DIST / f"tellr-{VERSION}.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_bill_of_materials_names_what_is_inside_and_only_that() -> None:
    components = {component["bom-ref"]: component for component in bill()["components"]}
    names = {component["name"] for component in components.values()}
    assert {"axum", "tokio-postgres", "wasm-bindgen", "react", "anywidget", "wasmtime"} <= names
    # Tests, build tools and macros must not appear in a package.
    assert (
        not {"proptest", "wasm-bindgen-test", "serde_derive", "vite", "typescript", "binaryen"}
        & names
    )
    for found in ARTIFACTS.values():
        [digest] = components[found.path.name]["hashes"]
        assert digest["content"] == found.sha256
    third_party = [key for key in components if key.startswith(("pkg:cargo/", "pkg:npm/"))]
    crates = ("tellr-app", "deployer-wasm", "tellr-slides", "tellr-slides-page")
    ours = {f"pkg:cargo/{name}@{VERSION}" for name in crates}
    without = [key for key in third_party if key not in ours and not components[key].get("hashes")]
    assert without == [], "each was resolved to one file"
    assert [key for key in third_party if not components[key].get("licenses")] == []


def test_the_bill_of_materials_tells_who_needs_whom() -> None:
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill()["dependencies"]}
    assert {reference for needed in needs.values() for reference in needed} <= set(needs)
    reached, ahead = set(), [f"tellr@{VERSION}"]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += needs[here]
    assert reached == set(needs), "everything is there for a reason"
