//! What a failed deployment's message, the last lines of an app's log and messages of `PostgreSQL` are known to mean.
//!
//! The log is that of this app, of the original app, or of the installer that the platform runs before.

use super::rule::{Rule, rules};
use crate::error::entry::{
    DOCS_APP_AUTH, DOCS_APP_RESOURCES, DOCS_APPS, DOCS_CONFIG, DOCS_LAKEBASE, DOCS_SECRETS,
};

const DOCS_DEPENDENCIES: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/dependencies";
const DOCS_RUNTIME: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/app-runtime";
const DOCS_SYSTEM: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/system-env";
const DOCS_PIP: &str = "https://pip.pypa.io/en/stable/topics/";
const OTHER_VERSION: &str = "Set `app_version` to another version";
const REPORT_PACKAGE: &str = "Set `app_version` to another version, and report this as a bug of the package";

rules! {
    /// The rules over log tails; of those that fit one line the first one counts.
    LOG_TAILS;

    // ---- installing ----

    /// pip's message with `from versions: none`, uv's for an unknown package.
    PIP_NO_PACKAGE {
        says: ["could not find a version that satisfies the requirement*(from versions: none)",
            "was not found in the package registry"],
        cause: "The workspace's package index has no such package, or none for this platform",
        remedy: "Check `app_package` and the index; if the workspace has an index of its own, ask its admin to mirror the package, or deploy a wheel with `local_wheel_path`",
        docs: DOCS_DEPENDENCIES,
    }
    /// pip's message with the versions there are, uv's "there is no version of".
    PIP_NO_VERSION {
        says: ["could not find a version that satisfies the requirement", "because there is no version of"],
        cause: "The workspace's package index doesn't have this version",
        remedy: "Set `app_version` to a version that is listed, or deploy a wheel with `local_wheel_path`",
        docs: DOCS_DEPENDENCIES,
    }
    /// deployers §1.8 #14; pip, topics/secure-installs.
    PIP_HASHES_INCOMPLETE {
        says: ["in --require-hashes mode", "hashes are required in --require-hashes mode"],
        cause: "The requirements have hashes, but not for every package",
        remedy: REPORT_PACKAGE,
        docs: DOCS_PIP,
    }
    /// pip, topics/secure-installs; uv's "Hash mismatch".
    PIP_HASH_MISMATCH {
        says: ["do not match the hashes", "hash mismatch for", "expected sha256"],
        cause: "A downloaded file is not the one that was locked: the index or a proxy changed it, or it was replaced",
        remedy: "Ask the admin of the workspace's package index about the file",
        docs: DOCS_PIP,
    }
    /// pip's and uv's messages for a wheel of another platform.
    PIP_OTHER_PLATFORM {
        says: ["is not a supported wheel on this platform", "no wheels with a matching platform tag",
            "no wheels with a matching python"],
        cause: "The wheel is built for another platform; apps run on Linux, x86-64, with Python 3.11",
        remedy: "Give `local_wheel_path` a wheel for `manylinux` or `musllinux` on `x86_64`",
        docs: DOCS_SYSTEM,
    }
    /// The loader's message; apps run on Ubuntu 22.04 (databricks-api §9.1).
    OLD_C_LIBRARY {
        says: ["version `glibc*not found", "version 'glibc*not found", "version `glibcxx*not found"],
        cause: "The program needs a newer C library than the app's machine has (glibc 2.35)",
        remedy: "Deploy a wheel that is built for `musllinux` or `manylinux_2_28`",
        docs: DOCS_SYSTEM,
    }
    /// deployers §1.7: packages that exclude one another.
    PIP_CONFLICT {
        says: ["resolutionimpossible", "conflicting dependencies", "no solution found when resolving"],
        cause: "The required packages exclude one another",
        remedy: REPORT_PACKAGE,
        docs: DOCS_PIP,
    }
    /// pip's message about `Requires-Python`.
    PIP_PYTHON_VERSION {
        says: ["requires a different python", "requires-python"],
        cause: "The package doesn't support the app's Python (3.11)",
        remedy: OTHER_VERSION,
        docs: DOCS_SYSTEM,
    }
    /// A package without a wheel; apps have no `apt` (databricks-api §9.1).
    PIP_BUILD_FAILED {
        says: ["failed building wheel", "failed to build installable wheels", "subprocess-exited-with-error",
            "failed to build `"],
        cause: "A package has no wheel for this platform, and building it failed: apps have no compilers",
        remedy: OTHER_VERSION,
        docs: DOCS_DEPENDENCIES,
    }
    /// omnigent-ai/omnigent issue #5337: a mirror that lists files that it doesn't have.
    INDEX_FILE_MISSING {
        says: ["404 client error*for url", "http error 404*whl"],
        cause: "The workspace's package index lists a file that it doesn't have",
        remedy: "Ask the admin of the workspace's package index to mirror the file",
        docs: DOCS_DEPENDENCIES,
    }
    /// An index that wants a credential (databricks-api §9.2: `PIP_INDEX_URL` from a secret).
    INDEX_REFUSES {
        says: ["401 client error*for url", "403 client error*for url", "401 error, credentials not correct",
            "http error 403", "http error 401"],
        cause: "The package index refuses the download",
        remedy: "Ask the admin of the workspace's package index for access",
        docs: DOCS_DEPENDENCIES,
    }
    /// Issue #3 of mik3lol/n8n-databricks-apps; deployers §1.3: only the platform's own proxy is reached.
    INDEX_UNREACHABLE {
        says: ["temporary failure in name resolution", "eai_again", "max retries exceeded with url",
            "failed to establish a new connection", "readtimeouterror", "cannot connect to proxy",
            "failed to fetch: `http"],
        cause: "The app's machine can't reach a package index or another host: the workspace restricts where apps may connect to",
        remedy: "Ask a workspace admin to allow the host in the workspace's network policy",
        docs: DOCS_DEPENDENCIES,
    }
    /// deployers §1.8 #13 and #17.
    PIP_BACKTRACKS {
        general: true,
        says: ["this could take a while", "is looking at multiple versions of", "resolution-too-deep"],
        cause: "The installer tries many versions of packages and takes too long",
        remedy: "Use the package `tellr-app`, which needs no other packages; or set `app_version` to another version",
        docs: DOCS_PIP,
    }
    /// pip's last line, whatever came before.
    PIP_NOTHING_FITS {
        general: true,
        says: ["no matching distribution found"],
        cause: "The workspace's package index has no version that fits",
        remedy: "Check `app_package` and `app_version`, or deploy a wheel with `local_wheel_path`",
        docs: DOCS_DEPENDENCIES,
    }
    /// Issue #3 of mik3lol/n8n-databricks-apps: the platform's line.
    INSTALL_FAILED {
        general: true,
        says: ["error installing packages", "error installing requirements"],
        cause: "Installing the app's packages failed",
        remedy: "Read what the installer wrote and correct it",
        docs: DOCS_DEPENDENCIES,
    }
    /// deployers §1.8 #16: nothing to install, so an old environment runs.
    NO_REQUIREMENTS {
        general: true,
        says: ["no dependencies file found"],
        cause: "The folder has no `requirements.txt`, so nothing was installed",
        remedy: "Check that `app_file_workspace_path` is this app's folder and that its files were not deleted",
        docs: DOCS_DEPENDENCIES,
    }

    // ---- starting ----

    /// databricks-api §2.7; issue #153 of databricks-solutions/ai-dev-kit.
    APP_YAML_REFUSED {
        says: ["error reading app.yaml", "error parsing app.yaml", "invalid app.yaml"],
        cause: "The platform can't read `app.yaml`",
        remedy: "If `app.yaml` was edited by hand, delete the edits; the deployer writes it",
        docs: DOCS_RUNTIME,
    }
    /// databricks-api §9.2; deployers §1.8 #15.
    DEPLOYED_FILE_TOO_LARGE {
        says: ["file is larger than 10485760", "larger than the maximum*file size"],
        cause: "A file in the app's folder is larger than 10 MB",
        remedy: "Remove the file from the folder in the workspace, or pin a published version instead of a wheel",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.7.
    DEPLOYED_FOLDER_MISSING {
        says: ["source code path*does not exist", "invalid source code path"],
        cause: "The folder to deploy from doesn't exist, or the app can't read it",
        remedy: "Check `app_file_workspace_path`, and that the folder was not moved",
        docs: DOCS_APPS,
    }
    /// A program of another architecture; apps run on x86-64 (databricks-api §9.1).
    WRONG_ARCHITECTURE {
        says: ["exec format error", "cannot execute binary file"],
        cause: "The program is built for another processor; apps run on x86-64",
        remedy: "Deploy a wheel for `x86_64`",
        docs: DOCS_SYSTEM,
    }
    /// databricks-api §9.2: workspace files lose the executable bit; a wheel's program keeps it.
    NOT_EXECUTABLE {
        says: ["tellr-app: permission denied", "tellr-app*errno 13", "exec*permission denied", "exit code 126"],
        cause: "The program may not be executed: it was not installed from a wheel, which sets the executable bit",
        remedy: "Deploy the package from an index or with `local_wheel_path`",
        docs: DOCS_RUNTIME,
    }
    /// databricks-api §9.2: `command` without the program.
    COMMAND_NOT_FOUND {
        says: ["command not found", "executable file not found", "tellr-app: not found", "exit code 127"],
        cause: "The app's command doesn't exist: the package was not installed, or is another one",
        remedy: "Check `app_package` and `app_version`",
        docs: DOCS_RUNTIME,
    }
    /// The loader's message for a missing library; databricks-api §9.1: no `apt`.
    LIBRARY_MISSING {
        says: ["error while loading shared libraries", "cannot open shared object file"],
        cause: "The program needs a library that the app's machine doesn't have",
        remedy: "Use the package `tellr-app`, which needs none; or set `app_version` to another version",
        docs: DOCS_SYSTEM,
    }
    /// The memory per size: databricks-api §2.2. 137 is 128 + SIGKILL.
    OUT_OF_MEMORY {
        says: ["out of memory", "oomkilled", "oom-kill", "exit code 137", "exit status 137", "exited with code 137",
            "signal: killed", "cannot allocate memory", "memoryerror"],
        cause: "The app was stopped because it used up the memory of its compute",
        remedy: "Set `app_compute` to a larger size",
        docs: DOCS_SYSTEM,
    }
    /// The file system of an app is small and lost with it (databricks-api §9.1).
    DISK_FULL {
        says: ["no space left on device", "disk quota exceeded"],
        cause: "A disk is full: the app's own, or that of its database",
        remedy: "Restart the app, which empties its disk; if the database wrote this, ask its owner to enlarge it",
        docs: DOCS_SYSTEM,
    }
    /// The app's and uvicorn's messages for a port in use.
    PORT_IN_USE {
        says: ["address already in use", "address in use"],
        cause: "Another process of the app already listens on its port, such as the previous version while it stops",
        remedy: "Stop and start the app in the workspace",
        docs: DOCS_RUNTIME,
    }
    /// databricks-api §9.2: about ten minutes; issue #215 of the original app (deployers §1.8 #13).
    START_TIMEOUT {
        general: true,
        says: ["did not start within", "did not start in time", "failed to start within"],
        cause: "The app has ten minutes to listen on `DATABRICKS_APP_PORT` and did not: installing takes too long, or the app waits for something",
        remedy: "Read in the log what it did last, and correct that",
        docs: DOCS_RUNTIME,
    }
    /// deployers §1.8 #27: a wrong port or address is a 502.
    NOT_LISTENING {
        general: true,
        says: ["its url answers with status 502", "its url answers with status 504", "not listening on port"],
        cause: "The proxy in front of the app gets no answer from it: it doesn't listen on `0.0.0.0` and `DATABRICKS_APP_PORT`, or is stuck",
        remedy: "Stop and start the app in the workspace",
        docs: DOCS_RUNTIME,
    }

    // ---- the key ----

    /// The app's message (runtime/src/database/key_error.rs).
    KEY_NOT_SET {
        says: ["google_oauth_encryption_key is not set", "google_oauth_encryption_key: is not set"],
        cause: "The app has no encryption key",
        remedy: "Run `update`, which attaches the stored key; if it is lost, set a new `schema_name`",
        docs: DOCS_SECRETS,
    }
    /// The app's message (runtime/src/database/key_error.rs).
    KEY_OF_OTHER_DATA {
        says: ["google_oauth_encryption_key is not the one this database was set up with"],
        cause: "The schema's data is encrypted with another key",
        remedy: "Restore the previous key with `encryption_key`; if it is lost, set a new `schema_name`, and this data is kept",
        docs: DOCS_SECRETS,
    }
    /// The app's message, and that of Python's `cryptography` in the original app.
    KEY_MALFORMED {
        says: ["google_oauth_encryption_key*fernet", "fernet key must be 32"],
        cause: "The encryption key isn't a Fernet key (32 bytes in URL-safe base64)",
        remedy: "Set `encryption_key` to the key that the app was deployed with",
        docs: DOCS_SECRETS,
    }

    // ---- the environment ----

    /// The app's messages (runtime/src/settings/), Python's of the original app.
    VARIABLE_NOT_SET {
        says: ["pghost is not set", "pghost: is not set", "pguser is not set", "pguser: is not set",
            "lakebase_*is not set", "databricks_*is not set", "database_url: is not set", "environment variable*is not set", "keyerror: '"],
        cause: "An environment variable that the app needs is not set: a resource was detached from the app, or `app.yaml` was changed by hand",
        remedy: "Run `update`, which attaches the resources and writes `app.yaml`",
        docs: DOCS_APP_RESOURCES,
    }
    /// databricks-api §10.1: the app's own credential.
    APP_CREDENTIAL_REJECTED {
        says: ["invalid_client", "client authentication failed"],
        cause: "The workspace doesn't accept the app's own credential",
        remedy: "Stop and start the app in the workspace, which gives it a new one",
        docs: DOCS_APP_AUTH,
    }

    // ---- the schema ----

    /// The app's message (runtime/src/database/migration_error.rs).
    SCHEMA_NEWER {
        says: ["supports migrations up to"],
        cause: "A newer version of the app has changed the schema, and this version can't work with it",
        remedy: "Set `app_version` to the version that was deployed before, or to a newer one",
        docs: DOCS_CONFIG,
    }
    /// Alembic's message in the original app.
    SCHEMA_OF_OTHER_VERSION {
        says: ["can't locate revision identified by"],
        cause: "The schema was changed by another version of the original app",
        remedy: "Set `app_version` to the version that was deployed before, or to a newer one",
        docs: DOCS_CONFIG,
    }
    /// The app's message (runtime/src/database/migration_error.rs).
    MIGRATION_DIFFERS {
        says: ["was applied to schema*with different contents"],
        cause: "The schema was changed by a version of the app that differs from this one, such as a development build",
        remedy: "Deploy the version that changed it, or set a new `schema_name`",
        docs: DOCS_CONFIG,
    }
    /// The app's message (runtime/src/database/migration_error.rs).
    MIGRATION_LOCKED {
        says: ["another process has been migrating schema"],
        cause: "Another process of the app is changing the schema",
        remedy: "Wait a few minutes",
        docs: DOCS_LAKEBASE,
    }
    /// Four processes that migrate at once (original-tellr R4; deployers §1.7).
    MIGRATION_RACE {
        says: ["duplicate key value violates unique constraint \"pg_", "tuple concurrently updated",
            "deadlock detected"],
        cause: "Several processes of the app changed the schema at the same time",
        remedy: "Use the package `tellr-app`, which takes turns; with the original app, stop and start it",
        docs: DOCS_CONFIG,
    }
    /// The app's message (runtime/src/database/migration_error.rs).
    SCHEMA_UNUSABLE {
        says: ["does not exist, or the app's role may not use it"],
        cause: "The schema was dropped, or the app's role lost its rights on it",
        remedy: "Run `update`, which creates it and grants the rights",
        docs: DOCS_LAKEBASE,
    }
    /// deployers §1.8 #12; SQLSTATE 42501.
    NOT_OWNER {
        says: ["must be owner of"],
        cause: "A table or schema belongs to another database role than the app's, for example because another app or user created it",
        remedy: "Ask its owner to reassign it to the app's role, or set a new `schema_name`",
        docs: DOCS_LAKEBASE,
    }
    /// deployers §1.8 #12; SQLSTATE 42501.
    DATABASE_PERMISSION {
        says: ["permission denied for schema", "permission denied for table", "permission denied for database",
            "permission denied for relation", "permission denied for sequence", "permission denied to create"],
        cause: "The database role lacks a right",
        remedy: "Run `update`, which grants the app its rights; if another user owns the object, ask that user, or set a new `schema_name`",
        docs: DOCS_LAKEBASE,
    }

    // ---- the connection to the database ----

    /// SQLSTATE 28P01. The password is a token that lives for an hour (databricks-api §4.5).
    DATABASE_PASSWORD {
        says: ["password authentication failed", "28p01"],
        cause: "The database doesn't accept the credential: it has expired, is of another database, or the role can't log in",
        remedy: "Stop and start the app; if this continues, run `update`, which attaches the database again",
        docs: DOCS_LAKEBASE,
    }
    /// SQLSTATE 28000; databricks-api §6: an app that is created again has another role.
    DATABASE_ROLE_MISSING {
        says: ["role \"*\" does not exist"],
        cause: "The database has no role for the app; an app that is created again has a new one",
        remedy: "Run `update`, which attaches the database, so that the platform creates the role",
        docs: DOCS_APP_RESOURCES,
    }
    /// SQLSTATE 3D000.
    DATABASE_MISSING {
        says: ["database \"*\" does not exist"],
        cause: "The database was dropped, or `PGDATABASE` names another one",
        remedy: "Check `lakebase_name`",
        docs: DOCS_LAKEBASE,
    }
    /// SQLSTATE 53300; deployers §1.4; the original app's pool (original-tellr §3).
    DATABASE_CONNECTIONS {
        says: ["too many clients", "too many connections", "remaining connection slots", "queuepool limit",
            "all connections to the database are in use"],
        cause: "All connections of the database are in use",
        remedy: "Ask the database's owner for a larger one, or stop another app that uses it",
        docs: DOCS_LAKEBASE,
    }
    /// SQLSTATE 57P03: a database that wakes.
    DATABASE_STARTS {
        says: ["database system is starting up", "database system is shutting down", "57p03"],
        cause: "The database is starting or stopping",
        remedy: "Wait a minute",
        docs: DOCS_LAKEBASE,
    }
    /// PostgreSQL's and rustls' messages; databricks-api §4.5: TLS is required.
    DATABASE_TLS {
        says: ["server does not support ssl", "server does not support tls", "no pg_hba.conf entry",
            "ssl connection is required", "invalid peer certificate", "certificate verify failed"],
        cause: "The connection to the database couldn't be secured: the server has no TLS, or a certificate that isn't trusted",
        remedy: "Check the variables `PGHOST`, `PGSSLMODE` and `PGSSLROOTCERT` if they are set by hand",
        docs: DOCS_LAKEBASE,
    }
    /// The app's message (runtime/src/workspace/database_credential.rs).
    DATABASE_CREDENTIAL_REFUSED {
        says: ["refused a database credential", "when asked for a database credential"],
        cause: "The app got no credential for its database: the database was detached from the app, or was deleted",
        remedy: "Run `update`, which attaches it again",
        docs: DOCS_APP_RESOURCES,
    }
    /// The messages of the app, libpq and psycopg.
    DATABASE_UNREACHABLE {
        says: ["the database at*could not be reached", "connection to server at*failed", "could not connect to server",
            "could not translate host name"],
        cause: "The app can't reach its database: it is stopped or was deleted, or its address has changed",
        remedy: "Check the database in the workspace and start it if it is stopped",
        docs: DOCS_LAKEBASE,
    }
    /// The app's message (runtime/src/database/migration_error.rs), whatever PostgreSQL's reason is.
    MIGRATION_FAILED {
        general: true,
        says: ["failed in schema*and was rolled back"],
        cause: "A change of the schema failed and was undone; no data is lost",
        remedy: "Set `app_version` to the version that was deployed before, and report this with the log",
        docs: DOCS_CONFIG,
    }

    // ---- the original app ----

    /// Python's message. deployers §1.8 #16: also of an old environment.
    MODULE_MISSING {
        says: ["modulenotfounderror:", "no module named '"],
        cause: "A Python package that the app needs is not installed",
        remedy: "Check `app_package` and `app_version`; for the original app, set another `app_version`",
        docs: DOCS_DEPENDENCIES,
    }
    /// Python's message for packages that don't fit one another.
    IMPORT_FAILED {
        says: ["importerror:", "cannot import name '"],
        cause: "The installed Python packages don't fit one another",
        remedy: OTHER_VERSION,
        docs: DOCS_DEPENDENCIES,
    }
    /// Python's message; Python 3.11 runs apps (databricks-api §9.1).
    PYTHON_SYNTAX {
        says: ["syntaxerror:", "indentationerror:"],
        cause: "A Python file can't be read by the app's Python (3.11)",
        remedy: OTHER_VERSION,
        docs: DOCS_SYSTEM,
    }
    /// A limit of the process.
    TOO_MANY_FILES {
        says: ["too many open files"],
        cause: "The app has opened too many files or connections",
        remedy: "Stop and start the app in the workspace; if this continues, report it with the log",
        docs: DOCS_SYSTEM,
    }
    /// The message of Rust's runtime.
    INTERNAL_ERROR {
        general: true,
        says: ["panicked at"],
        cause: "The app ended with an internal error",
        remedy: "Set `app_version` to the version that was deployed before, and report this with the log",
        docs: DOCS_CONFIG,
    }
}
