"""A kernel with a widget, for a page without a notebook: its messages as lines of JSON.

usage: relay.py CODE

What the widget sends comes out on standard output, what a page sends goes in on standard input.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading

from jupyter_client.manager import KernelManager

PATIENCE_SECONDS = 90


def main() -> None:
    """Run the cell and relay messages until standard input ends."""
    manager = KernelManager()
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel(env=os.environ, stderr=None)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE_SECONDS)
    client.execute(sys.argv[1])
    threading.Thread(target=publish, args=(client,), daemon=True).start()
    for line in sys.stdin:
        message = json.loads(line)
        if "run" in message:
            client.execute(message["run"])
            continue
        content = {"comm_id": message["comm_id"], "data": message["data"]}
        buffers = [base64.b64decode(text) for text in message["buffers"]]
        made = client.session.msg("comm_msg", content)
        client.session.send(client.shell_channel.socket, made, buffers=buffers)
    manager.shutdown_kernel(now=True)


def publish(client: object) -> None:
    """Print every message of a widget's comm."""
    while True:
        message = client.get_iopub_msg()  # type: ignore[attr-defined]
        if message["msg_type"] not in ("comm_open", "comm_msg"):
            continue
        told = {
            "type": message["msg_type"],
            "comm_id": message["content"]["comm_id"],
            "data": message["content"]["data"],
            "buffers": [base64.b64encode(bytes(one)).decode() for one in message["buffers"]],
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
