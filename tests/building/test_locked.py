"""Locked means locked: what an image installs is named by the lock, with its hash, and nothing is built there."""

from __future__ import annotations

import re
import tomllib

from containerfile import FILE, stages

from autograder.paths import AUTOGRADER, ROOT

INSTALL = AUTOGRADER / "doors" / "install.sh"
SETUP = AUTOGRADER / "doors" / "gradescope" / "setup.sh"
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))


def test_uv_is_installed_by_the_hashes_of_the_lock() -> None:
    (uv,) = (package for package in LOCK["package"] if package["name"] == "uv")
    text = (AUTOGRADER / "doors" / "uv.txt").read_text(encoding="utf-8")
    assert re.findall(r"^(\w+)==([\d.]+)", text, re.MULTILINE) == [("uv", uv["version"])], "run the command in uv.txt"
    assert set(re.findall(r"--hash=(sha256:\w+)", text)) == {each["hash"] for each in (*uv["wheels"], uv["sdist"])}


def test_every_package_that_is_fetched_has_a_hash() -> None:
    fetched = [package for package in LOCK["package"] if "registry" in package["source"]]
    assert len(fetched) > 100
    for package in fetched:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert files and all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_images_install_in_one_way_that_checks_hashes_and_builds_nothing() -> None:
    script = " ".join(INSTALL.read_text().replace("\\\n", " ").split())
    assert "--require-hashes --only-binary :all:" in script
    assert "uv sync --frozen --no-build --no-install-workspace" in script
    for file in (SETUP, FILE):
        text = file.read_text()
        assert "autograder/doors/install.sh" in text
        assert not re.search(r"\b(pip|uv) (install|sync|add)\b", text), "another way to install"


def test_the_environment_of_an_image_is_made_without_any_answer() -> None:
    """The first stage is PrairieLearn's image, which anybody may read."""
    copied = [rest.split()[:-1] for word, rest in stages()[0].steps if word == "COPY"]
    assert sorted(name for names in copied for name in names) == [
        "autograder/doors/install.sh",
        "autograder/doors/uv.txt",
        "exercises/pyproject.toml",
        "pyproject.toml",
        "uv.lock",
    ]
