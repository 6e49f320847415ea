"""The voice of espeak-ng. Only the program beside this file loads it: its licence (GPL 3) and its crashes stay there.

The library and its data come in the wheel `espeakng-loader`; the calls are those of espeak-ng's `speak_lib.h`.
"""

from __future__ import annotations

import ctypes

import espeakng_loader
import numpy

SYNCHRONOUS = 2
UTF_8 = 1
RATE = 1
WORDS_A_MINUTE = 140
"""Slower than espeak-ng's own 175: for who reads with difficulty, and for who learns Dutch."""

Samples = numpy.ndarray[tuple[int], numpy.dtype[numpy.int16]]
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice:
    """One voice at a time; `samples_a_second` is how fast its sound runs."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._heard: list[Samples] = []
        self._callback = _Callback(self._hear)
        data = espeakng_loader.get_data_path().encode()
        self.samples_a_second = int(self._library.espeak_Initialize(SYNCHRONOUS, 0, data, 0))
        if self.samples_a_second <= 0:
            raise OSError("espeak-ng does not start")
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, language: str) -> Samples:
        """The sound of a text; raises `LookupError` when there is no voice for that language."""
        if self._library.espeak_SetVoiceByName(language.encode()) != 0:
            raise LookupError(f"espeak-ng has no voice '{language}'")
        self._library.espeak_SetParameter(RATE, WORDS_A_MINUTE, 0)
        self._heard.clear()
        written = text.encode()
        if self._library.espeak_Synth(written, len(written) + 1, 0, 0, 0, UTF_8, None, None) != 0:
            raise OSError("espeak-ng does not speak")
        return numpy.concatenate(self._heard) if self._heard else numpy.zeros(0, numpy.int16)

    def _hear(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._heard.append(numpy.ctypeslib.as_array(samples, (count,)).astype(numpy.int16))
        return 0
