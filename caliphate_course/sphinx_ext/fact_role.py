"""Numbers in prose come from the data."""


def setup(app):
    pass
