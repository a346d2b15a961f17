import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createQueryClient } from "../api/queries";
import { serve } from "../testing/server";
import { Account, nameOf } from "./Account";

const user = {
  user_name: "grace.hopper@example.com",
  email: null,
  display_name: null,
  source: "local",
} as const;

describe("the account", () => {
  it("says that the local user is not a real sign-in", async () => {
    serve({ "/api/user/current": { status: 200, body: user } });
    render(
      <QueryClientProvider client={createQueryClient()}>
        <Account />
      </QueryClientProvider>,
    );
    expect(await screen.findByText("Local development user")).toBeVisible();
    expect(screen.getByText("GH")).toBeInTheDocument();
  });

  it("takes the name from the user name when there is no other", () => {
    expect(nameOf(user)).toBe("Grace.hopper");
    expect(nameOf({ ...user, display_name: " Grace Hopper " })).toBe("Grace Hopper");
  });
});
