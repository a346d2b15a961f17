"""The deployer's settings: what each operation takes, and a trait of the widget for each.

Generated from the deployer's table of settings; a test says when it is stale.
UPDATE_EXPECT=1 cargo test -p deployer-wasm published
"""

from __future__ import annotations

from typing import Final

import traitlets

# The settings that are traits, by the operation that takes them.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "create": (
        "app_name",
        "lakebase_name",
        "schema_name",
        "app_compute",
        "lakebase_compute",
        "instances",
        "app_version",
        "app_file_workspace_path",
        "description",
        "app_package",
        "use_test_pypi",
        "seed_databricks_defaults",
        "serving_endpoint",
        "genie_spaces",
        "sql_warehouse",
        "share_with",
        "tags",
        "telemetry",
        "usage_policy",
        "extra_scopes",
        "extra_env",
        "encryption_key_storage",
    ),
    "update": (
        "app_name",
        "lakebase_name",
        "schema_name",
        "app_compute",
        "instances",
        "app_version",
        "app_file_workspace_path",
        "description",
        "app_package",
        "use_test_pypi",
        "seed_databricks_defaults",
        "serving_endpoint",
        "genie_spaces",
        "sql_warehouse",
        "share_with",
        "tags",
        "telemetry",
        "usage_policy",
        "extra_scopes",
        "extra_env",
        "encryption_key_storage",
        "reset_database",
        "adopt",
        "on_failure",
    ),
    "delete": (
        "app_name",
        "lakebase_name",
        "schema_name",
        "app_file_workspace_path",
        "reset_database",
    ),
}


class SettingTraits(traitlets.HasTraits):
    """A trait for each setting; None is the deployer's default."""

    app_name = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    lakebase_name = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    schema_name = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    app_compute = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    lakebase_compute = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    instances = traitlets.Any(None, allow_none=True).tag(sync=True)
    app_version = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    app_file_workspace_path = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    description = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    app_package = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    use_test_pypi = traitlets.Bool(None, allow_none=True).tag(sync=True)
    seed_databricks_defaults = traitlets.Bool(None, allow_none=True).tag(sync=True)
    serving_endpoint = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    genie_spaces = traitlets.List(traitlets.Unicode(), None, allow_none=True).tag(sync=True)
    sql_warehouse = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    share_with = traitlets.List(traitlets.Unicode(), None, allow_none=True).tag(sync=True)
    tags = traitlets.Dict(None, allow_none=True).tag(sync=True)
    telemetry = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    usage_policy = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    extra_scopes = traitlets.List(traitlets.Unicode(), None, allow_none=True).tag(sync=True)
    extra_env = traitlets.Dict(None, allow_none=True).tag(sync=True)
    encryption_key_storage = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    reset_database = traitlets.Bool(None, allow_none=True).tag(sync=True)
    adopt = traitlets.Bool(None, allow_none=True).tag(sync=True)
    to_release = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    on_failure = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    restore_from = traitlets.Unicode(None, allow_none=True).tag(sync=True)
