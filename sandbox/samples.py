"""Example files, made here: a silent voice note and a picture."""

from __future__ import annotations

import struct
import zlib

from sandbox.params import Upload

OPUS_SILENCE = b"\xf8\xff\xfe"  # one 20 ms frame of silence
SAMPLES_PER_FRAME = 960


def voice_note(seconds: int = 3) -> Upload:
    """Return a silent Ogg Opus file, as a phone's voice note."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, 2), _page([tags], 0, 1, 0)]
    frames = seconds * 50
    for number, start in enumerate(range(0, frames, 50), 2):
        done = min(start + 50, frames)
        last = 4 if done == frames else 0
        pages.append(_page([OPUS_SILENCE] * (done - start), done * SAMPLES_PER_FRAME, number, last))
    return Upload("voice.oga", "audio/ogg", b"".join(pages))


def _page(packets: list[bytes], position: int, number: int, flags: int) -> bytes:
    sizes = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0) + bytes([len(packets)]) + sizes
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(data: bytes) -> int:
    register = 0
    for byte in data:
        register = (register << 8) & 0xFFFFFFFF ^ _TABLE[(register >> 24) ^ byte]
    return register


def _table_entry(index: int) -> int:
    value = index << 24
    for _ in range(8):
        value = (value << 1) & 0xFFFFFFFF ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value


_TABLE = [_table_entry(index) for index in range(256)]


def picture(width: int = 320, height: int = 220) -> Upload:
    """Return a PNG of a window at dusk."""
    rows = b"".join(b"\x00" + b"".join(_pixel(x / width, y / height) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")
    return Upload("foto.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))


def _pixel(x: float, y: float) -> bytes:
    frame = abs(x - 0.5) > 0.32 or abs(y - 0.5) > 0.4
    bar = abs(x - 0.5) < 0.015 or abs(y - 0.46) < 0.02
    if frame:
        return bytes((226, 219, 207)) if abs(x - 0.5) > 0.36 or abs(y - 0.5) > 0.45 else bytes((120, 92, 70))
    if bar:
        return bytes((120, 92, 70))
    return bytes((int(40 + 190 * y), int(70 + 90 * y), int(130 + 10 * y)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
