"""Charts as SVG, without a library: bars side by side, and lines over logarithmic axes."""

import html
import math

COLORS = ["#d9480f", "#1971c2", "#74b816", "#7048e8", "#868e96"]


class Drawing:
    def __init__(self, width, height):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
            f'font-size="12"><rect width="{width}" height="{height}" fill="white"/>']

    def text(self, x, y, text, anchor="start", weight="normal"):
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{html.escape(text)}</text>')

    def rectangle(self, x, y, width, height, color):
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}"/>')

    def line(self, points, color="#ced4da", width=1):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>')

    def legend(self, x, y, names):
        for index, name in enumerate(names):
            self.rectangle(x + index * 130, y - 10, 10, 10, COLORS[index % len(COLORS)])
            self.text(x + 15 + index * 130, y, name)

    def write(self, path):
        path.write_text("\n".join(self.parts + ["</svg>", ""]))


def bars(path, title, groups, names):
    """For each group, a title, an amount by name and its unit: bars as long as the amount is of the largest."""
    width, left, height = 900, 260, 16
    rows = sum(sum(name in amounts for name in names) * height + 14 for _, amounts, _ in groups)
    drawing = Drawing(width, rows + 70)
    drawing.text(12, 22, title, weight="bold")
    drawing.legend(left, 44, names)
    y = 60
    for label, amounts, unit in groups:
        largest = max(amounts.values())
        drawing.text(left - 10, y + 12, label, anchor="end")
        for index, name in enumerate(names):
            if name not in amounts:
                continue
            length = amounts[name] / largest * (width - left - 110)
            drawing.rectangle(left, y, length, height - 3, COLORS[index % len(COLORS)])
            drawing.text(left + length + 6, y + 11, f"{amounts[name]:.3g} {unit}")
            y += height
        y += 14
    drawing.write(path)


def lines(path, title, horizontal, series):
    """For each name, points (x, milliseconds); both axes go by powers."""
    width, height, left, bottom, top, right = 640, 400, 70, 50, 70, 20
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    span = math.log2(max(xs) / min(xs)) or 1

    def place(x, y):
        return (
            left + math.log2(x / min(xs)) / span * (width - left - right),
            height - bottom - (math.log10(y) - low) / max(high - low, 1) * (height - top - bottom))

    drawing = Drawing(width, height)
    drawing.text(12, 22, title, weight="bold")
    drawing.legend(left, 48, list(series))
    for power in range(low, high + 1):
        y = place(min(xs), 10.0 ** power)[1]
        drawing.line([(left, y), (width - right, y)])
        drawing.text(left - 6, y + 4, f"{10.0 ** power:g} ms", anchor="end")
    for x in sorted(set(xs)):
        at = place(x, 10.0 ** low)[0]
        drawing.line([(at, height - bottom), (at, height - bottom + 5)])
        drawing.text(at, height - bottom + 18, f"{x:g}", anchor="middle")
    drawing.text((left + width) / 2, height - 10, horizontal, anchor="middle")
    for index, points in enumerate(series.values()):
        drawing.line([place(x, y) for x, y in points], COLORS[index % len(COLORS)], 2)
    drawing.write(path)
