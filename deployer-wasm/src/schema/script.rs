//! The statements of each operation.

use serde::{Deserialize, Serialize};

use super::SchemaOperation;
use super::quote::{quote_identifier, quote_literal};
use crate::config::{AppName, SchemaName};

/// The statements that a host runs, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The statements, without parameters and without a closing semicolon.
    pub statements: Vec<String>,
    /// Whether to run them in one transaction.
    pub transaction: bool,
    /// Whether the last one returns one row, in which all columns are text or null.
    pub returns_rows: bool,
}

/// Tables whose rows are encrypted with the app's key, in our app and in the original.
const ENCRYPTED_TABLES: [&str; 4] =
    ["encryption_check", "encryption_keys", "google_oauth_tokens", "google_global_credentials"];

/// A running app holds locks on its tables. Waiting for one would block all later queries on the table, so
/// the statements time out; trying again is safe.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '30s'";

/// The `SQLSTATE` with which a script refuses another app's schema.
pub const OTHER_APP: &str = "TLR01";

/// The prefix of the line in a schema's comment that names its app.
const RECORD: &str = "Tellr app: ";

/// The statements of `operation`.
pub fn script(operation: &SchemaOperation) -> Script {
    let statements = match operation {
        SchemaOperation::SetUp { app, schema, role } => {
            let mut statements = guard(app, schema);
            statements.extend([create_if_missing(schema), record(app, schema)]);
            statements.extend(grants(schema, role));
            statements
        }
        SchemaOperation::Reset { app, schema, role } => {
            let mut statements = guard(app, schema);
            statements.extend([
                drop(schema),
                format!("CREATE SCHEMA {}", quote_identifier(schema.as_str())),
                record(app, schema),
            ]);
            statements.extend(grants(schema, role));
            statements
        }
        SchemaOperation::Drop { app, schema } => {
            let mut statements = guard(app, schema);
            statements.push(drop(schema));
            statements
        }
        SchemaOperation::Inspect { app, schema, role } => vec![inspect(app, schema, role.as_deref())],
    };
    let looks = matches!(operation, SchemaOperation::Inspect { .. });
    Script { statements, transaction: !looks, returns_rows: looks }
}

fn drop(schema: &SchemaName) -> String {
    format!("DROP SCHEMA IF EXISTS {} CASCADE", quote_identifier(schema.as_str()))
}

/// The first statements: they allow one deployer at a time to change a schema, and only its own app's.
/// Postgres itself lets two sessions create the same schema or grant on it concurrently, and then fails one
/// of them with an error about its system catalogue.
fn guard(app: &AppName, schema: &SchemaName) -> Vec<String> {
    let name = quote_literal(schema.as_str());
    let lock = quote_literal(&format!("tellr schema {schema}"));
    vec![
        LOCK_TIMEOUT.to_owned(),
        block(&format!(
            "DECLARE other text; BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended({lock}, 0));
  SELECT {recorded} INTO other FROM pg_namespace n WHERE n.nspname = {name};
  IF other <> {app} THEN
    RAISE EXCEPTION USING ERRCODE = '{OTHER_APP}', MESSAGE = format('The schema %I belongs to the app %s', {name}, other);
  END IF;
END",
            recorded = recorded(),
            app = quote_literal(app.as_str()),
        )),
    ]
}

/// The app recorded for the schema `n`.
fn recorded() -> String {
    let pattern = quote_literal(&format!("(?n)^{RECORD}([^[:space:]]+)$"));
    format!("substring(obj_description(n.oid, 'pg_namespace') FROM {pattern})")
}

/// Adds the record to the comment of a schema that has none. Only the schema's owner may; for other users it
/// stays without a record.
fn record(app: &AppName, schema: &SchemaName) -> String {
    let name = quote_literal(schema.as_str());
    block(&format!(
        "DECLARE found record; BEGIN
  SELECT {recorded} AS app, obj_description(n.oid, 'pg_namespace') AS comment, pg_has_role(n.nspowner, 'USAGE') AS owned
    INTO found FROM pg_namespace n WHERE n.nspname = {name};
  IF found.app IS NULL AND found.owned THEN
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', {name}, concat_ws(chr(10), nullif(found.comment, ''), {record}));
  END IF;
END",
        recorded = recorded(),
        record = quote_literal(&format!("{RECORD}{app}")),
    ))
}

/// `CREATE SCHEMA IF NOT EXISTS` alone requires the privilege to create schemas even if the schema exists,
/// and a user who only redeploys may not have it.
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

/// Statements with conditions. The body is a quoted literal, so that nothing in it can end it early.
fn block(body: &str) -> String {
    format!("DO {}", quote_literal(body))
}

/// The role's privileges: use the schema and create in it, read and write the tables and sequences that we
/// own there now or create later. Tables that the app created already belong to it, and we can't grant on
/// them. Existing privileges are not granted again. If the caller may use another user's schema but not grant
/// on it, Postgres only issues a warning and grants nothing; so the script checks afterwards whether the role
/// has the privileges it needs.
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
      RAISE insufficient_privilege USING MESSAGE = (SELECT format('%I belongs to %s; only its owner can grant privileges on it', nspname, pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname = {schema_name});
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

/// How many alternative schema names the inspection tries.
const NAMES_TRIED: usize = 9;

/// The alternative names, best first. An app's name is short enough for each to be a valid schema name.
fn own_names(app: &AppName) -> Vec<String> {
    let own = format!("{}_{}", SchemaName::default(), app.as_str().replace('-', "_"));
    (1..=NAMES_TRIED).map(|nth| if nth == 1 { own.clone() } else { format!("{own}_{nth}") }).collect()
}

/// One row with one text column: a `SchemaState` as JSON. It queries the system catalogue only, which every
/// user may read.
fn inspect(app: &AppName, schema: &SchemaName, role: Option<&str>) -> String {
    let encrypted = ENCRYPTED_TABLES.map(quote_literal).join(", ");
    let free: Vec<String> = own_names(app).iter().map(|name| quote_literal(name)).collect();
    format!(
        "SELECT json_build_object(
  'exists', n.oid IS NOT NULL,
  'owner', pg_get_userbyid(n.nspowner),
  'app', {recorded},
  'can_record', coalesce(pg_has_role(n.nspowner, 'USAGE'), false),
  'tables', (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')),
  'largest', (SELECT coalesce(json_agg(t), '[]') FROM (
    SELECT c.relname AS name, CASE
      WHEN pg_relation_size(c.oid) = 0 THEN 0
      WHEN greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)) > 0
        THEN greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint
    END AS rows
    FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
    ORDER BY pg_relation_size(c.oid) DESC, c.relname LIMIT 50) t),
  'encrypted_data', EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'
    AND c.relname IN ({encrypted}) AND pg_relation_size(c.oid) > 0),
  'role_exists', r.oid IS NOT NULL,
  'role_granted', coalesce(has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_schema_privilege(r.oid, n.oid, 'CREATE'), false),
  'role_owns', coalesce(r.oid = n.nspowner, false)
    OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relowner = r.oid AND c.relkind IN ('r', 'p')),
  'other_roles', (SELECT coalesce(json_agg(other.name), '[]') FROM (
    SELECT o.rolname::text AS name FROM pg_roles o
    WHERE NOT o.rolsuper AND o.rolname <> current_user AND o.oid IS DISTINCT FROM r.oid
      AND (o.oid = n.nspowner
        OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relowner = o.oid AND c.relkind IN ('r', 'p'))
        OR EXISTS (SELECT FROM pg_namespace s, aclexplode(s.nspacl) a
          WHERE s.oid = n.oid AND a.grantee = o.oid AND a.privilege_type = 'CREATE'))
    ORDER BY 1 LIMIT 100) other),
  'free_name', (SELECT free.name FROM unnest(ARRAY[{free}]) WITH ORDINALITY AS free(name, nth)
    WHERE NOT EXISTS (SELECT FROM pg_namespace s WHERE s.nspname = free.name) ORDER BY free.nth LIMIT 1)
)::text
FROM (SELECT {schema}::text AS schema_name, {role}::text AS role_name) AS asked
LEFT JOIN pg_namespace n ON n.nspname::text = asked.schema_name
LEFT JOIN pg_roles r ON r.rolname::text = asked.role_name",
        recorded = recorded(),
        free = free.join(", "),
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
        let script =
            script(&SchemaOperation::Reset { app: AppName::default(), schema: schema(), role: ROLE.into() });
        assert!(script.transaction && !script.returns_rows);
        let dropped = position(&script, "DROP SCHEMA IF EXISTS \"app_data\" CASCADE");
        let made = position(&script, "CREATE SCHEMA \"app_data\"");
        let granted = position(
            &script,
            "ALTER DEFAULT PRIVILEGES IN SCHEMA \"app_data\" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \"6f9a0c1e-1111-4222-8333-0123456789ab\"",
        );
        let guard = position(&script, "DO 'DECLARE other text");
        assert!(guard < dropped && dropped + 1 == made && made < granted, "{script:?}");
    }

    #[test]
    fn set_up_drops_nothing_and_makes_nobody_a_superuser() {
        let script =
            script(&SchemaOperation::SetUp { app: AppName::default(), schema: schema(), role: ROLE.into() });
        let text = script.statements.join("\n");
        assert!(script.transaction && !text.contains("DROP") && !text.to_lowercase().contains("superuser"));
        assert!(text.contains("CREATE SCHEMA IF NOT EXISTS \"app_data\""));
        assert!(text.contains(&format!("GRANT USAGE, CREATE ON SCHEMA \"app_data\" TO \"{ROLE}\"")));
    }

    #[test]
    fn drop_needs_no_role() {
        let script = script(&SchemaOperation::Drop { app: AppName::default(), schema: schema() });
        assert_eq!(
            position(&script, "DROP SCHEMA IF EXISTS \"app_data\" CASCADE"),
            script.statements.len() - 1
        );
    }

    #[test]
    fn inspect_is_one_select_that_returns_a_row() {
        for role in [None, Some(ROLE.to_owned())] {
            let script =
                script(&SchemaOperation::Inspect { app: AppName::default(), schema: schema(), role });
            assert!(script.returns_rows && !script.transaction);
            assert_eq!(script.statements.len(), 1);
            assert_eq!(position(&script, "SELECT"), 0);
        }
    }

    #[test]
    fn every_name_that_may_be_proposed_is_a_schemas() {
        for app in ["tellr", "a1", "a-b-c", &"a".repeat(30)] {
            let app = AppName::parse("app_name", app).unwrap();
            let names = own_names(&app);
            assert_eq!(names.len(), NAMES_TRIED);
            for name in names {
                assert!(name.len() <= 63, "{name}");
                SchemaName::parse("schema_name", &name).unwrap();
            }
        }
    }

    #[test]
    fn a_role_cannot_leave_its_quotes() {
        let role = "x\"; DROP SCHEMA public; --' $do$";
        for operation in [
            SchemaOperation::SetUp { app: AppName::default(), schema: schema(), role: role.into() },
            SchemaOperation::Inspect { app: AppName::default(), schema: schema(), role: Some(role.into()) },
        ] {
            for statement in script(&operation).statements {
                // Without the quoted parts, nothing of it remains.
                let bare: Vec<&str> = statement.split('\'').step_by(2).collect();
                let bare = bare.concat().split('"').step_by(2).collect::<String>();
                assert!(!bare.contains("DROP"), "{statement}");
            }
        }
    }
}
