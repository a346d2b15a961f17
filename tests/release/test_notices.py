"""The third-party notices: complete, and without licences that aren't allowed."""

from pathlib import Path

import notices
import pytest
from artifacts import ReleaseError


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("SEE LICENSE IN terms.md", False),
        ("", False),
    ],
)
def test_terms_are_evaluated_as_an_expression(expression: str, *, fits: bool) -> None:
    assert notices.fits(expression) is fits


def component(name: str, terms: str) -> notices.Component:
    return {"name": name, "version": "1.0.0", "licenses": [{"expression": terms}]}


def test_terms_that_do_not_fit_and_a_missing_text_stop_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = [
        (component("copyleft", "GPL-3.0-only"), tmp_path),
        (component("bare", "MIT"), tmp_path),
    ]
    monkeypatch.setattr(notices, "third_parties", lambda _project: listed)
    with pytest.raises(ReleaseError) as refused:
        notices.notices("tellr-app")
    message = str(refused.value)
    assert "copyleft 1.0.0: its terms are GPL-3.0-only" in message
    assert "bare 1.0.0: it ships no licence text" in message


@pytest.mark.parametrize(
    ("manifest", "content"),
    [
        ("Cargo.toml", 'name = "bare"\nauthors = [\n    "Ada <ada@example.com>",\n    "Ben",\n]\n'),
        ("package.json", '{"author": "Ada <ada@example.com>, Ben"}'),
        ("package.json", '{"author": {"name": "Ada <ada@example.com>, Ben"}}'),
    ],
)
def test_the_licence_of_a_component_without_a_text_names_its_authors(
    tmp_path: Path, manifest: str, content: str
) -> None:
    (tmp_path / manifest).write_text(content)
    for terms in notices.STANDARD_TEXTS:
        [text] = notices.texts_of(component("bare", terms), tmp_path)
        assert "Copyright (c) Ada <ada@example.com>, Ben\n" in text
    assert notices.texts_of(component("bare", "ISC"), tmp_path) == []


@pytest.mark.parametrize(
    ("project", "crate", "bundled"),
    [
        ("tellr-app", "tokio-postgres", "@fontsource-variable/instrument-sans"),
        ("tellr", "deployer-wasm", "react"),
        ("@tellr/deployer", "serde_json", None),
    ],
)
def test_a_package_names_what_is_in_it_and_has_each_text(
    project: str, crate: str, bundled: str | None
) -> None:
    written = notices.notices(project)
    listed, _, texts = written.partition(notices.RULE)
    assert (f"- {crate} " in listed) is (crate != "deployer-wasm"), (
        "our own crates aren't third parties"
    )
    if bundled:
        assert f"- {bundled} " in listed
        assert f"{bundled} " in texts
    for line in listed.splitlines():
        if line.startswith("- "):
            name = line.removeprefix("- ").partition(":")[0]
            assert name in texts, f"the text of {name} is missing"
