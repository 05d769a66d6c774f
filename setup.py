"""What the wheel carries beside the code: the example scenarios and the app's settings."""

from pathlib import Path
from shutil import copyfile, copytree

from setuptools import setup
from setuptools.command.build_py import build_py

# They stand once in the repository, and each where a reader of it looks.
EXAMPLES = ("scenarios", "engine/scenario/bundled")
SETTINGS = (".streamlit/config.toml", "engine/ui/entry/.streamlit/config.toml")


class BuildWithExamples(build_py):
    """Builds the package, and copies in what stands outside of it."""

    def run(self) -> None:
        """Build. An editable installation finds both at the top of the checkout."""
        super().run()
        if not self.editable_mode:
            built = Path(self.build_lib)
            copytree(EXAMPLES[0], built / EXAMPLES[1], dirs_exist_ok=True)
            (built / SETTINGS[1]).parent.mkdir(parents=True, exist_ok=True)
            copyfile(SETTINGS[0], built / SETTINGS[1])


setup(cmdclass={"build_py": BuildWithExamples})
