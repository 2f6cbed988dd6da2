"""Do the same for many databases: audit, plan, upgrade, downgrade, status, rehearse."""
