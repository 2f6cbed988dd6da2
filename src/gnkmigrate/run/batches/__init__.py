"""Long work in batches: key ranges, checkpoints, pace, progress, workers."""
