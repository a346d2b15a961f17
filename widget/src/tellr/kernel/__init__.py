"""Runs the deploy logic in this Python process.

The logic is one WebAssembly module, the same that a page runs, built without imports. ``module``
loads it, ``run`` drives it, and ``host`` carries out its commands.
"""
