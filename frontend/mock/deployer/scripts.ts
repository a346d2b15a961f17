/** What the invented workspace does with each operation. */
import type { Arguments, RunOperation } from "../../src/deploy/contract";
import {
  COMPUTE_TIMEOUT,
  DEPLOYMENT_FAILED,
  HOSTILE,
  RELEASE_FAILED,
  TOKEN_EXPIRED,
} from "./errors.ts";
import type { Script, ScriptedStep } from "./script.ts";

interface Names {
  app: string;
  database: string;
  schema: string;
  folder: string;
  url: string;
}

export function namesOf(given: Arguments): Names {
  const app = given.app_name || "tellr";
  return {
    app,
    database: given.lakebase_name || "tellr-db",
    schema: given.schema_name || "app_data",
    folder: given.app_file_workspace_path || `/Workspace/Users/ada@example.com/.apps/${app}`,
    url: `https://${app}-7084166586.aws.databricksapps.com`,
  };
}

export function scriptFor(operation: RunOperation, given: Arguments): Script {
  const names = namesOf(given);
  const { app, url } = names;
  if (operation === "delete") {
    return {
      operation,
      app_name: app,
      steps: deleteSteps(names, given.reset_database === true),
      notices: [
        "the encryption key is kept in its secret scope, because data encrypted with it may still exist",
      ],
      finished: `the app \`${app}\` is deleted`,
    };
  }
  const updated = updateSteps(names, given.reset_database === true);
  const steps =
    operation === "create"
      ? createSteps(names)
      : [...(operation === "restore" ? [branchStep] : []), ...updated];
  return {
    operation,
    app_name: app,
    steps: steps.map((step) => spoiled(app, step)),
    finished: `Tellr is running at ${url}`,
    url,
  };
}

/** Some names make one step fail, so that each failure can be looked at. */
function spoiled(app: string, step: ScriptedStep): ScriptedStep {
  const failing: Record<string, [string, ScriptedStep["fails"]]> = {
    "tellr-slow-compute": ["app", COMPUTE_TIMEOUT],
    "tellr-crash": ["deployment", DEPLOYMENT_FAILED],
    "tellr-expired": ["resources", TOKEN_EXPIRED],
    "tellr-hostile": ["deployment", HOSTILE],
    "tellr-unhealthy": ["verify", RELEASE_FAILED],
  };
  const [name, fails] = failing[app] ?? [];
  return fails && name === step.step ? { ...step, fails } : step;
}

function createSteps({ app, database, schema, folder, url }: Names): ScriptedStep[] {
  return [
    {
      step: "lakebase",
      title: `the database \`${database}\``,
      waits_for: [],
      acts_ms: 1_900,
      waits: { ms: 26_000, message: `creating the autoscaling database \`${database}\`` },
      done: `created the autoscaling database \`${database}\``,
    },
    {
      step: "app",
      title: `the app \`${app}\` and its compute`,
      waits_for: [],
      acts_ms: 1_100,
      waits: { ms: 92_000, message: `compute of the app \`${app}\` is starting` },
      done: `created the app \`${app}\`; its compute is running`,
    },
    {
      step: "key",
      title: "the encryption key",
      waits_for: [],
      acts_ms: 1_300,
      done: `created an encryption key, in the secret scope \`tellr-${app}\``,
    },
    {
      step: "files",
      title: `the app's files in \`${folder}\``,
      waits_for: ["lakebase", "key"],
      acts_ms: 1_700,
      done: `wrote app.yaml, requirements.txt to \`${folder}\``,
    },
    {
      step: "resources",
      title: "database and key attached to the app",
      waits_for: ["lakebase", "app", "key"],
      acts_ms: 900,
      waits: { ms: 6_500, message: `setting resources of the app \`${app}\`` },
      done: `set resources of the app \`${app}\``,
    },
    {
      step: "schema",
      title: `the schema \`${schema}\``,
      waits_for: ["lakebase", "resources"],
      acts_ms: 2_400,
      done: `set up the schema \`${schema}\` for the app`,
    },
    ...deploySteps(app, url),
  ];
}

const branchStep: ScriptedStep = {
  step: "branch",
  title: "a branch with the restored data",
  waits_for: [],
  acts_ms: 700,
  waits: { ms: 5_000, message: "creating the branch `restored-20261125-131526`" },
  done: "created the branch `restored-20261125-131526`",
};

function updateSteps(
  { app, database, schema, folder, url }: Names,
  reset: boolean,
): ScriptedStep[] {
  return [
    {
      step: "lakebase",
      title: `the database \`${database}\``,
      waits_for: [],
      acts_ms: 800,
      done: `using the autoscaling database \`${database}\``,
      unchanged: true,
    },
    {
      step: "app",
      title: `the compute of the app \`${app}\``,
      waits_for: [],
      acts_ms: 300,
      done: `the app \`${app}\` exists; its compute is running`,
      unchanged: true,
    },
    {
      step: "inspect",
      title: `state of the schema \`${schema}\``,
      waits_for: ["lakebase"],
      acts_ms: 900,
      done: `the schema \`${schema}\` exists, with 14 tables`,
      unchanged: true,
    },
    {
      step: "key",
      title: "the encryption key",
      waits_for: ["inspect"],
      acts_ms: 500,
      done: `kept the encryption key in the secret scope \`tellr-${app}\``,
      unchanged: true,
    },
    {
      step: "files",
      title: `the app's files in \`${folder}\``,
      waits_for: ["lakebase", "key"],
      acts_ms: 1_500,
      done: `wrote requirements.txt to \`${folder}\``,
    },
    {
      step: "resources",
      title: "the app's settings",
      waits_for: ["lakebase", "app", "key"],
      acts_ms: 400,
      done: `the settings of the app \`${app}\` are up to date`,
      unchanged: true,
    },
    ...(reset
      ? [
          {
            step: "restore_point",
            title: "a restore point",
            waits_for: ["lakebase", "inspect", "resources", "files"],
            acts_ms: 700,
            waits: { ms: 7_000, message: "making the restore point `pre-reset-20261125-131535`" },
            done: "created the restore point `pre-reset-20261125-131535`, kept for 7 days",
          },
        ]
      : []),
    {
      step: "schema",
      title: `the schema \`${schema}\`${reset ? ", emptied" : ""}`,
      waits_for: reset
        ? ["lakebase", "resources", "restore_point"]
        : ["lakebase", "resources", "inspect"],
      acts_ms: 1_400,
      done: reset ? `emptied the schema \`${schema}\`` : `the schema \`${schema}\` is as wanted`,
      unchanged: !reset,
    },
    ...deploySteps(app, url),
  ];
}

function deploySteps(app: string, url: string): ScriptedStep[] {
  return [
    {
      step: "deployment",
      title: "the deployment",
      waits_for: ["resources", "schema", "files"],
      acts_ms: 700,
      waits: { ms: 31_000, message: `deploying the app \`${app}\`` },
      done: `deployed the app \`${app}\``,
    },
    {
      step: "verify",
      title: "the app runs",
      waits_for: ["deployment"],
      acts_ms: 600,
      done: `the app is running at ${url}`,
      unchanged: true,
    },
  ];
}

function deleteSteps({ app, database, schema }: Names, reset: boolean): ScriptedStep[] {
  const removal = (waits_for: string[]): ScriptedStep => ({
    step: "remove_app",
    title: `the app \`${app}\`, deleted`,
    waits_for,
    acts_ms: 600,
    waits: {
      ms: 21_000,
      message: `the app \`${app}\` is being deleted; its name is free after that`,
    },
    done: `deleted the app \`${app}\``,
  });
  if (!reset) return [removal([])];
  return [
    {
      step: "lakebase",
      title: `the database \`${database}\``,
      waits_for: [],
      acts_ms: 700,
      done: `using the autoscaling database \`${database}\``,
      unchanged: true,
    },
    {
      step: "restore_point",
      title: "a restore point",
      waits_for: ["lakebase"],
      acts_ms: 700,
      waits: { ms: 7_000, message: "making the restore point `pre-reset-20261125-131535`" },
      done: "created the restore point `pre-reset-20261125-131535`, kept for 7 days",
    },
    {
      step: "schema",
      title: `the schema \`${schema}\`, dropped`,
      waits_for: ["lakebase", "restore_point"],
      acts_ms: 900,
      done: `dropped the schema \`${schema}\``,
    },
    removal(["schema"]),
  ];
}
