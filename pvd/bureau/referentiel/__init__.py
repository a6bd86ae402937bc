"""The yearly reference: a vintage read, what it touches, written and taken back, by the national level."""
