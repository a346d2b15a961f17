//! `tellr-slides` for the page.
//!
//! The page applies a change and draws it before the server has seen it, with the same code as the
//! server. Everything goes in and out as JSON. The fonts aren't in the module: the page loads the files that a
//! slide needs, shows text in them, and hands the same bytes over ([`Slides::add_font`]).

use serde::Serialize;
use serde_json::value::RawValue;
use tellr_slides::deck::{Deck, FORMAT, Slide};
use tellr_slides::id::ThemeId;
use tellr_slides::layout;
use tellr_slides::lint;
use tellr_slides::patch::{self, Patch};
use tellr_slides::read;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::{Theme, built_in};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

mod finding;
mod font;

use finding::FindingJson;
use font::PageFonts;

/// How many themes a page holds.
const MAX_THEMES: usize = 1_000;

/// The crate with the fonts that were added so far.
#[wasm_bindgen]
pub struct Slides {
    themes: Vec<Theme>,
    fonts: PageFonts,
    /// Made when a slide is laid out after a font was added.
    text: Option<TextLayout>,
}

#[derive(Serialize)]
struct Applied {
    deck: Deck,
    inverse: Vec<Patch>,
}

#[wasm_bindgen]
impl Slides {
    /// Without fonts: every character then has an estimated width.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "JavaScript has constructors only")]
    pub fn new() -> Self {
        Self { themes: built_in(), fonts: PageFonts::default(), text: None }
    }

    /// Adds a file of a font: a family as in `carlito`, a subset as in `latin`, the file as it is served.
    #[wasm_bindgen(js_name = addFont)]
    pub fn add_font(
        &mut self,
        family: &str,
        is_bold: bool,
        is_italic: bool,
        subset: &str,
        woff2: &[u8],
    ) -> Result<(), JsError> {
        self.fonts.add(family, is_bold, is_italic, subset, woff2).map_err(|error| JsError::new(&error))?;
        self.text = None;
        Ok(())
    }

    /// Adds a theme, or replaces the one of the same id. One that decks may not be drawn in is refused.
    #[wasm_bindgen(js_name = addTheme)]
    pub fn add_theme(&mut self, theme: &str) -> Result<(), JsError> {
        let theme: Theme = serde_json::from_str(theme)?;
        if let Some(problem) = theme.problems().first() {
            return Err(JsError::new(&problem.to_string()));
        }
        if let Some(known) = self.themes.iter().position(|one| one.id == theme.id) {
            self.themes[known] = theme;
        } else if self.themes.len() < MAX_THEMES {
            self.themes.push(theme);
        } else {
            return Err(JsError::new("there are too many themes"));
        }
        Ok(())
    }

    /// The themes that come with the app, the default first, and those that were added, as a JSON list.
    pub fn themes(&self) -> Result<String, JsError> {
        json(&self.themes)
    }

    /// Applies a list of patches to a deck: `{"deck", "inverse"}`. The inverse is applied in its order.
    pub fn apply(&self, deck: &str, patches: &str) -> Result<String, JsError> {
        let deck = read::from_json(deck)?;
        let patches: Vec<&RawValue> = serde_json::from_str(patches)?;
        let patches = patches.into_iter().map(|one| patch::from_json(one.get())).collect::<Result<_, _>>()?;
        let (deck, inverse) = patch::apply_all(deck, patches).map_err(|(_, error)| error)?;
        json(&Applied { deck, inverse })
    }

    /// What is drawn of a slide, a display list. `number` is the page's, from 1.
    #[wasm_bindgen(js_name = layOut)]
    pub fn lay_out(
        &mut self,
        slide: &str,
        theme: &str,
        number: usize,
        language: Option<String>,
    ) -> Result<String, JsError> {
        let slide: Slide = serde_json::from_str(slide)?;
        let known = self.themes.iter().find(|one| one.id.as_str() == theme);
        let theme = known.or(self.themes.first()).ok_or_else(|| JsError::new("there are no themes"))?;
        let deck = Deck {
            format: FORMAT,
            title: String::new(),
            language,
            theme: ThemeId::try_from(theme.id.to_string()).map_err(|error| JsError::new(&error))?,
            slides: vec![slide],
        };
        let text = self.text.get_or_insert_with(|| TextLayout::new(&self.fonts.fonts()));
        json(&layout::lay_out(text, theme, &deck, &deck.slides[0], number))
    }

    /// What could be better on a slide, as a JSON list.
    pub fn findings(&self, slide: &str) -> Result<String, JsError> {
        let slide: Slide = serde_json::from_str(slide)?;
        let found: Vec<FindingJson> = lint::of_slide(&slide).into_iter().map(FindingJson::from).collect();
        json(&found)
    }
}

fn json(value: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(value)?)
}
