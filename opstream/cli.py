"""The terminal: `python app.py check FILE…` says what is wrong with workflow files, all at once."""

from collections.abc import Sequence
from pathlib import Path

from opstream.definitions import loader
from opstream.errors import DefinitionErrors


def check(files: Sequence[str]) -> tuple[Sequence[str], bool]:
    """Return a line for each workflow or complaint in the files, and whether all is well."""
    lines: list[str] = []
    well = True
    for file in files:
        try:
            found = loader.load_bytes(Path(file).read_bytes(), file)
        except DefinitionErrors as errors:
            well = False
            lines += [str(complaint) for complaint in errors.complaints]
        except OSError as error:
            well = False
            lines.append(f"{file}: It cannot be read ({error.strerror}). Name a workflow file.")
        else:
            lines += [f"{file}: `{one.workflow.id}` is fine." for one in found]
    return lines, well
