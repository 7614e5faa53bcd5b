"""PyTorch's side: a DataLoader over JPEG files, with Pillow. Prints pictures a second."""

import argparse
import random
import time

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

MEAN = np.array([104, 117, 123], dtype=np.float32).reshape(3, 1, 1)


class Pictures(Dataset):
    def __init__(self, list_file, repeats):
        with open(list_file) as lines:
            self.entries = [line.rsplit(" ", 1) for line in lines if line.strip()] * repeats

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, index):
        path, label = self.entries[index]
        picture = Image.open(path).convert("RGB").resize((256, 256), Image.BILINEAR)
        values = np.asarray(picture)[:, :, ::-1].transpose(2, 0, 1)
        top, left = random.randint(0, 29), random.randint(0, 29)
        values = values[:, top:top + 227, left:left + 227]
        if random.random() < 0.5:
            values = values[:, :, ::-1]
        return torch.from_numpy(values.astype(np.float32) - MEAN), int(label)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("list")
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    options = parser.parse_args()
    loader = DataLoader(
        Pictures(options.list, options.batches * 50 // 100 + 2), batch_size=50, shuffle=True, num_workers=options.workers)
    batches = iter(loader)
    next(batches)
    begin = time.perf_counter()
    for _ in range(options.batches):
        next(batches)
    print(options.batches * 50 / (time.perf_counter() - begin))


if __name__ == "__main__":
    main()
