"""How long the platform usually takes for what a step waits for.

Generated from the deployer's table; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

USUAL: Final[dict[str, str]] = {
    "lakebase": "usually less than 5 min",
    "app": "usually 1 to 3 min",
    "deployment": "usually 1 to 3 min",
    "verify": "usually less than 1 min",
}
