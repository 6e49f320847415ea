"""Lets Rasa start without TensorFlow, which our pipeline does not use.

Rasa imports TensorFlow at start for components such as DIET, whether or not the pipeline names them: 4 more
seconds, 350 MB more memory. Here a stand-in takes its place that can be imported, inherited from and used as a
decorator, and that says so when something tries to compute with it.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, ClassVar

ABSENT = ("tensorflow", "tensorflow_hub", "tensorflow_text", "keras", "transformers")


class _Anything(type):
    """A class of which every attribute is again such a class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class Absent(metaclass=_Anything):
    """Stands for any class, function or decorator of an absent library."""

    def __new__(cls, *arguments: Any, **settings: Any) -> Any:
        if cls is not Absent:
            raise RuntimeError(
                f"{cls.__name__} needs TensorFlow, which this environment leaves out; "
                "nlu/pyproject.toml says how to have it."
            )
        return super().__new__(cls)

    def __call__(self, decorated: Any) -> Any:
        return decorated


class _AbsentModule(ModuleType):
    __path__: ClassVar[list[str]] = []
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.split(".")[0] in ABSENT:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def leave_out_tensorflow() -> None:
    """Must be called before Rasa is imported."""
    sys.meta_path.insert(0, _Finder())
