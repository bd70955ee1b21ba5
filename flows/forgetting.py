"""Prefect's own database forgets what was replaced in it: no unused page keeps it."""

import asyncio
import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from prefect.settings import get_current_settings
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from segmentation.errors import MailworthError

PATIENCE = 120  # seconds that Prefect's server has to let go of its database
PAUSE = 0.5  # seconds between tries

log = logging.getLogger("segmentation.erasure")


def write_prefect_anew() -> None:
    """Have Prefect's database write its tables anew: a file of this machine, or PostgreSQL.

    One that this process has no address of, that of a server elsewhere or of Prefect Cloud, is told to be left.

    Raises:
        MailworthError: the server does not let go of it.
    """
    address = get_current_settings().server.database.connection_url
    url = make_url(address.get_secret_value()) if address else None
    if url is not None and url.get_backend_name() == "postgresql":
        asyncio.run(_write_tables_anew(url))
    elif url is not None and url.database and Path(url.database).is_file():
        _write_file_anew(url.database)
    else:
        log.warning(
            "Prefect's database is elsewhere: the id is replaced in it, but its unused pages, logs and backups are for "
            "who keeps it to clean"
        )


def _write_file_anew(file: str) -> None:
    """Try until a moment is found in which nobody reads what was there before."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if _vacuum(file):
                return
        except sqlite3.OperationalError as error:
            if time.monotonic() > end:
                raise _busy(file) from error
        if time.monotonic() > end:
            raise _busy(file)
        time.sleep(PAUSE)


def _vacuum(file: str) -> bool:
    """Whether the file was written anew, and its log emptied."""
    with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as database:
        database.execute("vacuum")
        [(is_busy, *_)] = database.execute("pragma wal_checkpoint(truncate)").fetchall()
    return not is_busy


async def _write_tables_anew(url: URL) -> None:
    """Every table that the user of the address owns; those of others PostgreSQL leaves out."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"set lock_timeout = '{PATIENCE}s'"))
            await connection.execute(text("vacuum full"))
    except (DBAPIError, OSError) as error:
        raise _busy(url.render_as_string(hide_password=True)) from error
    finally:
        await engine.dispose()
    log.info("Prefect's tables are written anew; its logs (pg_wal) and backups are for who keeps them to clean")


def _busy(place: str) -> MailworthError:
    return MailworthError(
        f"{place}: Prefect's server did not let go of it in {PATIENCE} s, so that an unused page of it may still hold "
        "the id; erase again when nothing else runs"
    )
