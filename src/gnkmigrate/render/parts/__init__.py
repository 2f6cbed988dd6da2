"""What several renderers say or draw alike, and the templates of pages."""
