"""The data twin of each page: the facts that it tells, as JSON, by the same readings."""
