"""The playground: tasks for pretrained models, asked one text at a time."""
