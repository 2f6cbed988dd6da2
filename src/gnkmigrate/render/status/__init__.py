"""Where the phases of a database stand."""
