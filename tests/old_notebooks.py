"""For each row of the table a piece of an old notebook, and what must stand in the copy; None where the row is left."""

from __future__ import annotations

TR = "from transformers import "

EXAMPLES: dict[str, tuple[str, str | None]] = {
    "torchtext 0.18": ("import torchtext", "import torchtext"),
    "torchtext.datasets.AG_NEWS": (
        "from torchtext.datasets import AG_NEWS, IMDB\nrows = AG_NEWS(split='train')  # rows",
        "from torchtext.datasets import IMDB\nrows = AG_NEWS(split='train')  # rows",
    ),
    "build_vocab_from_iterator": (
        "import torchtext\nvocab = torchtext.vocab.build_vocab_from_iterator([['a']], specials=['<unk>'])",
        "vocab = build_vocab_from_iterator([['a']], specials=['<unk>'])",
    ),
    "torchtext.vocab.vocab": (
        "from torchtext.vocab import vocab\nvocab = vocab({'a': 2})",
        "vocab = vocab_from_counts\nvocab = vocab({'a': 2})",
    ),
    "to_map_style_dataset": (
        "from torchtext.data.functional import to_map_style_dataset\nrows = to_map_style_dataset([1])",
        "rows = to_map_style_dataset([1])",
    ),
    "disable_torchtext_deprecation_warning": (
        "import torchtext; torchtext.disable_torchtext_deprecation_warning()",
        "import torchtext; None",
    ),
    "torchtext.legacy": ("from torchtext.legacy.data import Field", "from torchtext.data import Field"),
    "torchtext.transforms": ("import torchtext.transforms as T", None),
    "torchtext.functional": ("from torchtext import functional\nfrom torchtext.functional import to_tensor", None),
    "torchtext.models": ("from torchtext.models import XLMR_BASE_ENCODER", None),
    "torchtext.prototype": ("from torchtext.prototype.transforms import x", None),
    "torchtext.datasets": ("from torchtext.datasets import IMDB", None),
    "pipeline(text2text-generation, summarization, translation)": (
        f"{TR}pipeline\nt = 'translation_en_to_es'\np = pipeline(t, model='m', device=0)",
        "p = Seq2SeqPipeline(t, model='m', device=0)",
    ),
    "pipeline(question-answering)": (
        "import transformers as tf\np = tf.pipeline(task='question-answering')",
        "p = QuestionAnswering(task='question-answering')",
    ),
    "pipeline(conversational)": (f"{TR}pipeline\np = pipeline('conversational')", None),
    "pipeline(image-to-text)": (f"{TR}pipeline\np = pipeline('image-to-text')", None),
    "pipeline(visual-question-answering, image-to-image)": (f"{TR}pipeline\np = pipeline('vqa')", None),
    "SummarizationPipeline, Text2TextGenerationPipeline, TranslationPipeline": (f"{TR}SummarizationPipeline", None),
    "grouped_entities": (
        "p = ner('ñ', grouped_entities=True), ner(x, grouped_entities=y > 1)",
        'p = ner(\'ñ\', aggregation_strategy="simple"), ner(x, aggregation_strategy="simple" if y > 1 else "none")',
    ),
    "ignore_subwords": ("p = ner(x, ignore_subwords=True)", None),
    "return_all_scores": (
        f"{TR}pipeline\np = pipeline('ñandú', return_all_scores = True)",
        "# {comment}\np = pipeline('ñandú', top_k=None)",
    ),
    "device_map": (
        f"{TR}pipeline\np = pipeline(\n    'ner',  # entities\n    device_map='auto',  # fast\n    top_k=1)",
        "p = pipeline(\n    'ner',  # entities\n    # fast\n    top_k=1)",
    ),
    "device_map (from_pretrained)": (
        f"{TR}AutoModel\nm = AutoModel.from_pretrained('x', device_map='auto')",
        "m = AutoModel.from_pretrained('x', device_map='auto')",
    ),
    "use_auth_token": ("m = A.from_pretrained('x', use_auth_token=True)", "m = A.from_pretrained('x', token=True)"),
    "torch_dtype": ("m = A.from_pretrained('x', torch_dtype=y)", "m = A.from_pretrained('x', dtype=y)"),
    "load_in_8bit, load_in_4bit": (
        "if x:\n    m = A.from_pretrained('x', load_in_8bit=True)",
        "    from transformers import BitsAndBytesConfig\n"
        "    m = A.from_pretrained('x', quantization_config=BitsAndBytesConfig(load_in_8bit=True))",
    ),
    "resume_download": ("m = A.from_pretrained('x', resume_download=True)", "m = A.from_pretrained('x')"),
    "TFAuto...": (
        f"{TR}TFAutoModel, AutoTokenizer\nm = TFAutoModel.from_pretrained('x')",
        f"{TR}AutoModel, AutoTokenizer\n# {{comment}}\nm = AutoModel.from_pretrained('x')",
    ),
    "FlaxAuto...": (
        "import transformers\nm = transformers.FlaxAutoModel.from_pretrained('x')",
        "m = transformers.AutoModel.from_pretrained('x')",
    ),
    "return_tensors='tf'": ("i = tok('x', return_tensors='tf')", "i = tok('x', return_tensors=\"pt\")"),
    "import tensorflow": ("import tensorflow as tf", None),
    "from_tf, from_flax, from_pt": ("m = A.from_pretrained('x', from_tf=True)", "m = A.from_pretrained('x')"),
    "transformers.file_utils": (
        "from transformers.file_utils import ModelOutput",
        "from transformers.utils import ModelOutput",
    ),
    "transformers.modeling_tf_utils": ("import transformers.modeling_tf_utils", None),
    "transformers.modeling_flax_utils": ("import transformers.modeling_flax_utils", None),
    "transformers.generation_utils": ("from transformers.generation_utils import GenerationMixin", None),
    "transformers.onnx": ("from transformers.onnx import export", None),
    "transformers.agents": ("import transformers.agents", None),
    "AutoModelWithLMHead": (f"{TR}AutoModelWithLMHead", None),
    "AutoModelForVision2Seq": (
        f"{TR}AutoModelForVision2Seq as V\nm = V.from_pretrained('x')",
        f"{TR}AutoModelForImageTextToText\nV = AutoModelForImageTextToText\nm = V.from_pretrained('x')",
    ),
    "TextDataset, LineByLineTextDataset, GlueDataset, SquadDataset": (f"{TR}LineByLineTextDataset", None),
    "is_tf_available, is_flax_available, ModelCard": (f"{TR}is_tf_available", None),
    "Agent, HfAgent, ReactCodeAgent, Tool, load_tool": (f"{TR}load_tool", None),
    "top_k_top_p_filtering": (f"{TR}top_k_top_p_filtering", None),
    "Repository, HfFolder, cached_download": ("from huggingface_hub import Repository", None),
    "TRANSFORMERS_CACHE": (
        "import os\nos.environ['TRANSFORMERS_CACHE'] = 'x'",
        "os.environ[\"HF_HUB_CACHE\"] = 'x'",
    ),
    "encode_plus, batch_encode_plus": (
        "e = tok.encode_plus('a', max_length=3)\nf = (tok\n     .batch_encode_plus(['b']))",
        "e = tok('a', max_length=3)\n# {comment}\nf = (tok(['b']))",
    ),
    "prepare_seq2seq_batch": (
        "b = tok.prepare_seq2seq_batch(['a'], tgt_texts=['b'], return_tensors='pt')",
        "b = tok(['a'], text_target=['b'], return_tensors='pt', padding=True, truncation=True)",
    ),
    "as_target_tokenizer": (
        "with tok.as_target_tokenizer():\n    labels = tok(['b'], max_length=3).input_ids",
        "if True:\n    labels = tok(text_target=['b'], max_length=3).input_ids",
    ),
    "pad_to_max_length": ("e = tok('a', pad_to_max_length=True)", "e = tok('a', padding=\"max_length\")"),
    "additional_special_tokens": ("s = tok.additional_special_tokens", "s = tok.extra_special_tokens"),
    "apply_chat_template": (
        "i = tok.apply_chat_template(m, return_tensors='pt')",
        "i = tok.apply_chat_template(m, return_tensors='pt', return_dict=False)",
    ),
    "num_beam_groups": ("o = m.generate(x, num_beam_groups=2, max_length=3)", None),
    "penalty_alpha": ("o = m.generate(x, penalty_alpha=0.6, max_length=3)", None),
    "force_words_ids": ("o = m.generate(x, force_words_ids=[[1]], max_length=3)", None),
    "constraints": ("o = m.generate(x, constraints=[], max_length=3)", None),
    "generate without max_new_tokens": ("o = m.generate(**x)[0]\no = m.generate(x)", None),
    "transformers.AdamW": (
        f"{TR}(\n    AdamW,\n    get_scheduler,\n)\no = AdamW(p, lr=1, correct_bias=False)",
        f"from torch.optim import AdamW\n{TR}(\n    get_scheduler,\n)",
    ),
    "evaluation_strategy": ("a = T('x', evaluation_strategy='epoch')", "a = T('x', eval_strategy='epoch')"),
    "no_cuda": ("a = T('x', no_cuda=True)", "a = T('x', use_cpu=True)"),
    "per_gpu_train_batch_size": ("a = T(per_gpu_train_batch_size=8)", "a = T(per_device_train_batch_size=8)"),
    "per_gpu_eval_batch_size": ("a = T(per_gpu_eval_batch_size=8)", "a = T(per_device_eval_batch_size=8)"),
    "overwrite_output_dir, logging_dir": ("a = T(overwrite_output_dir=True, seed=1)", "a = T(seed=1)"),
    "Trainer(tokenizer=...)": (
        f"{TR}Trainer\nt = Trainer(model=m, tokenizer=tok)",
        "t = Trainer(model=m, processing_class=tok)",
    ),
    "TrainingArguments": (f"{TR}TrainingArguments\na = TrainingArguments('x')", "a = TrainingArguments('x')"),
    "datasets.load_metric": (
        "from datasets import load_dataset, load_metric\nm = load_metric('rouge')",
        "import evaluate\nfrom datasets import load_dataset\n# {comment}\nm = evaluate.load('rouge')",
    ),
    'load_dataset("ag_news")': (
        "from datasets import load_dataset\nd = load_dataset('ag_news', split='train')",
        "d = load_dataset(\"fancyzhx/ag_news\", split='train')",
    ),
    "load_dataset(trust_remote_code=...)": (
        "import datasets\nd = datasets.load_dataset('x', trust_remote_code=True)",
        "d = datasets.load_dataset('x')",
    ),
    "pip install torchtext": (
        "if x:\n    !pip install -q torch torchtext\\\n       'portalocker>=2.0'\ny = 1",
        "    !pip install -q torch torchtext==0.6.0\\\n       'portalocker>=2.0'\ny = 1",
    ),
    "pip install torch==...": (
        "%pip install torch==2.3.0 'torch<2.4' torch==2.11.0",
        "%pip install torch torch torch==2.11.0",
    ),
    "pip install transformers==...": (
        '!pip install transformers[sentencepiece]==4.38.1 "transformers<5"',
        '!pip install "transformers[sentencepiece]>=5.17,<6" "transformers>=5.17,<6"',
    ),
    "huggingface-cli, transformers-cli": ("!huggingface-cli login", None),
}
