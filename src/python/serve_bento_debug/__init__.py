"""Connects workers to debug adapters. Standard library only, Python 3.8 and later; debugpy comes from elsewhere."""
