"""The real Rasa server: what it understands, what it prints, where it listens, how it ends."""

from __future__ import annotations

import time

import httpx
import psutil
import pytest

from tests.rasa_server import RasaServer, running_rasa

pytestmark = pytest.mark.rasa

DRAUGHT = "het tocht bij mijn balkondeur"


def test_a_draught_is_understood(rasa_server: RasaServer) -> None:
    meaning = rasa_server.parse(DRAUGHT)
    assert meaning["intent"]["name"] == "draught"  # type: ignore[index]


def test_at_most_ten_intents_are_named(rasa_server: RasaServer) -> None:
    assert len(rasa_server.parse(DRAUGHT)["intent_ranking"]) == 10  # type: ignore[arg-type]


def test_an_empty_message_has_no_intent(rasa_server: RasaServer) -> None:
    assert rasa_server.parse("   ")["intent"]["name"] is None  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4096,
        "\U0001f600\U0001f976",
        "\x00\x01 koud",
        "\u0628\u0631\u062f",
        "ja " * 900,
        "?",
    ],
    ids=["long", "emoji", "control characters", "Arabic", "many words", "one sign"],
)
def test_any_text_gets_an_answer(rasa_server: RasaServer, text: str) -> None:
    assert rasa_server.parse(text)["intent_ranking"]


def test_half_a_surrogate_pair_gets_an_answer(rasa_server: RasaServer) -> None:
    answer = httpx.post(f"{rasa_server.url}/model/parse", content=rb'{"text": "\ud800 koud"}')
    assert answer.json()["intent"]["name"]


LANGUAGES = {
    "nl": "het tocht bij mijn balkondeur",
    "en": "there is mould on my wall what can i do",
    "tr": "evimiz çok soğuk kombi çalışmıyor",
    "ar": "البيت بارد",
    "pl": "w mieszkaniu jest bardzo zimno",
    "uk": "у мене холодно вдома",
    "ru": "у меня дома холодно, помогите",
    "ti": "ትግርኛ",
    "fa": "خانه من سرد است",
    "de": "meine wohnung ist kalt und feucht",
    "fr": "il fait très froid dans ma maison",
    "es": "mi casa está muy fría",
    "it": "la mia casa è molto fredda",
    "zh": "我的房子很冷",
}


@pytest.mark.parametrize(("language", "text"), LANGUAGES.items(), ids=LANGUAGES.keys())
def test_the_language_of_a_text_is_named(rasa_server: RasaServer, language: str, text: str) -> None:
    found = rasa_server.parse(text)["language"]
    assert found["name"] == language  # type: ignore[index]
    assert 0.9 <= found["confidence"] <= 1  # type: ignore[index]


@pytest.mark.parametrize("text", ["bro ik heb geen money", "wollah het is koud", "please help ik heb geen geld", "gas"])
def test_dutch_with_words_from_elsewhere_stays_dutch(rasa_server: RasaServer, text: str) -> None:
    assert rasa_server.parse(text)["language"]["name"] == "nl"  # type: ignore[index]


@pytest.mark.parametrize("text", ["my dutch is not good", "is there someone who speaks arabic"])
def test_a_learnt_question_for_another_language_does_not_count_as_dutch(rasa_server: RasaServer, text: str) -> None:
    assert rasa_server.parse(text)["language"]["name"] == "en"  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "12", "\U0001f976", "xqzt", "Ayşe Yılmaz"])
def test_no_language_is_named_when_it_is_unsure(rasa_server: RasaServer, text: str) -> None:
    found = rasa_server.parse(text).get("language")
    assert found is None or found["name"] is None  # type: ignore[index]


def test_no_word_of_a_message_is_printed(rasa_server: RasaServer) -> None:
    rasa_server.parse("balkonhekje-tocht-geheim")
    url = f"{rasa_server.url}/model/parse"
    httpx.post(url, content=b'{"text": "balkonhekje-stuk')
    httpx.post(url, json={"text": ["balkonhekje-lijst"]})
    assert "balkonhekje" not in rasa_server.output.read_text()


def test_it_listens_on_this_machine_only(rasa_server: RasaServer) -> None:
    connections = psutil.Process(rasa_server.pid).net_connections()
    listening = {found.laddr.ip for found in connections if found.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_it_is_small_enough_for_a_laptop(rasa_server: RasaServer) -> None:
    rasa_server.parse(DRAUGHT)
    assert psutil.Process(rasa_server.pid).memory_info().rss < 900 * 2**20


def test_it_is_warm_when_it_answers_and_leaves_no_process_when_it_ends() -> None:
    with running_rasa() as server:
        process = psutil.Process(server.pid)
        begin = time.monotonic()
        server.parse(DRAUGHT)
        # Cold it took 2.7 seconds, on a machine where a later message took 0.02.
        assert time.monotonic() - begin < 1.5
    assert not process.is_running()
