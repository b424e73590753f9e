"""Shared by the helper, the fork server and the planner. Standard library only, Python 3.8 and later."""
