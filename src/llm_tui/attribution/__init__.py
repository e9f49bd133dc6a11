"""Why a pretrained model said what it said: what each word of its input had to do with it."""
