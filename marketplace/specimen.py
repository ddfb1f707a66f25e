"""Pictures of documents that nobody has: what the people of a demonstration hand in."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

INK, PAPER, LINE = "#1d3b53", "#f4efe2", "#b7a97f"


@lru_cache(maxsize=64)
def specimen(*lines: str, size: tuple[int, int] = (640, 400)) -> bytes:
    """A PNG that says SPECIMEN, and each of the lines below it."""
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    step = size[1] // 10
    pen.rectangle((4, 4, size[0] - 5, size[1] - 5), outline=LINE, width=3)
    pen.text((step, step), "SPECIMEN", fill="#a3524f", font=ImageFont.load_default(step))
    for number, line in enumerate(lines):
        pen.text((step, step * (3 + number)), line, fill=INK, font=ImageFont.load_default(max(8, step * 2 // 3)))
    made = BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
