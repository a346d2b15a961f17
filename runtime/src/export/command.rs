//! `tellr-app export`: a deck file as PowerPoint, PDF, HTML or SVG, without a server or database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tellr_slides::deck::Deck;
use tellr_slides::export::{Export, PictureFile, PictureKind};
use tellr_slides::id::ImageId;
use tellr_slides::layout::lay_out_all;
use tellr_slides::limits::MAX_DECK_BYTES;
use tellr_slides::pdf::Pages;
use tellr_slides::pptx::Lines;
use tellr_slides::pptx::template::{self, Style, Template};
use tellr_slides::theme::Theme;
use tellr_slides::{block::Block, read, svg, theme};

use super::bundle::{self, Bundle};
use super::format::Format;
use super::maker::{Source, Written, write};
use crate::decks::themes::built_in_or_first;
use crate::images::picture;
use crate::typesetting::{fonts, with_text};

/// The largest deck file that is read: the largest deck, with images beside it.
const LARGEST_FILE: u64 = 128 * 1024 * 1024;

/// The flags of `tellr-app export`.
#[derive(Args, Debug)]
pub struct Flags {
    /// The deck: a file that Tellr exported (`.json`), or `-` for the standard input
    deck: PathBuf,
    /// The file to write: its ending says the format (`.pptx`, `.pdf`, `.html`, `.svg` with --slide, `.json`)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// How the texts of a PowerPoint file break into lines (default: editable)
    #[arg(long, value_enum)]
    lines: Option<LinesFlag>,
    /// Put the speaker notes under each slide of a PDF
    #[arg(long)]
    notes: bool,
    /// The slide that an SVG shows, counted from 1 (default: the first)
    #[arg(long, value_name = "NUMBER")]
    slide: Option<usize>,
    /// A folder with the deck's images, named by their ids: `ID.png` or `ID.jpg`
    #[arg(long, value_name = "FOLDER")]
    images: Option<PathBuf>,
    /// A file with the deck's theme, if it isn't one that comes with Tellr: `.json`, or a PowerPoint file (`.pptx`,
    /// `.potx`) whose style the deck gets
    #[arg(long, value_name = "FILE")]
    theme: Option<PathBuf>,
    /// The name of the author in the file's properties
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Replace the file if it exists
    #[arg(long)]
    overwrite: bool,
}

/// How the texts of a PowerPoint file break into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinesFlag {
    /// Paragraphs are whole and reflow when they are edited
    Editable,
    /// Each line ends where it does in Tellr
    Exact,
    /// As `exact`, in the way that Google Slides keeps
    Google,
}

/// Runs the command.
pub fn run(flags: &Flags) -> ExitCode {
    match export(flags) {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Says something on the standard error. One that is closed is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn export(flags: &Flags) -> Result<String, String> {
    // What can't be written is refused before anything is read.
    let ending = flags.output.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let format = match ending.as_deref() {
        Some("pptx") => Some(Format::Pptx(match flags.lines {
            Some(LinesFlag::Editable) | None => Lines::Editable,
            Some(LinesFlag::Exact) => Lines::Exact,
            Some(LinesFlag::Google) => Lines::Google,
        })),
        Some("pdf") => Some(Format::Pdf(if flags.notes { Pages::WithNotes } else { Pages::Slides })),
        Some("html" | "htm") => Some(Format::Html),
        Some("json") => Some(Format::Deck),
        Some("svg") => None,
        _ => {
            return Err(format!(
                "the format isn't known from the name {}. End it in .pptx, .pdf, .html, .svg or .json",
                flags.output.display()
            ));
        }
    };
    let of_another = |flag: &str, ending: &str| Err(format!("--{flag} is for {ending} only. Leave it out"));
    match format {
        Some(Format::Pptx(_)) => {}
        _ if flags.lines.is_some() => return of_another("lines", ".pptx"),
        _ => {}
    }
    if flags.notes && !matches!(format, Some(Format::Pdf(_))) {
        return of_another("notes", ".pdf");
    }
    if flags.slide.is_some() && format.is_some() {
        return of_another("slide", ".svg");
    }
    if let Some(folder) = flags.images.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(format!(
            "there is no folder {}. Give --images the folder with the deck's images",
            folder.display()
        ));
    }
    let folder = folder_of(&flags.output);
    if !folder.is_dir() {
        return Err(format!("there is no folder {}. Create it first", folder.display()));
    }
    if flags.output.exists() && !flags.overwrite {
        return Err(format!("{} exists. Choose another name, or add --overwrite", flags.output.display()));
    }
    let source = source(flags)?;
    let bytes = match format {
        Some(format) => {
            let written = write(&source, format, &mut |_| ControlFlow::Continue(()));
            let Written { bytes, warnings } = written.map_err(|error| error.to_string())?;
            for warning in &warnings {
                say(&format!("warning: {warning}"));
            }
            bytes
        }
        None => slide_picture(&source, flags.slide.unwrap_or(1))?.into_bytes(),
    };
    keep(&flags.output, &bytes)?;
    let slides = source.deck.slides.len();
    let slides = if slides == 1 { "1 slide".to_owned() } else { format!("{slides} slides") };
    Ok(format!("wrote {}: {slides}, {} KB", flags.output.display(), bytes.len().div_ceil(1000)))
}

fn source(flags: &Flags) -> Result<Source, String> {
    let text = text(&flags.deck)?;
    let (deck, mut pictures) = deck(&text).map_err(|error| format!("{}: {error}", flags.deck.display()))?;
    if let Some(folder) = &flags.images {
        pictures.extend(in_folder(&deck, folder)?);
    }
    let mut template = None;
    let theme = match &flags.theme {
        Some(path) if is_powerpoint(path) => {
            let read = style_in(path, &deck)?;
            pictures.extend(read.1.pictures);
            template = Some(read.0);
            read.1.theme
        }
        Some(path) => theme_in(path)?,
        None => {
            if !theme::built_in().iter().any(|theme| theme.id == deck.theme) {
                say(&format!(
                    "warning: the theme `{}` isn't known here; use --theme. The first one is used",
                    deck.theme
                ));
            }
            built_in_or_first(&deck.theme)
        }
    };
    let images = deck.slides.iter().flat_map(|slide| slide.all_blocks()).filter_map(|block| match block {
        Block::Image(image) => Some(&image.image),
        _ => None,
    });
    for image in images.filter(|image| !pictures.contains_key(*image)) {
        say(&format!("warning: the image `{image}` isn't in the file; its place stays empty. Use --images"));
    }
    Ok(Source { deck, theme, pictures, author: flags.author.clone(), template })
}

fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("{} can't be read: {error}", path.display());
    let mut bytes = Vec::new();
    let mut read =
        |from: &mut dyn Read| from.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable);
    if path == Path::new("-") {
        read(&mut std::io::stdin())?;
    } else {
        read(&mut fs::File::open(path).map_err(unreadable)?)?;
    }
    if bytes.len() as u64 > LARGEST_FILE {
        let most = LARGEST_FILE / 1_000_000;
        return Err(format!("{} has more than {most} MB, which is too large for a deck", path.display()));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        format!(
            "{} isn't a deck: it isn't text. Give it a file that Tellr exported as a deck (.json)",
            path.display()
        )
    })?;
    // Some programs begin a text with a mark of its encoding.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The deck of a file, which is one with images or a bare deck.
fn deck(text: &str) -> Result<(Deck, BTreeMap<ImageId, PictureFile>), String> {
    #[derive(Deserialize)]
    struct Probe {
        tellr: Option<IgnoredAny>,
    }
    let is_bundle = serde_json::from_str::<Probe>(text).is_ok_and(|file| file.tellr.is_some());
    if !is_bundle {
        return Ok((read::from_json(text).map_err(|error| error.to_string())?, BTreeMap::new()));
    }
    let bundle: Bundle = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if bundle.tellr != bundle::FORMAT {
        return Err(format!("the file has format {}, which this version doesn't know", bundle.tellr));
    }
    if bundle.deck.get().len() > MAX_DECK_BYTES {
        return Err("the deck is too large".to_owned());
    }
    let deck = read::from_json(bundle.deck.get()).map_err(|error| error.to_string())?;
    let mut pictures = BTreeMap::new();
    for (name, image) in &bundle.images {
        let id = ImageId::try_from(name.clone()).map_err(|error| format!("image `{name}`: {error}"))?;
        let bytes = image.bytes().map_err(|error| format!("image `{name}` isn't base64: {error}"))?;
        match picture_file(&bytes) {
            Ok(file) => drop(pictures.insert(id, file)),
            Err(error) => say(&format!("warning: the image `{name}` is left out: {error}")),
        }
    }
    Ok((deck, pictures))
}

fn in_folder(deck: &Deck, folder: &Path) -> Result<BTreeMap<ImageId, PictureFile>, String> {
    let mut pictures = BTreeMap::new();
    for block in deck.slides.iter().flat_map(|slide| slide.all_blocks()) {
        let Block::Image(image) = block else { continue };
        for ending in ["png", "jpg", "jpeg"] {
            // An id has no separators, so this is a file in the folder.
            let path = folder.join(format!("{}.{ending}", image.image));
            match fs::read(&path) {
                Ok(bytes) => match picture_file(&bytes) {
                    Ok(file) => drop(pictures.insert(image.image.clone(), file)),
                    Err(error) => say(&format!("warning: {} is left out: {error}", path.display())),
                },
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("{} can't be read: {error}", path.display())),
            }
        }
    }
    Ok(pictures)
}

/// A picture as it goes into files: checked and encoded anew, as an upload is.
fn picture_file(bytes: &[u8]) -> Result<PictureFile, String> {
    let read = picture::read(bytes).map_err(|refusal| refusal.message().to_owned())?;
    let kind = if read.media_type == "image/png" { PictureKind::Png } else { PictureKind::Jpeg };
    let (width, height) = (read.width.max(1), read.height.max(1));
    Ok(PictureFile { kind, bytes: Arc::new(read.bytes), width, height })
}

fn theme_in(path: &Path) -> Result<Theme, String> {
    let theme: Theme = serde_json::from_str(&text(path)?)
        .map_err(|error| format!("{} isn't a theme: {error}", path.display()))?;
    match theme.problems().first() {
        None => Ok(theme),
        Some(problem) => Err(format!("{} can't be used as a theme: {problem}", path.display())),
    }
}

fn is_powerpoint(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["pptx", "potx"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// The style of a PowerPoint file, with what was adapted told on the standard error.
fn style_in(path: &Path, deck: &Deck) -> Result<(Template, Style), String> {
    let unreadable = |error: std::io::Error| format!("{} can't be read: {error}", path.display());
    if fs::metadata(path).map_err(unreadable)?.len() > LARGEST_FILE {
        return Err(format!("{} is too large", path.display()));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let template = template::read(&bytes).map_err(|refused| format!("{}: {refused}", path.display()))?;
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let style = template.style(deck.theme.clone(), name);
    for note in &style.notes {
        say(&format!("note: {note}"));
    }
    Ok((template, style))
}

fn slide_picture(source: &Source, number: usize) -> Result<String, String> {
    let Source { deck, theme, pictures, author, .. } = source;
    let slides = with_text(|text| lay_out_all(text, theme, deck));
    let at = number.checked_sub(1).and_then(|at| slides.get(at));
    let list = at.ok_or_else(|| format!("there is no slide {number}: the deck has {}", slides.len()))?;
    let export = Export { deck, theme, slides: &slides, fonts: fonts(), pictures, author: author.as_deref() };
    Ok(svg::standalone(list, &export))
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file under another name first, so that there is never half of one under its own.
fn keep(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let unwritable = |error: std::io::Error| format!("{} can't be written: {}", path.display(), error.kind());
    // What a link leads to is replaced, and not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut builder = tempfile::Builder::new();
    // Others may read it as far as the system's settings let them.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder_of(&target)).map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)?;
    file.persist(&target).map_err(|error| unwritable(error.error))?;
    Ok(())
}
