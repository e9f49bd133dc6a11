"""Training, metrics and datasets."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.notebooks import find, special
from llm_tui.notebooks.rows.said import NO_ARGUMENT, NO_SUCH, V5, instead
from llm_tui.notebooks.table import Row

ROWS = (
    Row(
        "transformers.AdamW",
        "transformers 4.50",
        NO_SUCH,
        find.name(
            "transformers.AdamW",
            imported="from torch.optim import AdamW",
            arguments=("correct_bias", "no_deprecation_warning"),
            defaults={"weight_decay": "0.0"},
        ),
        Text(
            "torch's AdamW, with the weight_decay that the other had",
            "el AdamW de torch, con el weight_decay que tenía el otro",
        ),
    ),
    Row(
        "evaluation_strategy",
        "transformers 4.51",
        NO_ARGUMENT,
        find.argument("evaluation_strategy", mend=find.renamed("eval_strategy")),
        instead("eval_strategy"),
    ),
    *(
        Row(old, V5, NO_ARGUMENT, find.argument(old, mend=find.renamed(new)), instead(new))
        for old, new in (
            ("no_cuda", "use_cpu"),
            ("per_gpu_train_batch_size", "per_device_train_batch_size"),
            ("per_gpu_eval_batch_size", "per_device_eval_batch_size"),
        )
    ),
    Row(
        "overwrite_output_dir, logging_dir",
        V5,
        NO_ARGUMENT,
        find.argument("overwrite_output_dir", "logging_dir", mend=find.removed),
        Text("taken out", "quitado"),
    ),
    Row(
        "Trainer(tokenizer=...)",
        V5,
        NO_ARGUMENT,
        find.argument(
            "tokenizer",
            mend=find.renamed("processing_class"),
            of=lambda path: path in ("transformers.Trainer", "transformers.Seq2SeqTrainer"),
        ),
        instead("processing_class"),
    ),
    Row(
        "TrainingArguments",
        V5,
        Text("it needs accelerate, which transformers does not bring", "necesita accelerate, que transformers no trae"),
        special.called_at_all("transformers.TrainingArguments", "transformers.Seq2SeqTrainingArguments"),
        Text("accelerate is installed by the first cell", "la primera celda instala accelerate"),
        needs=("accelerate",),
    ),
    Row(
        "datasets.load_metric",
        "datasets 3.0",
        NO_SUCH,
        find.name("datasets.load_metric", becomes="evaluate.load", imported="import evaluate"),
        instead("evaluate.load"),
        needs=("evaluate",),
    ),
    Row(
        'load_dataset("ag_news")',
        "2024",
        Text("its name has its owner's before it now", "su nombre lleva ahora delante el de su propietario"),
        special.first_text("datasets.load_dataset", {"ag_news": "fancyzhx/ag_news"}),
        instead("fancyzhx/ag_news"),
        instead("fancyzhx/ag_news"),
    ),
    Row(
        "load_dataset(trust_remote_code=...)",
        "datasets 4.0",
        Text(
            "datasets that are programs are not loaded any more",
            "ya no se cargan los conjuntos de datos que son programas",
        ),
        find.argument("trust_remote_code", mend=find.removed, of=lambda path: path == "datasets.load_dataset"),
        Text("taken out", "quitado"),
    ),
)
