"""Networks as PyTorch modules: their activation functions, their layers and what they predict."""
