"""The open data: what each table holds, how it is asked for and told, and the files themselves."""
