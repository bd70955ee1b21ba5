"""What a run writes of itself."""

import json
import logging

import pytest

from segmentation.run import record_run, start_run
from segmentation.settings import load_settings
from segmentation.warehouse.connection import Connection, execute

SECRET = "hunter2-hunter2-hunter2"


def test_parameters_of_a_run_hold_no_secret(
    warehouse: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAILWORTH_WAREHOUSE__ANALYSTS_SALT", SECRET)
    monkeypatch.setenv("MAILWORTH_SERVE__PASSWORD", SECRET)
    settings = load_settings(warehouse={"path": "w.duckdb", "analysts": "a.duckdb"})
    assert settings.serve.password

    run = start_run("night", settings)
    with caplog.at_level(logging.DEBUG):
        record_run(warehouse, run, input_fingerprint=None)
        logging.getLogger("segmentation").warning("%s", run)

    row = execute(warehouse, "select columns(*)::varchar from ops.runs")[0]
    assert SECRET not in str(row) + repr(run) + caplog.text
    parameters = json.loads(execute(warehouse, "select parameters from ops.runs")[0][0])
    assert parameters["warehouse"]["analysts"] == "a.duckdb"
    assert set(parameters["warehouse"]["analysts_salt"]) == set(parameters["serve"]["password"]) == {"*"}
