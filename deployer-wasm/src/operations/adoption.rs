//! Taking over an app that the original deployer, databricks-tellr, created.
//!
//! Such an app has the original's `app.yaml` and no journal of this deployer. It is changed only on request
//! (`adopt`) and only by its creator: nothing else shows that a caller may decide about it. There are two ways.
//! With its package, database, key, schema and data stay as they are, and the app gets this deployer's files and
//! journal. Moved to `tellr-app`, it gets a new schema in the same database, which the app fills at its first
//! start from the old one; that one is only read, so that the original can be deployed with it again.

use super::inventory::names_schema;
use super::preflight::Preflight;
use crate::config::launch::{Import, Launch};
use crate::config::{AppPackage, PackageVersion, UpdateConfig, VersionPin};
use crate::engine::journal::Record;
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::{self, DeployedManifest, REQUIREMENTS};
use crate::schema::SchemaState;
use crate::steps::lakebase::Found;
use crate::steps::ownership::Tenant;
use crate::steps::schema::Preview;
use crate::workspace::apps::App;
use crate::workspace::{Client, files};

/// Variables with which the original deployer configures only the original app.
const ONLY_ORIGINAL: [&str; 6] = [
    "TELLR_TRUST_FORWARDED_IDENTITY",
    "MLFLOW_TRACING_SQL_WAREHOUSE_ID",
    "TELLR_MLFLOW_UC_CATALOG",
    "TELLR_MLFLOW_UC_SCHEMA",
    "TELLR_MLFLOW_UC_TABLE_PREFIX",
    "HUASHU_PIPELINE_ENABLED",
];

/// What an update does with an app of the original deployer, or with its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Adoption {
    /// Nothing: the app is this deployer's and keeps its package.
    None,
    /// The app is taken over with its package and its data.
    Kept {
        /// The version of the app that is deployed, if its `requirements.txt` gives one.
        version: Option<String>,
    },
    /// The app gets the package `tellr-app` and a copy of its data.
    Moved(Move),
    /// The original app is deployed again, with the schema that its data was copied from.
    Back,
}

/// A move to `tellr-app`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    /// What is copied.
    pub(super) import: Import,
    /// The old schema, as far as it could be inspected.
    pub(super) old: Preview,
    /// The version of the original app that is deployed, if its `requirements.txt` gives one.
    pub(super) version: Option<String>,
}

impl Adoption {
    /// The move, if it is one.
    pub(super) fn moved(&self) -> Option<&Move> {
        match self {
            Self::Moved(moved) => Some(moved),
            _ => None,
        }
    }

    /// Whether the run leaves data in another schema of which the plan says something else.
    pub(super) fn explains_the_old_schema(&self) -> bool {
        matches!(self, Self::Moved(_) | Self::Back)
    }
}

/// Refuses an app of the original deployer, unless it is taken over by its creator.
pub(super) fn refuse_original(
    config: &UpdateConfig,
    me: &str,
    app: &App,
    journal: Option<&Record>,
    deployed: Option<&DeployedManifest>,
) -> Result<(), Failure> {
    if !is_unknown(app, journal, deployed) {
        return Ok(());
    }
    let (name, creator) = (app.name.clone(), app.creator.clone());
    if !config.adopt {
        return Err(Failure::NotAdopted { app: name, creator });
    }
    match creator {
        Some(creator) if creator.eq_ignore_ascii_case(me) => Ok(()),
        creator => Err(Failure::AdoptedByOther { app: name, creator, me: me.to_owned() }),
    }
}

/// Whether the app is the original deployer's: no run of this one has begun to change it.
fn is_unknown(app: &App, journal: Option<&Record>, deployed: Option<&DeployedManifest>) -> bool {
    deployed.is_some_and(DeployedManifest::is_of_original_deployer)
        && journal.is_none_or(|record| record.app_name != app.name)
}

/// What is known about an app before its adoption is decided.
pub(super) struct Known<'a> {
    /// The caller.
    pub(super) me: &'a str,
    /// The app.
    pub(super) app: &'a App,
    /// Its journal.
    pub(super) journal: Option<&'a Record>,
    /// Its deployed `app.yaml`.
    pub(super) deployed: Option<&'a DeployedManifest>,
    /// The version in its `requirements.txt`.
    pub(super) version: Option<String>,
    /// Its database.
    pub(super) database: &'a Found,
}

/// Decides, and refuses a change of the package that would leave the app without its data.
pub(super) async fn decide<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &UpdateConfig,
    known: Known<'_>,
) -> Result<Adoption> {
    let Known { me, app, journal, deployed, version, database } = known;
    let package = deployed.and_then(DeployedManifest::package);
    let Some((manifest, package)) = deployed.zip(package) else { return Ok(Adoption::None) };
    if package == config.package {
        let is_taken_over = is_unknown(app, journal, deployed);
        return Ok(if is_taken_over { Adoption::Kept { version } } else { Adoption::None });
    }
    if config.reset_database {
        return Ok(Adoption::None);
    }
    match config.package {
        AppPackage::TellrApp if config.adopt => {
            let moved = look_for_move(preflight, config, me, app, manifest, database).await?;
            Ok(Adoption::Moved(Move { version, ..moved }))
        }
        AppPackage::DatabricksTellrApp if is_way_back(config, manifest) => {
            // A newer version than before may delete the data that it finds.
            if config.keeps_version {
                let (app, schema) = (app.name.clone(), config.schema_name.to_string());
                return Err(Failure::VersionNeeded { app, schema }.into());
            }
            Ok(Adoption::Back)
        }
        wanted => {
            let (deployed, wanted) = (package.as_str().to_owned(), wanted.as_str().to_owned());
            Err(Failure::PackageDiffers { app: app.name.clone(), deployed, wanted }.into())
        }
    }
}

/// Whether the app's data was copied from the schema that it is to have again.
fn is_way_back(config: &UpdateConfig, deployed: &DeployedManifest) -> bool {
    let from_here = deployed.import().is_some_and(|import| import.schema == config.schema_name);
    from_here && deployed.text("LAKEBASE_INSTANCE") == Some(config.lakebase_name.as_str())
}

async fn look_for_move<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &UpdateConfig,
    me: &str,
    app: &App,
    deployed: &DeployedManifest,
    database: &Found,
) -> Result<Move> {
    let (new, lakebase) = (&config.schema_name, config.lakebase_name.as_str());
    let text = |name: &str| deployed.text(name).unwrap_or_default().to_owned();
    let (schema, instance) = (text("LAKEBASE_SCHEMA"), text("LAKEBASE_INSTANCE"));
    let refusal = |free: Option<String>| Failure::MoveNeedsSchema {
        app: app.name.clone(),
        schema: schema.clone(),
        database: instance.clone(),
        free,
    };
    let import = Import::read(&schema, me).ok_or_else(|| refusal(None))?;
    if instance != lakebase {
        return Err(refusal(None).into());
    }
    let role = app.service_principal_client_id.clone();
    let tenant = Tenant { app: &config.app_name, schema: &import.schema, role, deployed: true };
    let old = preflight.preview(me, lakebase, database, &tenant).await?;
    if let Preview::Known(state) = &old
        && !state.exists
    {
        let app = app.name.clone();
        return Err(Failure::NothingToMove { app, schema }.into());
    }
    if import.schema == *new {
        let free = old.known().and_then(|state| state.free_name);
        return Err(refusal(free).into());
    }
    Ok(Move { import, old, version: None })
}

/// The version that the deployed `requirements.txt` gives, if the original app is deployed.
pub(super) async fn deployed_version<H: Host>(
    client: &Client<'_, H>,
    folder: &str,
    deployed: Option<&DeployedManifest>,
) -> Result<Option<String>> {
    if deployed.and_then(DeployedManifest::package) != Some(AppPackage::DatabricksTellrApp) {
        return Ok(None);
    }
    let found = client.find(files::export(&format!("{folder}/{REQUIREMENTS}"))).await?;
    let text = found.and_then(|exported| exported.bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| manifest::required_version(&text, AppPackage::DatabricksTellrApp)))
}

/// The version to deploy. The original app keeps the one that it has, unless another one is given.
pub(super) fn version(config: &UpdateConfig, deployed: Option<&str>) -> VersionPin {
    let kept = deployed.filter(|_| config.keeps_version);
    let kept = kept.and_then(|version| PackageVersion::parse("app_version", version).ok());
    kept.map_or_else(|| config.version.clone(), VersionPin::Exact)
}

/// Refuses an update of the original app that deletes its data: version 0.2 and later empty the tables of 0.1 at
/// their first start (observed with 0.4.2 on the tables of 0.1.21).
pub(super) fn refuse_loss(
    config: &UpdateConfig,
    deployed: Option<&DeployedManifest>,
    from: Option<&str>,
    to: &VersionPin,
) -> Result<(), Failure> {
    let same_data = names_schema(deployed, config.lakebase_name.as_str(), &config.schema_name);
    let is_first =
        |version: &str| version.starts_with("0.0.") || version.starts_with("0.1.") || version == "0.1";
    let from = from.filter(|version| is_first(version) && same_data && !config.reset_database);
    match from {
        Some(from) if config.package == AppPackage::DatabricksTellrApp && !is_first(to.as_str()) => {
            let (app, to) = (config.app_name.to_string(), to.as_str().to_owned());
            Err(Failure::UpgradeDeletesData { app, from: from.to_owned(), to })
        }
        _ => Ok(()),
    }
}

/// The settings of the app's environment for this adoption, given those that were resolved.
pub(super) fn launch(
    adoption: &Adoption,
    config: &UpdateConfig,
    deployed: Option<&DeployedManifest>,
) -> Launch {
    let mut launch = config.launch.or(deployed.map(DeployedManifest::launch));
    match adoption {
        Adoption::Moved(moved) => {
            launch.import = Some(moved.import.clone());
            launch.extra_env = launch.extra_env.map(|env| env.without(&ONLY_ORIGINAL));
        }
        // An emptied or another schema isn't filled again.
        _ if config.reset_database
            || !names_schema(deployed, config.lakebase_name.as_str(), &config.schema_name) =>
        {
            launch.import = None;
        }
        _ => {}
    }
    launch
}

/// What is copied of the original's tables, in words: `table`, what its rows are.
const COPIED: [(&str, &str); 5] = [
    ("slide_deck_prompt_library", "prompts"),
    ("slide_style_library", "styles"),
    ("config_profiles", "profiles"),
    ("user_sessions", "sessions"),
    ("session_messages", "messages"),
];
/// What stays behind.
const LEFT: [(&str, &str); 6] = [
    ("image_assets", "images"),
    ("slide_deck_versions", "save points"),
    ("deck_contributors", "shares of decks"),
    ("google_oauth_tokens", "connections to Google"),
    ("feedback_conversations", "feedback conversations"),
    ("survey_responses", "survey answers"),
];

/// The notes of a plan, sentences without a full stop.
pub(super) fn notes(adoption: &Adoption, config: &UpdateConfig) -> Vec<String> {
    let schema = &config.schema_name;
    match adoption {
        Adoption::None => Vec::new(),
        Adoption::Kept { version } => {
            let version = version.as_deref().map_or_else(String::new, |version| format!(" {version}"));
            vec![format!(
                "Take over the app from databricks-tellr: `databricks-tellr-app`{version}, the schema `{schema}` with its \
                 data, the encryption key and the privileges stay as they are; `app.yaml` and `requirements.txt` are written \
                 by this deployer"
            )]
        }
        Adoption::Moved(Move { import, old, .. }) => {
            let (from, state) = (&import.schema, old.known());
            let mut notes = vec![
                format!(
                    "Move the app from `databricks-tellr-app` to `tellr-app`. At its first start it copies data from the \
                     schema `{from}` to `{schema}`, once"
                ),
                format!("Comes along: {}", counted(&COPIED, state.as_ref())),
                "Also comes along: a deck for each session, with the titles and texts of its slides. A person's sessions \
                 appear when they open the app; sessions that name no owner are given to you"
                    .to_owned(),
            ];
            let left = counted(&LEFT, state.as_ref());
            let left = if left.is_empty() { String::new() } else { format!(", {left}") };
            notes.push(format!(
                "Stays behind in the schema `{from}`: the design of slides (HTML, scripts, charts), design systems, a \
                 profile's own system prompts{left}"
            ));
            if let Preview::Unknown(why) = old {
                notes.push(format!("Not checked: the contents of the schema `{from}` ({why})"));
            }
            notes
        }
        Adoption::Back => vec![format!(
            "Deploy the original app again with its schema `{schema}`, which the move to `tellr-app` left as it was. What was \
             made with `tellr-app` stays in its own schema and is not copied back"
        )],
    }
}

/// What a plan says can be undone.
pub(super) fn way_back(adoption: &Adoption) -> Option<String> {
    let Move { import, version, .. } = adoption.moved()?;
    let (schema, version) = (&import.schema, version.as_deref().unwrap_or("VERSION"));
    Some(format!(
        "The schema `{schema}` is only read and keeps all its data. To go back to the original app, run `update` with \
         `app_package` `databricks-tellr-app`, `app_version` `{version}` and `schema_name` `{schema}`"
    ))
}

/// `about 12 prompts, 3 styles and an unknown number of …`; without a state, the names alone.
fn counted(tables: &[(&str, &str)], state: Option<&SchemaState>) -> String {
    let there = |table: &str| state.and_then(|state| state.largest.iter().find(|found| found.name == table));
    let parts: Vec<String> = tables
        .iter()
        .filter_map(|(table, what)| match (state, there(table)) {
            (None, _) => Some((*what).to_owned()),
            (Some(_), None) => None,
            (Some(_), Some(found)) => Some(match found.rows {
                Some(rows) => format!("about {rows} {what}"),
                None => format!("{what} (not counted yet)"),
            }),
        })
        .collect();
    parts.join(", ")
}
