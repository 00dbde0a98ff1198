"""Files that are made to be downloaded."""

import subprocess
import sys
from pathlib import Path


def test_what_was_downloaded_is_gone_when_the_app_ends() -> None:
    code = (
        "from unlearn_core.ui.shell.downloads import new_folder\n"
        "one, other = new_folder(), new_folder()\n"
        "(one / 'report.html').touch()\n"
        "assert one != other and one.parent == other.parent\n"
        "print(one.parent)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "lethe-" in done.stdout
    assert not Path(done.stdout.strip()).exists()
