//! Settings for the Python package: `widget/src/tellr/settings.py`, the keyword-only parameters of its
//! functions, their descriptions, and the defaults in the specification's signatures. Also the platform's
//! usual durations: `widget/src/tellr/progress/usual.py`.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::config::{Kind, SETTINGS, Setting, Taker};
use crate::steps::usual;

const HEAD: &str = r#""""The deployer's settings: what each operation takes, and a trait of the widget for each.

Generated from the deployer's table of settings; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

import traitlets

"#;

/// The parameters before the `*`: those of the specification, in its order.
const POSITIONAL: [(Taker, &[&str]); 5] = [
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
    (Taker::Rollback, &["app_name", "app_file_workspace_path"]),
    (Taker::Restore, &["app_name", "app_file_workspace_path"]),
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
        // A number or a text.
        Kind::Count => "traitlets.Any(None, allow_none=True)",
        Kind::Text | Kind::Secret | Kind::Wheel => "traitlets.Unicode(None, allow_none=True)",
    };
    format!("    {} = {made}.tag(sync=True)\n", setting.name)
}

/// Traits are saved with the notebook and visible to the page, so none may hold a key or a wheel's bytes.
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

/// The parameter as it is written after the `*`.
fn parameter(setting: &Setting) -> String {
    let annotated = match setting.kind {
        Kind::Text | Kind::Secret => "str | None = None",
        Kind::Count => "int | str | None = None",
        Kind::Flag => "bool = False",
        Kind::Texts => "list[str] | None = None",
        Kind::Map => "dict[str, str] | None = None",
        Kind::Wheel => "str | PathLike[str] | None = None",
    };
    format!("    {}: {annotated},\n", setting.parameter())
}

#[test]
fn the_functions_of_the_notebooks_package_take_every_setting_and_tell_of_it() {
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
    expect_file!["../../../../widget/src/tellr/functions.py"].assert_eq(&with_descriptions(&functions));
}

const USUAL_HEAD: &str = r#""""How long the platform usually takes for what a step waits for.

Generated from the deployer's table; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

USUAL: Final[dict[str, str]] = {
"#;

#[test]
fn the_usual_times_of_the_notebooks_package_are_up_to_date() {
    let entries = usual::BY_STEP.iter().fold(String::new(), |mut text, (step, usual)| {
        let _ = writeln!(text, "    \"{step}\": \"usually {}\",", usual.text);
        text
    });
    expect_file!["../../../../widget/src/tellr/progress/usual.py"]
        .assert_eq(&format!("{USUAL_HEAD}{entries}}}\n"));
}

/// Where the specification's signature of `create` has a value instead of None.
const SPELLED_OUT: [&str; 3] = ["lakebase_compute", "app_compute", "description"];

const DEFAULTS_HEAD: &str = r#""""The defaults that the specification's signatures spell out.

Generated from the deployer's table of settings; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

DEFAULTS: Final[dict[str, dict[str, str]]] = {
    "create": {
"#;

#[test]
fn the_defaults_of_the_notebooks_package_are_up_to_date() {
    let spelled_out = SETTINGS.iter().filter(|setting| SPELLED_OUT.contains(&setting.name));
    let entries = spelled_out.fold(String::new(), |mut text, setting| {
        let default = setting.default.expect("it is a fixed value");
        let _ = writeln!(text, "        \"{}\": \"{default}\",", setting.name);
        text
    });
    let text = format!("{DEFAULTS_HEAD}{entries}    }}\n}}\n");
    expect_file!["../../../../widget/src/tellr/defaults.py"].assert_eq(&text);
}

/// The maximum length of a Python line.
const WIDTH: usize = 100;

/// The description of a parameter of `create`, as part of the function's docstring.
fn described(setting: &Setting) -> String {
    let mut words = setting.help().replace('`', "``");
    if !setting.choices.is_empty() {
        let values: Vec<String> =
            setting.choices.iter().map(|choice| format!("``{}``", choice.value)).collect();
        let _ = write!(words, " One of {}.", values.join(", "));
    }
    match (setting.default, setting.otherwise) {
        (Some(default), _) if setting.kind != Kind::Flag => {
            let _ = write!(words, " If left out: ``{default}``.");
        }
        (None, otherwise) if !otherwise.is_empty() => {
            let _ = write!(words, " If left out: {otherwise}.");
        }
        _ => {}
    }
    let mut lines = vec![format!("        {}:", setting.parameter())];
    for word in words.split(' ') {
        let line = lines.last_mut().expect("there is one");
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("            {word}"));
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// The parameters that a docstring describes, each with its lines.
fn told(text: &str) -> Vec<(String, String)> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("        ").filter(|rest| !rest.starts_with(' ')) {
            let name = rest.split(':').next().unwrap_or_default().to_owned();
            parameters.push((name, format!("{line}\n")));
        } else {
            let (_, lines) = parameters.last_mut().expect("a parameter comes first");
            let _ = writeln!(lines, "{line}");
        }
    }
    parameters
}

/// The docstring of `create` with the table's description of each setting. Descriptions of other parameters
/// are kept.
fn with_descriptions(functions: &str) -> String {
    let (before, rest) = functions.split_once("    Args:\n").expect("the parameters of `create`");
    let (args, after) = rest.split_once("\n\n").expect("the end of the parameters");
    let is_asked_for = |setting: &&Setting| !setting.label.is_empty();
    let settings = SETTINGS.iter().filter(|setting| setting.is_taken_by(Taker::Create)).filter(is_asked_for);
    let is_setting =
        |name: &str| SETTINGS.iter().filter(is_asked_for).any(|setting| setting.parameter() == name);
    let by_hand = told(args).into_iter().filter(|(name, _)| !is_setting(name)).map(|(_, lines)| lines);
    format!(
        "{before}    Args:\n{}{}\n{after}",
        settings.map(described).collect::<String>(),
        by_hand.collect::<String>()
    )
}
