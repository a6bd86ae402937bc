"""The site in one file: its base, its documents and, if asked, its key; and the site made again from it."""


class SauvegardeRefusee(Exception):
    """What keeps from saving or restoring the site, in one sentence for whoever asked."""
