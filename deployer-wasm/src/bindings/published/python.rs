//! What the notebook's package knows of settings: `widget/src/tellr/settings.py`, and the keyword-only part of its
//! functions' signatures.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::config::{Kind, SETTINGS, Setting, Taker};

const HEAD: &str = r#""""The deployer's settings: what each operation takes, and a trait of the widget for each.

Generated from the deployer's table of settings; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

import traitlets

"#;

/// The parameters in front of the `*`: those of the specification, in its order.
const POSITIONAL: [(Taker, &[&str]); 3] = [
    (
        Taker::Create,
        &[
            "lakebase_name",
            "schema_name",
            "app_name",
            "app_file_workspace_path",
            "lakebase_compute",
            "app_compute",
            "app_version",
            "description",
            "encryption_key",
            "use_test_pypi",
        ],
    ),
    (
        Taker::Update,
        &[
            "app_name",
            "app_file_workspace_path",
            "lakebase_name",
            "schema_name",
            "app_version",
            "reset_database",
            "encryption_key",
            "use_test_pypi",
        ],
    ),
    (Taker::Delete, &["app_name", "lakebase_name", "schema_name", "reset_database"]),
];

fn names<'a>(settings: impl Iterator<Item = &'a Setting>) -> String {
    settings.fold(String::new(), |mut text, setting| {
        let _ = writeln!(text, "        \"{}\",", setting.name);
        text
    })
}

fn trait_of(setting: &Setting) -> String {
    let made = match setting.kind {
        Kind::Flag => "traitlets.Bool(None, allow_none=True)",
        Kind::Texts => "traitlets.List(traitlets.Unicode(), None, allow_none=True)",
        Kind::Map => "traitlets.Dict(None, allow_none=True)",
        Kind::Text | Kind::Secret | Kind::Wheel => "traitlets.Unicode(None, allow_none=True)",
    };
    format!("    {} = {made}.tag(sync=True)\n", setting.name)
}

/// Traits are saved with the notebook and known to the page: none holds a key, or a wheel's bytes.
fn is_trait(setting: &Setting) -> bool {
    !setting.label.is_empty() && !matches!(setting.kind, Kind::Secret | Kind::Wheel)
}

#[test]
fn the_settings_of_the_notebooks_package_are_up_to_date() {
    let mut text = HEAD.to_owned();
    text += "# The settings that are traits, by the operation that takes them.\nNAMES: Final[dict[str, tuple[str, ...]]] = {\n";
    for taker in [Taker::Create, Taker::Update, Taker::Delete] {
        let taken = SETTINGS.iter().filter(|setting| is_trait(setting) && setting.is_taken_by(taker));
        let _ = write!(text, "    \"{}\": (\n{}    ),\n", taker.as_str(), names(taken));
    }
    text += "}\n\n\nclass SettingTraits(traitlets.HasTraits):\n    \"\"\"A trait for each setting; None is the deployer's default.\"\"\"\n\n";
    text.extend(SETTINGS.iter().filter(|setting| is_trait(setting)).map(trait_of));
    expect_file!["../../../../widget/src/tellr/settings.py"].assert_eq(&text);
}

/// The parameter as it stands behind the `*`.
fn parameter(setting: &Setting) -> String {
    let annotated = match setting.kind {
        Kind::Text | Kind::Secret => "str | None = None",
        Kind::Flag => "bool = False",
        Kind::Texts => "list[str] | None = None",
        Kind::Map => "dict[str, str] | None = None",
        Kind::Wheel => "str | PathLike[str] | None = None",
    };
    format!("    {}: {annotated},\n", setting.parameter())
}

#[test]
fn the_functions_of_the_notebooks_package_take_every_setting() {
    let mut functions = include_str!("../../../../widget/src/tellr/functions.py").to_owned();
    for (taker, positional) in POSITIONAL {
        let keywords = SETTINGS.iter().filter(|setting| {
            setting.is_taken_by(taker) && !setting.label.is_empty() && !positional.contains(&setting.name)
        });
        let begin = format!("    # The settings of `{}` (generated)\n", taker.as_str());
        let (before, rest) = functions.split_once(&begin).expect("a place for the settings");
        let (_, after) = rest.split_once("    # end\n").expect("the end of that place");
        functions =
            format!("{before}{begin}{}    # end\n{after}", keywords.map(parameter).collect::<String>());
    }
    expect_file!["../../../../widget/src/tellr/functions.py"].assert_eq(&functions);
}
