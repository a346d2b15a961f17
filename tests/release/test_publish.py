"""Publishing to indexes on loopback: what is refused, what is uploaded, and the result."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from artifacts import MANIFESTS, ROOT, find, version_of
from loopback import Shelves, serve

HERE = Path(__file__).resolve().parent
VERSION = version_of(ROOT)
TOKEN = "a-token-for-loopback"  # noqa: S105
Publish = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shelves() -> Iterator[Shelves]:
    with serve(TOKEN) as shelves:
        yield shelves


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Create a checkout with only the files that contain the version, all of them committed."""
    tree = tmp_path / "tree"
    for name in MANIFESTS:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    git(tree, "init", "--quiet")
    commit(tree)
    return tree


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Copy the packages as built by `make dist`."""
    dist = tmp_path / "dist"
    dist.mkdir()
    for path in [
        *(artifact.path for artifact in find(ROOT / "dist", VERSION)),
        ROOT / "dist/SHA256SUMS",
    ]:
        shutil.copy(path, dist)
    return dist


@pytest.fixture
def publish(shelves: Shelves, tree: Path, dist: Path, tmp_path: Path) -> Publish:
    """Return a function that runs the script for that checkout and those indexes."""
    npmrc = tmp_path / "npmrc"
    npmrc.write_text(f"{shelves.address.removeprefix('http:')}/npm/:_authToken={TOKEN}\n")
    environment = {
        **os.environ,
        "TELLR_INDEX": shelves.address,
        "TELLR_NPM_REGISTRY": f"{shelves.address}/npm/",
        "TWINE_USERNAME": "__token__",
        "TWINE_PASSWORD": TOKEN,
        "NPM_CONFIG_USERCONFIG": str(npmrc),
        "NPM_CONFIG_CACHE": str(tmp_path / "npm-cache"),
    }

    def run(*flags: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, HERE / "publish.py", "--tree", tree, "--dist", dist, *flags]
        return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True)

    return run


def git(tree: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=tree, check=True)


def commit(tree: Path) -> None:
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "A release")


def test_what_is_published_can_be_installed_from_there(
    publish: Publish, shelves: Shelves, dist: Path, tmp_path: Path
) -> None:
    done = publish()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Published {VERSION}." in done.stdout
    sent = {name: content for files in shelves.files.values() for name, content in files.items()}
    sent |= shelves.tarballs
    there = {path.name: path.read_bytes() for path in dist.iterdir() if path.name != "SHA256SUMS"}
    # npm adds the scope back to the tarball's name.
    npm = f"deployer-{VERSION}.tgz"
    assert sent == {
        npm if name == f"tellr-{npm}" else name: content for name, content in there.items()
    }

    pip = [
        sys.executable,
        "-m",
        "pip",
        "--isolated",
        "download",
        "--quiet",
        "--no-deps",
        "--no-cache-dir",
    ]
    index = ["--index-url", f"{shelves.address}/simple/", "--disable-pip-version-check"]
    for project in ("tellr", "tellr-app"):
        command = [*pip, *index, "--dest", tmp_path / "got", f"{project}=={VERSION}"]
        subprocess.run(command, check=True)
    assert len(list((tmp_path / "got").glob("*.whl"))) == 2
    (tmp_path / "package.json").write_text("{}")
    command = [
        "npm",
        "install",
        "--silent",
        "--registry",
        f"{shelves.address}/npm/",
        "@tellr/deployer",
    ]
    cache = {"NPM_CONFIG_CACHE": str(tmp_path / "npm-cache")}
    subprocess.run(command, cwd=tmp_path, check=True, env={**os.environ, **cache})
    assert (tmp_path / "node_modules/@tellr/deployer/deployer_bg.wasm").exists()


def test_a_dry_run_shows_everything_and_sends_nothing(publish: Publish, shelves: Shelves) -> None:
    done = publish("--dry-run")
    assert done.returncode == 0, done.stderr
    for artifact in find(ROOT / "dist", VERSION):
        assert f"{artifact.path.name} " in done.stdout
        assert artifact.sha256[:16] in done.stdout
    assert "Nothing was sent" in done.stdout
    assert shelves.is_empty()


def refused(done: subprocess.CompletedProcess[str], reason: str) -> None:
    assert done.returncode == 1, done.stdout
    assert reason in done.stderr, done.stderr


def test_a_tree_with_changes_is_refused(publish: Publish, shelves: Shelves, tree: Path) -> None:
    (tree / "Cargo.toml").write_text((tree / "Cargo.toml").read_text() + "\n")
    refused(publish(), "changes that are not committed:\n   M Cargo.toml")
    git(tree, "checkout", "--quiet", "Cargo.toml")
    (tree / "new").write_text("")
    refused(publish(), "?? new")
    assert shelves.is_empty()


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_version_that_differs_anywhere_is_refused(
    publish: Publish, shelves: Shelves, tree: Path, manifest: str
) -> None:
    text = (tree / manifest).read_text()
    (tree / manifest).write_text(text.replace(VERSION, "9.9.9", 1))
    commit(tree)
    refused(publish(), f"9.9.9      {manifest}")
    assert shelves.is_empty()


def test_packages_of_another_version_are_refused(
    publish: Publish, shelves: Shelves, tree: Path
) -> None:
    for manifest in MANIFESTS:
        (tree / manifest).write_text((tree / manifest).read_text().replace(VERSION, "9.9.9", 1))
    commit(tree)
    refused(publish(), "there are 0 files tellr_app-9.9.9-")
    assert shelves.is_empty()


def test_a_file_that_was_not_checked_is_refused(
    publish: Publish, shelves: Shelves, dist: Path
) -> None:
    sdist = dist / f"tellr-{VERSION}.tar.gz"
    sdist.write_bytes(sdist.read_bytes() + b"\0")
    refused(publish(), f"{sdist.name} is not the file that `make dist` checked")
    assert shelves.is_empty()


def test_a_version_that_was_published_before_is_refused(publish: Publish) -> None:
    assert publish().returncode == 0
    refused(publish(), f"{VERSION} was published before")
    refused(publish("--dry-run"), f"{VERSION} was published before")


def test_a_version_that_somebody_published_with_other_contents_is_refused(
    publish: Publish, shelves: Shelves
) -> None:
    shelves.files["tellr"] = {f"tellr-{VERSION}.tar.gz": b"something else"}
    refused(publish(), "was published before, with other contents")
    assert list(shelves.files) == ["tellr"]
    assert len(shelves.files["tellr"]) == 1


def test_an_upload_that_broke_off_is_gone_on_with(publish: Publish, shelves: Shelves) -> None:
    shelves.broken.add(f"tellr-{VERSION}.tar.gz")
    refused(publish(), "Run it again to resume")
    assert sorted(shelves.files) == ["tellr", "tellr-app"]
    assert not shelves.npm
    shelves.broken.clear()
    done = publish()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("there already") == 2
    assert len(shelves.files["tellr"]) == 2
    assert shelves.npm


def test_without_the_right_credential_nothing_is_published(
    publish: Publish, shelves: Shelves
) -> None:
    done = publish(TWINE_PASSWORD="another")  # noqa: S106
    refused(done, "failed; see its message above")
    assert TOKEN not in done.stdout + done.stderr
    assert shelves.is_empty()


def test_trials_do_not_go_to_npm(publish: Publish, shelves: Shelves) -> None:
    done = publish("--test", TELLR_NPM_REGISTRY="")
    assert done.returncode == 0, done.stderr
    assert "npm has no index for trials" in done.stdout
    assert shelves.files
    assert not shelves.npm
