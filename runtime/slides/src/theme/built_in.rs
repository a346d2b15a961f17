//! The themes that come with the app: `runtime/slides/themes/*.json`.

use super::Theme;

const FILES: [&str; 5] = [
    include_str!("../../themes/clear.json"),
    include_str!("../../themes/ink.json"),
    include_str!("../../themes/paper.json"),
    include_str!("../../themes/signal.json"),
    include_str!("../../themes/lakehouse.json"),
];

/// The themes that come with the app, the default first.
///
/// # Panics
/// Never: the tests read each of them.
pub fn built_in() -> Vec<Theme> {
    FILES.map(|file| serde_json::from_str(file).expect("a theme of ours can be read")).into()
}
