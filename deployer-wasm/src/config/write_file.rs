//! Writing a configuration file.
//!
//! Both shapes of file can be read; only the flat one is written. A file is written to save a form's values,
//! which describe one deployment; the other shape is for several deployments.

use super::resolve::CreateConfig;
use super::setting::{Setting, Taker};
use super::settings::SETTINGS;
use crate::document::{self, Node};

/// The maximum length of a comment's line.
const WIDTH: usize = 90;

/// The configuration as a flat file that reads as the same configuration, without the two settings that a
/// file never holds: the key and the local wheel.
pub fn to_yaml(config: &CreateConfig) -> String {
    document::write(&to_node(config))
}

/// The same as a value.
pub fn to_node(config: &CreateConfig) -> Node {
    config.settings.flat_file()
}

/// The same as [`to_yaml`], for a person who edits it: each setting with its help. Settings that are not among the
/// `given` are in comments. `schema` is the address of the file's JSON Schema, for editors.
pub fn to_commented_yaml(config: &CreateConfig, given: &[String], schema: &str) -> String {
    let node = to_node(config);
    let values = node.as_map().unwrap_or_default();
    let mut text = format!(
        "# yaml-language-server: $schema={schema}\n\n# A deployment of Tellr. `tellr-app deploy create --config FILE` \
         creates it.\n# Never put a secret into this file.\n"
    );
    let in_file = SETTINGS.iter().filter(|setting| setting.file.is_some());
    for setting in in_file.filter(|setting| setting.is_taken_by(Taker::Create)) {
        let value = values.iter().find(|(name, _)| name == setting.name);
        let entry = match value {
            Some(entry) => document::write(&Node::Map(vec![entry.clone()])),
            None => format!("{}:\n", setting.name),
        };
        let is_given = value.is_some() && given.iter().any(|name| name == setting.name);
        text.push('\n');
        text.push_str(&comment(&described(setting)));
        text.push_str(&if is_given { entry } else { commented_out(&entry) });
    }
    text
}

/// A setting's help, its values and its default.
fn described(setting: &Setting) -> String {
    let mut words = setting.help();
    if !setting.choices.is_empty() {
        let values: Vec<&str> = setting.choices.iter().map(|choice| choice.value).collect();
        words.extend([" One of ", &values.join(", "), "."]);
    }
    let left_out = setting.left_out(Taker::Create);
    if !left_out.is_empty() {
        words.extend([" Default: ", left_out, "."]);
    }
    words
}

fn comment(words: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in words.split(' ') {
        let line = lines.last_mut().filter(|line| line.chars().count() + word.chars().count() < WIDTH);
        match line {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}

fn commented_out(entry: &str) -> String {
    format!("# {}\n", entry.trim_end().replace('\n', "\n# "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::resolve;

    #[test]
    fn a_commented_file_reads_as_what_was_answered() {
        let answers = json!({
            "app_name": "slides",
            "description": "Ours: # with \"quotes\"",
            "lakebase_compute": "CU_4",
            "genie_spaces": ["01ef274d35a310b5"],
            "extra_env": {"A": "1", "B": ""},
            "use_test_pypi": true,
        });
        let given: Vec<String> = answers.as_object().expect("a mapping").keys().cloned().collect();
        let config = resolve::create(answers, None, None).expect("good answers");
        let text = to_commented_yaml(&config, &given, "https://x.example/schema.json");
        assert!(
            text.starts_with("# yaml-language-server: $schema=https://x.example/schema.json\n"),
            "{text}"
        );
        assert!(text.lines().any(|line| line == "# schema_name: app_data"), "{text}");
        let read = resolve::create(json!({}), Some(&text), None).expect("it can be read");
        assert_eq!(to_yaml(&read), to_yaml(&config));
        assert!(text.lines().filter(|line| line.starts_with('#')).all(|line| line.chars().count() <= 140));
    }

    #[test]
    fn a_commented_file_without_answers_is_a_valid_one() {
        let config = resolve::create(json!({}), None, None).expect("defaults");
        let text = to_commented_yaml(&config, &["app_name".to_owned()], "s");
        let read = resolve::create(json!({}), Some(&text), None).expect("it can be read");
        assert_eq!(to_yaml(&read), to_yaml(&config));
        // Each setting that is in a comment is valid as well.
        let all: String = text
            .lines()
            .filter_map(|line| {
                let setting = line.strip_prefix("# ").unwrap_or(line);
                let name = setting.split(':').next().unwrap_or_default();
                let is_setting = SETTINGS.iter().any(|one| one.name == name) || setting.starts_with("- ");
                is_setting.then(|| format!("{setting}\n"))
            })
            .collect();
        let read =
            resolve::create(json!({}), Some(&all), None).unwrap_or_else(|error| panic!("{all}: {error:?}"));
        assert_eq!(to_yaml(&read), to_yaml(&config));
    }
}
