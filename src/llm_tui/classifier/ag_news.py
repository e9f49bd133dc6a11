"""AG_NEWS from the address that torchtext used: fetched once, checked, and kept in the user's cache folder."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from llm_tui.classifier.ag_news_cache import ag_news_folder
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub.download import Meter, root_cause, wait_for
from llm_tui.i18n import tr

URL = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"
MD5 = {
    "train.csv": "b1a00f826fdfbd249f79597b59e1dc12",
    "test.csv": "d52ea96a97a2d943681189a97654912d",
}
GLANCE = 3.0  # seconds in which somebody answers who only asks whether it can be had
PATIENCE = 10.0  # seconds for the first byte: a server may have several addresses, of which each can be silent


def fetch(context: Context, url: str = URL) -> Path:
    """The folder with AG_NEWS, downloaded where the cache does not have it yet.

    A file appears in the cache only when it is complete and has the right MD5: a download that broke off is begun
    anew.

    Raises:
        UserError: it could not be had; the sentence says what was tried and what to do instead.
    """
    folder = ag_news_folder()
    for name in MD5:
        if not (folder / name).is_file():
            _download(url + name, name, folder, context)
    return folder


def answers(url: str = URL) -> bool:
    """Whether the files are offered at their address; asked once, and not waited for beyond `GLANCE`."""
    said: list[bool] = []

    def ask() -> None:
        import requests

        with suppress(Exception):
            said.append(requests.head(f"{url}test.csv", timeout=GLANCE, allow_redirects=True).ok)

    asking = threading.Thread(target=ask, daemon=True)  # the look-up of a name has no time-out of its own
    asking.start()
    asking.join(GLANCE)
    return said == [True]


def _download(address: str, name: str, folder: Path, context: Context) -> None:
    import pooch

    pooch.get_logger().setLevel("WARNING")  # it would write to stderr what the progress says already
    meter = Meter(tr(f"downloading AG_NEWS, {name}", f"descargando AG_NEWS, {name}"))
    # Uncompressed: pooch counts what it writes, and the server says the size of what it sends.
    headers = {"Accept-Encoding": "identity"}
    downloader = pooch.HTTPDownloader(progressbar=meter, timeout=2 * PATIENCE, headers=headers)
    try:
        wait_for(
            lambda: pooch.retrieve(address, f"md5:{MD5[name]}", fname=name, path=folder, downloader=downloader),
            meter,
            context,
            PATIENCE,
        )
    except Exception as error:
        raise UserError(_advice(address, error)) from error


def _advice(address: str, error: BaseException) -> str:
    why = root_cause(error)
    return tr(
        f"AG_NEWS could not be fetched: {address} was tried ({why}). Use the data “sample”, or put train.csv and "
        "test.csv into a folder and give that folder as the data.",
        f"No se pudo obtener AG_NEWS: se intentó {address} ({why}). Use los datos «sample», o ponga train.csv y "
        "test.csv en una carpeta e indíquela como datos.",
    )
