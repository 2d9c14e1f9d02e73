import os
import sys
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from config.settings import PROJECT, load
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer
from opstream.bootstrap import aliases
from tests.aws.shelf import Noon

EXAMPLE = PROJECT / "config/examples/mcp.aws.yaml"
SERVER = Path(__file__).parent / "published.py"


def project(folder):
    """Write the shipped example for servers of these tests, whose changes show at once."""
    written = yaml.safe_load(EXAMPLE.read_text())
    for server in written["servers"].values():
        server["command"], server["args"] = sys.executable, [str(SERVER), str(folder)]
    written["aliases"]["scale_service"]["output"]["watch"] = "1s"
    (folder / "config/workflows").mkdir(parents=True)
    (folder / "config/mcp.yaml").write_text(yaml.safe_dump(written))
    return load(variables(), folder)


def variables():
    return {
        "PATH": os.pathsep.join(os.get_exec_path()),
        "HOME": str(Path.home()),
        "AWS_REGION": "us-east-1",
        "AWS_ENVIRONMENT": "ecs:shop",
        "AWS_CLUSTER": "shop",
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened_aws(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aws")
    settings = project(folder)
    servers = [
        McpServer(name, command=one.command, args=tuple(one.args), reads=tuple(one.reads))
        for name, one in settings.servers.items()
    ]
    registry = McpRegistry(servers, variables())
    await registry.start()
    shaped = (aliases.shaped(settings.mcp.aliases), Noon())
    operations = AllOperations(registry.sources, shaped=shaped)
    yield operations, folder
    await registry.stop()


@pytest.fixture
def aws(opened_aws):
    """The tools of the shipped example, on servers that answer as AWS's do; and their folder."""
    operations, folder = opened_aws
    for name in ("tasks", "denied", "many"):
        (folder / name).unlink(missing_ok=True)
    return operations, folder
