"""Two package indexes on loopback, for Python and for npm, as far as uploaders use them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class Shelves:
    """The uploaded files, and the accepted credentials."""

    token: str
    address: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    npm: dict[str, dict[str, Any]] = field(default_factory=dict)
    tarballs: dict[str, bytes] = field(default_factory=dict)
    # Uploads of these files fail.
    broken: set[str] = field(default_factory=set)

    def is_empty(self) -> bool:
        """Check whether nothing was ever uploaded."""
        return not self.files and not self.npm


def handler(shelves: Shelves) -> type[BaseHTTPRequestHandler]:
    """Create the request handler for these shelves."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing, to keep the test's output clean."""

        def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = unquote(self.path)
            if found := re.fullmatch(r"/simple/([^/]+)/", path):
                self.list_files(found[1])
            elif found := re.fullmatch(r"/files/([^/]+)/([^/]+)", path):
                self.answer(200, shelves.files[found[1]][found[2]], "application/octet-stream")
            elif found := re.fullmatch(r"/npm/tarballs/([^/]+)", path):
                self.answer(200, shelves.tarballs[found[1]], "application/octet-stream")
            elif found := re.fullmatch(r"/npm/(@[^/]+/[^/]+)", path):
                document = shelves.npm.get(found[1])
                missing = b'{"error": "Not found"}'
                self.answer(
                    200 if document else 404, json.dumps(document).encode() if document else missing
                )
            else:
                self.answer(404, b"{}")

        def list_files(self, project: str) -> None:
            files = shelves.files.get(project)
            if files is None:
                self.answer(404, b"{}")
                return
            listed = [
                {
                    "filename": name,
                    "url": f"{shelves.address}/files/{project}/{name}",
                    "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
                }
                for name, content in files.items()
            ]
            body = {"meta": {"api-version": "1.0"}, "name": project, "files": listed}
            kind = "application/vnd.pypi.simple.v1+json"
            self.answer(200, json.dumps(body).encode(), kind)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            form = BytesParser().parsebytes(head + self.rfile.read(length))
            wanted = base64.b64encode(f"__token__:{shelves.token}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {wanted}":
                self.answer(403, b"Invalid credential")
                return
            parts = {
                part.get_param("name", header="Content-Disposition"): part
                for part in form.get_payload()
            }
            content = parts["content"]
            name, data = str(content.get_filename()), content.get_payload(decode=True)
            project = parts["name"].get_payload(decode=True).decode()
            if name in shelves.broken:
                self.answer(400, b"Not today")
            elif name in shelves.files.get(project, {}):
                self.answer(400, b"File already exists")
            else:
                shelves.files.setdefault(project, {})[name] = data
                self.answer(200, b"", "text/plain")

        def do_PUT(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("Authorization") != f"Bearer {shelves.token}":
                self.answer(401, b'{"error": "Unauthorized"}')
                return
            for name, attachment in document.pop("_attachments").items():
                shelves.tarballs[name.rpartition("/")[2]] = base64.b64decode(attachment["data"])
            for version in document["versions"].values():
                tarball = version["dist"]["tarball"].rpartition("/")[2]
                version["dist"]["tarball"] = f"{shelves.address}/npm/tarballs/{tarball}"
            shelves.npm[document["name"]] = document
            self.answer(201, b'{"ok": true}')

    return Handler


@contextmanager
def serve(token: str) -> Iterator[Shelves]:
    """Serve both on a free port."""
    shelves = Shelves(token)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(shelves))
    shelves.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield shelves
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
