"""The helper of one served bento: binds, spawns, signals, relays and reports. Standard library only, Python 3.8 and later."""
