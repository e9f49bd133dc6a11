"""Models and what is loaded with them: arguments, classes and modules of transformers that are gone."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.notebooks import find, special
from llm_tui.notebooks.rows.said import NO_ARGUMENT, NO_SUCH, V5, instead
from llm_tui.notebooks.table import Row

ROWS = (
    Row(
        "use_auth_token",
        V5,
        Text("TypeError with models, ignored elsewhere", "TypeError con modelos; en lo demás se pasa por alto"),
        find.argument("use_auth_token", mend=find.renamed("token")),
        instead("token"),
    ),
    Row(
        "torch_dtype",
        "transformers 4.56",
        Text("it still works, with a warning", "aún funciona, con un aviso"),
        find.argument("torch_dtype", mend=find.renamed("dtype")),
        instead("dtype"),
    ),
    Row(
        "load_in_8bit, load_in_4bit",
        V5,
        NO_ARGUMENT,
        find.argument(
            "load_in_8bit",
            "load_in_4bit",
            mend=special.in_fewer_bits,
            of=special.of_loading,
            lines=("from transformers import BitsAndBytesConfig",),
        ),
        instead("quantization_config"),
        Text("put both into one BitsAndBytesConfig", "ponga los dos en un BitsAndBytesConfig"),
        needs=("bitsandbytes", "accelerate"),
    ),
    Row(
        "resume_download",
        V5,
        NO_ARGUMENT,
        find.argument("resume_download", mend=find.removed, of=special.of_loading),
        Text("taken out: downloads go on by themselves", "quitado: las descargas continúan solas"),
    ),
    *(
        Row(
            f"{start}Auto...",
            V5,
            Text("TensorFlow and Flax are gone from transformers", "transformers ya no tiene TensorFlow ni Flax"),
            find.prefix(start, lambda own, start=start: "" if "Train" in own else own.removeprefix(start)),  # type: ignore[misc]
            Text(
                "torch's class; code that uses TensorFlow or JAX after it is left",
                "la clase de torch; el código posterior con TensorFlow o JAX queda igual",
            ),
            Text("use Trainer", "emplee Trainer"),
        )
        for start in ("TF", "Flax")
    ),
    Row(
        "return_tensors='tf'",
        V5,
        Text("ValueError: only 'pt', 'np' and 'mlx' are left", "ValueError: solo quedan 'pt', 'np' y 'mlx'"),
        special.other_tensors("tf", "jax"),
        instead('"pt"'),
    ),
    Row(
        "import tensorflow",
        V5,
        Text("transformers no longer works with it", "transformers ya no funciona con él"),
        find.used("tensorflow", mended=False),
        left=Text("write this part with torch", "escriba esta parte con torch"),
    ),
    Row(
        "from_tf, from_flax, from_pt",
        V5,
        Text("weights are torch's alone", "los pesos son solo los de torch"),
        find.argument("from_tf", "from_flax", "from_pt", mend=find.removed, of=special.of_loading),
        Text("taken out: weights are torch's alone", "quitado: los pesos son solo los de torch"),
    ),
    Row(
        "transformers.file_utils",
        "transformers 5.0",
        Text(
            "only a rest of it is kept, without cached_path or is_tf_available",
            "solo se conserva una parte, sin cached_path ni is_tf_available",
        ),
        find.module("transformers.file_utils", "transformers.utils"),
        instead("transformers.utils"),
        instead("transformers.utils"),
    ),
    *(
        Row(
            f"transformers.{place}",
            V5,
            Text("there is no such module", "ese módulo ya no existe"),
            find.module(f"transformers.{place}"),
            left=instead,
        )
        for place, instead in (
            ("modeling_tf_utils", Text("use torch's classes", "use las clases de torch")),
            ("modeling_flax_utils", Text("use torch's classes", "use las clases de torch")),
            ("generation_utils", Text("it is transformers.generation", "es transformers.generation")),
            ("onnx", Text("use the package optimum", "use el paquete optimum")),
            ("agents", Text("use the package smolagents", "use el paquete smolagents")),
        )
    ),
    Row(
        "AutoModelWithLMHead",
        V5,
        NO_SUCH,
        special.gone("transformers", "AutoModelWithLMHead"),
        left=Text(
            "AutoModelForCausalLM, AutoModelForMaskedLM or AutoModelForSeq2SeqLM, as the model is",
            "AutoModelForCausalLM, AutoModelForMaskedLM o AutoModelForSeq2SeqLM, según el modelo",
        ),
    ),
    Row(
        "AutoModelForVision2Seq",
        V5,
        NO_SUCH,
        find.name(
            "transformers.AutoModelForVision2Seq",
            becomes="AutoModelForImageTextToText",
            imported="from transformers import AutoModelForImageTextToText",
        ),
        instead("AutoModelForImageTextToText"),
    ),
    Row(
        "TextDataset, LineByLineTextDataset, GlueDataset, SquadDataset",
        V5,
        NO_SUCH,
        special.gone(
            "transformers",
            "TextDataset",
            "LineByLineTextDataset",
            "TextDatasetForNextSentencePrediction",
            "GlueDataset",
            "SquadDataset",
            "glue_processors",
            "glue_convert_examples_to_features",
            "glue_compute_metrics",
        ),
        left=Text("use the package datasets", "use el paquete datasets"),
    ),
    *(
        Row(
            ", ".join(own),
            since,
            NO_SUCH,
            special.gone("transformers", *own),
            left=Text("there is nothing in its place in transformers", "en transformers no hay nada en su lugar"),
        )
        for since, own in (
            (V5, ("is_tf_available", "is_flax_available", "ModelCard")),
            ("transformers 4.57", ("Agent", "HfAgent", "ReactCodeAgent", "Tool", "load_tool")),
            ("transformers 4.45", ("top_k_top_p_filtering",)),
        )
    ),
    Row(
        "Repository, HfFolder, cached_download",
        "huggingface-hub 1.0",
        NO_SUCH,
        special.gone("huggingface_hub", "Repository", "HfFolder", "cached_download", "InferenceApi"),
        left=Text(
            "use hf_hub_download, snapshot_download or get_token", "use hf_hub_download, snapshot_download o get_token"
        ),
    ),
    Row(
        "TRANSFORMERS_CACHE",
        V5,
        Text("the variable is not read any more", "esa variable ya no se lee"),
        special.text_in_code("TRANSFORMERS_CACHE", "HF_HUB_CACHE"),
        instead("HF_HUB_CACHE"),
    ),
)
