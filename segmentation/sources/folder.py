"""Find the files of a table in a folder: `orders.csv`, `orders.parquet`, the files in `orders/`, or a pattern."""

from pathlib import Path

from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.files import CsvFile, File, ParquetFile

FORMATS: dict[str, type[File]] = {".csv": CsvFile, ".parquet": ParquetFile}


def find_files(settings: SourceSettings, name: str) -> tuple[File, ...]:
    """The files of table `name`, in the order of reading; none where there are none.

    Raises:
        SourceError: the folder is missing, the table is there in two forms, or its pattern fits no file.
    """
    folder, pattern = settings.path, settings.of_table(name).files
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such source folder; set source.path or give --source")
    paths = _fitting(folder, name, pattern) if pattern else _called(folder, name)
    return tuple(FORMATS[path.suffix](path, settings) for path in paths)


def _called(folder: Path, name: str) -> list[Path]:
    forms = [folder / f"{name}{ending}" for ending in FORMATS if (folder / f"{name}{ending}").is_file()]
    parts = sorted(path for path in (folder / name).glob("*") if path.suffix in FORMATS)
    if len(forms) + bool(parts) > 1:
        places = ", ".join(str(path) for path in [*forms, *parts[:1]])
        raise SourceError(f"{folder}: table {name} is there more than once ({places}); keep one")
    return forms or parts


def _fitting(folder: Path, name: str, pattern: str) -> list[Path]:
    setting = f"source.tables.{name}.files = {pattern!r}"
    if Path(pattern).is_absolute():
        raise SourceError(f"{setting}: is to be relative to source.path = {folder}")
    paths = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not paths:
        raise SourceError(f"{setting}: no such file in {folder}")
    for path in paths:
        if path.suffix not in FORMATS:
            raise SourceError(f"{path}: fits {setting}, but is neither .csv nor .parquet; narrow the pattern")
    return paths
