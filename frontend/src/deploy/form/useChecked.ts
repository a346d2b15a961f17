import { useEffect, useState } from "react";
import type { DeployerLike, Operation } from "../contract";
import { asDeployError } from "../failure/asDeployError";
import { ALL_WELL, type Checked, check } from "./check";
import type { FormValues, Unkept } from "./values";

/** The errors of the values, checked again whenever they change. */
export function useChecked(
  deployer: DeployerLike,
  operation: Operation,
  values: FormValues,
  unkept: Unkept,
): Checked {
  const [checked, setChecked] = useState(ALL_WELL);
  useEffect(() => {
    let current = true;
    check(deployer, operation, values, unkept).then(
      (found) => current && setChecked(found),
      (thrown: unknown) => current && setChecked({ fields: {}, form: asDeployError(thrown) }),
    );
    return () => {
      current = false;
    };
  }, [deployer, operation, values, unkept]);
  return checked;
}
