"""What is deployed says what it should, and all of it together."""

import configparser
import re
from pathlib import Path

import yaml

from config.assembly import environment
from config.settings import PROJECT, Settings

DEPLOY = PROJECT / "deploy"
KNOWN = {name for name, _ in environment(Settings)}


def documents(path: Path) -> list[dict]:
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


def manifests() -> list[dict]:
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [one for file in files for one in documents(file)]


def named(kind: str) -> dict[str, dict]:
    return {one["metadata"]["name"]: one for one in manifests() if one["kind"] == kind}


def test_every_setting_that_is_deployed_exists():
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    written = {name for path in files for name in re.findall(r"OPSTREAM_[A-Z_]+", path.read_text())}

    assert written - KNOWN == set()


def test_the_image_runs_as_nobody_and_takes_only_what_is_locked():
    text = (DEPLOY / "Dockerfile").read_text()

    assert "--require-hashes -r /tmp/requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", text, re.M)
    assert "HEALTHCHECK" in text


def test_all_that_the_image_copies_gets_past_the_list_of_what_is_left_out():
    let_in = set(re.findall(r"^!(\S+)", (PROJECT / ".dockerignore").read_text(), re.M))
    copied = set()
    for words in re.findall(r"^COPY (?!--from)(.+)$", (DEPLOY / "Dockerfile").read_text(), re.M):
        copied |= set(words.split()[:-1])

    assert copied == let_in
    assert all((PROJECT / name).exists() for name in copied)


def test_compose_has_a_database_two_workers_and_one_edge_on_read_only_systems():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert set(services) == {"database", "edge", "worker"}
    assert services["worker"]["deploy"]["replicas"] == 2
    assert all(services[name]["read_only"] for name in ("edge", "worker"))
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_pods_are_not_root_and_write_nowhere_but_into_their_volumes():
    deployments = named("Deployment")

    assert {name: one["spec"]["replicas"] for name, one in deployments.items()} == {
        "opstream-edge": 1,
        "opstream-worker": 3,
    }
    for one in deployments.values():
        pod = one["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/health"
        assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
        assert {one["name"] for one in pod["volumes"]} == {
            one["name"] for one in container["volumeMounts"]
        }


def test_manifests_fit_each_other_and_name_no_namespace():
    deployments = named("Deployment")
    pods = {
        name: one["spec"]["template"]["metadata"]["labels"] for name, one in deployments.items()
    }

    assert all("namespace" not in one.get("metadata", {}) for one in manifests())
    assert named("Service")["opstream"]["spec"]["selector"] == pods["opstream-edge"]
    budget = named("PodDisruptionBudget")["opstream-worker"]["spec"]
    assert budget["selector"]["matchLabels"] == pods["opstream-worker"]
    for name, one in deployments.items():
        assert one["spec"]["selector"]["matchLabels"] == pods[name]


def test_nothing_waits_less_for_a_stop_than_the_process_takes_for_it():
    grace = Settings().workers.stop_grace.total_seconds() + 10  # for the parting words
    units = [unit(name)["Service"]["TimeoutStopSec"] for name in ("opstream", "opstream-worker")]
    pods = [
        one["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        for one in named("Deployment").values()
    ]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert min(map(int, units)) >= grace
    assert min(pods) >= grace
    assert int(compose["edge"]["stop_grace_period"].removesuffix("s")) >= grace


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read_string((DEPLOY / f"{name}.service").read_text())
    return read


def test_units_are_closed_to_what_they_do_not_need():
    for name, command in (("opstream", "start"), ("opstream-worker", "worker")):
        service = unit(name)["Service"]

        assert service["ExecStart"].endswith(f"app.py {command}")
        assert service["ProtectSystem"] == "strict"
        assert service["DynamicUser"] == "yes"
        assert service["NoNewPrivileges"] == "yes"
