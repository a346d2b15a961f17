"""The deployer's module: calls of a run as JSON, through its linear memory.

The protocol is documented with its other half, in ``deployer-wasm/src/bindings`` (``protocol.rs``
and ``kernel.rs``).
"""

from __future__ import annotations

import atexit
import json
import threading
from importlib import resources
from typing import TYPE_CHECKING, Any

from tellr.errors import DeploymentError, error_from, failure
from tellr.kernel import cache

if TYPE_CHECKING:
    import wasmtime

# The protocol version of this package.
PROTOCOL = 2
# A run needs a few megabytes, and some tens while it uploads a wheel of the maximum size.
LARGEST_MEMORY_BYTES = 1024 * 1024 * 1024
_REINSTALL = (
    "Install the package again in one piece, and restart Python so that no part of an older one "
    "stays loaded"
)

_compiled: tuple[wasmtime.Engine, wasmtime.Module] | None = None
_compiling = threading.Lock()


class Module:
    """One instance of the module, for one run at a time and one thread at a time."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = compiled()
        self._store = wasmtime.Store(engine)
        self._store.set_limits(memory_size=LARGEST_MEMORY_BYTES)
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._memory = self._exports["memory"]
        # After a trap its memory is in an unknown state, and its answers can't be used.
        self.is_broken = False

    def call(self, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
        """Send one of the protocol's calls; a refusal is raised as an exception."""
        trap: str | None = "an earlier failure"
        if not self.is_broken:
            # Until it has answered.
            self.is_broken = True
            try:
                answer = self._exchange(name, fields)
            except Exception as error:
                trap = type(error).__name__
            else:
                self.is_broken, trap = False, None
        if trap:
            raise failure(
                "MODULE_FAILED",
                "The deployer's module stopped working",
                f"The call `{name}` ended with {trap}",
                "Run it again: it resumes where this run stopped. If it happens again, "
                "please report it",
            )
        if "refused" in answer:
            raise error_from(answer["refused"])
        if answer.get("protocol") != PROTOCOL:
            raise mismatch(answer.get("protocol"))
        return answer

    def _exchange(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        payload = json.dumps({"protocol": PROTOCOL, **fields}).encode()
        address = self._exports["alloc"](self._store, len(payload))
        self._memory.write(self._store, payload, _unsigned(address, 32))
        packed = _unsigned(self._exports[name](self._store, address), 64)
        address, length = packed >> 32, packed & 0xFFFFFFFF
        answer = bytes(self._memory.read(self._store, address, address + length))
        self._exports["free"](self._store, _signed(address))
        return json.loads(answer)


def compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """Compile the module once per process, and usually from the cache."""
    global _compiled
    with _compiling:
        if _compiled is None:
            _compiled = _load()
            # Before wasmtime itself is torn down when Python exits.
            atexit.register(_forget)
        return _compiled


def _forget() -> None:
    global _compiled
    _compiled = None


def _load() -> tuple[wasmtime.Engine, wasmtime.Module]:
    try:
        import wasmtime
    except (ImportError, OSError) as error:
        raise failure(
            "MODULE_UNAVAILABLE",
            "The deployer's module can't run here",
            f"wasmtime, which runs it, can't be loaded: {error}",
            "Install `wasmtime` for this Python, or use another machine: 64-bit Linux, macOS and "
            "Windows are known to work",
        ) from None
    try:
        code = (resources.files("tellr") / "static" / "kernel.wasm").read_bytes()
        config = wasmtime.Config()
        # A library must not change the process's signal handlers.
        config.signals_based_traps = False
        engine = wasmtime.Engine(config)
        module = cache.load(engine, code)
    except (OSError, wasmtime.WasmtimeError) as error:
        raise failure(
            "MODULE_UNAVAILABLE",
            "The deployer's module can't be loaded",
            str(error).strip().splitlines()[0],
            _REINSTALL,
        ) from None
    return engine, module


def mismatch(spoken: object) -> DeploymentError:
    """Report that the parts of the installation have different versions."""
    return failure(
        "PROTOCOL_MISMATCH",
        "The package's Python code and its deployer module have different versions",
        f"The module uses protocol version {spoken}, the Python code {PROTOCOL}",
        _REINSTALL,
    )


def _unsigned(number: int, bits: int) -> int:
    return number & ((1 << bits) - 1)


def _signed(address: int) -> int:
    return address - (1 << 32) if address >= 1 << 31 else address
