"""The foundation-model flow: pretrained models, found, loaded and asked."""
