"""An app whose answers come from the test: passes each connection on to the test's own server."""

import contextlib
import os
import socket
import threading


def pass_on(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


host, port = os.environ["SERVER"].split(":")
listener = socket.create_server(("0.0.0.0", int(os.environ["DATABRICKS_APP_PORT"])))
while True:
    caller, _ = listener.accept()
    server = socket.create_connection((host, int(port)))
    for end in (caller, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for ends in ((caller, server), (server, caller)):
        threading.Thread(target=pass_on, args=ends, daemon=True).start()
