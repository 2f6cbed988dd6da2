"""TypeORM (https://typeorm.io): entities and migrations of the target; entities beside it.

`model` is what an entity says, `reading` makes it from facts, `render` writes it as TypeScript, and
`limits` tells what of a target TypeORM has no word for.
"""
