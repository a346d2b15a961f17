//! A theme from a file.
//!
//! The theme keeps our layouts and takes colours, fonts, backgrounds and logos from the company. Where both
//! can't be had, readable text wins, and what was changed is said in words for the person who uploaded it.

use super::background::{Background, Fills};
use super::chart;
use super::color::Palette;
use super::contrast::{faintest, ground, mix, readable, strongest};
use super::families::nearest;
use super::logos::{FULL, Placed, is_backdrop, place};
use super::roles::{of_ground, usual};
use super::sheet::{Drawn, Sheet, first_level_color};
use super::source::Template;
use super::tree::Ns;
use crate::export::PictureFile;
use crate::id::{ImageId, ThemeId};
use crate::limits::{MAX_LINE, MAX_THEME_PICTURES};
use crate::theme::{
    Area, Color, Colors, Family, Fonts, Ground, Motif, Panel, PictureRole, Spacing, Theme, ThemePicture,
    Typefaces,
};

/// A theme, and the pictures that it names.
#[derive(Clone)]
pub struct Style {
    /// Valid: [`Theme::problems`] finds nothing.
    pub theme: Theme,
    /// By the ids in the theme, `picture-1` and so on. The caller keeps them and writes its own ids into the theme.
    pub pictures: Vec<(ImageId, PictureFile)>,
    /// What was changed or left out, a sentence each, for the person who uploaded the file.
    pub notes: Vec<String>,
}

/// Notes of a style; more would not be read.
const MAX_NOTES: usize = 30;

/// What text needs, words of less weight, and what a cover needs, each with a little to spare.
const TEXT: f64 = 7.05;
const WORDS: f64 = 4.55;
const LINES: f64 = 1.35;

pub(super) fn style(template: &Template, id: ThemeId, name: &str) -> Style {
    let mut notes = template.notes.clone();
    if !template.size.is_wide() {
        notes.push("The file's slides aren't 16:9; the places of pictures were moved to fit.".to_owned());
    }
    let looks = [Ground::Content, Ground::Cover, Ground::Section].map(|ground| look(template, ground));
    let colors = colors(&looks[0], &mut notes);
    let [cover, section] =
        [("covers", &looks[1]), ("sections", &looks[2])].map(|(name, look)| panel(name, look, &mut notes));
    let (fonts, typefaces) = fonts(template, &mut notes);
    let mut spacing = spacing(template);
    let (pictures, files) = pictures(template, &looks, &mut spacing, &mut notes);
    let theme = Theme {
        id: id.clone(),
        name: title(name, &id),
        colors,
        cover,
        section,
        fonts,
        spacing,
        motif: Motif::None,
        typefaces: Some(typefaces),
        pictures,
        guidance:
            "The style of a company. Short, factual statements, one message a slide with its number in \
                   the title. The accent marks what the title talks about, and nothing else."
                .to_owned(),
    };
    let mut seen: Vec<String> = Vec::new();
    for note in notes {
        if seen.len() < MAX_NOTES && !seen.contains(&note) {
            seen.push(note);
        }
    }
    Style { theme, pictures: files, notes: seen }
}

fn title(name: &str, id: &ThemeId) -> String {
    let line: String = name.chars().filter(|c| !c.is_control()).take(MAX_LINE).collect();
    let line = line.trim();
    if line.is_empty() { id.to_string() } else { line.to_owned() }
}

/// How a kind of slides looks in the file.
struct Look<'a> {
    sheet: Option<&'a Sheet>,
    palette: Palette,
    background: Background,
    text: Color,
}

impl Look<'_> {
    /// The colour of the background; behind a picture, the one of the theme's that its text was chosen for.
    fn ground(&self) -> Color {
        match self.background {
            Background::Solid(color) | Background::Gradient(color) => color,
            Background::Picture(_) => {
                let mut grounds = self.palette.grounds();
                grounds.sort_by(|one, two| two.contrast(self.text).total_cmp(&one.contrast(self.text)));
                grounds[0]
            }
        }
    }

    fn note(&self, what: &str, notes: &mut Vec<String>) {
        match self.background {
            // What was left out of the file is said there.
            Background::Solid(_) | Background::Picture(None) => {}
            Background::Gradient(color) => {
                notes.push(format!("The gradient behind {what} is shown in its main colour, {color}."));
            }
            Background::Picture(_) => {
                notes.push(format!(
                    "The picture behind {what} is drawn faintly, so that text can be read on it."
                ));
            }
        }
    }
}

fn look(template: &Template, kind: Ground) -> Look<'_> {
    let master = template.palette();
    let fills = Fills { theme: &template.theme, relationships: &template.theme_relationships };
    let of_sheet = |sheet: Option<&Sheet>| {
        let palette = sheet.map_or_else(|| master.clone(), |sheet| sheet.palette(&master));
        let own = sheet.and_then(|sheet| Background::of(sheet, &palette, &fills));
        let background = own
            .or_else(|| Background::of(&template.master, &palette, &fills))
            .unwrap_or_else(|| Background::Solid(palette.grounds()[0]));
        (palette, background)
    };
    let mut sheet = of_ground(template, kind);
    if kind == Ground::Content {
        // The background that most layouts have; of several, the first layout's.
        let all: Vec<(&Sheet, Background)> =
            usual(template).map(|sheet| (sheet, of_sheet(Some(sheet)).1)).collect();
        let often = |ground: &Background| all.iter().filter(|(_, other)| other == ground).count();
        let own = sheet.map_or(0, |sheet| often(&of_sheet(Some(sheet)).1));
        if let Some((most, _)) =
            all.iter().rev().max_by_key(|(_, ground)| often(ground)).filter(|(_, ground)| often(ground) > own)
        {
            sheet = Some(most);
        }
    }
    // A file without a layout for sections has covers at least.
    if kind == Ground::Section && sheet.is_none() {
        sheet = of_ground(template, Ground::Cover);
    }
    let (palette, mut background) = of_sheet(sheet);
    let is_kept = |part: &String| template.pictures.contains_key(part);
    if let Background::Picture(part) = &mut background {
        *part = part.take().filter(is_kept);
    }
    // A picture over the whole slide is its background, though it isn't called so.
    let over = drawn(template, sheet).filter(|one| is_backdrop(one)).filter_map(|one| one.part.clone());
    if let Some(part) = over.filter(is_kept).last() {
        background = Background::Picture(Some(part));
    }
    let styles = |name| template.master.root.path(&[(Ns::P, "txStyles"), (Ns::P, name)]);
    let text = if kind == Ground::Content {
        styles("bodyStyle").and_then(|style| first_level_color(style, &palette))
    } else {
        let own = sheet.and_then(|sheet| sheet.title_color(&palette));
        own.or_else(|| styles("titleStyle").and_then(|style| first_level_color(style, &palette)))
    };
    let text = text.unwrap_or(palette.grounds()[1]);
    Look { sheet, palette, background, text }
}

/// The pictures that are seen on a layout: the master's, if it shows them, and its own.
pub(super) fn drawn<'a>(template: &'a Template, sheet: Option<&'a Sheet>) -> impl Iterator<Item = &'a Drawn> {
    let of_master = sheet.is_none_or(Sheet::shows_master);
    let own = sheet.map_or(&[][..], |sheet| &sheet.pictures);
    template.master.pictures.iter().filter(move |_| of_master).chain(own)
}

/// Makes a colour readable, and says so if that changed it.
fn adapted(what: &str, color: Color, grounds: &[Color], needed: f64, notes: &mut Vec<String>) -> Color {
    let made = readable(color, grounds, needed);
    if made != color {
        let way = if made.luminance() < color.luminance() { "darkened" } else { "lightened" };
        notes.push(format!("{what} was {way} from {color} to {made}, so that it can be read."));
    }
    made
}

fn adapted_ground(what: &str, color: Color, text: Color, notes: &mut Vec<String>) -> Color {
    let made = ground(color, text);
    if made != color {
        let way = if made.luminance() < color.luminance() { "darkened" } else { "lightened" };
        notes.push(format!(
            "The background of {what} was {way} from {color} to {made}, as no text can be read well on it."
        ));
    }
    made
}

fn colors(look: &Look<'_>, notes: &mut Vec<String>) -> Colors {
    look.note("most slides", notes);
    let background = adapted_ground("most slides", look.ground(), look.text, notes);
    let pole = strongest(&[background]);
    // Their second ground where it is one, as it may be meant for text in another colour.
    let second = look.palette.grounds()[2];
    let is_near = second.contrast(background) <= 1.25 && second.contrast(background) >= 1.03;
    let surface = if is_near && second.contrast(pole) >= 7.6 { second } else { mix(background, pole, 0.05) };
    let grounds = [background, surface];
    let text = adapted("Text", look.text, &grounds, TEXT, notes);
    let muted = readable(mix(text, background, 0.32), &grounds, WORDS);
    let accents = look.palette.accents();
    if accents.is_empty() {
        notes.push("The theme has no accents; a blue is used in their place.".to_owned());
    }
    // A first accent in the colour of the ground is none.
    let stands_out = |color: &&Color| faintest(**color, &grounds) >= 1.5;
    let first = accents.iter().find(stands_out).or(accents.first()).copied();
    let accent =
        adapted("The accent", first.unwrap_or(Color { rgb: [0x1F, 0x5F, 0xD6] }), &grounds, WORDS, notes);
    let on_accent = if background.contrast(accent) >= WORDS { background } else { strongest(&[accent]) };
    let line = readable(mix(background, text, 0.16), &[background], LINES);
    let (chart, is_as_given) = chart::palette(&accents, &grounds);
    if !is_as_given {
        notes.push(
            "Colours of charts were made from the accents, so that all six are seen and told apart."
                .to_owned(),
        );
    }
    let sign = |rgb| readable(Color { rgb }, &grounds, WORDS);
    Colors {
        background,
        surface,
        text,
        muted,
        accent,
        on_accent,
        line,
        positive: sign([0x0B, 0x6B, 0x3A]),
        negative: sign([0xB3, 0x26, 0x1E]),
        warning: sign([0x8A, 0x50, 0x00]),
        chart,
    }
}

fn panel(what: &str, look: &Look<'_>, notes: &mut Vec<String>) -> Panel {
    look.note(what, notes);
    let background = adapted_ground(what, look.ground(), look.text, notes);
    let text = adapted(&format!("The title of {what}"), look.text, &[background], TEXT, notes);
    let muted = readable(mix(text, background, 0.25), &[background], WORDS);
    Panel { background, text, muted }
}

fn fonts(template: &Template, notes: &mut Vec<String>) -> (Fonts, Typefaces) {
    let name = |style: &str, which: &str| {
        let name =
            template.own_typeface(style).or_else(|| template.typeface(which)).unwrap_or_default().trim();
        Typefaces::is_name(name).then(|| name.to_owned())
    };
    let body = name("bodyStyle", "minorFont");
    let heading = name("titleStyle", "majorFont").or_else(|| body.clone());
    let mut family = |name: &Option<String>| {
        let Some(name) = name else { return Family::Carlito };
        let (family, is_known) = nearest(name);
        let (ours, twin) = (family.name(), family.twin());
        if !is_known {
            notes.push(format!("The font {name} doesn't come with the app; slides are drawn in {ours}, and PowerPoint files name {name}."));
        } else if !name.starts_with(twin) && !name.starts_with(ours) {
            notes.push(format!(
                "Slides are drawn in {ours} in place of {name}; PowerPoint files name {name}."
            ));
        }
        family
    };
    let fonts = Fonts { heading: family(&heading), body: family(&body) };
    let or_twin = |name: Option<String>, family: Family| name.unwrap_or_else(|| family.twin().to_owned());
    let typefaces = Typefaces { heading: or_twin(heading, fonts.heading), body: or_twin(body, fonts.body) };
    (fonts, typefaces)
}

/// Margins where the file's titles start.
fn spacing(template: &Template) -> Spacing {
    let usual = Spacing { margin_side: 64, margin_top: 48, margin_bottom: 40, block_gap: 24, group_gap: 40 };
    let content = of_ground(template, Ground::Content);
    let title = content
        .and_then(|sheet| sheet.placeholder(&["title"]))
        .and_then(|place| place.bounds)
        .or_else(|| template.master.placeholder(&["title"]).and_then(|place| place.bounds));
    let Some(title) = title else { return usual };
    let on_grid = |length: f64, least: f64, most: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a margin")]
        let length = ((length / 8.0).round() * 8.0).clamp(least, most) as u16;
        length
    };
    Spacing { margin_side: on_grid(title.x, 40.0, 112.0), margin_top: on_grid(title.y, 32.0, 64.0), ..usual }
}

/// A picture that is placed, and the part with its bytes.
struct Found<'a> {
    part: &'a str,
    bounds: Area,
    role: PictureRole,
    on: Vec<Ground>,
}

fn pictures(
    template: &Template,
    looks: &[Look<'_>; 3],
    spacing: &mut Spacing,
    notes: &mut Vec<String>,
) -> (Vec<ThemePicture>, Vec<(ImageId, PictureFile)>) {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut add = |part, bounds, role, on: Ground| {
        let same = found
            .iter_mut()
            .find(|one: &&mut Found<'_>| (one.part, one.bounds, one.role) == (part, bounds, role));
        match same {
            Some(same) if same.on.contains(&on) => {}
            Some(same) => same.on.push(on),
            None => found.push(Found { part, bounds, role, on: vec![on] }),
        }
    };
    let mut shapes = 0;
    for (look, on) in looks.iter().zip([Ground::Content, Ground::Cover, Ground::Section]) {
        if let Background::Picture(Some(part)) = &look.background {
            add(part, FULL, PictureRole::Backdrop, on);
        }
        let of_master = look.sheet.is_none_or(Sheet::shows_master);
        shapes = shapes.max(
            look.sheet.map_or(0, |sheet| sheet.shapes) + if of_master { template.master.shapes } else { 0 },
        );
        // The last picture over the whole slide is its background already, and covers those before it.
        for drawn in drawn(template, look.sheet).filter(|one| !is_backdrop(one)) {
            let Some(part) = drawn.part.as_deref().filter(|part| template.pictures.contains_key(*part))
            else {
                continue;
            };
            match place(drawn, on, spacing) {
                Placed::At(bounds) => add(part, bounds, PictureRole::Logo, on),
                Placed::Moved(bounds) => {
                    notes.push(
                        "A logo was moved or made smaller, so that it is clear of the text.".to_owned(),
                    );
                    add(part, bounds, PictureRole::Logo, on);
                }
                Placed::Left(why) => {
                    notes.push(format!("A picture on a master or layout was left out: {why}."));
                }
            }
        }
    }
    if shapes > 0 {
        notes.push(
            "Shapes drawn on the master and layouts aren't shown here; exported PowerPoint files keep them."
                .to_owned(),
        );
    }
    if found.len() > MAX_THEME_PICTURES {
        notes.push(format!("Only {MAX_THEME_PICTURES} pictures of the masters and layouts were taken over."));
        // Backdrops first: without one, a slide has another ground.
        found.sort_by_key(|one| one.role != PictureRole::Backdrop);
        found.truncate(MAX_THEME_PICTURES);
    }
    let mut files: Vec<(ImageId, &str)> = Vec::new();
    let mut placed = Vec::new();
    for one in found {
        let known = files.iter().find(|(_, part)| *part == one.part).map(|(id, _)| id.clone());
        let id = known.or_else(|| ImageId::try_from(format!("picture-{}", files.len() + 1)).ok());
        let Some(image) = id else { continue };
        if files.iter().all(|(known, _)| *known != image) {
            files.push((image.clone(), one.part));
        }
        placed.push(ThemePicture { image, bounds: one.bounds, role: one.role, on: one.on });
    }
    let files = files.into_iter().filter_map(|(id, part)| Some((id, template.pictures.get(part)?.clone())));
    (placed, files.collect())
}
