"""The examples of a deployment name things that are there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


def options_of(kind: str) -> set[str]:
    """Every option of ``dask scheduler`` or ``dask worker``."""
    from distributed.cli import dask_scheduler, dask_worker

    command = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}[kind]
    return {name for p in command.params for name in (*p.opts, *p.secondary_opts)}


def test_the_compose_file_gives_options_that_dask_has():
    """Scheduler and workers start with what this version of Dask takes."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services.keys() == {"app", "scheduler", "worker"}
    for name in ("scheduler", "worker"):
        dask, kind, *rest = services[name]["command"]
        assert (dask, kind) == ("dask", name)
        given = {a for a in rest if a.startswith("--")}
        assert given
        assert given <= options_of(name)
    assert services["app"]["environment"]["OUTFOLD_SCHEDULER"] in services["worker"]["command"]
    assert services["app"]["ports"] == ["127.0.0.1:8501:8501"]


def test_every_part_has_the_same_image_and_workspace():
    """Versions and the workspace's path are the same everywhere, or data cannot be shared."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert {s["image"] for s in services.values()} == {"outfold"}
    assert {tuple(s["volumes"]) for s in services.values()} == {("workspace:/data",)}
    values = yaml.safe_load((DEPLOY / "dask-values.yaml").read_text())
    assert values["worker"]["threads_per_worker"] == 1
    mounted = {m["mountPath"] for m in values["worker"]["mounts"]["volumeMounts"]}
    app = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))[1]
    (container,) = app["spec"]["template"]["spec"]["containers"]
    assert {m["mountPath"] for m in container["volumeMounts"]} == mounted == {"/data"}
    images = {values[part]["image"]["repository"] for part in ("scheduler", "worker")}
    assert {container["image"].rpartition(":")[0]} == images


def test_the_image_is_made_from_what_is_there():
    """Each file and folder that the image copies exists."""
    text = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (\S+) \S+$", text, re.MULTILINE)
    assert {"outfold", "pages", "components", "app.py", "requirements.txt"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)
