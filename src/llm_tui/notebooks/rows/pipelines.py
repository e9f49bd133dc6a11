"""The pipelines of transformers."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.notebooks import find, special
from llm_tui.notebooks.rows.said import IGNORED, NO_ARGUMENT, NO_SUCH, V5, instead
from llm_tui.notebooks.table import Row

ROWS = (
    Row(
        "pipeline(text2text-generation, summarization, translation)",
        V5,
        Text("KeyError: the task is gone", "KeyError: la tarea ya no existe"),
        special.task(
            "text2text-generation",
            "summarization",
            "translation",
            "translation_*",
            becomes="Seq2SeqPipeline",
            helper="seq2seq",
        ),
        Text(
            "Seq2SeqPipeline, in a cell above: tokenizer, generate, text",
            "Seq2SeqPipeline, en una celda de arriba: tokenizador, generate, texto",
        ),
        Text("load the model with AutoModelForSeq2SeqLM", "cargue el modelo con AutoModelForSeq2SeqLM"),
    ),
    Row(
        "pipeline(question-answering)",
        "transformers 5.4",
        Text("KeyError: the task is gone", "KeyError: la tarea ya no existe"),
        special.task("question-answering", becomes="QuestionAnswering", helper="question_answering"),
        Text("QuestionAnswering, in a cell above", "QuestionAnswering, en una celda de arriba"),
        Text("load the model with AutoModelForQuestionAnswering", "cargue el modelo con AutoModelForQuestionAnswering"),
    ),
    Row(
        "pipeline(conversational)",
        "transformers 4.45",
        Text("KeyError: the task is gone", "KeyError: la tarea ya no existe"),
        special.task("conversational"),
        left=Text(
            "use text-generation with a chat model and a list of messages",
            "use text-generation con un modelo de chat y una lista de mensajes",
        ),
    ),
    Row(
        "pipeline(image-to-text)",
        V5,
        Text(
            "it is image-text-to-text now, which is asked otherwise",
            "ahora es image-text-to-text, que se usa de otro modo",
        ),
        special.task("image-to-text"),
        left=Text(
            "use image-text-to-text with a chat model for images",
            "use image-text-to-text con un modelo de chat para imágenes",
        ),
    ),
    Row(
        "pipeline(visual-question-answering, image-to-image)",
        "transformers 5.4",
        Text("KeyError: the task is gone", "KeyError: la tarea ya no existe"),
        special.task("visual-question-answering", "vqa", "image-to-image"),
        left=Text(
            "use image-text-to-text with a chat model for images",
            "use image-text-to-text con un modelo de chat para imágenes",
        ),
    ),
    Row(
        "SummarizationPipeline, Text2TextGenerationPipeline, TranslationPipeline",
        V5,
        NO_SUCH,
        special.gone(
            "transformers",
            "SummarizationPipeline",
            "Text2TextGenerationPipeline",
            "TranslationPipeline",
            "QuestionAnsweringPipeline",
            "ConversationalPipeline",
            "Conversation",
            "ImageToTextPipeline",
        ),
        left=Text("load model and tokenizer, and call generate", "cargue modelo y tokenizador, y llame a generate"),
    ),
    Row(
        "grouped_entities",
        V5,
        NO_ARGUMENT,
        find.argument("grouped_entities", mend=find.becomes("aggregation_strategy", '"simple"', '"none"')),
        instead("aggregation_strategy"),
    ),
    Row(
        "ignore_subwords",
        V5,
        NO_ARGUMENT,
        find.argument("ignore_subwords", mend=find.left),
        left=Text('aggregation_strategy="first" does it', 'lo hace aggregation_strategy="first"'),
    ),
    Row(
        "return_all_scores",
        V5,
        IGNORED,
        find.argument("return_all_scores", mend=special.all_scores),
        Text(
            "top_k=None gives all labels, now the highest first; the best one alone needs no argument",
            "top_k=None da todas las etiquetas, ahora de mayor a menor; la mejor sola no necesita argumento",
        ),
        Text(
            "top_k=None gives all labels, the highest first, and those of a single text not in a list of their own",
            "top_k=None da todas las etiquetas, de mayor a menor, y las de un solo texto sin una lista propia",
        ),
    ),
    Row(
        "device_map",
        "",
        Text(
            "it needs accelerate, which transformers does not bring; a pipeline takes the first GPU by itself",
            "necesita accelerate, que transformers no trae; un pipeline ya usa la primera GPU",
        ),
        find.argument("device_map", mend=find.removed, of=special.of_pipelines),
        Text("device_map taken out: the first GPU is used anyway", "device_map quitado: la primera GPU se usa igual"),
    ),
    Row(
        "device_map (from_pretrained)",
        "",
        Text("it needs accelerate, which transformers does not bring", "necesita accelerate, que transformers no trae"),
        find.argument("device_map", mend=lambda *_: (), of=special.of_loading),
        Text("accelerate is installed by the first cell", "la primera celda instala accelerate"),
        needs=("accelerate",),
    ),
)
