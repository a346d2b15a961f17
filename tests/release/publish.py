"""Publishes the packages: the wheels and the source on PyPI, the module on npm.

usage: publish.py [--test] [--dry-run] [--before-building] [--tree FOLDER] [--dist FOLDER]

Refuses what can't be taken back later: a tree that isn't committed, a version that differs
somewhere, files that `make dist` didn't check, and a version that is there already. A version of
which a part is there, with the same bytes, is an interrupted upload: it is resumed.

Who publishes is known to twine (TWINE_USERNAME and TWINE_PASSWORD, or ~/.pypirc) and to npm
(`npm login`). TELLR_INDEX and TELLR_NPM_REGISTRY name other places than the usual ones.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from artifacts import ROOT, Artifact, ReleaseError, find, version_of
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

ANSWER_SECS = 60


@dataclass(frozen=True)
class Index:
    """Where Python packages are uploaded, and where published files are listed."""

    upload: str
    simple: str

    def digests(self, project: str) -> dict[str, str]:
        """Return the SHA-256 of each published file of a project."""
        accept = "application/vnd.pypi.simple.v1+json"
        request = urllib.request.Request(f"{self.simple}{project}/", headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECS) as answer:
                files = json.load(answer)["files"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return {}
            message = f"{self.simple} answers {error.code} when asked for its versions"
            raise ReleaseError(message) from error
        except OSError as error:
            message = f"{self.simple} can't be asked for its versions: {error}"
            raise ReleaseError(message) from error
        return {file["filename"]: file["hashes"].get("sha256", "") for file in files}

    def send(self, artifact: Artifact) -> None:
        """Upload one file."""
        command = [sys.executable, "-m", "twine", "upload", "--non-interactive"]
        command += ["--disable-progress-bar", "--repository-url", self.upload, str(artifact.path)]
        call(command)

    def has(self, artifact: Artifact) -> str | None:
        """Return whether the file exists: no, the same, or a different one of its name."""
        digest = self.digests(artifact.kind.project).get(artifact.path.name)
        if digest is None:
            return None
        return "same" if digest == artifact.sha256 else "other"


@dataclass(frozen=True)
class Registry:
    """Where npm packages are uploaded; None is npm's configured registry."""

    address: str | None

    def options(self) -> list[str]:
        """Return npm's arguments for the registry."""
        return ["--registry", self.address] if self.address else []

    def send(self, artifact: Artifact) -> None:
        """Upload the package."""
        path = str(artifact.path.resolve())
        call(["npm", "publish", path, "--access", "public", *self.options()])

    def has(self, artifact: Artifact) -> str | None:
        """Return whether this version exists: no, the same, or a different one."""
        wanted = f"{artifact.kind.project}@{artifact.version()}"
        command = ["npm", "view", wanted, "dist.integrity", "--json", "--prefer-online"]
        command += self.options()
        done = subprocess.run(command, capture_output=True, text=True)
        said = json.loads(done.stdout) if done.stdout.strip() else None
        if done.returncode != 0:
            if isinstance(said, dict) and said.get("error", {}).get("code") == "E404":
                return None
            message = f"npm can't be asked for its versions: {done.stderr.strip()}"
            raise ReleaseError(message)
        if said is None:
            return None
        digest = hashlib.sha512(artifact.path.read_bytes()).digest()
        return "same" if said == f"sha512-{base64.b64encode(digest).decode()}" else "other"


def call(command: list[str]) -> None:
    """Run an uploader, which prints its own progress."""
    if subprocess.run(command).returncode != 0:
        said = f"`{' '.join(command[:4])} …` failed; see its message above"
        message = f"{said}. Run it again to resume"
        raise ReleaseError(message)


def places(*, test: bool) -> dict[str, Index | Registry | None]:
    """Return where each kind of package is uploaded; None: nowhere."""
    if address := os.environ.get("TELLR_INDEX"):
        index = Index(f"{address}/legacy/", f"{address}/simple/")
    else:
        upload = TEST_REPOSITORY if test else DEFAULT_REPOSITORY
        index = Index(upload, upload.replace("//upload.", "//").replace("/legacy/", "/simple/"))
    registry = os.environ.get("TELLR_NPM_REGISTRY")
    # npm has no test registry.
    return {"PyPI": index, "npm": None if test and not registry else Registry(registry)}


def refuse_uncommitted(tree: Path) -> None:
    """Refuse a working tree from which others could not build the same."""
    command = ["git", "status", "--porcelain"]
    status = subprocess.run(command, cwd=tree, capture_output=True, check=True, text=True).stdout
    if status:
        changes = "\n".join(f"  {line}" for line in status.splitlines()[:20])
        message = f"there are changes that are not committed:\n{changes}"
        raise ReleaseError(message)


def refuse_unchecked(dist: Path, artifacts: list[Artifact]) -> None:
    """Refuse files other than those that `make dist` checked."""
    sums = dist / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.exists() else []
    checked = dict(reversed(line.split(maxsplit=1)) for line in lines)
    for artifact in artifacts:
        if checked.get(artifact.path.name) != artifact.sha256:
            message = f"{artifact.path.name} is not the file that `make dist` checked; run it again"
            raise ReleaseError(message)


def still_to_send(
    artifacts: list[Artifact], to: dict[str, Index | Registry | None]
) -> list[Artifact]:
    """Return the files that are not published yet.

    Raises ReleaseError where all are, or where one is that is not ours.
    """
    ahead = [artifact for artifact in artifacts if to[artifact.kind.index]]
    missing = []
    for artifact in ahead:
        there = to[artifact.kind.index].has(artifact)
        if there == "other":
            message = (
                f"{artifact.path.name} was published before, with other contents. "
                "A version is published once: raise it everywhere"
            )
            raise ReleaseError(message)
        if there is None:
            missing.append(artifact)
    if not missing:
        message = f"{artifacts[0].version()} was published before. Raise the version everywhere"
        raise ReleaseError(message)
    return missing


def publish(options: argparse.Namespace) -> None:
    """Check everything, then upload."""
    refuse_uncommitted(options.tree)
    version = version_of(options.tree)
    if options.before_building:
        return
    artifacts = find(options.dist, version)
    refuse_unchecked(options.dist, artifacts)
    to = places(test=options.test)
    missing = still_to_send(artifacts, to)
    print(f"Version {version}")
    for artifact in artifacts:
        place = to[artifact.kind.index]
        where = place.upload if isinstance(place, Index) else place and (place.address or "npm")
        state = f"to {where}" if artifact in missing else "there already"
        if not place:
            state = "not sent: npm has no index for trials"
        size = f"{artifact.path.stat().st_size / 1e6:.2f} MB"
        print(f"  {artifact.path.name:52} {size:>8}  {artifact.sha256[:16]}…  {state}")
    if options.dry_run:
        print("Nothing was sent (DRY=1).")
        return
    sys.stdout.flush()
    for artifact in missing:
        to[artifact.kind.index].send(artifact)
    print(f"Published {version}.")


def main() -> int:
    """Publish according to the command line; the exit status is 1 if that is refused."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--test", action="store_true", help="to the index for trials")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be sent")
    parser.add_argument(
        "--before-building", action="store_true", help="only look whether it would be refused"
    )
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the built packages")
    try:
        publish(parser.parse_args())
    except ReleaseError as problem:
        print(f"\nNot published: {problem}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
