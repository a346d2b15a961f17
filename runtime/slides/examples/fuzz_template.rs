//! Feeds broken PowerPoint files to the reader of styles: `fuzz_template [SECONDS [SEED [FILE.pptx...]]]`.
//!
//! The same seed gives the same files in the same order. The files of a corpus (those of the tests, and those
//! that are named) are changed as archives (bytes, bits, cuts) and as parts (elements doubled, nested, dropped,
//! moved; numbers and ids replaced), and packed again. Each that is read becomes a theme and parts, which have
//! to be valid. Prints how many were tried, the slowest, and the most memory; stops at the first that panics
//! and writes it as `fuzz-find-N.pptx`.

#![expect(clippy::disallowed_methods, reason = "an example reads files and a clock")]

use std::error::Error;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tellr_slides::id::ThemeId;
use tellr_slides::pptx::template::read;
use zip::{CompressionMethod, ZipArchive};

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/slides/template_sample.rs"]
mod template_sample;

use template_sample::Sample;

/// Numbers without a pattern (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below another.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What numbers, ids and words are replaced by.
const VALUES: [&str; 26] = [
    "0",
    "-1",
    "1",
    "4294967295",
    "-2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "1e999",
    "NaN",
    "",
    "100000",
    "-100000",
    "50%",
    "rId1",
    "rId2",
    "rId9",
    "rId99",
    "title",
    "pic",
    "bg1",
    "phClr",
    "FFFFFF",
    "1001",
    "1003",
    "../../../x",
    "&amp;#x10FFFF;",
];
/// What is put between elements.
const PIECES: [&str; 12] = [
    "<a:x>",
    "</a:x>",
    "<p:grpSp>",
    "</p:grpSp>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?x?>",
    "<!DOCTYPE x>",
    "&lt;",
    "&x;",
    "\u{0}",
    "<p:pic><p:blipFill><a:blip r:embed=\"rId9\"/></p:blipFill></p:pic>",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = arguments.first().map_or(Ok(10), |text| text.parse())?;
    let seed = arguments.get(1).map_or(Ok(1), |text| text.parse())?;
    let mut corpus = vec![Sample::ordinary()];
    for path in arguments.iter().skip(2) {
        corpus.push(unpacked(&std::fs::read(path)?)?);
    }
    let mut chance = Chance(seed);
    let begun = Instant::now();
    let (mut tried, mut accepted, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    std::panic::set_hook(Box::new(|_| {}));
    while begun.elapsed() < Duration::from_secs(seconds) {
        let bytes = broken(&mut chance, &corpus);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| digest(&bytes)));
        slowest = slowest.max(start.elapsed());
        tried += 1;
        match outcome {
            Ok(was_read) => accepted += u64::from(was_read),
            Err(reason) => {
                let reason = reason.downcast_ref::<String>().cloned().unwrap_or_default();
                let name = format!("fuzz-find-{tried}.pptx");
                std::fs::write(&name, &bytes)?;
                return Err(format!("{name}: {reason}").into());
            }
        }
        if start.elapsed() > Duration::from_secs(5) {
            std::fs::write("fuzz-find-slow.pptx", &bytes)?;
            return Err("fuzz-find-slow.pptx took more than 5 s".into());
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
    println!(
        "seed {seed}: {tried} files, {accepted} of them read, slowest {} ms, {peak}",
        slowest.as_millis()
    );
    Ok(())
}

/// Whether a file is read; what is made of it has to be valid.
fn digest(bytes: &[u8]) -> bool {
    let Ok(template) = read(bytes) else { return false };
    let id = ThemeId::try_from("style-1".to_owned()).expect("an id");
    let problems = template.style(id, template.name()).theme.problems();
    assert!(problems.is_empty(), "{problems:?}");
    for part in template.parts().parts {
        let leads_out =
            |(_, _, target): &(String, &str, String)| !target.starts_with("../") || target.contains(':');
        assert!(!part.relationships.iter().any(leads_out), "{:?}", part.relationships);
    }
    true
}

fn broken(chance: &mut Chance, corpus: &[Sample]) -> Vec<u8> {
    let mut sample = chance.pick(corpus).clone();
    if chance.below(4) > 0 {
        for _ in 0..=chance.below(4) {
            let number = chance.below(sample.parts.len());
            break_part(chance, &mut sample.parts[number].1);
        }
    }
    if chance.below(8) == 0 {
        let (one, two) = (chance.below(sample.parts.len()), chance.below(sample.parts.len()));
        let bytes = sample.parts[two].1.clone();
        sample.parts[one].1 = bytes;
    }
    // Packing takes longer than reading.
    let is_packed = chance.below(8) == 0;
    let mut zip =
        sample.packed(if is_packed { CompressionMethod::Deflated } else { CompressionMethod::Stored });
    if chance.below(3) == 0 {
        for _ in 0..=chance.below(8) {
            let at = chance.below(zip.len());
            match chance.below(5) {
                0 => zip[at] ^= 1 << chance.below(8),
                1 => zip[at] = 0xFF,
                2 => zip.truncate(at.max(1)),
                3 => {
                    let until = (at + 8).min(zip.len());
                    zip.splice(at..at, zip[at..until].to_vec());
                }
                // Where sizes and places are.
                _ => {
                    let tail = zip.len().saturating_sub(1 + chance.below(3_000.min(zip.len())));
                    zip[tail] = *chance.pick(&[0, 1, 0x7F, 0x80, 0xFF]);
                }
            }
        }
    }
    zip
}

fn break_part(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let Ok(text) = String::from_utf8(bytes.clone()) else {
        let at = chance.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << chance.below(8);
        }
        return;
    };
    let places =
        |of: char| text.char_indices().filter(|(_, c)| *c == of).map(|(at, _)| at).collect::<Vec<_>>();
    let changed = match chance.below(6) {
        // An attribute.
        0 | 1 => {
            let quotes = places('"');
            let Some(pair) =
                quotes.chunks(2).nth(chance.below(quotes.len() / 2)).filter(|pair| pair.len() == 2)
            else {
                return;
            };
            format!("{}\"{}\"{}", &text[..pair[0]], chance.pick(&VALUES), &text[pair[1] + 1..])
        }
        2 => {
            let starts = places('<');
            let Some(at) = starts.get(chance.below(starts.len())) else { return };
            let times = if chance.below(50) == 0 { 5_000 } else { 1 + chance.below(3) };
            format!("{}{}{}", &text[..*at], chance.pick(&PIECES).repeat(times), &text[*at..])
        }
        // A stretch of elements doubled, dropped or put elsewhere.
        kind => {
            let starts = places('<');
            if starts.is_empty() {
                return;
            }
            let (from, length) = (chance.below(starts.len()), 1 + chance.below(12));
            let from_at = starts[from];
            let to_at = starts.get(from + length).copied().unwrap_or(text.len());
            let stretch = &text[from_at..to_at];
            match kind {
                3 => format!("{}{}", &text[..from_at], &text[to_at..]),
                4 => format!("{}{stretch}{}", &text[..from_at], &text[from_at..]),
                _ => {
                    let at = *chance.pick(&starts);
                    format!("{}{stretch}{}", &text[..at], &text[at..])
                }
            }
        }
    };
    *bytes = changed.into_bytes();
}

/// The parts of a file.
fn unpacked(bytes: &[u8]) -> Result<Sample, Box<dyn Error>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut sample = Sample { parts: Vec::new() };
    for number in 0..archive.len() {
        let mut file = archive.by_index(number)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        sample.parts.push((file.name()?.into_owned(), bytes));
    }
    Ok(sample)
}
