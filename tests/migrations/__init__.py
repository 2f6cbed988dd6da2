"""MineGNK's migrations on real servers: there and back, under writes, and against bad input."""
