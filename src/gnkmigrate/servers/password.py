"""Passwords of servers that last as long as a block, and what such a server keeps of them.

PostgreSQL hashes a password 4,096 times, so that a weak one takes long to guess; each new session
repeats it on both sides, which is half of the time that connecting takes. Nobody guesses 192 bits
made by chance, hashed once or 4,096 times.
"""

import base64
import hashlib
import hmac
import secrets

_ITERATIONS = 1


def new_password() -> str:
    """A password of 192 random bits, in letters, digits, "-" and "_"."""
    return secrets.token_urlsafe(24)


def verifier(password: str) -> str:
    """What the server keeps of a password of `new_password`, for CREATE ROLE ... PASSWORD.

    The form is that of PostgreSQL's pg_authid.rolpassword (manual, 53.8), its values are those of
    RFC 5802, section 3, with SHA-256.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    client, server = (
        hmac.digest(salted, word, "sha256") for word in (b"Client Key", b"Server Key")
    )
    stored = hashlib.sha256(client).digest()
    first, second, third = (
        base64.b64encode(each).decode("ascii") for each in (salt, stored, server)
    )
    return f"SCRAM-SHA-256${_ITERATIONS}:{first}${second}:{third}"
