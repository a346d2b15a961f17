// One origin for a page and the server beside it.
//
// A browser that asks all things of this proxy gets `/api/…` from `tellr-app deploy-page`, as if it had
// come in through the address that this printed, `/__local/…` and `/__workspace/…` from the local
// workspace (the latter as the person who deploys), at `/__about` where that is and whose token it
// takes, and everything else from where it asked for it.
import { request as ask, createServer } from "node:http";

/** Starts the proxy on a free port, before what `startServers` answered. */
export async function startProxy({ workspace, token, entrance }) {
  const page = new URL(entrance);
  const entered = await fetch(page, { redirect: "manual" });
  const [cookie] = entered.headers.get("set-cookie").split(";");

  /** Who answers the request, on which path, and with which headers more (undefined: without it). */
  const way = ({ port, pathname, search }, { origin }) => {
    const path = pathname + search;
    const local = new URL(workspace.host).port;
    // Straight to the workspace, from a page of another origin.
    if (port === local) return { port, path, more: {} };
    if (pathname.startsWith("/api/")) {
      // As a page of its own asks it.
      const own = { cookie, host: page.host, ...(origin ? { origin: page.origin } : {}) };
      return { port: page.port, path, more: own };
    }
    if (pathname.startsWith("/__local")) {
      // The control address answers no pages: the proxy asks for itself.
      return { port: local, path, more: { host: `127.0.0.1:${local}`, origin: undefined } };
    }
    if (pathname.startsWith("/__workspace/")) {
      return {
        port: local,
        path: path.slice("/__workspace".length),
        more: { authorization: `Bearer ${token}` },
      };
    }
    return { port: port || 80, path, more: {} };
  };

  const about = JSON.stringify({ host: workspace.host, token });

  const server = createServer((request, response) => {
    const url = new URL(request.url);
    if (url.pathname === "/__about") {
      response.writeHead(200, { "content-type": "application/json" }).end(about);
      return;
    }
    const { port, path, more } = way(url, request.headers);
    const headers = { ...request.headers, ...more };
    if (headers.origin === undefined) delete headers.origin;
    const passed = ask(
      { host: "127.0.0.1", port, path, method: request.method, headers },
      (answer) => {
        // The tests' server isolates its page, as threads would need it to; deployers' pages are not
        // isolated, and may ask other origins what they like.
        const { "cross-origin-embedder-policy": _, ...answered } = answer.headers;
        response.writeHead(answer.statusCode, answered);
        answer.pipe(response);
        answer.on("error", () => response.destroy());
      },
    );
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: server.address().port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
