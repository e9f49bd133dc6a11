"""The plain programs that do what the jobs did: torch, torchtext, transformers and tokenizers alone.

**How one adds a program.** A template `programs/NAME.py.jinja`, which reads as the program does; a module here with a
function that takes the job and the language, fills the template (`program.program`) and returns a `Snippet`; and one
row, by the job's `kind`, in `snippet.ROWS`.

**How a template is written.** `{{ value }}` becomes the Python literal of the value, whatever it is: no text of a
student's, a model's or a file's can become code. One that may be long stands alone on the right of an assignment at the
margin: `text = {{ text }}`. A comment is written twice, in lines of their own, and the one of the language stays:

    # en: The words of the training texts.
    # es: Las palabras de los textos de entrenamiento.

`{% include "part.py.jinja" %}` takes in what programs share, `{% if ... %}` leaves out what a job did not ask for.
"""
