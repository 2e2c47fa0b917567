"""What the README says of the options is what the binary says. (Its curl lines are run by examples/check.)"""

import pathlib
import re
import subprocess

import service

README = (pathlib.Path(__file__).resolve().parent.parent.parent / "README.md").read_text()


def test_the_readme_has_every_option_with_its_environment_variable():
    text = subprocess.run([service.binary(), "serve", "--help"], check=True, capture_output=True, text=True).stdout
    text = re.sub(r"\s+", " ", text)
    options = dict(re.findall(r" (--[a-z-]+) <(?:(?! --).)*?environment: (CONVSERVE_[A-Z_]+)", text))
    assert len(options) > 10
    rows = dict(re.findall(r"^\| `(--[a-z-]+)` \| `(CONVSERVE_[A-Z_]+)`", README, re.MULTILINE))
    assert rows == options
