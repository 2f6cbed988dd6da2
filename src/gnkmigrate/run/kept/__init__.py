"""What is kept until contract: archives, what a rollback spilled, values that did not fit."""
