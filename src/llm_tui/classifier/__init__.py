"""The classic flow: data, tokenizer and vocabulary, model, training, evaluation."""
