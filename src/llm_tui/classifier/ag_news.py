"""AG_NEWS from the address that torchtext used: fetched once, checked, and kept in the user's cache folder."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from llm_tui.classifier.job import ag_news_folder
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import tr

URL = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"
MD5 = {
    "train.csv": "b1a00f826fdfbd249f79597b59e1dc12",
    "test.csv": "d52ea96a97a2d943681189a97654912d",
}
CONNECT_SECONDS = 20


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


def _download(address: str, name: str, folder: Path, context: Context) -> None:
    """Download on a thread of its own, since a connection that hangs cannot be interrupted from outside."""
    import pooch

    pooch.get_logger().setLevel("WARNING")  # it would write to stderr what the progress says already
    meter = _Meter(name)
    failure: list[BaseException] = []

    def work() -> None:
        try:
            # Uncompressed: pooch counts what it writes, and the server says the size of what it sends.
            headers = {"Accept-Encoding": "identity"}
            downloader = pooch.HTTPDownloader(progressbar=meter, timeout=CONNECT_SECONDS, headers=headers)
            pooch.retrieve(address, f"md5:{MD5[name]}", fname=name, path=folder, downloader=downloader)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=work, name=f"download {name}", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.1)
            context.progress(meter.done, meter.total, meter.what)
    finally:
        meter.abandoned = True
    if failure:
        raise UserError(_advice(address, failure[0])) from failure[0]


class _Meter:
    """What pooch takes for a progress bar (a subset of tqdm's methods)."""

    def __init__(self, name: str):
        self.what = tr(f"downloading AG_NEWS, {name}", f"descargando AG_NEWS, {name}")
        self.total = 0
        self.done = 0
        self.abandoned = False

    def update(self, count: int) -> None:
        if self.abandoned:
            raise InterruptedError("the download was stopped")
        self.done = min(self.done + count, self.total) if self.total else self.done + count

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        pass


def _advice(address: str, error: BaseException) -> str:
    why = _root(error)
    return tr(
        f"AG_NEWS could not be fetched: {address} was tried ({why}). Use the data “sample”, or put train.csv and "
        "test.csv into a folder and give that folder as the data.",
        f"No se pudo obtener AG_NEWS: se intentó {address} ({why}). Use los datos «sample», o ponga train.csv y "
        "test.csv en una carpeta e indíquela como datos.",
    )


def _root(error: BaseException) -> str:
    """The words of the innermost cause: requests wraps the system's own sentence in several others."""
    seen: Any = error
    while inner := (seen.__cause__ or seen.__context__):
        seen = inner
    first = (str(seen).strip().splitlines() or [""])[0]
    return first or type(seen).__name__
