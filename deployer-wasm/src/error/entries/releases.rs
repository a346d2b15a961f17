//! The texts about releases, and about the restore points of the data.

use super::{DOCS_APPS, DOCS_CONFIG, DOCS_LAKEBASE, Entry, ends, list};

pub(super) fn failed(
    app: &str,
    [release, previous]: [u32; 2],
    problem: String,
    not_put_back: Option<String>,
    remedy: &str,
) -> Entry {
    Entry {
        code: "RELEASE_FAILED",
        message: match &not_put_back {
            None => format!("Release {release} of `{app}` isn't healthy; release {previous} runs again"),
            Some(_) => {
                format!(
                    "Release {release} of `{app}` isn't healthy, and release {previous} could not be put back"
                )
            }
        },
        cause: match not_put_back {
            None => problem,
            Some(why) => {
                format!("{}. Putting release {previous} back: {why}", ends(&problem).trim_end_matches('.'))
            }
        },
        remedy: format!(
            "{remedy}. To look at the failed release, deploy it again with `on_failure` set to `keep`"
        ),
        docs: DOCS_APPS,
    }
}

pub(super) fn unknown(app: &str, release: u32, kept: &[u32]) -> Entry {
    Entry {
        code: "RELEASE_UNKNOWN",
        message: format!("`{app}` has no release {release}"),
        cause: if kept.is_empty() {
            "There is no release of this app to roll back to".into()
        } else {
            format!("You can roll back to the releases {}", numbers(kept))
        },
        remedy: format!("The history of `{app}` lists its releases (`history`). Nothing has been changed"),
        docs: DOCS_APPS,
    }
}

fn numbers(releases: &[u32]) -> String {
    releases.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn no_earlier(app: &str, others: &[u32]) -> Entry {
    Entry {
        code: "NO_EARLIER_RELEASE",
        message: format!("`{app}` has no earlier release to go back to"),
        cause: "Releases are recorded from the first deployment by this deployer on; none before the present one was healthy".into(),
        remedy: if others.is_empty() {
            "Deploy the version you want with `update`. Nothing has been changed".into()
        } else {
            format!("Name the release to deploy again (`to_release`): one of {}. Nothing has been changed", numbers(others))
        },
        docs: DOCS_APPS,
    }
}

pub(super) fn never_ran(app: &str, release: u32, problem: String) -> Entry {
    Entry {
        code: "RELEASE_NEVER_RAN",
        message: format!("Can't roll back to release {release} of `{app}`: the app never ran in it"),
        cause: problem,
        remedy: format!(
            "Choose another release of the history of `{app}` (`history`). Nothing has been changed"
        ),
        docs: DOCS_APPS,
    }
}

pub(super) fn too_old(app: &str, release: u32, knows: u32, works_from: u32) -> Entry {
    Entry {
        code: "RELEASE_TOO_OLD",
        message: format!("Release {release} of `{app}` can't read the app's tables as they are now"),
        cause: format!("Its program knows the tables up to migration {knows}; the tables need one that knows migration {works_from}"),
        remedy: "Go back to a later release; or restore the data of that time first (`restore`). Nothing has been changed".into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn file_missing(release: u32, path: &str) -> Entry {
    Entry {
        code: "RELEASE_FILE_MISSING",
        message: format!("Release {release} can't be deployed again: `{path}` is missing or was changed"),
        cause: "A wheel stays in the app's folder for the last releases only, or it was removed".into(),
        remedy: "Deploy the wheel again with `update`. Nothing has been changed".into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn no_restore_point(app: &str, why: String) -> Entry {
    Entry {
        code: "NO_RESTORE_POINT",
        message: format!("There is nothing to restore the data of `{app}` from"),
        cause: why,
        remedy: "A reset makes a restore point by itself, where the database has branches. Nothing has been changed".into(),
        docs: DOCS_LAKEBASE,
    }
}

pub(super) fn branch_unknown(app: &str, branch: &str, known: &[String]) -> Entry {
    Entry {
        code: "BRANCH_UNKNOWN",
        message: format!("The data of `{app}` can't be restored from the branch `{branch}`"),
        cause: if known.is_empty() {
            "The app's database has no restore point, and no branch that the app used before".into()
        } else {
            format!("It can be restored from {}", list(known))
        },
        remedy: format!(
            "The history of `{app}` lists its restore points (`history`). Nothing has been changed"
        ),
        docs: DOCS_LAKEBASE,
    }
}

pub(super) fn unreadable(path: &str, problem: String) -> Entry {
    Entry {
        code: "RELEASES_UNREADABLE",
        message: format!("The app's releases in `{path}` can't be read"),
        cause: problem,
        remedy: "Restore an earlier version of the file, or move it away: the history then begins anew. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}
