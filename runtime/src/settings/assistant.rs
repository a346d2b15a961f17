//! What the assistant uses unless a person chooses something else.

use super::variables::Reader;

/// The most Genie spaces.
const MOST_SPACES: usize = 20;
/// The longest name of a serving endpoint.
const LONGEST_NAME: usize = 255;
/// The longest id of a Genie space.
const LONGEST_ID: usize = 100;

/// What the assistant uses unless a person chooses something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssistantSettings {
    /// The name of the serving endpoint, which the app asks with its own credential.
    pub endpoint: Option<String>,
    /// The ids of the Genie spaces that are offered first.
    pub spaces: Vec<String>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> AssistantSettings {
    AssistantSettings { endpoint: endpoint(reader), spaces: spaces(reader) }
}

fn endpoint(reader: &mut Reader<'_>) -> Option<String> {
    const NAME: &str = "TELLR_SERVING_ENDPOINT";
    let name = reader.text(NAME)?;
    let is_name = name.len() <= LONGEST_NAME
        && !matches!(name.as_str(), "." | "..")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !is_name {
        reader.problem(
            NAME,
            format!("is `{}`; expected the name of a serving endpoint, not its URL", shown(&name)),
        );
    }
    Some(name)
}

fn spaces(reader: &mut Reader<'_>) -> Vec<String> {
    const NAME: &str = "TELLR_GENIE_SPACES";
    let text = reader.text(NAME).unwrap_or_default();
    let mut spaces: Vec<String> = Vec::new();
    for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let is_id = id.len() <= LONGEST_ID
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !is_id {
            let message = format!(
                "has `{}`; expected ids of Genie spaces, separated by commas. The id stands in the address of a \
                 space, behind `/genie/rooms/`",
                shown(id)
            );
            reader.problem(NAME, message);
            break;
        }
        if !spaces.iter().any(|known| known == id) {
            spaces.push(id.to_owned());
        }
    }
    if spaces.len() > MOST_SPACES {
        reader.problem(NAME, format!("has {} ids; at most {MOST_SPACES} can be offered first", spaces.len()));
    }
    spaces
}

/// A value for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
