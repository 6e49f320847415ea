"""Talks of the dialogue alone: one past the welcome, and one of somebody new."""

from __future__ import annotations

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Conversation
from tests.dialogue.talking import Talking


@pytest.fixture
def talking(content: Content) -> Talking:
    return Talking(content)


@pytest.fixture
def new(content: Content) -> Talking:
    return Talking(content, Conversation())
