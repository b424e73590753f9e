"""Samples the stacks of a worker's threads while it serves. Standard library only, Python 3.8 and later."""
