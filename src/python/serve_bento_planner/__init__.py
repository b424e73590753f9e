"""What plan.py and start.py are made of. Standard library only, Python 3.8 and later."""
