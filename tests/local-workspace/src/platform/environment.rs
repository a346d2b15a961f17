//! The Python environment of an app.
//!
//! Each deployment with new requirements gets a new virtual environment, filled by pip from the machine's
//! index and from local folders of wheels. One with the same requirements and the same available wheels
//! reuses the app's earlier one, because tests deploy often.
//!
//! The environment's `pip` is a small stand-in that runs the machine's pip on the environment. Installing a
//! real one takes longer than everything else, and without any, an app whose command installs something
//! would change the machine.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::logs::{LogSource, Logs};
use super::{DeployFailure, Launch};
use crate::scratch::Scratch;

/// The environment variable for the Python that creates virtual environments.
const PYTHON: &str = "TELLR_PLATFORM_PYTHON";
const REQUIREMENTS: &str = "requirements.txt";

/// Variables that pip needs to reach its index, in a build and in an app that installs.
const PASSED_ON: [&str; 8] = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
];
/// The places of pip's own settings.
const PIP_PREFIX: &str = "PIP_";

/// The environments of one platform.
pub(super) struct Environments {
    scratch: Arc<Scratch>,
    wheels: Vec<PathBuf>,
    made: Mutex<BTreeMap<String, PathBuf>>,
}

/// A virtual environment and its data.
pub(super) struct Environment {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// The variables for pip.
    pub(super) variables: BTreeMap<OsString, OsString>,
}

impl Environments {
    pub(super) fn new(scratch: Arc<Scratch>, wheels: Vec<PathBuf>) -> Self {
        Self { scratch, wheels, made: Mutex::default() }
    }

    /// The environment for these sources, created if needed.
    pub(super) async fn prepare(
        &self,
        launch: &Launch,
        source: &Path,
        logs: &Logs,
    ) -> Result<Environment, DeployFailure> {
        let variables = self.variables();
        let key =
            self.key(launch).map_err(|error| DeployFailure::new(format!("error reading wheels: {error}")))?;
        let made = self.made.lock().get(&key).cloned();
        if let Some(folder) = made {
            logs.add(LogSource::Build, "Requirements are unchanged; environment reused");
            return Ok(Environment { folder, variables });
        }
        let folder = self
            .make(&launch.app)
            .await
            .map_err(|error| DeployFailure::new(format!("error creating virtual environment: {error}")))?;
        if source.join(REQUIREMENTS).is_file() {
            install(&folder, source, &variables, launch, logs).await?;
        }
        self.made.lock().insert(key, folder.clone());
        Ok(Environment { folder, variables })
    }

    async fn make(&self, app: &str) -> io::Result<PathBuf> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let folder = self.scratch.subdirectory(&format!("environments/{app}"))?.join(&name[..12]);
        let output = Command::new(python())
            .args(["-m", "venv", "--without-pip"])
            .arg(&folder)
            .stdin(Stdio::null())
            .output()
            .await?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        add_pip(&folder)?;
        Ok(folder)
    }

    fn variables(&self) -> BTreeMap<OsString, OsString> {
        let mut variables: BTreeMap<OsString, OsString> = std::env::vars_os()
            .filter(|(name, _)| {
                name.to_str().is_some_and(|name| name.starts_with(PIP_PREFIX) || PASSED_ON.contains(&name))
            })
            .collect();
        variables.insert("PIP_DISABLE_PIP_VERSION_CHECK".into(), "1".into());
        variables.insert("PIP_NO_INPUT".into(), "1".into());
        // The app has another home than we do, and pip's own settings are in ours.
        if let Some(home) = std::env::var_os("HOME") {
            let settings = Path::new(&home).join(".config/pip/pip.conf");
            if settings.is_file() {
                variables.entry("PIP_CONFIG_FILE".into()).or_insert_with(|| settings.into());
            }
        }
        // The machine's proxy must not be used for this workspace.
        for name in ["NO_PROXY", "no_proxy"] {
            let own = std::env::var(name).map_or_else(|_| String::new(), |own| format!("{own},"));
            variables.insert(name.into(), format!("{own}127.0.0.1,localhost").into());
        }
        if !self.wheels.is_empty() {
            let mut folders: Vec<OsString> = self.wheels.iter().map(OsString::from).collect();
            folders.extend(std::env::var_os("PIP_FIND_LINKS"));
            variables.insert("PIP_FIND_LINKS".into(), folders.join(" ".as_ref()));
        }
        variables
    }

    /// All local inputs that determine the result of an installation.
    fn key(&self, launch: &Launch) -> io::Result<String> {
        let mut digest = Sha256::new();
        let mut add = |name: &str, content: &[u8]| {
            for part in [name.as_bytes(), content] {
                digest.update(part.len().to_be_bytes());
                digest.update(part);
            }
        };
        add("app", launch.app.as_bytes());
        for (path, content) in &launch.files {
            if path == REQUIREMENTS || is_wheel(Path::new(path)) {
                add(path, content);
            }
        }
        for folder in &self.wheels {
            let mut wheels: Vec<PathBuf> = std::fs::read_dir(folder)?
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| is_wheel(path))
                .collect();
            wheels.sort();
            for wheel in wheels {
                add(&wheel.to_string_lossy(), &std::fs::read(&wheel)?);
            }
        }
        let mut key = String::new();
        for byte in digest.finalize() {
            let _ = write!(key, "{byte:02x}");
        }
        Ok(key)
    }
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl")
}

fn python() -> OsString {
    std::env::var_os(PYTHON).filter(|python| !python.is_empty()).unwrap_or_else(|| "python3".into())
}

/// Installs the stand-in for pip in an environment: the command and the module.
fn add_pip(folder: &Path) -> io::Result<()> {
    let own = folder.join("bin/python");
    // If `python3` is a version manager's wrapper, this resolves it once.
    let output =
        std::process::Command::new(python()).args(["-c", "import sys; print(sys.executable)"]).output()?;
    let machine = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let module = format!(
        "import os\nimport sys\n\nmachine = {machine:?}\n\
         os.execv(machine, [machine, '-m', 'pip', '--python', sys.executable, *sys.argv[1:]])\n",
    );
    for package in site_packages(folder)? {
        let pip = package.join("pip");
        std::fs::create_dir_all(&pip)?;
        std::fs::write(pip.join("__init__.py"), "")?;
        std::fs::write(pip.join("__main__.py"), &module)?;
    }
    for name in ["pip", "pip3"] {
        let command = folder.join("bin").join(name);
        let script = format!("#!/bin/sh\nexec '{}' -m pip \"$@\"\n", own.display());
        std::fs::write(&command, script)?;
        std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn site_packages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(std::fs::read_dir(folder.join("lib"))?
        .flatten()
        .map(|version| version.path().join("site-packages"))
        .filter(|packages| packages.is_dir())
        .collect())
}

async fn install(
    folder: &Path,
    source: &Path,
    variables: &BTreeMap<OsString, OsString>,
    launch: &Launch,
    logs: &Logs,
) -> Result<(), DeployFailure> {
    logs.add(LogSource::Build, "Installing packages from requirements.txt");
    let failed = |reason: String| {
        DeployFailure::new(format!("error installing packages from requirements.txt: {reason}"))
    };
    let mut pip = Command::new(python())
        .args(["-m", "pip", "--python"])
        .arg(folder.join("bin/python"))
        .args(["install", "--no-color", "--progress-bar", "off", "-r", REQUIREMENTS])
        .current_dir(source)
        .envs(variables)
        // The app may name an index, including its secret.
        .envs(launch.env.iter().filter(|(name, _)| name.starts_with(PIP_PREFIX)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("pip could not be started: {error}")))?;
    let earlier = logs.all().len();
    let readers = [
        pip.stdout.take().map(|out| logs.follow(LogSource::Build, out)),
        pip.stderr.take().map(|err| logs.follow(LogSource::Build, err)),
    ];
    let status = pip.wait().await.map_err(|error| failed(error.to_string()))?;
    for reader in readers.into_iter().flatten() {
        // A reader ends with its stream; if it was cancelled, only lines are missing.
        let _ = reader.await;
    }
    if status.success() {
        return Ok(());
    }
    let said: Vec<String> =
        logs.all().split_off(earlier.min(logs.all().len())).into_iter().map(|line| line.message).collect();
    Err(failed(reason_among(&said)))
}

/// The reason that pip gives: its last error, which names the requirement.
fn reason_among(lines: &[String]) -> String {
    lines
        .iter()
        .rev()
        .find_map(|line| line.trim_start().strip_prefix("ERROR: "))
        .or_else(|| lines.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()))
        .unwrap_or("pip failed without a message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason_among;

    #[test]
    fn the_reason_names_the_requirement() {
        let lines = [
            "Looking in links: wheels",
            "ERROR: Could not find a version that satisfies the requirement nothing==9 (from versions: none)",
            "ERROR: No matching distribution found for nothing==9",
            "",
        ]
        .map(str::to_owned);
        assert_eq!(reason_among(&lines), "No matching distribution found for nothing==9");
    }
}
