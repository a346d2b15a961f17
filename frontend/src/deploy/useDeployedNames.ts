import { type Dispatch, type SetStateAction, useEffect, useRef } from "react";
import type { Operation, Status } from "./contract";
import type { FormValues } from "./form/values";

/** The default names. */
const USUAL_PACKAGE = "tellr-app";

type Names = Pick<FormValues, "lakebase_name" | "schema_name" | "app_package">;

/**
 * Fills in the deployed names for an update, which requires them, so that users don't have to look them up.
 * Typed values are kept.
 */
export function useDeployedNames(
  operation: Operation,
  status: Status | null,
  setValues: Dispatch<SetStateAction<FormValues>>,
): void {
  const filled = useRef<Names>({ lakebase_name: "", schema_name: "", app_package: "" });
  useEffect(() => {
    if (operation !== "update" || !status?.app) return;
    const deployed: Names = {
      lakebase_name: status.lakebase_name ?? "",
      schema_name: status.schema_name ?? "",
      app_package: status.app_package === USUAL_PACKAGE ? "" : (status.app_package ?? ""),
    };
    const before = filled.current;
    filled.current = deployed;
    setValues((values) => {
      const names = Object.keys(deployed) as (keyof Names)[];
      const own = names.filter((key) => values[key] === "" || values[key] === before[key]);
      if (own.every((key) => values[key] === deployed[key])) return values;
      return { ...values, ...Object.fromEntries(own.map((key) => [key, deployed[key]])) };
    });
  }, [operation, status, setValues]);
}
