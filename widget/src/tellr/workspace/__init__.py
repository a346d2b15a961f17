"""The workspace and its databases, called as the person whose notebook this is.

The credential is added here and goes nowhere else: not into the deploy logic, not to a page.
"""
