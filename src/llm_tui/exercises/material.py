"""Texts of the project's own that exercises 3 to 6 begin with, until the student brings others.

People, organisations, addresses and numbers in them are invented.
"""

from __future__ import annotations

from llm_tui.i18n import Text

KINDS: dict[str, Text] = {
    "plain": Text("plain", "directo"),
    "irony": Text("irony", "ironía"),
    "slang": Text("slang", "jerga"),
    "abbreviation": Text("abbreviations", "abreviaturas"),
}
"""How a text of exercise 3 is written, by its key."""

MODERATION: tuple[tuple[str, str, str], ...] = (
    ("¿A qué hora abre mañana la biblioteca de la facultad?", "permitido", "plain"),
    ("Gracias por los apuntes, me sirvieron mucho para el examen de redes.", "permitido", "plain"),
    (
        "Genial, el servidor se cayó justo cuando iba a entregar la práctica. Qué puntería la mía.",
        "permitido",
        "irony",
    ),
    ("¡Qué chévere quedó tu proyecto, parce! Te luciste con la demo.", "permitido", "slang"),
    ("Tqm, amiga, nos vemos dsps de clase xq ahora no puedo. Bss.", "permitido", "abbreviation"),
    (
        "¡Última oportunidad! Gane 500 euros al día desde casa: responda QUIERO y empiece hoy mismo.",
        "spam",
        "plain",
    ),
    (
        "Compre seguidores para su cuenta: 1000 por solo 4,99. Oferta válida hasta la medianoche.",
        "spam",
        "plain",
    ),
    (
        "Claro, seguro que a usted no le interesa hacerse rico sin trabajar... Por si acaso, mire mi perfil.",
        "spam",
        "irony",
    ),
    (
        "¿Qué onda, banda? Esta app sí da un chorro de lana. Píquenle al link antes de que se acabe el bono.",
        "spam",
        "slang",
    ),
    (
        "Promo x hoy: 2x1 en recargas. Manda msj con tu nom y gana tmb un cel grts. Info x priv.",
        "spam",
        "abbreviation",
    ),
    ("La gente de ese barrio es basura y no debería entrar en nuestra escuela.", "odio", "plain"),
    ("Los de la otra facultad me dan asco: ojalá los echen a todos de la universidad.", "odio", "plain"),
    (
        "Sí, claro, los del pueblo de al lado son unos genios: por eso conviene tenerlos lejos de la gente decente.",
        "odio",
        "irony",
    ),
    (
        "Los del bloque de enfrente son unos guarros, tío: que se piren todos del barrio, que aquí sobran.",
        "odio",
        "slang",
    ),
    ("No kiero a nadie d ese barrio aki, son tds unos inútiles, q se vayan xq dan asco.", "odio", "abbreviation"),
    ("Mi teléfono es el 555-0142 y vivo en la calle Inventada, número 12, tercero B.", "sensibles", "plain"),
    ("A mi compañera Nuria le diagnosticaron una depresión y toma pastillas desde marzo.", "sensibles", "plain"),
    (
        "Qué maravilla de semana: me confirman la diabetes y encima se entera toda la oficina. Habrá que celebrarlo.",
        "sensibles",
        "irony",
    ),
    (
        "Che, estoy hecho bolsa: hace días que no le encuentro sentido a nada y no tengo ganas de seguir.",
        "sensibles",
        "slang",
    ),
    (
        "T paso x aki mi clave dl banco: 0000. Mi DNI es 00000000X, xq tmb t lo van a pedir.",
        "sensibles",
        "abbreviation",
    ),
)
"""Text, true label and kind. Every label has two plain texts and one of each other kind, so that a kind that fails
more often does not do so because of its labels.
"""

SPANISH_SENTENCES: tuple[str, ...] = (
    "Si el despliegue canario dispara las alertas, eventualmente haremos un rollback y el balanceador de carga "
    "devolverá el tráfico a la versión actual.",
    "La librería en línea guarda datos sensibles de sus clientes: los secretos nunca deben quedar en un commit.",
    "El equipo de plataforma asumió el turno de noche y realizó el cambio desde la carpeta de configuración con un "
    "solo comando.",
    "El registro del pipeline no soporta más de mil líneas por minuto: por encima de ese umbral se pierden trazas.",
    "Según la política de seguridad, la firma de cada imagen se comprueba antes del despliegue, y la formación del "
    "personal se actualiza cada año.",
)
"""Technical sentences for ES->EN. In the first, «eventualmente» is “possibly”; the second is about a bookshop."""

ENGLISH_SENTENCES: tuple[str, ...] = (
    "The new library actually supports automatic retries, so the pipeline eventually succeeds.",
    "We assumed that the rollback was safe, but nobody realized that the logs contained secrets.",
    "A sensible default is to send the canary release to five percent of the users before the full deployment.",
    "If the load balancer's health check fails, resume the previous deployment and record the commit in the incident "
    "log.",
    "Our current policy is to remove exposed API keys at once, notify every recipient of the report and discuss the "
    "root cause without blame.",
)
"""Technical sentences for EN->ES."""

SOURCE_TEXT = """\
La mañana del martes 12 de marzo, los 18.400 estudiantes de la Universidad Técnica de Monteclaro no pudieron entrar \
en su campus virtual. La interrupción duró 97 minutos y coincidió con la entrega de 26 trabajos finales. No hubo \
ataque ni avería: una actualización pequeña, revisada por una sola persona, había cambiado la dirección de la base de \
datos en un archivo de configuración.

El informe que la universidad publicó tres semanas después, firmado por la ingeniera Inés Olmedo, cuenta lo que \
ocurrió. La actualización se instaló a las 8:05 en los nueve servidores a la vez. Las alertas tardaron 22 minutos en \
llegar al equipo de guardia, porque el umbral de errores estaba fijado en el 40 % y la mayoría de las páginas seguía \
mostrando copias antiguas. Cuando Tomás Arriaga, el técnico de turno, quiso volver a la versión anterior, descubrió \
que el procedimiento no se ensayaba desde hacía catorce meses y que faltaba una contraseña.

Desde entonces, la universidad ha cambiado su manera de trabajar con la ayuda de Brumalta, una cooperativa de doce \
personas. Cada cambio se prueba primero en un solo servidor, que recibe el 5 % de las visitas durante media hora. Si \
los errores superan el 2 %, el sistema regresa por sí mismo a la versión anterior. Además, dos personas deben aprobar \
cualquier modificación de la configuración, y el regreso se ensaya el primer lunes de cada mes.

Los resultados se conocieron en noviembre. En seis meses se instalaron 143 cambios, el doble que en el semestre \
anterior, y solo cuatro tuvieron que retirarse; el fallo más largo duró seis minutos. La reforma costó 31.000 euros, \
menos de la mitad de lo previsto. Olmedo, sin embargo, pide prudencia: ninguno de los cuatro fallos ocurrió en época \
de exámenes.

La profesora Lucía Ferrán, que estudia estos casos en el Instituto Alborada, cree que la lección no es técnica. «Lo \
caro no fue el error —afirma—, sino no haber practicado cómo deshacerlo».
"""
"""A text to summarize in exercise 5. Its many names and numbers show what a summary invents."""

SOURCE_TEXT_EN = """\
On the morning of Tuesday 12 March, the 18,400 students of the Technical University of Monteclaro could not enter \
their virtual campus. The outage lasted 97 minutes and fell on the day when 26 final projects were due. There had \
been no attack and no breakdown: a small update, reviewed by a single person, had changed the address of the database \
in a configuration file.

The report that the university published three weeks later, signed by the engineer Inés Olmedo, tells what happened. \
The update was installed at 8:05 on all nine servers at once. The alerts took 22 minutes to reach the team on call, \
because the error threshold was set at 40% and most pages went on showing old copies. When Tomás Arriaga, the \
technician on duty, tried to return to the previous version, he found that the procedure had not been rehearsed for \
fourteen months and that a password was missing.

Since then, the university has changed its way of working with the help of Brumalta, a cooperative of twelve people. \
Every change is first tried on a single server, which receives 5% of the visits for half an hour. If errors exceed \
2%, the system goes back to the previous version by itself. In addition, two people must approve any change to the \
configuration, and going back is rehearsed on the first Monday of every month.

The results were announced in November. In six months 143 changes were installed, twice as many as in the previous \
half year, and only four had to be withdrawn; the longest failure lasted six minutes. The reform cost 31,000 euros, \
less than half of what was planned. Olmedo, however, urges caution: none of the four failures happened during exams.

Professor Lucía Ferrán, who studies such cases at the Alborada Institute, believes that the lesson is not a technical \
one. “What was expensive was not the mistake,” she says, “but never having practised how to undo it.”
"""
"""`SOURCE_TEXT` in English: the summarizers that the course suggests know no other language."""

PARAGRAPH = (
    "Cuando una petición recorre ocho servicios, saber que todos están encendidos no basta para explicar por qué un "
    "pago tarda cuatro segundos. El equipo añadió trazas a cada servicio, unificó los registros en un formato "
    "estructurado y publicó métricas de latencia. Con esas tres señales, enlazadas por un mismo identificador, "
    "bastaron diez minutos para encontrar una consulta lenta que llevaba meses oculta. Las alertas también cambiaron: "
    "ya no avisan de que un procesador está ocupado, sino de que los usuarios esperan demasiado. El tablero muestra "
    "ahora qué hace el sistema por dentro y responde a preguntas que nadie había previsto."
)
"""A paragraph for the three prompts of exercise 6. Of the course's three topics, its own is Observabilidad."""
