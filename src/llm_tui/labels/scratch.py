"""A classifier that knows nothing but its few examples: vocabulary, weights and all."""

from __future__ import annotations

import torch

from llm_tui.classifier.corpus import encode, flatten
from llm_tui.classifier.data import Split
from llm_tui.classifier.job import Training
from llm_tui.classifier.model import build
from llm_tui.classifier.training import diverged, one_thread, optimize
from llm_tui.engine.devices import choose
from llm_tui.engine.job import Context

BATCH = 2048


def predicted(job: Training, examples: Split, test: Split, classes: int, context: Context) -> tuple[list[int], str]:
    """The classes that it gives the test rows once it was trained as `job` says on the examples, and its device.

    Raises:
        Diverged: the training came to no finite weights.
    """
    device = choose(job.device)
    context.placed(device)
    silent = context.silent()
    encoder, train = encode(job, examples, silent)
    rows = flatten(test, encoder, silent)
    with one_thread():
        model = build(encoder.size, job.embed_dim, classes, job.seed).to(device.name)
        _, steps = optimize(model, train.to(device.name), job, silent)
        model.eval()
        with torch.inference_mode():
            batches = rows.to(device.name).batches(BATCH)
            found = torch.cat([model(ids, offsets) for ids, offsets, _ in batches])
    context.check()
    if not bool(found.isfinite().all()):  # the last step went too far, and no step came after it to show it
        raise diverged(job, steps)
    return found.argmax(1).tolist(), device.label
