"""Change a deck prompt's name in the Lakebase PostgreSQL, without the app.

usage: rename_prompt.py OLD NEW      with DATABRICKS_HOST, DATABRICKS_TOKEN and PGSSLROOTCERT set

As somebody with the right to the database would: endpoint and credential from the workspace, then
SQL over verified TLS. Fails unless exactly one row changes.
"""

import os
import sys

import psycopg
from databricks.sdk import WorkspaceClient

BRANCH = "projects/tellr-db/branches/production"


def main(old: str, new: str) -> None:
    """Rename the prompt, or report why that failed."""
    client = WorkspaceClient()
    endpoint = next(iter(client.postgres.list_endpoints(BRANCH)))
    with psycopg.connect(
        host=endpoint.status.hosts.host,
        dbname="databricks_postgres",
        user=client.current_user.me().user_name,
        password=client.postgres.generate_database_credential(endpoint.name).token,
        sslmode="verify-full",
        sslrootcert=os.environ["PGSSLROOTCERT"],
    ) as connection:
        statement = "UPDATE app_data.deck_prompts SET name = %s WHERE name = %s"
        changed = connection.execute(statement, (new, old)).rowcount
        if changed != 1:
            raise SystemExit(f"{changed} rows have the name {old!r}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
