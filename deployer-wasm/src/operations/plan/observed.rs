//! What a plan reads: what the operation itself would read, and beside it what the files would hold.

use futures_util::join;

use super::super::dry_run::DryRun;
use super::super::inspected::Inspected;
use super::super::preflight::Preflight;
use super::super::{Change, create, delete, restore, rollback, update};
use super::files::{self, ComparedFile};
use super::placeholders::UNKNOWN;
use crate::config::{CreateConfig, DeleteConfig, Facts, RestoreConfig, UpdateConfig};
use crate::engine::releases::{self, Releases};
use crate::error::Result;
use crate::host::Host;
use crate::manifest::LakebaseConnection;
use crate::steps::key;
use crate::steps::lakebase::{self, Lakebase};

/// What was found, beside what is wanted.
pub(super) enum Observed<'a> {
    Create(&'a CreateConfig, create::CreateObserved),
    Update(&'a UpdateConfig, Box<update::UpdateObserved>),
    Delete(&'a DeleteConfig, delete::DeleteObserved),
    Rollback(Box<rollback::RollbackObserved>),
    Restore(&'a RestoreConfig, Box<restore::RestoreObserved>),
}

impl Observed<'_> {
    pub(super) fn inspected(&self) -> &dyn Inspected {
        match self {
            Self::Create(_, observed) => observed,
            Self::Update(_, observed) => &**observed,
            Self::Delete(_, observed) => observed,
            Self::Rollback(observed) => &**observed,
            Self::Restore(_, observed) => &**observed,
        }
    }
}

/// What was seen, as names and facts.
pub(super) fn facts<H>(seen: &Observed<'_>, foreseen: Option<&Foreseen>, dry_run: &DryRun<'_, H>) -> Facts {
    let mut facts = seen.inspected().facts();
    facts.extend(dry_run.resumed.as_ref().map(|run| ("the unfinished run".to_owned(), run.id.clone())));
    let Some(Foreseen { releases, key, files, .. }) = foreseen else { return facts };
    let current = releases.current().map(|release| release.number.to_string());
    let of_releases = [
        ("the current release", current),
        ("the last release", Some((releases.next() - 1).to_string())),
        ("the secret of the key", Some(key.in_secret.to_string())),
    ];
    facts.extend(of_releases.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?))));
    facts.extend(
        files.iter().filter_map(|file| {
            Some((format!("the file `{}`", file.wanted.name), file.there_sha256.clone()?))
        }),
    );
    facts
}

/// What is read beside what the operation itself reads.
pub(super) struct Foreseen {
    /// The database settings in the generated files.
    pub(super) connection: LakebaseConnection,
    /// The database, if it accepts connections now.
    pub(super) lakebase: Option<Lakebase>,
    /// Where the key is.
    pub(super) key: key::ObservedKey,
    /// The files that are wanted, and those that are there.
    pub(super) files: Vec<ComparedFile>,
    /// The app's recorded releases.
    pub(super) releases: Releases,
}

/// Reads what the operation would read, and for those that deploy a release also what is compared with it.
pub(super) async fn look<'a, H: Host>(
    preflight: &Preflight<'_, H>,
    change: &'a Change,
) -> Result<(Observed<'a>, Option<Foreseen>)> {
    let client = &preflight.client;
    let seen = match change {
        Change::Create(config) => Observed::Create(config, create::observe(preflight, config).await?),
        Change::Update(config) => {
            Observed::Update(config, Box::new(update::observe(preflight, config).await?))
        }
        Change::Delete(config) => Observed::Delete(config, delete::observe(preflight, config).await?),
        Change::Rollback(config) => Observed::Rollback(Box::new(rollback::observe(preflight, config).await?)),
        Change::Restore(config) => {
            Observed::Restore(config, Box::new(restore::observe(preflight, config).await?))
        }
    };
    let (database, found, wanted) = match &seen {
        Observed::Create(config, observed) => {
            let schema = observed.schema.known();
            (&config.lakebase_name, &observed.database, observed.wanted_key(config, schema))
        }
        Observed::Update(config, observed) => {
            // As in the run: data that a reset deletes needs no key.
            let schema = if config.reset_database { None } else { observed.schema.known() };
            (&config.lakebase_name, &observed.database, observed.wanted_key(config, schema))
        }
        Observed::Rollback(observed) => {
            let (config, update) = (&observed.config, &observed.update);
            (&config.lakebase_name, &update.database, update.wanted_key(config, update.schema.known()))
        }
        Observed::Delete(..) | Observed::Restore(..) => return Ok((seen, None)),
    };
    let name = database.as_str();
    let connection = lakebase::foresee(client, name, found, UNKNOWN);
    let reached = lakebase::reach(client, name, found);
    let releases = releases::read(client, seen.inspected().site().home.as_str(), change.app_name());
    let (connection, reached, releases, key) =
        join!(connection, reached, releases, key::look(client, &wanted));
    let (connection, lakebase, key, releases) = (connection?, reached?, key?, releases??);
    let release = match &seen {
        Observed::Create(config, observed) => observed.release(config),
        Observed::Update(config, observed) => observed.release(config),
        Observed::Rollback(observed) => observed.update.release(&observed.config),
        Observed::Delete(..) | Observed::Restore(..) => return Ok((seen, None)),
    };
    let checked = key::check(client, &wanted, &key);
    let (checked, files) = join!(checked, files::compared(client, release, &connection, &key));
    checked?;
    let foreseen = Foreseen { connection, lakebase, key, files: files?, releases };
    Ok((seen, Some(foreseen)))
}
