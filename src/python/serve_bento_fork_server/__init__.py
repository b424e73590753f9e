"""A process that imports what workers need and forks workers from it (Linux). Standard library only, Python 3.8 and later."""
