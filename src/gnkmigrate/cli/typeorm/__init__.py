"""Write entities and migrations for TypeORM, or compare entities with the target."""
