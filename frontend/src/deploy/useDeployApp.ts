/** The state of the page: the form, a plan, or a run; and the transitions between them. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type {
  Arguments,
  DeployAppProps,
  DeploySnapshot,
  History,
  Operation,
  Release,
} from "./contract";
import { useConfigFile } from "./file/useConfigFile";
import { type FieldKey, FOLDED } from "./form/fields";
import { readWheel } from "./form/readWheel";
import { useChecked } from "./form/useChecked";
import {
  type FormValues,
  fromArguments,
  NOTHING_UNKEPT,
  shown,
  toArguments,
  type Unkept,
} from "./form/values";
import { isDestructive, isOfForm, type Request } from "./request";
import { isLive } from "./run/runState";
import { useDeployment } from "./run/useDeployment";
import { useStanding } from "./standing/useStanding";
import { useDeployedNames } from "./useDeployedNames";

export type View = DeploySnapshot["view"];
const WHEEL = /\.whl$/i;

export function useDeployApp(props: DeployAppProps) {
  const { deployer, defaults, store, onChange, where, live: underWay } = props;
  const [remembered] = useState(() => store?.load() ?? null);
  const [operation, setOperation] = useState<Operation>(remembered?.operation ?? "create");
  const [values, setValues] = useState(() => remembered?.values ?? fromArguments(defaults ?? {}));
  const [unkept, setUnkept] = useState<Unkept>(NOTHING_UNKEPT);
  const [ownRun, setOwnRun] = useState(remembered?.run);
  const [view, setView] = useState<View>("form");
  const [request, setRequest] = useState<Request | null>(null);
  const [attempted, setAttempted] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const [releasesOpen, setReleasesOpen] = useState(false);
  const controls = useRef(new Map<FieldKey, HTMLElement>());

  const checked = useChecked(deployer, operation, values, unkept);
  const nameable = !checked.fields.app_name && !checked.fields.app_file_workspace_path;
  const standing = useStanding(deployer, values, view === "form" && nameable);
  const deployment = useDeployment(deployer);
  const { run, start } = deployment;
  useDeployedNames(operation, standing.status, setValues);

  const fill = useCallback((given: Arguments) => {
    setValues((before) => ({ ...fromArguments(given), reset_database: before.reset_database }));
  }, []);
  const file = useConfigFile(deployer, fill);

  const { look } = standing;
  const user = where?.user;
  const knownUser = useRef(user);
  useEffect(() => {
    if (knownUser.current !== user) look();
    knownUser.current = user;
  }, [user, look]);

  const live = isLive(run);
  useEffect(() => {
    if (run.phase === "idle") return;
    const { run: id, appName } = run;
    setOwnRun(live && id ? { id, operation: run.operation, appName } : undefined);
  }, [run, live]);
  useEffect(() => {
    store?.save({ operation, values, run: ownRun });
  }, [store, operation, values, ownRun]);
  useTold(onChange, { view, operation, values, request, run });

  const goTo = (key: FieldKey | undefined) => {
    if (key === undefined) return;
    if (FOLDED.includes(key)) setUnfolded(true);
    // A collapsed control can only be focused after it is expanded.
    setTimeout(() => controls.current.get(key)?.focus());
  };

  /** Reviews a request that the form has no settings for. */
  const reviewOther = ({ given, ...rest }: Request) => {
    const { app_name, app_file_workspace_path } = toArguments(operation, values);
    const folder = app_file_workspace_path ? { app_file_workspace_path } : {};
    setRequest({ ...rest, given: { app_name: app_name ?? "tellr", ...folder, ...given } });
    setView("review");
  };

  const begin = (wanted: Request) => {
    setRequest(wanted);
    setView("run");
    start(wanted.operation, wanted.given);
  };

  const [shownFirst] = useState(underWay);
  const wasShown = useRef(false);
  useEffect(() => {
    if (shownFirst === undefined || wasShown.current) return;
    wasShown.current = true;
    if (isOfForm(shownFirst.operation)) setOperation(shownFirst.operation);
    setRequest(shownFirst);
    setView("run");
    start(shownFirst.operation, shownFirst.given);
  }, [shownFirst, start]);

  return {
    operation,
    values,
    unkept,
    checked,
    standing,
    file,
    view,
    request,
    run,
    ownRun,
    attempted,
    unfolded,
    setUnfolded,
    releasesOpen,
    setReleasesOpen,
    change: <Key extends keyof FormValues>(key: Key, value: FormValues[Key]) =>
      setValues((before) => ({ ...before, [key]: value })),
    keep: (more: Partial<Unkept>) => setUnkept((before) => ({ ...before, ...more })),
    register: (key: FieldKey) => (control: HTMLElement | null) => {
      if (control) controls.current.set(key, control);
      else controls.current.delete(key);
    },
    goTo,
    switchTo: (next: Operation) => {
      setOperation(next);
      setAttempted(false);
      setView("form");
      // Only `create` has a default name.
      if (next !== "create") setValues((was) => ({ ...was, app_name: was.app_name || "tellr" }));
    },
    takeFile: async (given: File) => {
      if (!WHEEL.test(given.name)) return file.open(given);
      const { wheel } = await readWheel(given);
      setUnkept((before) => ({ ...before, local_wheel: wheel }));
      setUnfolded(true);
    },
    review: () => {
      setAttempted(true);
      const [wrong] = Object.keys(checked.fields) as FieldKey[];
      if (wrong !== undefined || checked.form) return goTo(wrong);
      setRequest({ operation, given: toArguments(operation, values, unkept) });
      setView("review");
    },
    reviewRollback: ({ number }: Release, { restore_points }: History) =>
      reviewOther({
        operation: "rollback",
        given: { to_release: String(number) },
        offered: restore_points.filter(({ in_use }) => !in_use),
      }),
    reviewRestore: (branch: string) =>
      reviewOther({ operation: "restore", given: { restore_from: branch } }),
    begin: () => request && begin(request),
    stop: deployment.stop,
    backToForm: () => {
      setAttempted(false);
      setView("form");
    },
    /** After a deployment the form switches to `update`. */
    again: () => {
      if (operation === "create") setOperation("update");
      const { result } = run;
      const made = result && "lakebase_name" in result ? result : null;
      setValues((before) => ({
        ...before,
        // Values that were left to their defaults are known now.
        ...(made ? { app_name: made.app_name, schema_name: made.schema_name } : {}),
        ...(made ? { lakebase_name: made.lakebase_name } : {}),
        reset_database: false,
      }));
      setAttempted(false);
      setView("form");
    },
    /** Resumes the run that the workspace's journal reports as unfinished. */
    goOn: () => {
      const last = standing.status?.last_run;
      if (!last) return;
      const fallback = { app_name: standing.status?.app_name ?? null };
      const given: Arguments = { ...fallback, ...last.arguments };
      const wheel = unkept.local_wheel;
      if (isOfForm(last.operation)) {
        setOperation(last.operation);
        setValues(fromArguments(given));
      }
      // The journal has no wheel bytes, so the file has to be chosen again.
      if (last.wheel !== undefined && wheel?.file_name !== last.wheel) return goTo("local_wheel");
      const whole = last.wheel === undefined ? given : { ...given, local_wheel: wheel };
      const wanted = { operation: last.operation, given: whole };
      if (!isDestructive(wanted)) return begin(wanted);
      setRequest(wanted);
      setView("review");
    },
  };
}

/** Reports the current view to the shell on every change. */
function useTold(
  onChange: DeployAppProps["onChange"],
  {
    view,
    operation,
    values,
    request,
    run,
  }: Pick<DeploySnapshot, "view"> & {
    operation: Operation;
    values: FormValues;
    request: Request | null;
    run: ReturnType<typeof useDeployment>["run"];
  },
) {
  const { phase, steps, result, error } = run;
  const snapshot = useMemo((): DeploySnapshot => {
    const following = view === "run" && request !== null;
    return {
      view,
      operation: following ? request.operation : operation,
      arguments: following ? shown(request.given) : toArguments(operation, values),
      phase,
      steps,
      result,
      error,
    };
  }, [view, operation, values, request, phase, steps, result, error]);
  useEffect(() => {
    onChange?.(snapshot);
  }, [onChange, snapshot]);
}
