"""What an order for many databases has come to."""
