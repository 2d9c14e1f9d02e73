"""A library leaves the log of a program alone, and keeps its own out of what the program prints."""

import pytest
import structlog
from structlog.testing import capture_logs

from opstream.face import opening


@pytest.fixture(autouse=True)
def as_shipped():
    """Log settings that nobody has touched; afterwards they are as they were."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


def test_warnings_are_not_printed_even_after_somebody_looked_into_the_log(capsys):
    with capture_logs():
        pass

    opening.log_as_a_library()
    structlog.get_logger().info("nobody_asked")
    structlog.get_logger().warning("kept_out")

    assert capsys.readouterr().out == ""


def test_a_program_that_said_how_it_logs_is_believed(capsys):
    structlog.configure(processors=[structlog.processors.JSONRenderer()])

    opening.log_as_a_library()
    structlog.get_logger().info("mine")

    assert capsys.readouterr().out == '{"event": "mine"}\n'
