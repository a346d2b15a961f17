//! The statements of each operation.

use serde::{Deserialize, Serialize};

use super::SchemaOperation;
use super::quote::{quote_identifier, quote_literal};
use crate::config::SchemaName;

/// What a host runs, one statement after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The statements, without parameters and without a closing semicolon.
    pub statements: Vec<String>,
    /// All of them in one transaction.
    pub transaction: bool,
    /// The last one returns one row, all columns text or null.
    pub returns_rows: bool,
}

/// Tables whose rows only the app's key can read, in our app and in the original.
const ENCRYPTED_TABLES: [&str; 4] =
    ["encryption_check", "encryption_keys", "google_oauth_tokens", "google_global_credentials"];

/// A running app holds locks on its tables. Rather than hang on one behind which everybody else
/// then waits, give up; trying again is safe.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '30s'";

/// The statements of `operation`.
pub fn script(operation: &SchemaOperation) -> Script {
    let statements = match operation {
        SchemaOperation::SetUp { schema, role } => {
            let mut statements = vec![LOCK_TIMEOUT.to_owned(), create_if_missing(schema)];
            statements.extend(grants(schema, role));
            statements
        }
        SchemaOperation::Reset { schema, role } => {
            let mut statements = vec![
                LOCK_TIMEOUT.to_owned(),
                drop(schema),
                format!("CREATE SCHEMA {}", quote_identifier(schema.as_str())),
            ];
            statements.extend(grants(schema, role));
            statements
        }
        SchemaOperation::Drop { schema } => vec![LOCK_TIMEOUT.to_owned(), drop(schema)],
        SchemaOperation::Inspect { schema, role } => vec![inspect(schema, role.as_deref())],
    };
    let looks = matches!(operation, SchemaOperation::Inspect { .. });
    Script { statements, transaction: !looks, returns_rows: looks }
}

fn drop(schema: &SchemaName) -> String {
    format!("DROP SCHEMA IF EXISTS {} CASCADE", quote_identifier(schema.as_str()))
}

/// `CREATE SCHEMA IF NOT EXISTS` alone wants the right to create schemas even where there is
/// nothing to create, and whoever only redeploys may not have it.
fn create_if_missing(schema: &SchemaName) -> String {
    block(&format!(
        "BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = {name}) THEN
    CREATE SCHEMA IF NOT EXISTS {schema};
  END IF;
END",
        name = quote_literal(schema.as_str()),
        schema = quote_identifier(schema.as_str()),
    ))
}

/// Statements with conditions. The body is a literal, so that nothing quoted in it can end it.
fn block(body: &str) -> String {
    format!("DO {}", quote_literal(body))
}

/// The role's rights: to use the schema and create in it, to work with the tables and sequences
/// that we own there, and with those that we shall create. Tables that the app created are its
/// own already, and not ours to grant. Nothing is granted that the role has. To whoever may use
/// somebody else's schema but not give it away, Postgres says no more than a warning and grants
/// nothing; so it is asked whether the role has now what it needs.
fn grants(schema: &SchemaName, role: &str) -> [String; 4] {
    let schema_name = quote_literal(schema.as_str());
    let role_name = quote_literal(role);
    let (schema, role) = (quote_identifier(schema.as_str()), quote_identifier(role));
    let granted = format!(
        "has_schema_privilege({role_name}, {schema_name}, 'USAGE') AND has_schema_privilege({role_name}, {schema_name}, 'CREATE')"
    );
    [
        block(&format!(
            "BEGIN
  IF NOT ({granted}) THEN
    GRANT USAGE, CREATE ON SCHEMA {schema} TO {role};
    IF NOT ({granted}) THEN
      RAISE insufficient_privilege USING MESSAGE = (SELECT format('%I belongs to %s, who alone can give rights on it', nspname, pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname = {schema_name});
    END IF;
  END IF;
END"
        )),
        block(&format!(
            "DECLARE relation record; BEGIN
  FOR relation IN
    SELECT c.relname, c.relkind = 'S' AS is_sequence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = {schema_name} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(c.relowner, 'USAGE')
    ORDER BY c.relname
  LOOP
    IF relation.is_sequence THEN
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %I.%I TO %I', {schema_name}, relation.relname, {role_name});
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %I.%I TO %I', {schema_name}, relation.relname, {role_name});
    END IF;
  END LOOP;
END"
        )),
        format!("ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"),
        format!("ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}"),
    ]
}

/// One row of six texts: exists, owner, tables, encrypted data, role exists, role granted. It
/// asks the catalogue only, which everybody may read.
fn inspect(schema: &SchemaName, role: Option<&str>) -> String {
    let encrypted = ENCRYPTED_TABLES.map(quote_literal).join(", ");
    format!(
        "SELECT
  (n.oid IS NOT NULL)::text,
  pg_get_userbyid(n.nspowner)::text,
  (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p'))::text,
  EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'
    AND c.relname IN ({encrypted}) AND pg_relation_size(c.oid) > 0)::text,
  (r.oid IS NOT NULL)::text,
  coalesce(has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_schema_privilege(r.oid, n.oid, 'CREATE'), false)::text
FROM (SELECT {schema}::text AS schema_name, {role}::text AS role_name) AS asked
LEFT JOIN pg_namespace n ON n.nspname::text = asked.schema_name
LEFT JOIN pg_roles r ON r.rolname::text = asked.role_name",
        schema = quote_literal(schema.as_str()),
        role = role.map_or_else(|| "NULL".to_owned(), quote_literal),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "6f9a0c1e-1111-4222-8333-0123456789ab";

    fn schema() -> SchemaName {
        SchemaName::default()
    }

    fn position(script: &Script, beginning: &str) -> usize {
        script
            .statements
            .iter()
            .position(|statement| statement.starts_with(beginning))
            .unwrap_or_else(|| panic!("no `{beginning}` in {:?}", script.statements))
    }

    #[test]
    fn reset_drops_makes_and_grants_in_one_transaction() {
        let script = script(&SchemaOperation::Reset { schema: schema(), role: ROLE.into() });
        assert!(script.transaction && !script.returns_rows);
        let dropped = position(&script, "DROP SCHEMA IF EXISTS \"app_data\" CASCADE");
        let made = position(&script, "CREATE SCHEMA \"app_data\"");
        let granted = position(
            &script,
            "ALTER DEFAULT PRIVILEGES IN SCHEMA \"app_data\" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \"6f9a0c1e-1111-4222-8333-0123456789ab\"",
        );
        assert_eq!((dropped, made), (1, 2));
        assert!(granted > made);
    }

    #[test]
    fn set_up_drops_nothing_and_makes_nobody_a_superuser() {
        let script = script(&SchemaOperation::SetUp { schema: schema(), role: ROLE.into() });
        let text = script.statements.join("\n");
        assert!(script.transaction && !text.contains("DROP") && !text.to_lowercase().contains("superuser"));
        assert!(text.contains("CREATE SCHEMA IF NOT EXISTS \"app_data\""));
        assert!(text.contains(&format!("GRANT USAGE, CREATE ON SCHEMA \"app_data\" TO \"{ROLE}\"")));
    }

    #[test]
    fn drop_needs_no_role() {
        let script = script(&SchemaOperation::Drop { schema: schema() });
        assert_eq!(script.statements, [LOCK_TIMEOUT, "DROP SCHEMA IF EXISTS \"app_data\" CASCADE"]);
    }

    #[test]
    fn inspect_is_one_select_that_returns_a_row() {
        for role in [None, Some(ROLE.to_owned())] {
            let script = script(&SchemaOperation::Inspect { schema: schema(), role });
            assert!(script.returns_rows && !script.transaction);
            assert_eq!(script.statements.len(), 1);
            assert_eq!(position(&script, "SELECT"), 0);
        }
    }

    #[test]
    fn a_role_cannot_leave_its_quotes() {
        let role = "x\"; DROP SCHEMA public; --' $do$";
        for operation in [
            SchemaOperation::SetUp { schema: schema(), role: role.into() },
            SchemaOperation::Inspect { schema: schema(), role: Some(role.into()) },
        ] {
            for statement in script(&operation).statements {
                // With the quoted parts taken out, nothing of it is left.
                let bare: Vec<&str> = statement.split('\'').step_by(2).collect();
                let bare = bare.concat().split('"').step_by(2).collect::<String>();
                assert!(!bare.contains("DROP"), "{statement}");
            }
        }
    }
}
