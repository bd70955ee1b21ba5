"""Warehouses that earlier releases have made; releases/build.py says how."""

import lzma
from pathlib import Path

RELEASES = Path(__file__).parent / "releases"
NAMES = tuple(sorted(file.name.removesuffix(".duckdb.xz") for file in RELEASES.glob("*.duckdb.xz")))


def unpack(release: str, target: Path) -> Path:
    """The warehouse of a release as the new file `target`, for its owner to read, as nights leave it."""
    target.write_bytes(lzma.decompress((RELEASES / f"{release}.duckdb.xz").read_bytes()))
    target.chmod(0o400)
    return target
