//! The zip archive that a PowerPoint file is, read from memory within bounds.
//!
//! Own code over `flate2`, because the bounds come first: the list of entries is judged as a whole (how
//! many, how large they say they are, where their names lead) before any is unpacked, and an entry is
//! unpacked up to the size that it declares and no further. What PowerPoint never writes is refused: other
//! compressions than deflate, encryption, archives in parts, ZIP64, two entries of one name.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::refused::Refused;

/// Bytes of a file, packed.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of all its entries, unpacked.
pub const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Entries.
pub const MAX_ENTRIES: usize = 4_096;
/// Bytes of the name of an entry.
const MAX_NAME: usize = 512;

const END: u32 = 0x0605_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
/// The lengths of those records without their names and comments.
const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
/// What a size or place is when ZIP64 has the real one.
const IN_ZIP64: u32 = u32::MAX;

pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    /// By name in lower case: names of parts differ by more than case.
    entries: BTreeMap<String, Entry>,
    /// Bytes that may still be unpacked, as an entry can be read twice.
    budget: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    is_packed: bool,
    crc: u32,
    packed: u32,
    size: u32,
    header: u32,
}

fn cut() -> Refused {
    Refused::damaged("it ends in the middle")
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Refused> {
    let two = at.checked_add(2).and_then(|end| bytes.get(at..end)).ok_or_else(cut)?;
    Ok(u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Refused> {
    let four = at.checked_add(4).and_then(|end| bytes.get(at..end)).ok_or_else(cut)?;
    Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// A 32-bit number as a place in memory.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'a> Archive<'a> {
    /// Reads the list of entries.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_BYTES {
            return Err(too_large(&format!("it has {} MB", bytes.len() / 1024 / 1024)));
        }
        let end = end(bytes)?;
        let count = usize::from(u16_at(bytes, end + 10)?);
        if u16_at(bytes, end + 4)? != 0 || usize::from(u16_at(bytes, end + 8)?) != count {
            return Err(Refused::damaged("it is one part of several"));
        }
        if count > MAX_ENTRIES {
            return Err(Refused::large(format!("it has {count} parts"), MAX_ENTRIES.to_string()));
        }
        let mut at = place(u32_at(bytes, end + 16)?);
        let mut entries = BTreeMap::new();
        let mut total = 0_u64;
        for _ in 0..count {
            if u32_at(bytes, at)? != CENTRAL {
                return Err(Refused::damaged("its list of parts is broken"));
            }
            let (name, entry) = central(bytes, at)?;
            let tail: usize = [28, 30, 32]
                .iter()
                .map(|field| u16_at(bytes, at + field).map(usize::from))
                .sum::<Result<_, _>>()?;
            at += CENTRAL_LENGTH + tail;
            total += u64::from(entry.size);
            if total > MAX_UNPACKED {
                return Err(too_large("it says that it is larger when it is unpacked"));
            }
            if name.ends_with('/') {
                continue;
            }
            if entries.insert(name, entry).is_some() {
                return Err(Refused::damaged("two of its parts have one name"));
            }
        }
        Ok(Self { bytes, entries, budget: 2 * MAX_UNPACKED })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_ascii_lowercase())
    }

    /// The size of an entry, as it is declared.
    pub(super) fn size(&self, name: &str) -> Option<usize> {
        self.entries.get(&name.to_ascii_lowercase()).map(|entry| place(entry.size))
    }

    /// Unpacks an entry; none if there is none of the name.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refused> {
        let Some(entry) = self.entries.get(&name.to_ascii_lowercase()).copied() else { return Ok(None) };
        self.budget = self
            .budget
            .checked_sub(u64::from(entry.size))
            .ok_or_else(|| Refused::complex("the same parts are used again and again"))?;
        let header = place(entry.header);
        if u32_at(self.bytes, header)? != LOCAL {
            return Err(Refused::damaged("a part isn't where it should be"));
        }
        let tail =
            usize::from(u16_at(self.bytes, header + 26)?) + usize::from(u16_at(self.bytes, header + 28)?);
        let start = header + LOCAL_LENGTH + tail;
        let packed = self.bytes.get(start..start.saturating_add(place(entry.packed))).ok_or_else(cut)?;
        let unpacked = unpack(packed, entry)?;
        let mut crc = Crc::new();
        crc.update(&unpacked);
        if crc.sum() != entry.crc {
            return Err(Refused::damaged("the checksum of a part is wrong"));
        }
        Ok(Some(unpacked))
    }
}

fn too_large(what: &str) -> Refused {
    Refused::large(what, format!("{} MB", MAX_UNPACKED / 1024 / 1024))
}

/// Where the record at the end is. A comment of up to 64 KB may follow it.
fn end(bytes: &[u8]) -> Result<usize, Refused> {
    let last = bytes.len().checked_sub(END_LENGTH).ok_or_else(cut)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    for at in (first..=last).rev() {
        let is_end = u32_at(bytes, at)? == END;
        if is_end && at + END_LENGTH + usize::from(u16_at(bytes, at + 20)?) == bytes.len() {
            return Ok(at);
        }
    }
    Err(cut())
}

/// An entry of the list, with its name in lower case.
fn central(bytes: &[u8], at: usize) -> Result<(String, Entry), Refused> {
    let flags = u16_at(bytes, at + 8)?;
    if flags & 1 != 0 {
        return Err(Refused::Protected);
    }
    let is_packed = match u16_at(bytes, at + 10)? {
        0 => false,
        8 => true,
        _ => return Err(Refused::damaged("a part is packed in an unknown way")),
    };
    let length = usize::from(u16_at(bytes, at + 28)?);
    let start = at + CENTRAL_LENGTH;
    let name = bytes.get(start..start + length).ok_or_else(cut)?;
    // Old programs write names in other encodings. No part that is looked for has such a name.
    let name = String::from_utf8_lossy(name);
    if !is_inside(&name) {
        return Err(Refused::outside(&name));
    }
    if length > MAX_NAME {
        return Err(Refused::complex("the name of a part is too long"));
    }
    let entry = Entry {
        is_packed,
        crc: u32_at(bytes, at + 16)?,
        packed: u32_at(bytes, at + 20)?,
        size: u32_at(bytes, at + 24)?,
        header: u32_at(bytes, at + 42)?,
    };
    if [entry.packed, entry.size, entry.header].contains(&IN_ZIP64) {
        return Err(too_large("one of its parts alone has 4 GB"));
    }
    Ok((name.to_ascii_lowercase(), entry))
}

/// Whether a name stays in the archive, wherever it would be unpacked.
fn is_inside(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('/')
        && !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|step| step != ".." && step != ".")
}

fn unpack(packed: &[u8], entry: Entry) -> Result<Vec<u8>, Refused> {
    let size = place(entry.size);
    if !entry.is_packed {
        return if packed.len() == size { Ok(packed.to_vec()) } else { Err(lies()) };
    }
    // The declared size is bounded; deflate makes at most some 1,032 bytes of one.
    let room = size.min(packed.len().saturating_mul(1_100));
    let mut unpacked = Vec::with_capacity(room);
    let most = u64::from(entry.size) + 1;
    DeflateDecoder::new(packed)
        .take(most)
        .read_to_end(&mut unpacked)
        .map_err(|_| Refused::damaged("a part can't be unpacked"))?;
    if unpacked.len() == size { Ok(unpacked) } else { Err(lies()) }
}

fn lies() -> Refused {
    Refused::damaged("a part has another size than it says")
}
