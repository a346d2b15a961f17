//! Workspace files: a tree.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::host::Method;
use serde_json::json;

use super::{Answer, Asked, Caller, Record, State};
use crate::releases;

/// Where the releases are in an app's folder.
pub const RELEASES: &str = "/.tellr/releases.json";

/// A folder's files by their path within it, each as base64.
pub(super) type Snapshot = Rc<BTreeMap<String, Rc<str>>>;

/// The tree: each path with its content, which folders don't have.
#[derive(Debug, Clone, Default)]
pub struct Files {
    nodes: BTreeMap<String, Option<Rc<str>>>,
}

impl Files {
    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter(|(_, content)| content.is_some()).map(|(path, _)| path.as_str())
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        text(self.nodes.get(path)?.as_ref()?)
    }

    /// The content of a file, as base64.
    pub fn content(&self, path: &str) -> Option<String> {
        self.nodes.get(path)?.as_deref().map(str::to_owned)
    }

    /// The files below a folder.
    pub(super) fn snapshot(&self, folder: &str) -> Option<Snapshot> {
        let prefix = format!("{folder}/");
        self.nodes.get(folder).filter(|content| content.is_none())?;
        let below = self.nodes.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let files = below.filter_map(|(path, content)| {
            let name = path.strip_prefix(&prefix)?;
            // What begins with a dot isn't part of an app.
            (!name.starts_with('.')).then_some((name.to_owned(), Rc::clone(content.as_ref()?)))
        });
        Some(Rc::new(files.collect()))
    }

    fn is_folder(&self, path: &str) -> bool {
        is_root(path) || matches!(self.nodes.get(path), Some(None))
    }
}

/// The text of a file's content.
pub(super) fn text(content: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(content).ok()?).ok()
}

/// Folders that every workspace has, a user's home among them.
fn is_root(path: &str) -> bool {
    matches!(path, "" | "/Workspace" | "/Workspace/Users" | "/Workspace/Shared")
        || path.strip_prefix("/Workspace/Users/").is_some_and(|rest| !rest.contains('/'))
}

/// One spelling of a path.
fn canonical(path: &str) -> String {
    let path = path.trim_end_matches('/');
    if path.starts_with("/Workspace") { path.to_owned() } else { format!("/Workspace{path}") }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether this is the file of an app's lock.
pub fn is_lock(path: &str) -> bool {
    path.contains("/.tellr/locks/") || path.ends_with("/.tellr/lock.json")
}

impl State {
    pub(super) fn files(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        asked: &Asked<'_>,
        call: &str,
    ) -> Option<Answer> {
        let path = match asked.method {
            Method::Get => asked.query("path").unwrap_or_default(),
            _ => asked.text("path"),
        };
        let path = canonical(path);
        if asked.method != Method::Get && self.shared_closed && path.starts_with("/Workspace/Shared/") {
            let message = format!("{} does not have Edit permissions on {path}.", caller.user);
            return Some(Answer::problem(403, "PERMISSION_DENIED", message));
        }
        Some(match (asked.method, call) {
            (Method::Get, "export") => self.export(&path),
            (Method::Get, "get-status") => self.file_status(&path),
            (Method::Get, "list") => self.list_files(&path),
            (Method::Post, "mkdirs") => self.make_folders(&path),
            (Method::Post, "import") => self.import(record, caller, asked, &path),
            (Method::Post, "delete") => self.delete_file(record, caller, asked, &path),
            _ => return None,
        })
    }

    /// Keeps which releases of an app that exists have run.
    fn keep_releases(&mut self, list: &str) {
        let app = releases::app(list);
        if self.apps.contains_key(&app) {
            self.ran.entry(app).or_default().extend(releases::ran(list));
        }
    }

    /// The releases of an app that ran, and aren't in `list`.
    pub fn releases_lost(&self, app: &str, list: &str) -> Vec<u64> {
        let there = releases::ran(list);
        let ran = self.ran.get(app).into_iter().flatten();
        ran.filter(|release| !there.contains(release)).map(|(number, _)| *number).collect()
    }

    fn export(&self, path: &str) -> Answer {
        match self.files.nodes.get(path) {
            Some(Some(content)) => Answer::ok(json!({"content": &**content, "file_type": "txt"})),
            _ => absent(path),
        }
    }

    fn info(&self, path: &str) -> serde_json::Value {
        let kind = if self.files.is_folder(path) { "DIRECTORY" } else { "FILE" };
        let size = self.files.nodes.get(path).and_then(Option::as_ref).map(|content| content.len() / 4 * 3);
        json!({"path": path, "object_type": kind, "object_id": 1, "size": size})
    }

    fn file_status(&self, path: &str) -> Answer {
        if self.files.is_folder(path) || self.files.nodes.contains_key(path) {
            Answer::ok(self.info(path))
        } else {
            absent(path)
        }
    }

    fn list_files(&self, path: &str) -> Answer {
        if !self.files.is_folder(path) {
            return absent(path);
        }
        let prefix = format!("{path}/");
        let below =
            self.files.nodes.range(prefix.clone()..).take_while(|(below, _)| below.starts_with(&prefix));
        let children = below.filter(|(below, _)| !below[prefix.len()..].contains('/'));
        let objects: Vec<_> = children.map(|(below, _)| self.info(below)).collect();
        Answer::ok(if objects.is_empty() { json!({}) } else { json!({"objects": objects}) })
    }

    fn make_folders(&mut self, path: &str) -> Answer {
        let mut above = path;
        let mut missing = Vec::new();
        while !self.files.is_folder(above) {
            if self.files.nodes.contains_key(above) {
                let message = format!("The path ({above}) is a file.");
                return Answer::problem(400, "RESOURCE_ALREADY_EXISTS", message);
            }
            missing.push(above.to_owned());
            above = parent(above);
        }
        self.files.nodes.extend(missing.into_iter().map(|folder| (folder, None)));
        Answer::ok(json!({}))
    }

    fn import(&mut self, record: &mut Record, caller: &Caller, asked: &Asked<'_>, path: &str) -> Answer {
        let content = asked.text("content");
        if STANDARD.decode(content).is_err() {
            return Answer::invalid("content is not valid base64.");
        }
        if !self.files.is_folder(parent(path)) {
            let message = format!("The parent folder ({}) does not exist.", parent(path));
            return Answer::problem(404, "RESOURCE_DOES_NOT_EXIST", message);
        }
        let there = self.files.nodes.get(path);
        let overwrites = asked.body["overwrite"].as_bool().unwrap_or_default();
        if matches!(there, Some(None)) || (there.is_some() && !overwrites) {
            let message = format!("Path ({path}) already exists.");
            return Answer::problem(400, "RESOURCE_ALREADY_EXISTS", message);
        }
        if is_lock(path) {
            record.locked(caller);
        } else {
            record.effect(caller, || format!("import {path}"));
        }
        if let Some(folder) = path.strip_suffix(RELEASES) {
            let before = self.files.text(path);
            let after = text(content).unwrap_or_default();
            for problem in before.iter().flat_map(|before| releases::lost(before, &after)) {
                record.violation(format!("{problem} in `{folder}`"));
            }
            self.keep_releases(&after);
        }
        self.files.nodes.insert(path.to_owned(), Some(content.into()));
        Answer::ok(json!({}))
    }

    fn delete_file(&mut self, record: &mut Record, caller: &Caller, asked: &Asked<'_>, path: &str) -> Answer {
        if !self.files.nodes.contains_key(path) {
            return absent(path);
        }
        let prefix = format!("{path}/");
        let below: Vec<String> = self
            .files
            .nodes
            .range(prefix.clone()..)
            .take_while(|(below, _)| below.starts_with(&prefix))
            .map(|(below, _)| below.clone())
            .collect();
        if !below.is_empty() && !asked.body["recursive"].as_bool().unwrap_or_default() {
            return Answer::problem(400, "DIRECTORY_NOT_EMPTY", format!("Folder ({path}) is not empty"));
        }
        if !is_lock(path) {
            record.effect(caller, || format!("delete {path}"));
        }
        if below.iter().map(String::as_str).chain([path]).any(|path| path.ends_with(RELEASES)) {
            record.violation(format!("the releases were deleted with `{path}`"));
        }
        for path in below.iter().map(String::as_str).chain([path]) {
            self.files.nodes.remove(path);
        }
        Answer::ok(json!({}))
    }
}

fn absent(path: &str) -> Answer {
    Answer::problem(404, "RESOURCE_DOES_NOT_EXIST", format!("Path ({path}) doesn't exist."))
}
