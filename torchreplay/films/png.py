"""A film as a folder of PNG, without any loss."""

from concurrent.futures import ThreadPoolExecutor

from PIL import Image


def save(path, film):
    """Save a Film as PNG files named after epochs, written in a thread beside the drawing."""
    counts = [film.picture.count(epoch) for epoch in film.epochs]
    digits = max(4, *map(len, counts))
    with ThreadPoolExecutor(max_workers=1) as writer:
        written = writer.submit(path.mkdir)
        for count, frame in zip(counts, film.frames(), strict=True):
            pixels = frame[..., :3].copy()
            written.result()
            name = path / f"epoch_{count.zfill(digits)}.png"
            written = writer.submit(Image.fromarray(pixels).save, name)
        written.result()
