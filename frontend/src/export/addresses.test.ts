import { describe, expect, it } from "vitest";
import { presentationAddress, signInAddress } from "./addresses";

describe("addresses at Google", () => {
  it("are opened at Google's hosts, or at a stand-in on this machine", () => {
    expect(signInAddress("https://accounts.google.com/o/oauth2/v2/auth?a=1")).toBe(
      "https://accounts.google.com/o/oauth2/v2/auth?a=1",
    );
    expect(presentationAddress("https://docs.google.com/presentation/d/x/edit")).not.toBeNull();
    for (const host of ["localhost", "127.0.0.1:8123", "[::1]:8123"]) {
      expect(signInAddress(`http://${host}/auth`)).toBe(`http://${host}/auth`);
      expect(presentationAddress(`http://${host}/p`)).toBe(`http://${host}/p`);
    }
  });

  it("are refused anywhere else", () => {
    const others = [
      "https://accounts.google.com.evil.example/",
      "https://evil.example/accounts.google.com",
      "https://accounts.google.com@evil.example/",
      "https://user:word@accounts.google.com/",
      "https://accounts.google.com:8443/",
      "http://accounts.google.com/",
      "https://docs.google.com/",
      "https://127.0.0.1.evil.example/",
      "http://localhost.evil.example/",
      "javascript:alert(1)",
      "data:text/html,x",
      "//accounts.google.com/",
      "/auth",
      "",
    ];
    for (const address of others) expect(signInAddress(address), address).toBeNull();
    expect(presentationAddress("https://accounts.google.com/")).toBeNull();
  });
});
