//! The program that runs, packed as the app's wheel: `--self`.
//!
//! A deployment needs the app's package where the workspace can install it from. Until a version is published, or
//! where a workspace reaches no index, the program that deploys is that package already: the same binary, with
//! its page inside. It is packed in the layout that the release's build gives its wheel, and uploaded as one.
//! Only a Linux program for x86-64 runs on the platform; any other says what to do instead.

use std::fmt::Write as _;
use std::io::{Cursor, Seek, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deployer::error::{DeployError, Failure};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::VERSION;

/// The modules beside the program, which keep `python -m tellr_app.run` working.
const MODULES: [(&str, &str); 4] = [
    ("__init__.py", include_str!("../../python/tellr_app/__init__.py")),
    ("__main__.py", include_str!("../../python/tellr_app/__main__.py")),
    ("py.typed", include_str!("../../python/tellr_app/py.typed")),
    ("run.py", include_str!("../../python/tellr_app/run.py")),
];
const LICENSE: &str = include_str!("../../../LICENSE");
/// The notices of what is in the program, which the release's build makes first; empty where they were not made.
const NOTICES: &str = include_str!(concat!(env!("OUT_DIR"), "/THIRD-PARTY-NOTICES.txt"));
/// The minor version of the glibc that the platform's Ubuntu 22.04 has.
const PLATFORM_GLIBC: u32 = 35;
/// What the platform runs: ELF, 64 bit, little-endian; and at its offset, x86-64.
const ELF_64_LITTLE: [u8; 6] = [0x7f, b'E', b'L', b'F', 2, 1];
const MACHINE: std::ops::Range<usize> = 18..20;
const X86_64: [u8; 2] = [62, 0];

/// The running program as a wheel: its file name and bytes.
///
/// # Errors
/// When it can't run on the platform, or can't be read.
pub(super) fn pack() -> Result<(String, Vec<u8>), DeployError> {
    let cannot = |problem: String| Failure::OwnProgramUnfit { problem };
    if !crate::frontend::contents().is_built {
        eprintln!("This program was built without the page; the app will show a placeholder");
    }
    if NOTICES.is_empty() {
        eprintln!("This program was built without the notices of third parties; its wheel carries none");
    }
    let program = running_program().map_err(|error| cannot(format!("It can't be read: {error}")))?;
    Ok(wheel(&program, NOTICES).map_err(cannot)?)
}

/// The bytes of the running program. On Linux also where its file was replaced meanwhile.
fn running_program() -> std::io::Result<Vec<u8>> {
    if cfg!(target_os = "linux") {
        return std::fs::read("/proc/self/exe");
    }
    std::fs::read(std::env::current_exe()?)
}

/// A wheel's file name and bytes. The same program gives the same bytes.
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
        archive.add(&format!("tellr_app/{name}"), text.as_bytes(), 0o644)?;
    }
    archive.add(&format!("tellr_app-{VERSION}.data/scripts/tellr-app"), program, 0o755)?;
    let licences: Vec<(&str, &str)> = [("LICENSE", LICENSE), ("THIRD-PARTY-NOTICES.txt", notices)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let files: Vec<String> = licences.iter().map(|(name, _)| format!("License-File: {name}")).collect();
    let files = files.join("\n");
    let metadata = format!(
        "Metadata-Version: 2.4\nName: tellr-app\nVersion: {VERSION}\n\
         Summary: Tellr: the AI slide generator's server, with its page inside\nLicense-Expression: Apache-2.0\n\
         {files}\nRequires-Python: >=3.10\n"
    );
    archive.add(&format!("{info}/METADATA"), metadata.as_bytes(), 0o644)?;
    let wheel =
        format!("Wheel-Version: 1.0\nGenerator: tellr-app ({VERSION})\nRoot-Is-Purelib: false\nTag: {tag}\n");
    archive.add(&format!("{info}/WHEEL"), wheel.as_bytes(), 0o644)?;
    for (name, text) in licences {
        archive.add(&format!("{info}/licenses/{name}"), text.as_bytes(), 0o644)?;
    }
    archive.finish(&format!("{info}/RECORD"))
}

/// A zip file that keeps a wheel's record of what is in it.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    record: String,
}

impl Archive<Cursor<Vec<u8>>> {
    fn add(&mut self, path: &str, content: &[u8], mode: u32) -> zip::result::ZipResult<()> {
        self.write(path, content, mode)?;
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        let _ = writeln!(self.record, "{path},sha256={hash},{}", content.len());
        Ok(())
    }

    fn finish(mut self, record: &str) -> zip::result::ZipResult<Vec<u8>> {
        let _ = writeln!(self.record, "{record},,");
        let content = std::mem::take(&mut self.record);
        self.write(record, content.as_bytes(), 0o644)?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn write(&mut self, path: &str, content: &[u8], mode: u32) -> zip::result::ZipResult<()> {
        // Without a date of its own, a file has the format's first one, whenever it is packed.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(mode);
        self.zip.start_file(path, options)?;
        self.zip.write_all(content)?;
        Ok(())
    }
}

/// The newest minor version of glibc 2 that the program's symbols name; none where it is linked statically.
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
        for (licence, text) in [("LICENSE", LICENSE), ("THIRD-PARTY-NOTICES.txt", "notices\n")] {
            let (mut carried, mut metadata) = (String::new(), String::new());
            let path = format!("{info}/licenses/{licence}");
            zip.by_name(&path).expect("it is there").read_to_string(&mut carried).expect("text");
            assert_eq!(carried, text);
            let path = format!("{info}/METADATA");
            zip.by_name(&path).expect("it is there").read_to_string(&mut metadata).expect("text");
            assert!(metadata.lines().any(|line| line == format!("License-File: {licence}")), "{metadata}");
        }
        let script =
            zip.by_name(&format!("tellr_app-{VERSION}.data/scripts/tellr-app")).expect("the program");
        assert_eq!(script.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(
            wheel(&program(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0"), "notices\n").expect("a wheel").1,
            content
        );
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
