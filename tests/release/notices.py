"""Writes the third-party notices of a package: its components and their licences.

usage: notices.py PROJECT OUT      PROJECT is tellr-app, tellr or @tellr/deployer

What is in a package is resolved as for the bill of materials. The texts are the licence and notice
files that each component ships; of a component that ships none, the text of the Apache licence,
where that is one of its terms, or of another in `licences`, with the authors in its manifest.
Terms that don't fit ours, and a component without any text, stop the build. The same inputs give
the same bytes.

`cargo-about` does the same for crates alone: it takes four minutes to build and one for each
package, and knows nothing of what a page bundles.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from artifacts import ROOT, ReleaseError
from license_expression import ExpressionError, get_spdx_licensing
from sbom import CRATES, HOST, PAGES, WASM, Component, crates, npm_packages

# Licences that are allowed in an Apache-2.0 package that is distributed as a binary.
ACCEPTED = frozenset(
    (
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CDLA-Permissive-2.0",
        "ISC",
        "MIT",
        "OFL-1.1",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    )
)
TEXT_NAMES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
# Compiled into each program and module, but not listed by cargo.
STANDARD_LIBRARY = "Rust standard library"
# Texts for components that ship none, with a place for the holders.
STANDARD_TEXTS = {
    name: Path(__file__).parent / f"licences/{name}.txt" for name in ("MIT", "BSD-3-Clause")
}
# A line that names a holder, as opposed to one that only has the word.
HOLDER = re.compile(r"[\s#*/]*copyright\b.*(?:\(c\)|©|\d{4}|\[yyyy\])", re.IGNORECASE)
# The terms of the Apache licence are between these, and how to apply it follows.
TERMS, END = "TERMS AND CONDITIONS FOR USE", "END OF TERMS AND CONDITIONS"
APPENDIX = re.compile(r"APPENDIX: How to apply.*?limitations under the License\.", re.DOTALL)
RULE = "=" * 100
LICENSING = get_spdx_licensing()


def fits(expression: str) -> bool:
    """Check whether accepted licences alone satisfy the expression."""
    try:
        parsed = LICENSING.parse(expression, validate=True, strict=True)
    except ExpressionError:
        return False
    return parsed is not None and satisfied(parsed)


def satisfied(term: object) -> bool:
    """Evaluate an expression: a choice needs one accepted term, a conjunction all."""
    if isinstance(term, LICENSING.OR):
        return any(map(satisfied, term.args))
    if isinstance(term, LICENSING.AND):
        return all(map(satisfied, term.args))
    return str(term) in ACCEPTED


def crate_folders() -> dict[tuple[str, str], Path]:
    """Find the sources of all crates, by name and version."""
    folders = {}
    for target in (HOST, WASM):
        command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"]
        command += ["--filter-platform", target]
        read = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        for package in json.loads(read.stdout)["packages"]:
            folder = Path(package["manifest_path"]).parent
            folders[package["name"], package["version"]] = folder
    return folders


def fonts_of(crate: Path) -> list[tuple[Component, Path]]:
    """List the fonts that are compiled into a crate of ours, with the folders of their licences."""
    listed = crate / "fonts/fonts.json"
    if not listed.is_file():
        return []
    return [
        (
            {
                "name": f"{font['name']} (font)",
                "version": font["version"],
                "licenses": [{"expression": font["licence"]}],
            },
            crate / "fonts" / font["folder"],
        )
        for font in json.loads(listed.read_text())
    ]


def third_parties(project: str) -> list[tuple[Component, Path]]:
    """List what is compiled or bundled into a package, with the folder of its licence texts."""
    found: dict[str, tuple[Component, Path]] = {}
    folders = crate_folders()
    for built in CRATES[project]:
        for reference, component in crates(*built)[0].items():
            folder = folders[component["name"], component["version"]]
            if folder.is_relative_to(ROOT):
                found.update({font["name"]: (font, path) for font, path in fonts_of(folder)})
            else:
                found[reference] = (component, folder)
    if project in PAGES:
        lock = ROOT / PAGES[project]
        for reference, component in npm_packages(lock)[0].items():
            folder = lock.parent / "node_modules" / component["name"]
            found[reference] = (component, folder)
    return [found[reference] for reference in sorted(found)]


def terms_of(component: Component) -> str:
    """Return a component's licence expression; empty if it has none."""
    return " ".join(entry["expression"] for entry in component.get("licenses", ()))


def authors(folder: Path) -> str:
    """Read the authors that a crate's or npm package's manifest names; empty if it names none."""
    crate, package = folder / "Cargo.toml", folder / "package.json"
    if crate.is_file():
        named = re.search(r"^authors = \[(.*?)\]", crate.read_text(), re.MULTILINE | re.DOTALL)
        return ", ".join(re.findall(r'"([^"]+)"', named[1])) if named else ""
    if package.is_file():
        author = json.loads(package.read_text()).get("author", "")
        return author if isinstance(author, str) else author.get("name", "")
    return ""


def texts_of(component: Component, folder: Path) -> list[str]:
    """Read the licence and notice files that a component ships."""
    files = sorted(
        file
        for file in folder.iterdir()
        if file.is_file() and file.name.upper().startswith(TEXT_NAMES)
    )
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    terms = terms_of(component)
    if not texts and "Apache-2.0" in terms:
        texts = [(ROOT / "LICENSE").read_text()]
    standard = next((text for name, text in STANDARD_TEXTS.items() if name in terms), None)
    if not texts and standard and (holders := authors(folder)):
        texts = [standard.read_text().format(holders=holders)]
    return ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in texts]


def notices(project: str) -> str:
    """Compose the notices of a package.

    Raises ReleaseError naming each component whose terms don't fit or whose text is missing.
    """
    listed = [f"{STANDARD_LIBRARY}: MIT OR Apache-2.0"]
    apache = (ROOT / "LICENSE").read_text().strip()
    used = [(apache, STANDARD_LIBRARY)]
    problems = []
    for component, folder in third_parties(project):
        name, terms = f"{component['name']} {component['version']}", terms_of(component)
        if not fits(terms):
            problems.append(f"{name}: its terms are {terms or 'not told'}")
        texts = texts_of(component, folder)
        if not texts:
            problems.append(f"{name}: it ships no licence text")
        listed.append(f"{name}: {terms}")
        used += [(text, name) for text in texts]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        message = (
            f"{project} can't be passed on with these components:\n{lines}\n"
            "Use another component, or add terms that fit an Apache-2.0 binary to ACCEPTED"
        )
        raise ReleaseError(message)
    head = (
        f"Third-party notices of {project}\n\n{project} contains the components below. Each is "
        "used under its own terms, whose texts follow.\n"
    )
    return "\n".join((head, *(f"- {line}" for line in listed), "", *sections(used)))


def terms_in(text: str) -> str:
    """Return the terms of the Apache licence as a text has them; empty if it has none."""
    _, start, after = text.partition(TERMS)
    terms, end, _ = after.partition(END)
    return " ".join(terms.replace("https://", "http://").split()) if start and end else ""


def referring(text: str) -> str:
    """Refer to LICENSE, which each package has, in the place of the Apache licence's terms."""
    if not terms_in(text) or terms_in(text) != terms_in((ROOT / "LICENSE").read_text()):
        return text
    before, after = text.split(TERMS)[0], text.split(END, 1)[1]
    rest = APPENDIX.sub("", after, count=1)
    reference = "Its terms are in the file LICENSE of this package."
    return f"{before.rstrip()}\n\n{reference}\n\n{rest.strip()}".strip()


def sections(used: list[tuple[str, str]]) -> list[str]:
    """Compose a section for each text, with the components that have it and their holders.

    Texts that differ in holders and line breaks are one: the package would be larger otherwise.
    """
    texts: dict[str, str] = {}
    users: dict[str, list[str]] = {}
    holders: dict[str, list[str]] = {}
    for whole, name in used:
        lines = whole.splitlines()
        text = "\n".join(line for line in lines if not HOLDER.match(line)).strip()
        text = referring(text)
        words = " ".join(text.split())
        texts.setdefault(words, text)
        users.setdefault(words, []).append(name)
        named = (f"{name}: {' '.join(line.split())}" for line in lines if HOLDER.match(line))
        holders.setdefault(words, []).extend(named)
    # Texts that differ little have about the same length, and compress better side by side.
    return [
        f"{RULE}\nUsed by: {', '.join(dict.fromkeys(users[words]))}\n{RULE}\n\n"
        + "".join(f"{line}\n" for line in dict.fromkeys(holders[words]))
        + ("\n" if holders[words] else "")
        + f"{texts[words]}\n"
        for words in sorted(texts, key=lambda words: (len(words), words))
    ]


def main() -> int:
    """Write the notices of one package."""
    project, out = sys.argv[1], Path(sys.argv[2])
    try:
        written = notices(project)
    except ReleaseError as problem:
        print(f"\nNo notices: {problem}", file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(written, encoding="utf-8")
    print(f"  {out.name}: {len(written.encode()) / 1e3:.0f} KB for {project}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
