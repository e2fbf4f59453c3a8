"""A film as a folder of numbered PNG, without any loss."""

from concurrent.futures import ThreadPoolExecutor

from PIL import Image


def save(path, film):
    """Save a Film as PNG in a new folder, numbered from 0001 on; each is written beside drawing."""
    digits = max(4, len(str(len(film.epochs))))
    with ThreadPoolExecutor(max_workers=1) as writer:
        written = writer.submit(path.mkdir)
        for number, frame in enumerate(film.frames(), start=1):
            pixels = frame[..., :3].copy()
            written.result()
            name = path / f"{number:0{digits}d}.png"
            written = writer.submit(Image.fromarray(pixels).save, name)
        written.result()
