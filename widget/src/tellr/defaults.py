"""The defaults that the specification's signatures spell out.

Generated from the deployer's table of settings; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

DEFAULTS: Final[dict[str, dict[str, str]]] = {
    "create": {
        "app_compute": "MEDIUM",
        "lakebase_compute": "CU_1",
        "description": "Tellr AI Slide Generator",
    }
}
