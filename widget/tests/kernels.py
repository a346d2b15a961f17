"""A notebook's kernel without a notebook: what a front end would send and see."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.manager import KernelManager

from local_workspace import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Message = dict[str, Any]


class Kernel:
    """A running kernel, and every message that it published."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 (the library has no types)
        self.client = client
        self.published: list[Message] = []

    def run(self, code: str) -> list[Message]:
        """Run a cell to its end; what it published."""
        return self.finish(self.begin(code))

    def begin(self, code: str) -> str:
        """Run a cell and don't wait; its id."""
        # Nobody is there to answer.
        return self.client.execute(code, allow_stdin=False)

    def finish(self, cell: str) -> list[Message]:
        """Wait for the end of a cell; what it published."""

        def is_end(message: Message) -> bool:
            state = message["content"].get("execution_state")
            return message["parent_header"].get("msg_id") == cell and state == "idle"

        self.wait(is_end)
        return [one for one in self.published if one["parent_header"].get("msg_id") == cell]

    def value(self, expression: str) -> Any:  # noqa: ANN401 (JSON)
        """Ask for a value that is JSON's."""
        messages = self.run(f"import json as _json; print(_json.dumps({expression}))")
        return json.loads(text_of(messages))

    def wait(
        self, wanted: Callable[[Message], bool], seconds: float = PATIENCE_SECONDS, begin: int = 0
    ) -> Message:
        """Wait until something was published; `begin` is how much of it to pass over."""
        deadline = time.monotonic() + seconds
        looked = begin
        while True:
            for message in self.published[looked:]:
                if wanted(message):
                    return message
            looked = len(self.published)
            try:
                left = max(0.0, deadline - time.monotonic())
                self.published.append(self.client.get_iopub_msg(timeout=left))
            except Empty:
                raise AssertionError([one["msg_type"] for one in self.published]) from None

    def drain(self, seconds: float) -> None:
        """Take in what comes for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.published.append(self.client.get_iopub_msg(timeout=left))
            except Empty:
                return


def text_of(messages: list[Message]) -> str:
    """Join what was printed."""
    return "".join(one["content"]["text"] for one in messages if one["msg_type"] == "stream")


@contextmanager
def kernel(**environment: str) -> Iterator[Kernel]:
    """Run a kernel of this environment."""
    # One context for both, closed here: those that they make are left to the garbage collector.
    context = zmq.Context()
    manager = KernelManager(context=context)
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel(env=os.environ | environment, stderr=None)
    client = manager.client(context=context)
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE_SECONDS)
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        context.destroy(linger=0)
