//! Feeds broken pictures to what reads uploads, for so many seconds: `fuzz_images [SECONDS [SEED]]`.
//!
//! Starts from small pictures of each format, and changes, cuts, repeats and joins their bytes. A panic ends it,
//! with the seed and the round that made the picture. Prints how many were read, the slowest, and the most memory.

use std::io::Cursor;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use tellr_app::images::picture;

/// The longest that a picture may take.
const SLOWEST: Duration = Duration::from_secs(5);

/// Xorshift: the same seed gives the same pictures.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let picture = |width, height, alpha: bool| {
        let pixel = |x: u32, y: u32| {
            let shade = |n: u32| u8::try_from(n % 256).unwrap_or(0);
            Rgba([shade(x * 7), shade(y * 5), shade(x * y), if alpha { shade(x + y) } else { 255 }])
        };
        DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, pixel))
    };
    let mut all = Vec::new();
    for (width, height) in [(1, 1), (17, 9), (64, 48)] {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            for alpha in [false, true] {
                let picture = picture(width, height, alpha);
                let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
                let mut bytes = Cursor::new(Vec::new());
                if picture.write_to(&mut bytes, format).is_ok() {
                    all.push(bytes.into_inner());
                }
            }
        }
    }
    all
}

/// A picture with some of its bytes changed.
fn broken(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    const TELLING: [u8; 8] = [0, 1, 0x7f, 0x80, 0xfe, 0xff, 0xd8, b'P'];
    let mut bytes = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(8) {
        if bytes.is_empty() {
            break;
        }
        let at = chance.below(bytes.len());
        match chance.below(7) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = TELLING[chance.below(TELLING.len())],
            2 => bytes.truncate(at),
            3 => {
                let part = bytes[at..(at + chance.below(64)).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let end = (at + 1 + chance.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            // Lengths and sizes are numbers of four bytes.
            5 => {
                let number =
                    u32::try_from(chance.next() % (1 << (8 * (1 + chance.below(4))))).unwrap_or(u32::MAX);
                for (byte, new) in bytes[at..].iter_mut().zip(number.to_be_bytes()) {
                    *byte = new;
                }
            }
            _ => {
                let other = &corpus[chance.below(corpus.len())];
                bytes.extend_from_slice(&other[chance.below(other.len())..]);
            }
        }
    }
    bytes
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().ok());
    let seconds = Duration::from_secs(arguments.next().flatten().unwrap_or(10));
    let seed = arguments.next().flatten().unwrap_or(1).max(1);
    let (corpus, mut chance) = (corpus(), Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1));
    let (began, mut rounds, mut taken, mut slowest) = (Instant::now(), 0_u64, 0_u64, Duration::ZERO);
    while began.elapsed() < seconds {
        let bytes = broken(&corpus, &mut chance);
        let now = Instant::now();
        let read = std::panic::catch_unwind(|| picture::read(&bytes).is_ok());
        slowest = slowest.max(now.elapsed());
        rounds += 1;
        let Ok(is_picture) = read else {
            eprintln!("seed {seed}, round {rounds}: a panic on {} bytes", bytes.len());
            return ExitCode::FAILURE;
        };
        taken += u64::from(is_picture);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" unknown").trim();
    println!(
        "seed {seed}: {rounds} pictures in {} s, {taken} of them still pictures; the slowest took {} ms; memory {most}",
        began.elapsed().as_secs(),
        slowest.as_millis()
    );
    if slowest < SLOWEST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
