//! An operation as it would run now: no lock is taken, nothing is written, nothing is told.

use super::inventory::unfinished;
use super::preflight::{Preflight, Site, both};
use crate::engine::Run;
use crate::engine::journal::{Journal, RunRecord};
use crate::engine::lock::{self, Lease};
use crate::error::Result;
use crate::host::Host;

/// An operation as it would run now, without the lock.
pub(super) struct DryRun<'a, H> {
    /// To build the graph with, and not to run it: its client sends only what reads.
    pub(super) run: Run<'a, H>,
    /// The earlier run that would be resumed.
    pub(super) resumed: Option<RunRecord>,
    /// Who is at work now.
    pub(super) at_work: Option<Lease>,
}

impl<'a, H: Host> Preflight<'a, H> {
    /// What the run would begin with, as far as that can be known without the lock. Refuses what
    /// the run refuses under it.
    pub(super) async fn dry_run(self, site: Site<'_>) -> Result<DryRun<'a, H>> {
        let outcome = async {
            self.safe_point()?;
            let places = site.lock(&self.app);
            let (earlier, at_work) =
                both(self.journal(site.folder), async { Ok(lock::holder(&self.client, &places).await?) })
                    .await?;
            self.refuse_other_journal(site.folder, earlier.as_ref()).await?;
            Ok((earlier, at_work))
        };
        let outcome = outcome.await;
        let (earlier, at_work) = self.told(outcome)?;
        let resumed = earlier.clone().filter(|record| unfinished(record, &self.app, self.operation));
        let record = self.record(&self.client, site.me, None);
        let journal = Journal::begin(site.folder.as_str(), &self.app, record, earlier);
        let Self { host, client, narrator, cancellation, .. } = self;
        let run = Run::new(host, client, narrator, cancellation, journal, site.me.to_owned());
        Ok(DryRun { run, resumed: resumed.map(|record| record.run), at_work })
    }
}
