"""What Serve Bento adds to BentoML's workers. Standard library only, Python 3.8 and later."""
