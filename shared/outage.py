"""What the driver raises while the database is out of reach, or has too much to do."""

import asyncpg

# What a broken or overloaded server says: nothing was recorded unless the commit itself was cut off.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    # What the driver makes of a session that the server ended between two statements of ours.
    asyncpg.InternalClientError,
    ConnectionError,
)
BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InsufficientResourcesError,
)
