"""Puts libcaffe.so, which scripts/build makes, into the package."""

import os
import re
import shutil

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.join(HERE, "..", "build", "lib", "libcaffe.so")
VERSION = os.path.join(HERE, "..", "Sources", "Caffe", "Version.swift")


def version():
    """The version of the program."""
    with open(VERSION) as stream:
        return re.search(r'caffeVersion = "([^"]+)"', stream.read()).group(1)


class BuildWithLibrary(build_py):
    """Copies the library beside the modules."""

    def run(self):
        """Builds."""
        if not os.path.exists(LIBRARY):
            raise SystemExit("build/lib/libcaffe.so isn't there: run scripts/build first")
        super().run()
        target = os.path.join(self.build_lib, "caffe", "lib", "libcaffe.so")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(LIBRARY, target)


class PlatformDistribution(Distribution):
    """The package is of one platform, though of any Python."""

    def has_ext_modules(self):
        """Yes, as for the name of a wheel."""
        return True


try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    from wheel.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    """A wheel of this platform for every Python 3."""

    def get_tag(self):
        """The tags in the wheel's name."""
        return ("py3", "none", super().get_tag()[2])


setup(
    version=version(), distclass=PlatformDistribution,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
