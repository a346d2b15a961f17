//! An operation without effects: it takes no lock, writes nothing and emits no events.

use super::inspected::Site;
use super::inventory::unfinished;
use super::preflight::{Preflight, both};
use crate::engine::Run;
use crate::engine::journal::{Journal, RunRecord};
use crate::engine::lock::{self, Lease};
use crate::engine::releases::ReleaseBook;
use crate::error::Result;
use crate::host::Host;

/// The state of an operation without the lock.
pub(super) struct DryRun<'a, H> {
    /// For building the graph only, not for running it: its client sends read-only requests.
    pub(super) run: Run<'a, H>,
    /// The earlier run that would be resumed.
    pub(super) resumed: Option<RunRecord>,
    /// The run in progress.
    pub(super) at_work: Option<Lease>,
}

impl<'a, H: Host> Preflight<'a, H> {
    /// The initial state of the run, as far as it can be determined without the lock. Refuses what the run
    /// would refuse.
    pub(super) async fn dry_run(self, site: Site<'_>) -> Result<DryRun<'a, H>> {
        let outcome = async {
            self.safe_point()?;
            let places = site.lock(&self.app);
            let holder = async { Ok(lock::holder(&self.client, &places).await?) };
            let (earlier, (at_work, releases)) =
                both(self.journal(site.folder), both(holder, self.releases(site.folder))).await?;
            self.refuse_other_journal(site.folder, earlier.as_ref()).await?;
            Ok((earlier, at_work, releases))
        };
        let outcome = outcome.await;
        let (earlier, at_work, releases) = self.told(outcome)?;
        let releases = ReleaseBook::new(site.folder.as_str(), site.home.as_str(), releases);
        let resumed = earlier.clone().filter(|record| unfinished(record, &self.app, self.operation));
        let record = self.record(&self.client, site.me, None);
        let journal = Journal::begin(site.folder.as_str(), &self.app, record, earlier);
        let Self { host, client, narrator, cancellation, .. } = self;
        let run = Run::new(host, client, narrator, cancellation, (journal, releases), site.me.to_owned());
        Ok(DryRun { run, resumed: resumed.map(|record| record.run), at_work })
    }
}
