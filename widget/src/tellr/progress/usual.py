"""How long the platform usually takes for what a step waits for.

What users report of real workspaces; shown beside the time that has passed, and used for nothing
else.
"""

USUAL = {
    "lakebase": "usually less than 3 minutes",
    "app": "usually 1 to 3 minutes",
    "deployment": "usually less than 2 minutes",
    "verify": "usually less than a minute",
}
