/** An invented server's connection to Google, in memory. */
import type { Google } from "../src/api/google";
import type { MockAnswer } from "./sessions.ts";

interface Start {
  isConfigured?: boolean;
  isConnected?: boolean;
  isAdmin?: boolean;
}

export class MockGoogle {
  isConfigured: boolean;
  isConnected: boolean;
  readonly isAdmin: boolean;
  /** Where the person is sent to agree. */
  signIn = "https://accounts.google.com/o/oauth2/v2/auth?client_id=mock";
  /** Where presentations are. */
  docs = "https://docs.google.com/presentation/d/";
  /** The clients that were uploaded. */
  readonly uploads: unknown[] = [];

  constructor({ isConfigured = true, isConnected = true, isAdmin = false }: Start = {}) {
    this.isConfigured = isConfigured;
    this.isConnected = isConnected;
    this.isAdmin = isAdmin;
  }

  answer(method: string, path: string, body: unknown): MockAnswer {
    const [, , , what] = path.split("/");
    if (what === undefined) return { status: 200, body: this.state() };
    if (what === "client") return this.client(method, body);
    if (what !== "connection") return failure(404, "not_found", "There is no such route.");
    if (method === "DELETE") {
      this.isConnected = false;
      return { status: 200, body: { is_revoked: true, message: null } };
    }
    if (!this.isConfigured) {
      return failure(409, "not_configured", "Google Slides isn't set up in this workspace.");
    }
    return { status: 200, body: { url: this.signIn } };
  }

  private state(): Google {
    return {
      is_configured: this.isConfigured,
      can_configure: this.isAdmin,
      is_connected: this.isConnected,
      email: this.isConnected ? "ada@example.com" : null,
      redirect_uri: "https://tellr.example.com/api/google/callback",
    };
  }

  private client(method: string, body: unknown): MockAnswer {
    if (!this.isAdmin) {
      return failure(403, "forbidden", "It is changed by the workspace's administrators.");
    }
    if (method === "DELETE") {
      this.isConfigured = false;
      this.isConnected = false;
      return { status: 204 };
    }
    const { web } = body as { web?: { client_id?: string; redirect_uris?: string[] } };
    if (!web?.client_id) {
      const message = "The client has no `client_id`. Download its JSON again.";
      return failure(422, "invalid_client", message);
    }
    this.uploads.push(body);
    this.isConfigured = true;
    return { status: 200, body: this.state() };
  }
}

function failure(status: number, code: string, message: string): MockAnswer {
  return { status, body: { error: { code, message } } };
}
