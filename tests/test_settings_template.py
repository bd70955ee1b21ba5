import tomllib
from pathlib import Path

from segmentation.settings import Settings, SourceSettings, load_settings
from segmentation.settings.template import settings_text, write_settings
from tests.database import PASSWORD, Server


def test_the_file_reads_back_as_the_defaults_with_its_source(tmp_path: Path) -> None:
    file = tmp_path / "mailworth.toml"
    file.write_text(settings_text(SourceSettings(path=Path('data/źródło "nowe"')), ""), encoding="utf-8")

    settings = load_settings(file)

    assert settings.source.path == Path('data/źródło "nowe"')
    assert settings.model_dump(exclude={"source"}) == Settings().model_dump(exclude={"source"})


def test_every_key_is_there_with_its_meaning() -> None:
    text = settings_text(SourceSettings(path=Path("x")), "")
    uncommented = "\n".join(
        f'{line[2:]} ""' if line.startswith("# ") and line.endswith(" =") else line for line in text.splitlines()
    )
    sections = tomllib.loads(uncommented)

    for name, field in Settings.model_fields.items():
        keys = {key: field for key, field in type(field.default).model_fields.items() if key != "tables"}
        assert set(sections[name]) == set(keys)
        assert all(f"# {key.description}\n" in text for key in keys.values())


def test_what_a_source_has_is_told_and_what_still_needs_a_name(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id;Ort\nc1;Ulm\n")
    (tmp_path / "orders.csv").write_text("No;customer_id;ordered_at;amount\n")
    file = tmp_path / "my.toml"

    write_settings(file, str(tmp_path))

    text = file.read_text(encoding="utf-8")
    assert f"# [source.tables.orders]   # read from {tmp_path / 'orders.csv'}\n" in text
    assert "# [source.tables.orders.columns]   # it has: No, customer_id, ordered_at, amount\n" in text
    assert '# order_id = ""   # required: Identifies the order\n# could also have: margin, channel, keycode\n' in text
    assert "# [source.tables.costs]   # the source has no such table\n" in text
    assert load_settings(file).source.path == tmp_path


def test_a_password_is_not_written(tmp_path: Path, server: Server) -> None:
    server.run("drop schema public cascade; create schema public;")
    file = tmp_path / "my.toml"

    write_settings(file, server.address())

    text = file.read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert "its address holds a password: set MAILWORTH_SOURCE__DATABASE" in text
    assert "# [source.tables.orders]   # required, so name its files or its query" in text
