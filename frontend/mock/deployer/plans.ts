import type {
  Arguments,
  Loss,
  Plan,
  ResourceChange,
  RunOperation,
} from "../../src/deploy/contract";
import { namesOf, scriptFor } from "./scripts.ts";

export function planFor(operation: RunOperation, given: Arguments): Plan {
  const { app, database, schema, folder } = namesOf(given);
  const reset = given.reset_database === true;
  const isSame = app === "tellr-same" && operation === "update" && !reset;
  const steps = scriptFor(operation, given).steps.map(({ step, title, waits_for }) => ({
    step,
    title,
    waits_for,
  }));
  return {
    operation,
    app_name: app,
    lakebase_name: database,
    schema_name: schema,
    lakebase_type: "autoscaling",
    app_file_workspace_path: folder,
    changes: changes(app, database, schema, operation, reset),
    empty: isSame,
    seen: {},
    steps,
    files:
      operation === "delete" || operation === "restore"
        ? []
        : files(app, database, schema, given.app_version ?? "0.1.0"),
    notes: NOTES[operation](app, database),
    losses: losses(app, database, schema, operation, reset),
    confirmations: operation === "delete" || operation === "restore" || reset ? 1 : 0,
    lost: [
      ...(operation === "delete"
        ? [`the app \`${app}\` with its address, its deployments and its service principal`]
        : []),
      ...(reset ? [`all data in the schema \`${schema}\`: 14 tables`] : []),
      ...(operation === "restore"
        ? ["The app no longer shows what is only in its present branch, `production`"]
        : []),
    ],
    recoverable: [
      ...(operation === "rollback" ? STAYS : []),
      ...(operation === "restore" ? ["The branch `production` is kept with all its data"] : []),
      ...(reset
        ? [`the data as it is now, for 7 days: in a branch \`pre-reset-…\` of \`${database}\``]
        : []),
      ...(operation === "delete"
        ? [
            ...(reset
              ? []
              : [`the database \`${database}\` with the schema \`${schema}\` and all data in it`]),
            "the encryption key, in its secret scope",
          ]
        : []),
    ],
    resumes: app === "tellr-unfinished",
  };
}

function changes(
  app: string,
  database: string,
  schema: string,
  operation: RunOperation,
  reset: boolean,
): ResourceChange[] {
  const kept = (resource: ResourceChange["resource"], name: string): ResourceChange => ({
    resource,
    name,
    action: "no_change",
    fields: [],
  });
  const dropped = (action: "delete" | "recreate"): ResourceChange => ({
    resource: "schema",
    name: schema,
    action,
    fields: [],
  });
  if (operation === "delete") {
    return [
      { resource: "app", name: app, action: "delete", fields: [] },
      reset ? dropped("delete") : kept("schema", schema),
      kept("database", database),
    ];
  }
  if (operation === "restore") return [];
  if (app === "tellr-same" && !reset) {
    return [
      kept("app", app),
      kept("database", database),
      kept("schema", schema),
      kept("deployment", app),
    ];
  }
  if (operation === "create") {
    return [
      { resource: "app", name: app, action: "create", fields: [] },
      { resource: "database", name: database, action: "create", fields: [] },
      { resource: "schema", name: schema, action: "create", fields: [] },
      { resource: "deployment", name: app, action: "create", fields: [] },
    ];
  }
  return [
    reset ? dropped("recreate") : kept("schema", schema),
    {
      resource: "app",
      name: app,
      action: "update",
      fields: [
        {
          field: "description",
          old: "Slides from prompts",
          new: "Slides from prompts",
          remote: "Edited in the workspace",
          reason: "drifted",
        },
      ],
    },
    {
      resource: "deployment",
      name: app,
      action: "update",
      fields: [{ field: "files", new: ["requirements.txt"], reason: "wanted" }],
    },
    {
      resource: "file",
      name: "app.yaml",
      action: "no_change",
      fields: [
        {
          field: "env.LOG_LEVEL",
          old: "info",
          new: "debug",
          remote: "debug",
          reason: "drifted",
        },
      ],
    },
    kept("database", database),
  ];
}

function losses(
  app: string,
  database: string,
  schema: string,
  operation: RunOperation,
  reset: boolean,
): Loss[] {
  const found: Loss[] = [];
  if (operation === "delete") found.push({ kind: "app", name: app });
  if (reset) {
    found.push({
      kind: "schema",
      name: schema,
      lakebase_name: database,
      tables: 14,
      largest: [{ name: "decks", rows: 120 }],
      restore_point: { prefix: "pre-reset-", kept_days: 7 },
    });
  }
  return found;
}

/** What a rollback doesn't bring back. */
export const STAYS = [
  "The data is not brought back: sessions, decks and settings in the database stay as they are now",
  "The encryption key stays, and so do the app's tags and who may use it",
];

const NOTES: Record<RunOperation, (app: string, database: string) => string[]> = {
  create: (app, database) => [
    `there is no app \`${app}\` yet; it is created`,
    `there is no database \`${database}\` yet; an autoscaling one is created`,
    "an encryption key is made and kept in a secret scope",
  ],
  update: (app, database) => [
    `the app \`${app}\` exists and runs version 0.1.0`,
    `the autoscaling database \`${database}\` is used`,
    "the encryption key in use is kept",
  ],
  rollback: () => [],
  restore: () => [
    "Attach the app to a new branch with the data of the restore point; the restore point itself is kept from now on",
  ],
  delete: (app) => [`delete the app \`${app}\`; its name is free a few minutes later`],
};

function files(app: string, database: string, schema: string, version: string) {
  return [
    {
      name: "app.yaml",
      content: `name: ${app}
description: Tellr AI Slide Generator
command:
- sh
- -c
- pip install --upgrade --no-cache-dir -r requirements.txt && tellr-app init-database && tellr-app serve
env:
- name: ENVIRONMENT
  value: production
- name: LAKEBASE_INSTANCE
  value: ${database}
- name: LAKEBASE_SCHEMA
  value: ${schema}
- name: LAKEBASE_TYPE
  value: autoscaling
- name: LAKEBASE_PG_HOST
  value: (known after the database is created)
- name: GOOGLE_OAUTH_ENCRYPTION_KEY
  valueFrom: encryption-key
`,
    },
    {
      name: "requirements.txt",
      content: `# Generated by tellr ${version}\ntellr-app==${version}\n`,
    },
  ];
}
