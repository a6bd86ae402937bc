"""The national list of the ORT, which the services of the State fill: what it says, and how we answer it."""
