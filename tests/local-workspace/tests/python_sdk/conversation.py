"""A conversation between Databricks' own Python SDK, unchanged, and the local workspace.

Started by the Rust test `python_sdk.rs` once for each version of the SDK, with the workspace's
address and credentials in the environment. Each function is one subject; the first thing that is
not as on the platform ends it. At its end it tells how many calls there were.
"""

from __future__ import annotations

import os

import databases
import people
import questions
import running_apps
import services
import workspace_files
from calls import COUNTS, Client
from databricks.sdk.version import __version__


def main() -> None:
    """Say everything."""
    client = Client(token=os.environ["LOCAL_TOKEN"])
    ben = Client(token=os.environ["LOCAL_OTHER_TOKEN"])
    people.me(client)
    people.host_metadata(client)
    people.sign_in()
    people.users(client)
    people.groups(client, ben)
    people.service_principals(client)
    workspace_files.files(client)
    workspace_files.notebooks(client)
    workspace_files.permissions(client, ben)
    services.secrets(client, ben)
    services.tokens(client)
    services.serving_endpoints(client, ben)
    services.any_permissions(client)
    services.nothing(client)
    services.refusals(client)
    questions.warehouse(client, ben)
    questions.statements(client, ben)
    questions.genie(client, ben)
    questions.experiments(client, ben)
    if client.knows("postgres"):
        databases.autoscaling(client, ben)
    databases.provisioned(client)
    running_apps.an_app(client)
    running_apps.other_rights(ben)
    if client.knows("postgres"):
        databases.project_goes(client)
    print(f"databricks-sdk {__version__}: {COUNTS.total()} calls of {len(COUNTS)} methods")


if __name__ == "__main__":
    main()
