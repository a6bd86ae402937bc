"""« Toutes mes communes »: a row for each commune, with the columns that an agent chooses."""
