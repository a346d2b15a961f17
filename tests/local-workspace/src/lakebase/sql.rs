//! The SQL that the control plane runs in a cluster: roles, memberships, grants, databases.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The attributes of a role besides login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RoleAttributes {
    /// Not subject to row-level security.
    pub(crate) bypassrls: bool,
    /// May create databases.
    pub(crate) createdb: bool,
    /// May create roles.
    pub(crate) createrole: bool,
}

impl RoleAttributes {
    /// The attributes of the creator of a project or instance.
    pub(crate) const OWNER: Self = Self { bypassrls: true, createdb: true, createrole: true };
}

/// `"name"`, for use in a statement.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Creates a role and gives it its memberships.
pub(crate) fn create_role(role: &str, login: bool, attributes: RoleAttributes, superuser: bool) -> String {
    let name = identifier(role);
    let mut sql = format!("CREATE ROLE {name} {};", options(login, attributes));
    sql.push_str(&set_membership(role, superuser));
    sql
}

/// Updates an existing role to these attributes and memberships.
pub(crate) fn alter_role(role: &str, login: bool, attributes: RoleAttributes, superuser: bool) -> String {
    let name = identifier(role);
    let mut sql = format!("ALTER ROLE {name} {};", options(login, attributes));
    sql.push_str(&set_membership(role, superuser));
    sql
}

/// Makes a role owner of a database, as the creator is.
pub(crate) fn own_database(role: &str, database: &str) -> String {
    format!("ALTER DATABASE {} OWNER TO {};", identifier(database), identifier(role))
}

/// Creates a database.
pub(crate) fn create_database(database: &str, owner: &str) -> String {
    format!("CREATE DATABASE {} OWNER {};", identifier(database), identifier(owner))
}

/// Renames a database.
pub(crate) fn rename_database(database: &str, new: &str) -> String {
    format!("ALTER DATABASE {} RENAME TO {};", identifier(database), identifier(new))
}

/// Removes a database, ending its connections.
pub(crate) fn drop_database(database: &str) -> String {
    format!("DROP DATABASE {} WITH (FORCE);", identifier(database))
}

/// The privileges of an app that a database is attached to: `CAN_CONNECT_AND_CREATE`.
pub(crate) fn grant_connect_and_create(role: &str, database: &str) -> String {
    format!("GRANT CONNECT, CREATE ON DATABASE {} TO {};", identifier(database), identifier(role))
}

/// How many objects a role owns in the whole cluster.
pub(crate) const COUNT_OWNED: &str = "SELECT count(*) FROM pg_shdepend \
     WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o' \
     AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)";

/// The databases in which a role has to be cleaned up before it can be removed.
pub(crate) const ALL_DATABASES: &str = "SELECT datname::text FROM pg_database WHERE datallowconn";

/// Removes a role's grants in one database, and reassigns what it owns there to an heir. Without an heir it
/// must own nothing, or its objects would be dropped too.
pub(crate) fn clear_role(role: &str, heir: Option<&str>) -> String {
    let name = identifier(role);
    let mut sql = String::new();
    if let Some(heir) = heir {
        let _ = write!(sql, "REASSIGN OWNED BY {name} TO {};", identifier(heir));
    }
    let _ = write!(sql, "DROP OWNED BY {name};");
    sql
}

/// Removes a role that owns nothing and has no grants.
pub(crate) fn drop_role(role: &str) -> String {
    format!("DROP ROLE {};", identifier(role))
}

fn options(login: bool, attributes: RoleAttributes) -> String {
    let option = |on: bool, name: &str| {
        if on { name.to_owned() } else { format!("NO{name}") }
    };
    [
        option(login, "LOGIN"),
        option(attributes.createdb, "CREATEDB"),
        option(attributes.createrole, "CREATEROLE"),
        option(attributes.bypassrls, "BYPASSRLS"),
    ]
    .join(" ")
}

fn set_membership(role: &str, superuser: bool) -> String {
    let name = identifier(role);
    if superuser {
        format!("GRANT databricks_superuser TO {name};")
    } else {
        format!("REVOKE databricks_superuser FROM {name};")
    }
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn a_quote_in_a_name_does_not_end_it() {
        assert_eq!(identifier(r#"a" b"#), r#""a"" b""#);
    }
}
