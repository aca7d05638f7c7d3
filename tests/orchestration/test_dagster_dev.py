"""A person opens `dagster dev` and starts the main job: the same thing over the webserver's own API."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.demo import copy_project, kpi

pytestmark = pytest.mark.demo

WAIT_SECONDS = 240  # `dagster dev` starts four processes, each importing dbt; on a busy machine that is a minute

LAUNCH = """
mutation Launch($location: String!, $config: RunConfigData!) {
  launchRun(executionParams: {
    selector: {repositoryLocationName: $location, repositoryName: "__repository__", jobName: "main_job"},
    runConfigData: $config,
  }) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
LOCATIONS = """
{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
  __typename
  ... on PythonError { message }
  ... on RepositoryLocation { repositories { jobs { name } schedules { name scheduleState { status } } } }
} } } } }
"""
STATUS = """
query Status($id: ID!) { runOrError(runId: $id) { ... on Run {
  status
  assetMaterializations { assetKey { path } }
} } }
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = copy_project(tmp_path_factory.mktemp("dev") / "demo")
    assert kpi(folder, "demo-sources").returncode == 0
    home = tmp_path_factory.mktemp("dagster_home")
    shutil.copy(folder / "orchestration" / "dagster.yaml", home)
    port = _free_port()
    command = [str(Path(sys.executable).with_name("dagster")), "dev", "-h", "127.0.0.1", "-p", str(port)]
    log = home / "dagster_dev.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "DAGSTER_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}/graphql"
            _wait_until(lambda: _answers(url), process, log)
            yield folder, url
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def test_jobs_of_every_cadence_are_there_and_no_schedule_runs_by_itself(server: tuple[Path, str]) -> None:
    location = _location(server[1])
    (repository,) = location["locationOrLoadError"]["repositories"]
    assert {"main_job", "month_job"} <= {job["name"] for job in repository["jobs"]}
    assert {schedule["scheduleState"]["status"] for schedule in repository["schedules"]} == {"STOPPED"}


def test_a_run_started_from_the_page_publishes_the_warehouse(server: tuple[Path, str]) -> None:
    folder, url = server
    config = {"ops": {"extracts": {"config": {"as_of": "2017-06-30"}}}}
    given = {"location": _location(url)["name"], "config": config}
    launched = _ask(url, LAUNCH, given)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run_id = launched["run"]["runId"]

    _wait_until(lambda: _run(url, run_id)["status"] in ("SUCCESS", "FAILURE", "CANCELED"))

    run = _run(url, run_id)
    assert run["status"] == "SUCCESS", (folder / "build" / "runs" / f"{run_id}.json").read_text()
    made = {"/".join(found["assetKey"]["path"]) for found in run["assetMaterializations"]}
    assert {"recorded/target_period", "kpi/fct_scorecard", "source_checks", "published_warehouse"} <= made
    with duckdb.connect(str(folder / "build" / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select run_id, as_of_on::varchar from recorded.run_context").fetchall()
    assert found == [(run_id, "2017-06-30")]


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(url: str, query: str, variables: dict[str, Any] | None = None) -> Any:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    assert "errors" not in answer, answer
    return answer["data"]


def _answers(url: str) -> bool:
    try:
        return bool(_ask(url, "{ version }")["version"])
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _location(url: str) -> Any:
    (location,) = _ask(url, LOCATIONS)["workspaceOrError"]["locationEntries"]
    assert location["locationOrLoadError"]["__typename"] == "RepositoryLocation", location
    return location


def _run(url: str, run_id: str) -> Any:
    return _ask(url, STATUS, {"id": run_id})["runOrError"]


def _wait_until(holds: Any, process: subprocess.Popen[bytes] | None = None, log: Path | None = None) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not holds():
        told = log.read_text() if log else ""
        assert process is None or process.poll() is None, told
        assert time.monotonic() < until, f"not within {WAIT_SECONDS} s: {told}"
        time.sleep(1)
