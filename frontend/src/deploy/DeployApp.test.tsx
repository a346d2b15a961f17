import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { DeployApp } from "./index";

describe("the deploy page", () => {
  it("goes from an empty form over a review to the app's address", async () => {
    const user = userEvent.setup();
    render(<DeployApp deployer={new MockDeployer({ pace: 0 })} />);
    expect(await screen.findByText(/is free/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByText(/there is no app/i)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Deploy" }));
    expect(await screen.findByRole("link", { name: "Open Tellr" })).toHaveAttribute(
      "href",
      "https://tellr-7084166586.aws.databricksapps.com/",
    );
  });
});
