//! Reads a `.databrickscfg` line by line with the rules of Python's `configparser`.
//!
//! Databricks' Python SDK reads the file with `configparser`, and a profile has to mean the same here:
//! which lines continue a value, where a section's name ends, that `;` and `\` in a value are part of it.
//! The crates for INI files use other dialects (escapes, inline comments, quotes), and one invalid line
//! makes the whole file unreadable for them. Here an error belongs to its section, so that an unrelated
//! section can't prevent a deployment.

/// The values of one section.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) name: String,
    /// Keys in lower case.
    values: Vec<(String, Vec<String>)>,
    /// Why `configparser` refuses it, for users.
    pub(super) fault: Option<String>,
}

impl Section {
    /// The value of `key`, if it exists and isn't empty.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let (_, lines) = self.values.iter().find(|(name, _)| name == key)?;
        let value = lines.join("\n").trim_end_matches(is_blank).to_owned();
        Some(value).filter(|value| !value.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn fail(&mut self, fault: String) {
        self.fault.get_or_insert(fault);
    }
}

/// The section that holds other tools' defaults; it may appear more than once.
const DEFAULT: &str = "DEFAULT";

/// Reads all sections, in order. Lines before the first section belong to `DEFAULT`.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sections = vec![Section { name: DEFAULT.to_owned(), ..Section::default() }];
    let mut current = 0;
    // Whether a further indented line continues a value, and the indentation of the value's key.
    let (mut in_value, mut indent) = (false, 0);
    for (number, line) in
        text.replace("\r\n", "\n").split(['\n', '\r']).enumerate().map(|(i, line)| (i + 1, line))
    {
        let content = line.trim_matches(is_blank);
        if content.starts_with(['#', ';']) {
            continue;
        }
        let section = &mut sections[current];
        if content.is_empty() {
            if in_value && let Some((_, lines)) = section.values.last_mut() {
                lines.push(String::new());
            }
            continue;
        }
        let indented = line.chars().take_while(|c| is_blank(*c)).count();
        if in_value && indented > indent {
            if let Some((_, lines)) = section.values.last_mut() {
                lines.push(content.to_owned());
            }
            continue;
        }
        indent = indented;
        if let Some(name) = header(content) {
            in_value = false;
            current = open(&mut sections, name, number);
            continue;
        }
        match content.split_once(['=', ':']) {
            Some((key, value)) if !key.trim_matches(is_blank).is_empty() => {
                let key = key.trim_matches(is_blank).to_lowercase();
                if section.values.iter().any(|(name, _)| *name == key) {
                    section.fail(format!("has `{key}` twice, again at line {number}"));
                    section.values.retain(|(name, _)| *name != key);
                }
                section.values.push((key, vec![value.trim_matches(is_blank).to_owned()]));
                in_value = true;
            }
            // The line isn't repeated: it may be part of a secret.
            _ => section.fail(format!("can't be read at line {number}: it isn't `key = value`")),
        }
    }
    sections
}

/// The index of the section `name`, which starts at line `number`.
fn open(sections: &mut Vec<Section>, name: &str, number: usize) -> usize {
    if let Some(known) = sections.iter().position(|section| section.name == name) {
        if name != DEFAULT {
            sections[known].fail(format!("appears twice, again at line {number}"));
        }
        return known;
    }
    sections.push(Section { name: name.to_owned(), ..Section::default() });
    sections.len() - 1
}

/// `dev` of `[dev] ; comment`. The last bracket counts.
fn header(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    Some(name).filter(|name| !name.is_empty())
}

/// The whitespace that Python strips.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
