"""A small app: answers with what it was given, obeys when told to end."""

import itertools
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ.get("VERSION", "none")


CHECKS = itertools.count()


def asked_twice():
    """Whether this was asked before."""
    return next(CHECKS) > 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/crash":
            print("about to crash", flush=True)
            os._exit(3)
        if self.path == "/never-healthy" or (self.path == "/healthy-at-last" and not asked_twice()):
            self.send_response(503)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if self.path == "/stream":
            return self.stream()
        if self.headers.get("Upgrade") == "echo":
            return self.echo()
        body = json.dumps(
            {
                "version": VERSION,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "environment": dict(os.environ),
                "folder": sorted(os.listdir(".")),
                "python": sys.prefix,
                "cwd": os.getcwd(),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        # The second event only comes after somebody has seen the first.
        while not os.path.exists("seen"):
            time.sleep(0.01)
        self.wfile.write(b"data: second\n\n")
        self.close_connection = True

    def echo(self):
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "echo")
        self.end_headers()
        self.wfile.flush()
        while line := self.rfile.readline():
            self.wfile.write(line)
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_):
        pass


def stop(*_):
    print("goodbye from", VERSION, flush=True)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
port = int(os.environ["DATABRICKS_APP_PORT"])
print("listening", VERSION, "with", *sys.argv[1:], flush=True)
ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()
