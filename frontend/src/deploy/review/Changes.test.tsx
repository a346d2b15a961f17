import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { planFor } from "../../../mock/deployer/plans.ts";
import { Changes } from "./Changes";

describe("the changes of a plan", () => {
  it("begin with what is lost, and show each field's old and new value", () => {
    const plan = planFor("update", { app_name: "tellr-there", reset_database: true });
    render(<Changes plan={plan} />);
    const [first, app] = screen.getAllByRole("listitem");
    expect(first).toHaveTextContent(/recreate\s*schema app_data/);
    expect(app).toHaveTextContent(/update\s*app tellr-there/);
    expect(app).toHaveTextContent(
      /description\s*Edited in the workspace → becomes Slides from prompts/,
    );
  });

  it("mark what was changed outside, whether it is set back or kept", () => {
    render(<Changes plan={planFor("update", { app_name: "tellr-there" })} />);
    const marked = screen.getAllByText("Changed outside Tellr", { exact: true });
    expect(marked).toHaveLength(2);
    expect(screen.getByText(/set back; Tellr last applied Slides from prompts/)).toBeVisible();
    const file = screen
      .getAllByRole("listitem")
      .find((item) => within(item).queryByText("app.yaml"));
    expect(file).toHaveTextContent(/env.LOG_LEVEL\s*debug\s*Changed outside Tellr, and kept/);
  });

  it("say so if there are none", () => {
    render(<Changes plan={planFor("update", { app_name: "tellr-same" })} />);
    expect(screen.getByText("Nothing will change.")).toBeVisible();
    expect(screen.getByText("No changes: 4 unchanged")).toBeVisible();
    expect(screen.queryByRole("list")).toBeNull();
  });
});
