import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { READY } from "../../mock/assistant.ts";
import { profiles } from "../api/queries";
import { rememberEndpoint, useEndpoint } from "./useEndpoint";

const PROFILE = {
  ...{ id: "p1", name: "Default", description: null, is_default: true, shared: true },
  ...{ prompt_id: null, style_id: null, can_edit: false },
};

function endpoint(own: string | null, ofProfile: string | null, chosen = "", count = 3) {
  const client = new QueryClient();
  client.setQueryData(profiles.queryKey, [{ ...PROFILE, options: { endpoint: ofProfile } }]);
  const given = { ...READY, endpoint: own, endpoints: READY.endpoints.slice(0, count) };
  const wrapper = ({ children }: { children: React.ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useEndpoint(given, chosen), { wrapper }).result.current;
}

beforeEach(() => {
  localStorage.clear();
});

describe("the endpoint of a message", () => {
  it("is the profile's, else the app's, unless one is chosen", () => {
    expect(endpoint("app", "profile")).toMatchObject({ byDefault: "profile", endpoint: "" });
    expect(endpoint("app", null)).toMatchObject({ byDefault: "app", isMissing: false });
    expect(endpoint("app", null, "team-model").endpoint).toBe("team-model");
  });

  it("has to be chosen where there is no default, and is remembered", () => {
    expect(endpoint(null, null)).toMatchObject({ endpoint: "", isMissing: true });
    rememberEndpoint("team-model");
    expect(endpoint(null, null)).toMatchObject({ endpoint: "team-model", isMissing: false });
    expect(endpoint("app", null).endpoint).toBe("");
    rememberEndpoint("gone");
    expect(endpoint(null, null).isMissing).toBe(true);
  });

  it("is the only one there is", () => {
    expect(endpoint(null, null, "", 1)).toMatchObject({
      endpoint: "databricks-claude-sonnet-4-5",
      isMissing: false,
    });
  });
});
