"""The home of the back office."""
