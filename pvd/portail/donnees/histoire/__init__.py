"""The histories: what each public table said on every day, a row a period, told by the rules of a day."""
