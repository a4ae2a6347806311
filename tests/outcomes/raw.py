"""Raw connections as the service's own role, for tests of what the database itself holds."""

from contextlib import asynccontextmanager

from shared.context import settings_of


@asynccontextmanager
async def acting(stack, caller, role="app"):
    """A raw connection as the service's own role, inside a transaction of this caller that is never kept."""
    connection = await stack.connect("outcomes", role)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for name, value in settings_of(caller) if caller else ():
            await connection.execute("select set_config($1, $2, true)", name, value)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
