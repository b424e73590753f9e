"""The mark of a bento's processes: whatever they start inherits it, so that it can be found and ended."""

# The environment variable that holds it.
MARK = "SERVE_BENTO_MARK"
