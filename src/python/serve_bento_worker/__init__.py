"""What a forked worker has beyond one that is started. Standard library only, Python 3.8 and later."""
