"""Shows how a run is going: as lines, or as a timeline in a notebook.

All of it renders the deployer's one stream of events. ``timeline`` is what they add up to,
``lines`` and ``html`` are two views of it, and ``reporter`` knows which is right where.
"""
