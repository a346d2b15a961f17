"""Shows the progress of a run: as lines, or as a timeline in a notebook.

All views render the deployer's one stream of events. ``timeline`` is the state derived from it,
``lines`` and ``html`` are two views, and ``reporter`` selects the right one.
"""
