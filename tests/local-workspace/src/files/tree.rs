//! The file tree: nodes by canonical path, and access to them.
//!
//! A canonical path has no `/Workspace` prefix and no trailing slash. Every operation holds the lock from
//! its checks to its effect, so `overwrite: false` really is "create only if absent", as a lock file
//! requires.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::ids::Ids;
use crate::permissions::Permissions;
use crate::problem::Problem;

/// The kind of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Directory,
    /// A plain file.
    File(Vec<u8>),
    /// A notebook: source without its marker line's file extension.
    Notebook {
        /// `PYTHON`, `SQL`, `SCALA` or `R`.
        language: &'static str,
        /// Its source.
        source: Vec<u8>,
    },
}

impl Kind {
    pub(super) fn object_type(&self) -> &'static str {
        match self {
            Self::Directory => "DIRECTORY",
            Self::File(_) => "FILE",
            Self::Notebook { .. } => "NOTEBOOK",
        }
    }

    fn permission_type(&self) -> &'static str {
        match self {
            Self::Directory => "directories",
            Self::File(_) => "files",
            Self::Notebook { .. } => "notebooks",
        }
    }
}

/// A directory, file or notebook.
#[derive(Clone, Debug)]
pub struct Node {
    /// The numeric object id.
    pub id: u64,
    /// Its kind.
    pub kind: Kind,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last written.
    pub modified: Timestamp,
}

/// The file tree of a workspace; clones share it.
#[derive(Clone, Debug)]
pub struct Files {
    nodes: Arc<Mutex<BTreeMap<String, Node>>>,
    ids: Ids,
    permissions: Permissions,
}

/// The canonical form of a path.
pub(super) fn canonical(path: &str) -> Result<String, Problem> {
    let invalid =
        || Problem::invalid_parameter(format!("Path ({path}) doesn't start with '/' or is not valid."));
    let rest = match path.strip_prefix("/Workspace") {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    if !rest.starts_with('/') {
        return Err(invalid());
    }
    let trimmed = rest.trim_end_matches('/');
    let bad_segment = |segment: &str| segment.is_empty() || segment == "." || segment == "..";
    if trimmed.split('/').skip(1).any(bad_segment) {
        return Err(invalid());
    }
    Ok(if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() })
}

pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

pub(super) fn missing(path: &str) -> Problem {
    Problem::resource_does_not_exist(format!("Path ({path}) doesn't exist."))
}

/// All nodes strictly below `path`.
fn below<'a>(
    nodes: &'a BTreeMap<String, Node>,
    path: &str,
) -> impl Iterator<Item = (&'a String, &'a Node)> + use<'a> {
    let prefix = if path == "/" { "/".to_owned() } else { format!("{path}/") };
    let start = Bound::Excluded(prefix.clone());
    nodes.range((start, Bound::Unbounded)).take_while(move |(name, _)| name.starts_with(&prefix))
}

impl Files {
    /// The folders every workspace has.
    pub fn new(ids: Ids, permissions: Permissions, now: Timestamp) -> Self {
        let files = Self { nodes: Arc::default(), ids, permissions };
        let mut nodes = files.nodes.lock();
        for path in ["/", "/Users", "/Shared"] {
            nodes.insert(path.to_owned(), files.node(Kind::Directory, now));
        }
        drop(nodes);
        files
    }

    /// Creates a principal's home folder.
    pub fn make_home(&self, principal: &Principal, now: Timestamp) {
        let node = self.node(Kind::Directory, now);
        self.permissions.register("directories", &node.id.to_string(), principal);
        self.nodes.lock().insert(format!("/Users/{}", principal.user_name), node);
    }

    fn node(&self, kind: Kind, now: Timestamp) -> Node {
        Node { id: self.ids.number(), kind, created: now, modified: now }
    }

    /// Whether the principal has this level, directly or through a parent folder.
    fn allowed(
        &self,
        nodes: &BTreeMap<String, Node>,
        principal: &Principal,
        path: &str,
        level: &str,
    ) -> bool {
        let shared = path == "/Shared" || path.starts_with("/Shared/");
        let landmark = matches!(path, "/" | "/Users") && level == "CAN_READ";
        if principal.is_admin() || shared || landmark {
            return true;
        }
        let mut at = path;
        loop {
            if let Some(node) = nodes.get(at)
                && self.permissions.can(principal, node.kind.permission_type(), &node.id.to_string(), level)
            {
                return true;
            }
            if at == "/" {
                return false;
            }
            at = parent(at);
        }
    }

    fn require(
        &self,
        nodes: &BTreeMap<String, Node>,
        principal: &Principal,
        path: &str,
        level: &str,
    ) -> Result<(), Problem> {
        if self.allowed(nodes, principal, path, level) {
            return Ok(());
        }
        Err(Problem::permission_denied(format!(
            "{} does not have {level} permissions on {path}. Please contact the owner or an administrator for access.",
            principal.user_name
        )))
    }

    /// One node.
    pub fn get(&self, principal: &Principal, path: &str) -> Result<Node, Problem> {
        let canonical = canonical(path)?;
        let nodes = self.nodes.lock();
        self.require(&nodes, principal, &canonical, "CAN_READ")?;
        nodes.get(&canonical).cloned().ok_or_else(|| missing(path))
    }

    /// The nodes directly in a folder with their canonical paths, or the node that the path names.
    pub fn list(&self, principal: &Principal, path: &str) -> Result<Vec<(String, Node)>, Problem> {
        let canonical = canonical(path)?;
        let nodes = self.nodes.lock();
        self.require(&nodes, principal, &canonical, "CAN_READ")?;
        let node = nodes.get(&canonical).ok_or_else(|| missing(path))?;
        if node.kind != Kind::Directory {
            return Ok(vec![(canonical, node.clone())]);
        }
        Ok(below(&nodes, &canonical)
            .filter(|(name, _)| {
                parent(name) == canonical && self.allowed(&nodes, principal, name, "CAN_READ")
            })
            .map(|(name, node)| (name.clone(), node.clone()))
            .collect())
    }

    /// Every file below a folder, by its relative path; notebooks get their extension back.
    pub fn snapshot(&self, principal: &Principal, path: &str) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        let canonical = canonical(path)?;
        let nodes = self.nodes.lock();
        self.require(&nodes, principal, &canonical, "CAN_READ")?;
        if nodes.get(&canonical).is_none_or(|node| node.kind != Kind::Directory) {
            return Err(missing(path));
        }
        let start = canonical.trim_end_matches('/').len() + 1;
        Ok(below(&nodes, &canonical)
            .filter_map(|(name, node)| match &node.kind {
                Kind::Directory => None,
                Kind::File(bytes) => Some((name[start..].to_owned(), bytes.clone())),
                Kind::Notebook { language, source } => Some((
                    format!("{}.{}", &name[start..], super::import::extension(language)),
                    source.clone(),
                )),
            })
            .collect())
    }

    /// Everything below a folder that the principal can read, by its relative path.
    pub fn below(&self, principal: &Principal, path: &str) -> Result<Vec<(String, Node)>, Problem> {
        let canonical = canonical(path)?;
        let nodes = self.nodes.lock();
        self.require(&nodes, principal, &canonical, "CAN_READ")?;
        let start = canonical.trim_end_matches('/').len() + 1;
        Ok(below(&nodes, &canonical)
            .filter(|(name, _)| self.allowed(&nodes, principal, name, "CAN_READ"))
            .map(|(name, node)| (name[start..].to_owned(), node.clone()))
            .collect())
    }

    /// Creates a folder and its parents; does nothing if it exists.
    pub fn make_directory(&self, principal: &Principal, path: &str, now: Timestamp) -> Result<(), Problem> {
        let canonical = canonical(path)?;
        let mut nodes = self.nodes.lock();
        let mut to_make = Vec::new();
        let mut at = canonical.as_str();
        loop {
            match nodes.get(at) {
                Some(node) if node.kind == Kind::Directory => break,
                Some(_) => {
                    return Err(Problem::resource_already_exists(format!(
                        "Path ({at}) already exists and is not a directory."
                    )));
                }
                None => to_make.push(at.to_owned()),
            }
            at = parent(at);
        }
        if to_make.is_empty() {
            return Ok(());
        }
        self.require(&nodes, principal, at, "CAN_EDIT")?;
        for path in to_make {
            let node = self.node(Kind::Directory, now);
            self.permissions.register("directories", &node.id.to_string(), principal);
            nodes.insert(path, node);
        }
        Ok(())
    }

    /// Writes a file or notebook into an existing folder.
    pub fn write(
        &self,
        principal: &Principal,
        path: &str,
        kind: Kind,
        overwrite: bool,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let canonical = canonical(path)?;
        let mut nodes = self.nodes.lock();
        let folder = parent(&canonical);
        match nodes.get(folder) {
            Some(node) if node.kind == Kind::Directory => {}
            Some(_) => {
                return Err(Problem::bad_request(format!(
                    "The parent of the path ({path}) is not a directory."
                )));
            }
            None => {
                return Err(Problem::resource_does_not_exist(format!(
                    "The parent folder ({folder}) does not exist."
                )));
            }
        }
        let Some(present) = nodes.get_mut(&canonical) else {
            self.require(&nodes, principal, folder, "CAN_EDIT")?;
            let node = self.node(kind, now);
            self.permissions.register(node.kind.permission_type(), &node.id.to_string(), principal);
            nodes.insert(canonical, node);
            return Ok(());
        };
        if present.kind == Kind::Directory {
            return Err(Problem::resource_already_exists(format!(
                "Path ({path}) already exists and is a directory."
            )));
        }
        if !overwrite {
            return Err(Problem::resource_already_exists(format!("Path ({path}) already exists.")));
        }
        if present.kind.object_type() != kind.object_type() {
            return Err(Problem::invalid_parameter(format!(
                "Requested node type [{}] is different from the existing node type [{}]",
                kind.object_type(),
                present.kind.object_type()
            )));
        }
        self.require(&nodes, principal, &canonical, "CAN_EDIT")?;
        if let Some(present) = nodes.get_mut(&canonical) {
            present.kind = kind;
            present.modified = now;
        }
        Ok(())
    }

    /// Deletes a node, and with `recursive` everything below it.
    pub fn delete(&self, principal: &Principal, path: &str, recursive: bool) -> Result<(), Problem> {
        let canonical = canonical(path)?;
        let mut nodes = self.nodes.lock();
        if !nodes.contains_key(&canonical) {
            return Err(missing(path));
        }
        if matches!(canonical.as_str(), "/" | "/Users" | "/Shared") {
            return Err(Problem::permission_denied(format!("{path} is protected and cannot be deleted.")));
        }
        self.require(&nodes, principal, &canonical, "CAN_EDIT")?;
        let mut gone: Vec<String> = below(&nodes, &canonical).map(|(name, _)| name.clone()).collect();
        if !gone.is_empty() && !recursive {
            return Err(Problem::new(
                axum::http::StatusCode::BAD_REQUEST,
                "DIRECTORY_NOT_EMPTY",
                format!("Folder ({path}) is not empty"),
            ));
        }
        gone.push(canonical);
        for name in gone {
            if let Some(node) = nodes.remove(&name) {
                self.permissions.forget(node.kind.permission_type(), &node.id.to_string());
            }
        }
        Ok(())
    }
}
