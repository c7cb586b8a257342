# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""ResNet (He et al., 2016), VGG (Simonyan and Zisserman, 2015) and EfficientNet-B0 (Tan and Le, 2019): every layer
of the papers, few channels each."""
import torch
from torch import nn


class Basic(nn.Module):
    expansion = 1

    def __init__(self, cin, width, stride, middle=None):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = middle(width) if middle else nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut(cin, width, stride)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + self.downsample(x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, cin, width, stride, middle=None):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut(cin, 4 * width, stride)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def shortcut(cin, cout, stride):
    if stride == 1 and cin == cout:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))


class MeanPool(nn.Module):
    """The mean over places, as many write it themselves."""

    def forward(self, x):
        return x.mean((2, 3), keepdim=True)


class ResNet(nn.Module):
    """local: attention in place of the second convolution of the last stage's blocks; after: a layer on the last
    stage's output."""

    def __init__(self, block, depths, width, classes=5, mean=False, local=None, after=None):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        cin = width
        for stage, depth in enumerate(depths, 1):
            wide, blocks = width << (stage - 1), []
            for k in range(depth):
                middle = local if stage == 4 else None
                blocks.append(block(cin, wide, 2 if k == 0 and stage > 1 else 1, middle))
                cin = wide * block.expansion
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.after = after(cin) if after else nn.Identity()
        self.avgpool = MeanPool() if mean else nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(cin, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.after(self.layer4(self.layer3(self.layer2(self.layer1(x)))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


RESNETS = {18: (Basic, (2, 2, 2, 2)), 34: (Basic, (3, 4, 6, 3)), 50: (Bottleneck, (3, 4, 6, 3)),
           101: (Bottleneck, (3, 4, 23, 3)), 152: (Bottleneck, (3, 8, 36, 3))}


def resnet(depth, width, **options):
    return ResNet(*RESNETS[depth], width, **options)


VGGS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class Vgg(nn.Module):
    def __init__(self, depth, widths=(4, 6, 8, 10, 10), norm=False, hidden=16, classes=5):
        super().__init__()
        layers, cin = [], 3
        for count, width in zip(VGGS[depth], widths):
            for _ in range(count):
                layers += [nn.Conv2d(cin, width, 3, 1, 1)] + ([nn.BatchNorm2d(width)] if norm else [])
                layers.append(nn.ReLU(inplace=True))
                cin = width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(cin * 49, hidden), nn.ReLU(inplace=True), nn.Dropout(),
            nn.Linear(hidden, hidden), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(hidden, classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class SqueezeExcite(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.activation = nn.SiLU()
        self.fc2 = nn.Conv2d(hidden, channels, 1)
        self.scale = nn.Sigmoid()

    def forward(self, x):
        return x * self.scale(self.fc2(self.activation(self.fc1(self.avgpool(x)))))


class ConvNorm(nn.Sequential):
    def __init__(self, cin, cout, kernel=1, stride=1, groups=1, act=True):
        layers = [nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(cout)]
        super().__init__(*layers, *([nn.SiLU()] if act else []))


class MBConv(nn.Module):
    def __init__(self, cin, cout, expand, kernel, stride):
        super().__init__()
        wide = cin * expand
        layers = [ConvNorm(cin, wide)] if expand > 1 else []
        layers += [ConvNorm(wide, wide, kernel, stride, wide), SqueezeExcite(wide, max(1, cin // 4)),
                   ConvNorm(wide, cout, act=False)]
        self.block = nn.Sequential(*layers)
        self.same = stride == 1 and cin == cout

    def forward(self, x):
        return x + self.block(x) if self.same else self.block(x)


# expansion, kernel, stride, width / 16 (and at least 2), repeats
B0 = ((1, 3, 1, 2, 1), (6, 3, 2, 2, 2), (6, 5, 2, 3, 2), (6, 3, 2, 5, 3), (6, 5, 1, 7, 3), (6, 5, 2, 12, 4),
      (6, 3, 1, 20, 1))


class EfficientNet(nn.Module):
    """width: channels of the original's 16.  before: a layer in front of the last convolution."""

    def __init__(self, width=1, classes=5, before=None):
        super().__init__()
        cin, stages = 4 * width, []
        layers = [ConvNorm(3, cin, 3, 2)]
        for expand, kernel, stride, wide, repeats in B0:
            blocks = []
            for k in range(repeats):
                blocks.append(MBConv(cin, wide * width, expand, kernel, stride if k == 0 else 1))
                cin = wide * width
            layers.append(nn.Sequential(*blocks))
        if before:
            layers.append(before(cin))
        layers.append(ConvNorm(cin, 4 * cin))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * cin, classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
