"""Runs the deploy logic in this Python process.

The logic is one WebAssembly module, the same that a page runs, built so that it imports nothing.
``module`` loads it, ``run`` drives it, and ``host`` is what carries out the commands it issues.
"""
