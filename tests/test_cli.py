"""What the terminal says of workflow files."""

from opstream import cli


def test_every_file_gets_its_lines_and_one_fault_fails_the_whole(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("id: demo\ntitle: Demo\nsteps:\n  - {id: a, wait: 2s}\n")
    bad.write_text("id: demo\ntitle: Demo\nsteps:\n  - {id: a, wait: soon}\n")

    lines, well = cli.check([str(good), str(bad), str(tmp_path / "none.yaml"), str(tmp_path)])

    assert not well
    assert lines[0] == f"{good}: `demo` is fine."
    assert lines[1].startswith(f"{bad}:4: ")
    assert "No such file" in lines[2]
    assert "Is a directory" in lines[3]


def test_files_without_a_fault_are_fine(tmp_path):
    good = tmp_path / "good.yaml"
    good.write_text("id: demo\ntitle: Demo\nsteps:\n  - {id: a, wait: 2s}\n")

    assert cli.check([str(good)]) == ([f"{good}: `demo` is fine."], True)
