"""The texts of the checklist: each item's id, its question in English and in Spanish, and what it comes from.

The id begins with its topic. Saved answers are kept by it: it never changes, and that of a dropped item is not used
again.
"""

from __future__ import annotations

COURSE: tuple[tuple[str, str, str], ...] = (
    (
        "bias-1",
        "Which groups, topics or varieties of the language are rare or missing in your news classifier's data?",
        "¿Qué grupos, temas o variedades del idioma faltan o escasean en los datos de su clasificador de noticias?",
    ),
    (
        "bias-2",
        "In which texts does zero-shot moderation fail more (irony, slang, abbreviations), and who writes so?",
        "¿En qué textos falla más la moderación zero-shot (ironía, jerga, abreviaturas) y quiénes escriben así?",
    ),
    (
        "bias-3",
        "Does a prediction change if only a name, a gender or a country in the text changes? Give an example.",
        "¿Cambia una predicción si en el texto solo cambia un nombre, el género o un país? Dé un ejemplo.",
    ),
    (
        "bias-4",
        "Did you try another prompt, other labels or another hypothesis, and were there fewer errors?",
        "¿Probó con otra instrucción, otras etiquetas u otra hipótesis? ¿Hubo menos errores?",
    ),
    (
        "bias-5",
        "What would a filter stop, and which outputs would a person review before they are used?",
        "¿Qué detendría un filtro y qué salidas revisaría una persona antes de que se usen?",
    ),
    (
        "privacy-1",
        "Do your texts (news, moderation, prompts) hold personal data: names, addresses, accounts?",
        "¿Hay datos personales en sus textos (noticias, moderación, prompts): nombres, direcciones, cuentas?",
    ),
    (
        "privacy-2",
        "Did you give each model only the text that its task needs, and leave out the rest?",
        "¿Dio a cada modelo solo el texto que su tarea necesita y dejó fuera el resto?",
    ),
    (
        "privacy-3",
        "How did you replace or hide personal data, and could somebody be recognized by what is left?",
        "¿Cómo sustituyó u ocultó los datos personales? ¿Podría reconocerse a alguien por lo que queda?",
    ),
    (
        "privacy-4",
        "Does any text leave your machine (a remote model, a shared folder), and did those in it agree?",
        "¿Sale algún texto de su equipo (un modelo remoto, una carpeta compartida)? ¿Lo aceptaron los afectados?",
    ),
    (
        "privacy-5",
        "Does the log keep hashes or whole texts, and when will you delete what is no longer needed?",
        "¿Guarda el registro hashes o textos completos? ¿Cuándo borrará lo que ya no haga falta?",
    ),
    (
        "traceability-1",
        "Is every model call and training in the log, with its time, settings, device and outcome?",
        "¿Está en el registro cada llamada a un modelo y cada entrenamiento, con hora, ajustes y resultado?",
    ),
    (
        "traceability-2",
        "Did you write down the exact revision of each model, and not only its name?",
        "¿Anotó la revisión exacta de cada modelo, y no solo su nombre?",
    ),
    (
        "traceability-3",
        "Do you know which data each run was trained and tested on: source, version, rows, seed?",
        "¿Sabe con qué datos se entrenó y se probó cada ejecución: origen, versión, filas, semilla?",
    ),
    (
        "traceability-4",
        "Did you read the model cards (licence, languages, intended use), and does your use fit them?",
        "¿Leyó las model cards (licencia, idiomas, uso previsto)? ¿Encaja en ellas el uso que usted hizo?",
    ),
    (
        "traceability-5",
        "Could somebody else in the course get the same numbers from what you hand in?",
        "¿Podría otra persona del curso obtener los mismos números con lo que usted entrega?",
    ),
    (
        "deployment-1",
        "Who may use your models, change the prompts or read the log, and how is that controlled?",
        "¿Quién puede usar sus modelos, cambiar los prompts o leer el registro, y cómo se controla?",
    ),
    (
        "deployment-2",
        "What did the jailbreak test show: which prompts made the model break its instructions?",
        "¿Qué mostró la prueba de jailbreak: qué textos hicieron que el modelo incumpliera sus instrucciones?",
    ),
    (
        "deployment-3",
        "If a text to translate or summarize says “ignore the above”, does the model obey it?",
        "Si un texto por traducir o resumir dice «ignora lo anterior», ¿le obedece el modelo?",
    ),
    (
        "deployment-4",
        "Who or what watches the outputs (made-up facts, insults, odd characters), and who is told?",
        "¿Quién o qué vigila las salidas (datos inventados, insultos, caracteres raros) y a quién se avisa?",
    ),
    (
        "deployment-5",
        "For which labels, and from which score on, does moderation act alone, and when does a person decide?",
        "¿Con qué etiquetas y desde qué puntuación actúa sola la moderación, y cuándo decide una persona?",
    ),
    (
        "lifecycle-1",
        "Which tests must a new model or revision pass before it replaces the present one?",
        "¿Qué pruebas debe superar un modelo nuevo, o una revisión, antes de sustituir al actual?",
    ),
    (
        "lifecycle-2",
        "How would you go back to the run or revision before (rollback), and have you tried it?",
        "¿Cómo volvería a la ejecución o revisión anterior (rollback)? ¿Lo ha probado?",
    ),
    (
        "lifecycle-3",
        "How would you notice that the classifier gets worse because the news has changed?",
        "¿Cómo notaría que el clasificador empeora porque las noticias han cambiado?",
    ),
    (
        "lifecycle-4",
        "Who audits the log and the decisions, how often, and what is left in writing?",
        "¿Quién audita el registro y las decisiones, con qué frecuencia y qué queda por escrito?",
    ),
    (
        "lifecycle-5",
        "When would you retire the model, and what would happen to its data and weights?",
        "¿Cuándo retiraría el modelo y qué pasaría con sus datos y sus pesos?",
    ),
)

# deon: https://deon.drivendata.org, its items by name, since their numbers have moved between versions.
# Model Cards: Mitchell et al. 2019, https://doi.org/10.1145/3287560.3287596, by section.
# Datasheets: Gebru et al. 2021, https://doi.org/10.1145/3458723, by section.
# NIST AI 600-1: July 2024, https://doi.org/10.6028/NIST.AI.600-1, by suggested action.
# OWASP: Top 10 for LLM Applications 2026, https://genai.owasp.org, by entry.

EXTENDED: tuple[tuple[str, str, str, str], ...] = (
    (
        "bias-x1",
        "Did you count errors apart for each group, dialect or topic, and not only one overall accuracy?",
        "¿Contó los errores por separado para cada grupo, dialecto o tema, y no solo una exactitud global?",
        "deon, “Fairness across groups”",
    ),
    (
        "bias-x2",
        "Could a word give away a group (a neighbourhood, a first name) and decide the class?",
        "¿Podría una palabra delatar a un grupo (un barrio, un nombre de pila) y decidir la clase?",
        "deon, “Proxy discrimination”",
    ),
    (
        "bias-x3",
        "Are the instructions for labelling the texts written down, and how often do two people disagree?",
        "¿Están escritas las instrucciones para etiquetar los textos? ¿Con qué frecuencia discrepan dos personas?",
        "NIST AI 600-1, MS-2.8-002",
    ),
    (
        "bias-x4",
        "Which languages and kinds of text was the model evaluated on, and which of yours are missing?",
        "¿Con qué idiomas y tipos de texto se evaluó el modelo, y cuáles de los suyos faltan?",
        "Model Cards (Mitchell et al. 2019), Factors",
    ),
    (
        "bias-x5",
        "Did you use a benchmark that is made to show stereotypes, and say what it does not cover?",
        "¿Usó un benchmark hecho para revelar estereotipos, y dijo qué no cubre?",
        "NIST AI 600-1, MS-2.11-001",
    ),
    (
        "bias-x6",
        "Did you tell those who will use the results, in plain words, where the model fails?",
        "¿Explicó a quienes usarán los resultados, en palabras sencillas, dónde falla el modelo?",
        "deon, “Communicate bias”",
    ),
    (
        "privacy-x1",
        "Did the people whose texts you use agree to it, and did they know what for?",
        "Las personas cuyos textos usa, ¿dieron su consentimiento sabiendo para qué?",
        "deon, “Informed consent”",
    ),
    (
        "privacy-x2",
        "If somebody wants their text removed, can you find it in data, runs and log, and delete it?",
        "Si alguien quiere que se elimine su texto, ¿puede hallarlo en datos, ejecuciones y registro, y borrarlo?",
        "deon, “Right to be forgotten”",
    ),
    (
        "privacy-x3",
        "Is there anything confidential or sensitive in the data (health, beliefs, origin)? How do you know?",
        "¿Hay algo confidencial o sensible en los datos (salud, creencias, origen)? ¿Cómo lo sabe?",
        "Datasheets for Datasets (Gebru et al. 2021), Composition",
    ),
    (
        "privacy-x4",
        "Could the model give away what it saw in training, or in another person's prompt?",
        "¿Podría el modelo revelar lo que vio en el entrenamiento o en el prompt de otra persona?",
        "OWASP LLM02:2026 Sensitive Information Disclosure",
    ),
    (
        "privacy-x5",
        "Do you look for personal data in generated summaries and translations before they are shown?",
        "¿Busca datos personales en los resúmenes y las traducciones generados antes de mostrarlos?",
        "NIST AI 600-1, MP-4.1-009",
    ),
    (
        "traceability-x1",
        "Do you know who made the data set and what for?",
        "¿Sabe quién creó el conjunto de datos y para qué?",
        "Datasheets for Datasets (Gebru et al. 2021), Motivation",
    ),
    (
        "traceability-x2",
        "Does your own classifier have a card: who made it, when, which version, which licence?",
        "¿Tiene su propio clasificador una model card: quién lo hizo, cuándo, qué versión, qué licencia?",
        "Model Cards (Mitchell et al. 2019), Model Details",
    ),
    (
        "traceability-x3",
        "Is it written down what your model is for, and what it must not be used for?",
        "¿Está escrito para qué sirve su modelo y para qué no debe usarse?",
        "Model Cards (Mitchell et al. 2019), Intended Use",
    ),
    (
        "traceability-x4",
        "Does each number come with an interval or several seeds, and did you say why you chose that metric?",
        "¿Acompaña a cada número un intervalo o varias semillas? ¿Dijo por qué eligió esa métrica?",
        "Model Cards (Mitchell et al. 2019), Metrics",
    ),
    (
        "traceability-x5",
        "Is there an inventory of the models you use: data, versions, licences, known problems?",
        "¿Hay un inventario de los modelos que usa: datos, versiones, licencias, problemas conocidos?",
        "NIST AI 600-1, GV-1.6-003",
    ),
    (
        "traceability-x6",
        "Do weights, tokenizers and packages come from a source you checked, pinned to a revision?",
        "¿Vienen los pesos, tokenizadores y paquetes de una fuente comprobada, fijados a una revisión?",
        "OWASP LLM04:2026 Supply Chain",
    ),
    (
        "traceability-x7",
        "Do your tables also show the runs that went badly, and on how many examples each number rests?",
        "¿Muestran sus tablas también las ejecuciones que salieron mal y en cuántos ejemplos se basa cada número?",
        "deon, “Honest representation”",
    ),
    (
        "deployment-x1",
        "Does the prompt keep instructions apart from foreign text, and did you try text posing as an order?",
        "¿Separa el prompt las instrucciones del texto ajeno? ¿Probó con textos que se hacen pasar por órdenes?",
        "OWASP LLM01:2026 Prompt Injection",
    ),
    (
        "deployment-x2",
        "Is the model's output made harmless before a terminal, a web page or a database receives it?",
        "¿Se neutraliza la salida del modelo antes de que llegue a una terminal, una página web o una base de datos?",
        "OWASP LLM10:2026 Improper Output Handling",
    ),
    (
        "deployment-x3",
        "Can the model do anything on its own (delete, publish, send), and who has to confirm it?",
        "¿Puede el modelo hacer algo por su cuenta (borrar, publicar, enviar)? ¿Quién tiene que confirmarlo?",
        "OWASP LLM03:2026 Excessive Agency",
    ),
    (
        "deployment-x4",
        "Would it do harm if your hidden instructions were read, and is there a secret in them?",
        "¿Haría daño que alguien leyera sus instrucciones ocultas? ¿Contienen algún secreto?",
        "OWASP LLM08:2026 Hidden Context Exposure",
    ),
    (
        "deployment-x5",
        "Does a person compare summaries with their source before anybody relies on them?",
        "¿Compara una persona los resúmenes con su fuente antes de que alguien se fíe de ellos?",
        "OWASP LLM07:2026 Misinformation",
    ),
    (
        "deployment-x6",
        "Are the length and the number of calls limited, so that nobody can use up the GPU?",
        "¿Hay un límite de longitud y de número de llamadas, para que nadie acapare la GPU?",
        "OWASP LLM06:2026 Unbounded Consumption",
    ),
    (
        "deployment-x7",
        "If your system searches documents by embeddings, does each person find only what they may read?",
        "Si su sistema busca documentos con embeddings, ¿encuentra cada persona solo lo que puede leer?",
        "OWASP LLM09:2026 Vector and Embedding Weaknesses",
    ),
    (
        "deployment-x8",
        "Are users told that a model wrote or classified what they read?",
        "¿Se informa a los usuarios de que un modelo escribió o clasificó lo que leen?",
        "NIST AI 600-1, MP-5.1-003",
    ),
    (
        "deployment-x9",
        "Did somebody who did not write the prompts try to break them?",
        "¿Intentó romper los prompts alguien que no los escribió?",
        "NIST AI 600-1, MS-1.3-003",
    ),
    (
        "lifecycle-x1",
        "Who may add training data, and would you notice labels that are wrong on purpose?",
        "¿Quién puede añadir datos de entrenamiento? ¿Notaría usted etiquetas falsas puestas a propósito?",
        "OWASP LLM05:2026 Data and Model Poisoning",
    ),
    (
        "lifecycle-x2",
        "Is it written down which result or incident would make you switch the model off?",
        "¿Está escrito qué resultado o qué incidente le haría apagar el modelo?",
        "NIST AI 600-1, MG-2.4-004",
    ),
    (
        "lifecycle-x3",
        "Do you keep a list of reported errors and near misses, and of what was done about each?",
        "¿Lleva una lista de los errores y los casi incidentes notificados, y de lo que se hizo en cada caso?",
        "NIST AI 600-1, MG-4.3-002",
    ),
    (
        "lifecycle-x4",
        "Do you evaluate again before the model is used for a task or a language it was not tested on?",
        "¿Vuelve a evaluar el modelo antes de usarlo en una tarea o un idioma con que no se probó?",
        "NIST AI 600-1, MP-4.1-008",
    ),
    (
        "lifecycle-x5",
        "Can somebody who was classified wrongly complain, and does a person answer and correct it?",
        "¿Puede reclamar quien fue mal clasificado? ¿Hay una persona que responda y lo corrija?",
        "deon, “Redress”",
    ),
    (
        "lifecycle-x6",
        "Who looks after the data set, how are its errors corrected, and are old versions still to be had?",
        "¿Quién mantiene el conjunto de datos, cómo se corrigen sus errores y se conservan las versiones anteriores?",
        "Datasheets for Datasets (Gebru et al. 2021), Maintenance",
    ),
    (
        "lifecycle-x7",
        "How could the model be misused, and how would you notice?",
        "¿Qué mal uso podría darse al modelo y cómo lo notaría usted?",
        "deon, “Unintended use”",
    ),
    (
        "lifecycle-x8",
        "Did you measure or estimate the energy of training and use, and compare it with a smaller model's?",
        "¿Midió o estimó la energía de entrenar y usar el modelo, y la comparó con la de otro más pequeño?",
        "NIST AI 600-1, MS-2.12-003",
    ),
)
