"""The workspace and its databases, accessed as the notebook's user.

The credential is added here and passed to nothing else: not to the deploy logic, not to a page.
"""
