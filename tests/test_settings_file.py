import tomllib
from pathlib import Path

from segmentation.settings import Settings, SourceSettings, load_settings
from segmentation.settings_file import settings_text


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
