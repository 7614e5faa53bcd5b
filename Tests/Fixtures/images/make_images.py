"""Makes the pictures of this folder with Pillow, and what OpenCV reads them as.

    pip install pillow opencv-python-headless numpy
    python make_images.py
"""

import json
import struct

import cv2
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 13, 10
rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
channels = [20 * columns + 3 * rows, 255 - 14 * rows, 128 + 100 * np.sin(rows / 3 + columns / 4)]
rgb = Image.fromarray(np.stack(channels, axis=2).clip(0, 255).astype(np.uint8))
gray = rgb.convert("L")
alpha = rgb.copy()
alpha.putalpha(gray)

rgb.save("color.jpg", quality=90)
rgb.save("progressive.jpg", quality=90, progressive=True)
gray.save("gray.jpg", quality=90)
rgb.convert("CMYK").save("cmyk.jpg", quality=90)
rgb.save("color.png")
gray.save("gray.png")
alpha.save("alpha.png")
rgb.quantize(7).save("palette.png")
gray.convert("1").save("bits.png")
rgb.save("color.bmp")
rgb.save("color.ppm")
gray.save("gray.pgm")
rgb.quantize(7).save("color.gif")
rgb.save("color.webp", quality=90)
cv2.imwrite("deep.png", np.array(rgb).astype(np.uint16) * 257 + 100)

tensors = {}
names = "color.jpg progressive.jpg gray.jpg cmyk.jpg color.png gray.png alpha.png palette.png bits.png color.bmp color.ppm"
names += " gray.pgm color.webp deep.png"
for name in names.split():
    tensors[name + "/color"] = cv2.imread(name, cv2.IMREAD_COLOR)
    tensors[name + "/gray"] = cv2.imread(name, cv2.IMREAD_GRAYSCALE)[:, :, None]
tensors["color.gif/color"] = np.array(Image.open("color.gif").convert("RGB"))[:, :, ::-1]
picture = cv2.imread("color.png")
for height, width in [(13, 10), (26, 20), (7, 5), (1, 1), (40, 3), (5, 31), (6, 10)]:
    tensors[f"resized/{height}/{width}"] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)

header, content = {}, b""
for name, tensor in tensors.items():
    data = np.ascontiguousarray(tensor, dtype="<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(content), len(content) + len(data)]}
    content += data
text = json.dumps(header).encode()
with open("expected.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + content)
