"""For a project's own tests: databases at any phase, and tests of the revisions themselves.

`plugin` has the fixtures and is known to pytest once gnkmigrate is installed; `stations` keeps a
database for each phase, to be copied; `ready` has tests that a project only needs to name.
"""

from gnkmigrate.testing.database import PhaseDatabase
from gnkmigrate.testing.ready import MigrationTests

__all__ = ["MigrationTests", "PhaseDatabase"]
