//! Packs the running program as the app's wheel: `--self`.
//!
//! A deployment needs the app's package in a place that the workspace can install from. While no version is
//! published, or if a workspace can't reach an index, the deploying program itself can serve as the
//! package: it is the same binary, with the page inside. It is packed in the same layout as the release's
//! wheel (`tests/release/pack_app.py`), and uploaded. Only a Linux program for x86-64 runs on the platform; any other reports what to do
//! instead.

use std::fmt::Write as _;
use std::io::{Cursor, Seek, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deployer::error::{DeployError, Failure};
use lzma_rust2::{FilterType, XzOptions, XzWriter};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::VERSION;
use crate::files::read_bounded;

/// The modules beside the program, which unpack it at the first start.
const MODULES: [(&str, &str); 5] = [
    ("__init__.py", include_str!("../../python/tellr_app/__init__.py")),
    ("__main__.py", include_str!("../../python/tellr_app/__main__.py")),
    ("program.py", include_str!("../../python/tellr_app/program.py")),
    ("py.typed", include_str!("../../python/tellr_app/py.typed")),
    ("run.py", include_str!("../../python/tellr_app/run.py")),
];
/// The command `tellr-app`, which installers make.
const ENTRY_POINT: &str = "[console_scripts]\ntellr-app = tellr_app.run:command\n";
/// How hard xz tries, of 0 to 9: takes seconds, and the result is somewhat larger than the release's.
const PRESET: u32 = 1;
const LICENSE: &str = include_str!("../../../LICENSE");
/// The licence notices of the program's dependencies. The wheel has them; the program itself doesn't, as they would be
/// in the wheel twice then.
const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";
/// The maximum size of the notices, in bytes.
const NOTICES_LIMIT_BYTES: u64 = 4 * 1024 * 1024;
/// The minor version of glibc in the platform's Ubuntu 22.04.
const PLATFORM_GLIBC: u32 = 35;
/// What the platform can run: ELF, 64 bit, little-endian; and at its offset, x86-64.
const ELF_64_LITTLE: [u8; 6] = [0x7f, b'E', b'L', b'F', 2, 1];
const MACHINE: std::ops::Range<usize> = 18..20;
const X86_64: [u8; 2] = [62, 0];

/// The running program as a wheel: its file name and bytes.
///
/// # Errors
/// If it can't run on the platform, or can't be read.
pub(super) fn pack() -> Result<(String, Vec<u8>), DeployError> {
    let cannot = |problem: String| Failure::OwnProgramUnfit { problem };
    if !crate::http::frontend::contents().is_built {
        eprintln!("This program was built without the page; the app will show a placeholder");
    }
    let notices = notices();
    if notices.is_none() {
        eprintln!(
            "The notices of third parties ({NOTICES}) are not installed beside this program; its wheel has none"
        );
    }
    let program = running_program().map_err(|error| cannot(format!("It can't be read: {error}")))?;
    Ok(wheel(&program, &notices.unwrap_or_default()).map_err(cannot)?)
}

/// The notices, from where the program's own wheel was installed: `tellr_app/tellr-app` is beside the folder of the
/// wheel's metadata.
fn notices() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let installed = program.parent()?.parent()?;
    let path = installed.join(format!("tellr_app-{VERSION}.dist-info/licenses/{NOTICES}"));
    String::from_utf8(read_bounded(&path, NOTICES_LIMIT_BYTES).ok()?).ok()
}

/// The bytes of the running program. On Linux also if its file was replaced meanwhile.
fn running_program() -> std::io::Result<Vec<u8>> {
    if cfg!(target_os = "linux") {
        return std::fs::read("/proc/self/exe");
    }
    std::fs::read(std::env::current_exe()?)
}

/// A wheel's file name and bytes. Reproducible: the same program gives the same bytes.
fn wheel(program: &[u8], notices: &str) -> Result<(String, Vec<u8>), String> {
    if !program.starts_with(&ELF_64_LITTLE) || program.get(MACHINE) != Some(&X86_64[..]) {
        let (os, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        return Err(format!(
            "Databricks Apps runs Linux programs for x86-64, but this one is for {os} on {machine}"
        ));
    }
    let platform = match newest_glibc(program) {
        Some(minor) if minor > PLATFORM_GLIBC => {
            return Err(format!("It needs glibc 2.{minor}, but Databricks Apps has 2.{PLATFORM_GLIBC}"));
        }
        Some(minor) => format!("manylinux_2_{minor}_x86_64"),
        None => "linux_x86_64".to_owned(),
    };
    let tag = format!("py3-none-{platform}");
    let content =
        pack_files(program, &tag, notices).map_err(|error| format!("It can't be packed: {error}"))?;
    Ok((format!("tellr_app-{VERSION}-{tag}.whl"), content))
}

fn pack_files(program: &[u8], tag: &str, notices: &str) -> zip::result::ZipResult<Vec<u8>> {
    let info = format!("tellr_app-{VERSION}.dist-info");
    let mut archive = Archive { zip: ZipWriter::new(Cursor::new(Vec::new())), record: String::new() };
    for (name, text) in MODULES {
        archive.add(&format!("tellr_app/{name}"), text.as_bytes())?;
    }
    archive.add("tellr_app/packed.py", packed_module(program).as_bytes())?;
    // Replaced by the program at the first start; recorded, so that it is uninstalled.
    archive.add("tellr_app/tellr-app", b"")?;
    archive.add("tellr_app/tellr-app.xz", &compress(program)?)?;
    let licences: Vec<(&str, &str)> =
        [("LICENSE", LICENSE), (NOTICES, notices)].into_iter().filter(|(_, text)| !text.is_empty()).collect();
    let files: Vec<String> = licences.iter().map(|(name, _)| format!("License-File: {name}")).collect();
    let files = files.join("\n");
    let metadata = format!(
        "Metadata-Version: 2.4\nName: tellr-app\nVersion: {VERSION}\n\
         Summary: Tellr: the AI slide generator's server, with its page inside\nLicense-Expression: Apache-2.0\n\
         {files}\nRequires-Python: >=3.10\n"
    );
    archive.add(&format!("{info}/METADATA"), metadata.as_bytes())?;
    let wheel =
        format!("Wheel-Version: 1.0\nGenerator: tellr-app ({VERSION})\nRoot-Is-Purelib: false\nTag: {tag}\n");
    archive.add(&format!("{info}/WHEEL"), wheel.as_bytes())?;
    archive.add(&format!("{info}/entry_points.txt"), ENTRY_POINT.as_bytes())?;
    for (name, text) in licences {
        archive.add(&format!("{info}/licenses/{name}"), text.as_bytes())?;
    }
    archive.finish(&format!("{info}/RECORD"))
}

/// What the Python modules know about the program: its length in bytes and its hash.
fn packed_module(program: &[u8]) -> String {
    let about = "\"\"\"The length in bytes and the hash of the unpacked program.\"\"\"";
    let mut module = format!("{about}\n\nLENGTH = {}\nSHA256 = \"", program.len());
    for byte in Sha256::digest(program) {
        let _ = write!(module, "{byte:02x}");
    }
    module + "\"\n"
}

/// A program for x86-64, compressed with xz.
fn compress(program: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut options = XzOptions::with_preset(PRESET);
    options.prepend_pre_filter(FilterType::BcjX86, 0);
    let mut writer = XzWriter::new(Vec::new(), options)?;
    writer.write_all(program)?;
    writer.finish()
}

/// A zip file that also collects the wheel's RECORD.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    record: String,
}

impl Archive<Cursor<Vec<u8>>> {
    fn add(&mut self, path: &str, content: &[u8]) -> zip::result::ZipResult<()> {
        self.write(path, content)?;
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        let _ = writeln!(self.record, "{path},sha256={hash},{}", content.len());
        Ok(())
    }

    fn finish(mut self, record: &str) -> zip::result::ZipResult<Vec<u8>> {
        let _ = writeln!(self.record, "{record},,");
        let content = std::mem::take(&mut self.record);
        self.write(record, content.as_bytes())?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn write(&mut self, path: &str, content: &[u8]) -> zip::result::ZipResult<()> {
        // Without an explicit date, a file gets the format's first date, so the result doesn't depend on
        // the time.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(path, options)?;
        self.zip.write_all(content)?;
        Ok(())
    }
}

/// The newest minor version of glibc 2 that the program's symbols require; `None` if it is linked
/// statically.
fn newest_glibc(program: &[u8]) -> Option<u32> {
    const PREFIX: &[u8] = b"\0GLIBC_2.";
    let versions = program.windows(PREFIX.len()).enumerate().filter(|(_, window)| *window == PREFIX);
    versions
        .filter_map(|(place, _)| {
            let digits =
                program[place + PREFIX.len()..].iter().take(4).take_while(|byte| byte.is_ascii_digit());
            String::from_utf8(digits.copied().collect()).ok()?.parse().ok()
        })
        .max()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn program(symbols: &[u8]) -> Vec<u8> {
        let mut program = ELF_64_LITTLE.to_vec();
        program.resize(MACHINE.start, 0);
        program.extend(X86_64);
        program.extend(symbols);
        program
    }

    #[test]
    fn a_wheel_installs_by_its_record() {
        let (name, content) =
            wheel(&program(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0"), "notices\n").expect("a wheel");
        assert_eq!(name, format!("tellr_app-{VERSION}-py3-none-manylinux_2_34_x86_64.whl"));
        let mut zip = zip::ZipArchive::new(Cursor::new(content.clone())).expect("a zip file");
        let names: Vec<String> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
        let mut record = String::new();
        let info = format!("tellr_app-{VERSION}.dist-info");
        zip.by_name(&format!("{info}/RECORD")).expect("a record").read_to_string(&mut record).expect("text");
        for name in &names {
            let line =
                record.lines().find(|line| line.split(',').next() == Some(name)).expect("it is recorded");
            let mut content = Vec::new();
            zip.by_name(name).expect("it is there").read_to_end(&mut content).expect("it is whole");
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&content));
            let recorded = format!("{name},sha256={hash},{}", content.len());
            assert!(line == recorded || *line == format!("{info}/RECORD,,"), "{line}");
        }
        for (licence, text) in [("LICENSE", LICENSE), (NOTICES, "notices\n")] {
            let (mut carried, mut metadata) = (String::new(), String::new());
            let path = format!("{info}/licenses/{licence}");
            zip.by_name(&path).expect("it is there").read_to_string(&mut carried).expect("text");
            assert_eq!(carried, text);
            let path = format!("{info}/METADATA");
            zip.by_name(&path).expect("it is there").read_to_string(&mut metadata).expect("text");
            assert!(metadata.lines().any(|line| line == format!("License-File: {licence}")), "{metadata}");
        }
        let mut text = String::new();
        let mut entry_points = zip.by_name(&format!("{info}/entry_points.txt")).expect("a command");
        entry_points.read_to_string(&mut text).expect("text");
        assert_eq!(text, ENTRY_POINT);
        assert_eq!(
            wheel(&program(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0"), "notices\n").expect("a wheel").1,
            content
        );
    }

    #[test]
    fn python_unpacks_the_program_and_starts_it() {
        use std::os::unix::fs::PermissionsExt as _;

        // A script in place of the program, and long enough that something is compressed.
        let script = format!("#!/bin/sh\necho \"$@\"\nexit 5\n{}", "# a comment\n".repeat(20_000));
        let place = tempfile::tempdir().expect("a folder");
        let content = pack_files(script.as_bytes(), "py3-none-any", "").expect("a wheel");
        zip::ZipArchive::new(Cursor::new(content)).expect("a zip file").extract(place.path()).expect("files");
        for _start in 0..2 {
            let mut python = std::process::Command::new("python3");
            python.args(["-m", "tellr_app", "serve", "now"]).env("PYTHONPATH", place.path());
            let output = python.output().expect("Python");
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!((output.status.code(), &*said), (Some(5), "serve now\n"), "{output:?}");
        }
        let unpacked = place.path().join("tellr_app/tellr-app");
        assert_eq!(std::fs::read(&unpacked).expect("the program"), script.as_bytes());
        let mode = unpacked.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
    }

    #[test]
    fn a_program_that_the_platform_can_not_run_is_refused() {
        let arm = {
            let mut program = program(b"");
            program[MACHINE.start] = 183;
            program
        };
        for other in [&b"\xcf\xfa\xed\xfe mach-o"[..], b"MZ", b"", &arm] {
            let why = wheel(other, "").expect_err("it can't run there");
            assert!(why.contains("Linux programs for x86-64"), "{why}");
        }
        let newer =
            wheel(&program(b"\0GLIBC_2.17\0GLIBC_2.39\0"), "notices\n").expect_err("it can't run there");
        assert!(newer.contains("needs glibc 2.39") && newer.contains("has 2.35"), "{newer}");
        assert!(
            wheel(&program(b""), "notices\n")
                .expect("linked statically")
                .0
                .ends_with("-py3-none-linux_x86_64.whl")
        );
    }
}
