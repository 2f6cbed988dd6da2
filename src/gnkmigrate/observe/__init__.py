"""What other programs can be told of the work: OpenTelemetry's spans, where it is installed.

`spans` turns the events of the phases into them, `statements` adds what a step asks the server, and
`text.query_text` takes the values out of that. Nothing is sent anywhere by this package.
"""

from gnkmigrate.observe.spans import traced

__all__ = ["traced"]
