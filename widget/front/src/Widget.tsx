/** The content of a view: the deploy page, once the kernel has answered, and notices before it. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { Notice } from "../../../frontend/src/components/Notice";
import {
  DeployApp,
  type DeployAppProps,
  type DeploySnapshot,
  type DeployStore,
  Frame,
  type Remembered,
} from "../../../frontend/src/deploy";
import { type About, type Greeting, greet, lookAgain } from "./greeting";
import type { Kernel, Presence } from "./kernel";
import type { Model } from "./model";
import { argumentsOf, tellTraits, valuesOf } from "./traits";

/** Changes of the form are reported after a pause in typing. */
const PAUSE_MS = 300;

export function Widget({
  model,
  kernel,
  module,
  theme,
}: {
  model: Model;
  kernel: Kernel;
  module: () => Promise<ArrayBuffer>;
  theme: "light" | "dark";
}) {
  const presence = usePresence(kernel);
  const greeting = useGreeting(kernel, module);
  if (greeting?.kind !== "ready") {
    return (
      <Frame theme={theme}>
        {greeting?.kind === "unfit" ? (
          <Notice tone="problem" title={greeting.title}>
            <p>{greeting.cause}</p>
            <p>{greeting.remedy}</p>
          </Notice>
        ) : (
          <Waiting presence={presence} />
        )}
      </Frame>
    );
  }
  return (
    <Ready model={model} kernel={kernel} greeting={greeting} theme={theme} presence={presence} />
  );
}

function Ready({
  model,
  kernel,
  greeting,
  theme,
  presence,
}: {
  model: Model;
  kernel: Kernel;
  greeting: Extract<Greeting, { kind: "ready" }>;
  theme: "light" | "dark";
  presence: Presence;
}) {
  const store = useMemo(
    () => storeOf(kernel, model, greeting.remembered),
    [kernel, model, greeting],
  );
  const [snapshot, setSnapshot] = useState<DeploySnapshot | null>(null);
  useEffect(() => {
    if (snapshot === null) return;
    const timer = setTimeout(() => tellTraits(model, snapshot), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [model, snapshot]);
  const about = useAbout(kernel, greeting.about);
  const notice = noticeOf(greeting, about, presence);
  return (
    <DeployApp
      deployer={greeting.deployer}
      defaults={argumentsOf(model)}
      store={store}
      live={
        greeting.live
          ? { operation: greeting.live.operation, given: greeting.live.arguments }
          : undefined
      }
      onChange={useCallback((told: DeploySnapshot) => setSnapshot(told), [])}
      where={about.where as DeployAppProps["where"]}
      notice={notice}
      theme={theme}
      headingLevel={2}
    />
  );
}

function noticeOf(
  greeting: Extract<Greeting, { kind: "ready" }>,
  about: About,
  presence: Presence,
) {
  if (presence !== "there") return <Waiting presence={presence} />;
  if (about.problem) {
    return (
      <Notice tone="warning" title="The workspace can’t be reached">
        <p>{about.problem}</p>
        <p>
          The notebook signs in as Databricks’ own tools do: give <code>profile</code> or{" "}
          <code>client</code>, or set the environment, and run the cell again.
        </p>
      </Notice>
    );
  }
  if (greeting.blocked) {
    return (
      <Notice tone="warning" title="The notebook’s kernel does the work">
        <p>
          WebAssembly is blocked on this page, so the kernel runs the deployer. Everything works the
          same as long as the kernel is not restarted.
        </p>
      </Notice>
    );
  }
  return undefined;
}

function Waiting({ presence }: { presence: Presence }) {
  if (presence === "there") return <p role="status">Asking the notebook’s kernel…</p>;
  if (presence === "busy") {
    return (
      <Notice tone="warning" title="The kernel is busy">
        <p>
          It runs a cell, or was stopped. This continues as soon as the kernel is free; if the
          kernel was stopped, run this cell again.
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone="warning" title="The kernel does not answer">
      <p>
        It was restarted or stopped. Run this cell again: an unfinished deployment can be resumed,
        and nothing is done twice.
      </p>
    </Notice>
  );
}

/** The status of the workspace; polls until the kernel knows it. */
function useAbout(kernel: Kernel, first: About): About {
  const [about, setAbout] = useState(first);
  useEffect(() => {
    if (!about.later) return;
    let current = true;
    lookAgain(kernel).then(
      (found) => current && setAbout(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [kernel, about]);
  return about;
}

function usePresence(kernel: Kernel): Presence {
  const [presence, setPresence] = useState(kernel.presence);
  useEffect(() => kernel.onPresence(setPresence), [kernel]);
  return presence;
}

function useGreeting(kernel: Kernel, module: () => Promise<ArrayBuffer>): Greeting | null {
  const [greeting, setGreeting] = useState<Greeting | null>(null);
  useEffect(() => {
    let current = true;
    greet(kernel, module).then((found) => current && setGreeting(found));
    return () => {
      current = false;
    };
  }, [kernel, module]);
  return greeting;
}

function storeOf(kernel: Kernel, model: Model, remembered: Remembered | null): DeployStore {
  let last = remembered ?? firstOf(model);
  return {
    load: () => last,
    save: (next) => {
      last = next;
      kernel.say("remember", { value: next });
    },
  };
}

/** If nothing is stored, the traits give the initial values. */
function firstOf(model: Model): Remembered | null {
  const operation = model.get("operation");
  if (operation !== "update" && operation !== "delete") return null;
  return { operation, values: valuesOf(model) };
}
