"""The training loop as the course writes it, by autograd. Nobody trains by it, for it takes twice the time."""

from __future__ import annotations

import torch
from torch import nn

from llm_tui.classifier.corpus import FlatTexts
from llm_tui.classifier.job import Training
from llm_tui.classifier.model import TextClassifier


def by_autograd(model: TextClassifier, texts: FlatTexts, job: Training) -> list[float]:
    """What `optimize` must come to. Returns the loss of each step."""
    optimizer = torch.optim.SGD(model.parameters(), lr=job.lr)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=job.gamma)
    loss_fn = nn.CrossEntropyLoss()
    shuffle = torch.Generator().manual_seed(job.seed)
    losses = []
    model.train()
    for _ in range(job.epochs):
        order = torch.randperm(len(texts), generator=shuffle)
        for ids, offsets, labels in texts.taken(order).batches(job.batch_size):
            optimizer.zero_grad()
            loss = loss_fn(model(ids, offsets), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        scheduler.step()
    return losses
